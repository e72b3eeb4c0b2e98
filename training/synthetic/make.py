"""Makes the synthetic clips: .cache/synthetic/*.ogg and a manifest.csv with the columns of the corpus manifest.

    /usr/bin/python3 training/synthetic/make.py [--corpus FOLDER] [--out FOLDER] [--seed N] [--only FAMILY ...]

With --only, the other families stay as they were made before.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parent))

import alarms
import instruments
import people_impacts
import processed
import product
import speech
import styles
import vehicles_tools
import water_house
import weather
from dsp import RATE, Array, Rng
from recording import Take, record
from vocabulary import categories

TRAINING = Path(__file__).resolve().parents[1]
COLUMNS = ("path", "split", "source", "original_path", "licence", "attribution", "label", "caption", "tags", "seconds")
Family = Callable[[Rng, Path], Iterator[Take]]
FAMILIES: dict[str, Family] = {
    "product": product.takes,
    "speech": speech.takes,
    "instruments": instruments.takes,
    "styles": styles.takes,
    "weather": weather.takes,
    "water_house": water_house.takes,
    "vehicles_tools": vehicles_tools.takes,
    "alarms": alarms.takes,
    "people_impacts": people_impacts.takes,
}
# Made from the corpus itself, and so given its folder.
FAMILIES_OF_CORPUS: dict[str, Callable[[Path], Family]] = {"processed": processed.takes_from}


def write_ogg(path: Path, x: Array) -> None:
    """Ogg Vorbis, mono. In pieces: libsndfile puts a whole write on the stack, and long ones overflow it."""
    with soundfile.SoundFile(path, "w", RATE, 1, format="OGG", subtype="VORBIS") as file:
        for start in range(0, len(x), RATE):
            file.write(x[start : start + RATE].astype(np.float32))


def write_checked(path: Path, x: Array) -> float:
    """
    Writes, and reads back what was written; Vorbis can overshoot, and such a clip is written again a little quieter.
    @returns its seconds @throws ValueError when what comes back is silent, not finite, over full scale or of odd length
    """
    for gain in (1.0, 0.9, 0.75):
        write_ogg(path, gain * x)
        back, rate = soundfile.read(path, dtype="float32")
        top = float(np.max(np.abs(back)))
        if top <= 1.0:
            break
    if rate != RATE or back.ndim != 1 or not 0.49 <= len(back) / RATE <= 10.01:
        raise ValueError(f"{path}: {back.shape} at {rate} Hz")
    if not np.all(np.isfinite(back)) or not 0.005 < top <= 1.0:
        raise ValueError(f"{path}: peak {top}")
    return len(back) / RATE


def write_manifest(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_manifest(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make_family(name: str, family: Family, seed: int, out: Path, work: Path, category: dict[str, str]) -> list[dict[str, str]]:
    """Takes of one family, recorded and written. Each family has a seed of its own, so that a change in one leaves the others."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    finish = np.random.default_rng([seed, zlib.crc32(name.encode()), 1])
    rows: list[dict[str, str]] = []
    counts: Counter[str] = Counter()
    shutil.rmtree(out / name, ignore_errors=True)
    (out / name).mkdir(parents=True)
    for take in family(rng, work):
        if take.label not in category:
            raise SystemExit(f"{name}: neither the corpus nor the lexicon has a label '{take.label}'")
        counts[take.label] += 1
        path = out / name / f"{re.sub('[^a-z0-9]+', '-', take.label)}-{counts[take.label]:03d}.ogg"
        x = record(take, finish)
        seconds = write_checked(path, x)
        tags = [category[take.label], *dict.fromkeys(t for t in take.tags if t != category[take.label])]
        rows.append(
            {
                "path": str(path.relative_to(out)), "split": "train", "source": f"synthetic-{take.tool}", "original_path": take.original,
                "licence": take.licence, "attribution": take.attribution, "label": take.label, "caption": take.caption,
                "tags": ";".join(tags), "seconds": f"{seconds:.3f}",
            }
        )  # fmt: skip
    write_manifest(out / name / "manifest.csv", rows)
    return rows


def main() -> None:
    names = [*FAMILIES, *FAMILIES_OF_CORPUS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=TRAINING.parent.parent / "shared" / "audio")
    parser.add_argument("--out", type=Path, default=TRAINING / ".cache" / "synthetic")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--only", nargs="*", choices=names, default=names)
    options = parser.parse_args()
    families = FAMILIES | {name: of(options.corpus) for name, of in FAMILIES_OF_CORPUS.items()}
    category = categories(options.corpus)
    for name in options.only:
        start = time.time()
        with tempfile.TemporaryDirectory() as work:
            made = make_family(name, families[name], options.seed, options.out, Path(work), category)
        print(f"{name}: {len(made)} clips, {sum(float(r['seconds']) for r in made) / 60:.0f} minutes of sound, made in {time.time() - start:.0f} s", flush=True)
    # All families that are there, so that one can be made again alone.
    rows = [row for name in names if (options.out / name / "manifest.csv").exists() for row in read_manifest(options.out / name / "manifest.csv")]
    write_manifest(options.out / "manifest.csv", rows)
    size = sum(p.stat().st_size for p in options.out.rglob("*.ogg"))
    print(f"{len(rows)} clips of {len({r['label'] for r in rows})} labels, {sum(float(r['seconds']) for r in rows) / 3600:.2f} h, {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()

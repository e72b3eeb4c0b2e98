"""The clips: recorded ones of the corpus and its second part, made ones of `synthetic/`, and the hash that ties caches to them.

The corpus is a folder with manifest.csv and clips; a folder beside it with the same name and a 2 is its second part, whose
split `dev2` are makers that nothing is trained on.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CACHE = ROOT / ".cache"
MADE = CACHE / "synthetic"  # where synthetic/make.py puts its clips and their manifest
DEFAULT_CORPUS = ROOT.parent.parent / "shared" / "audio"


@dataclass(frozen=True)
class Clip:
    """One row of a manifest.csv; `path` is relative to the manifest's folder, `seconds` its length there."""

    path: str
    split: str
    source: str
    original_path: str
    licence: str
    attribution: str
    label: str
    caption: str
    tags: tuple[str, ...]
    seconds: float
    root: Path

    @property
    def file(self) -> Path:
        return self.root / self.path

    @property
    def category(self) -> str:
        return self.tags[0]

    @property
    def made(self) -> bool:
        """True for a clip of synthetic/make.py, False for a recording."""
        return self.source.startswith("synthetic-")


def same_labels() -> dict[str, str]:
    """Labels that differ only in wording, to the one they are trained as; from same-labels.txt, `label: other, other`."""
    lines = (ROOT / "same-labels.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":") for line in lines if line and not line.startswith("#"))
    return {other.strip(): label.strip() for label, others in pairs for other in others.split(",")}


def read_rows(folder: Path) -> list[Clip]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return [
            Clip(**{k: v for k, v in row.items() if k not in ("tags", "seconds")}, tags=tuple(row["tags"].split(";")), seconds=float(row["seconds"]), root=folder)
            for row in csv.DictReader(file)
        ]


def parts_of(corpus: Path) -> list[Path]:
    """The corpus folder and, where there is one, its second part beside it."""
    second = corpus.parent / (corpus.name + "2")
    return [corpus, second] if (second / "manifest.csv").exists() else [corpus]


def read_manifest(corpus: Path) -> list[Clip]:
    """Recorded clips in file order. Share-alike ones of the train split are left out: the model stays MIT without them.

    Training clips carry merged labels (`same_labels`), dev clips their own.
    """
    merged = same_labels()
    every = [clip for part in parts_of(corpus) for clip in read_rows(part)]
    kept = [clip for clip in every if clip.split != "train" or "SA" not in clip.licence]
    return [replace(clip, label=merged.get(clip.label, clip.label)) if clip.split == "train" else clip for clip in kept]


def read_made() -> list[Clip]:
    """The made clips, all of them training clips. @throws FileNotFoundError before synthetic/make.py has run"""
    merged = same_labels()
    return [replace(clip, label=merged.get(clip.label, clip.label)) for clip in read_rows(MADE)]


def read_clips(corpus: Path) -> list[Clip]:
    """Recorded clips, then the made ones."""
    return read_manifest(corpus) + read_made()


def manifest_hash(corpus: Path) -> str:
    """SHA-256 of the recorded manifests. A cache made from others must not be used: rows would not fit the audio."""
    return _hash(*(part / "manifest.csv" for part in parts_of(corpus)))


def made_hash() -> str:
    """The same for the made clips."""
    return _hash(MADE / "manifest.csv")


def _hash(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in (*files, ROOT / "same-labels.txt"))).hexdigest()


def check_hash(path: Path, expected: str) -> None:
    """@throws SystemExit when the cache beside `path` belongs to another manifest"""
    found = path.read_text(encoding="utf-8").strip()
    if found != expected:
        raise SystemExit(f"{path}: made from another manifest; run features.py again")

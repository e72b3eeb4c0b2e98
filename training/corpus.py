"""The corpus: manifest rows, which of them may be trained on, and the hash that ties caches to them."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CACHE = ROOT / ".cache"
DEFAULT_CORPUS = ROOT.parent.parent / "shared" / "audio"


@dataclass(frozen=True)
class Clip:
    """One row of manifest.csv; `path` is relative to the corpus folder, `seconds` its length there."""

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

    @property
    def category(self) -> str:
        return self.tags[0]


def read_manifest(corpus: Path) -> list[Clip]:
    """All clips in file order, but for share-alike ones of the train split: the model stays MIT without them."""
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as file:
        clips = [
            Clip(**{k: v for k, v in row.items() if k not in ("tags", "seconds")}, tags=tuple(row["tags"].split(";")), seconds=float(row["seconds"]))
            for row in csv.DictReader(file)
        ]
    return [clip for clip in clips if clip.split == "dev" or "SA" not in clip.licence]


def manifest_hash(corpus: Path) -> str:
    """SHA-256 of manifest.csv. A cache made from another manifest must not be used: rows would not fit the audio."""
    return hashlib.sha256((corpus / "manifest.csv").read_bytes()).hexdigest()


def check_hash(path: Path, expected: str) -> None:
    """@throws SystemExit when the cache beside `path` belongs to another manifest"""
    found = path.read_text(encoding="utf-8").strip()
    if found != expected:
        raise SystemExit(f"{path}: made from another manifest; run prepare.py and features.py again")

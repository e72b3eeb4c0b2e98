"""Labels a synthetic clip may carry, and their coarse category: those of the training split and of the lexicon."""

from __future__ import annotations

import csv
from pathlib import Path

LEXICON = Path(__file__).resolve().parents[1] / "lexicon"


def train_rows(corpus: Path) -> list[dict[str, str]]:
    """Rows of the training split only: the dev split stays unseen here."""
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["split"] == "train"]


def categories(corpus: Path) -> dict[str, str]:
    """Label to category; where both know a label, the corpus decides, for the model learns its categories from there."""
    known: dict[str, str] = {}
    for path in sorted(LEXICON.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("= "):
                name, _, category = line[2:].partition("|")
                known[name.strip()] = category.strip()
    known.update({row["label"]: row["tags"].split(";")[0] for row in train_rows(corpus)})
    return known

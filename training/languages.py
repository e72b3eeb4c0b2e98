"""Words for sounds in other languages: reads languages.txt, whose format is at its top."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus import ROOT

TABLE = ROOT / "languages.txt"
LANGUAGES = ("de", "fr", "es", "it", "pt", "nl", "pl", "ja", "zh", "ko", "ru")
HELD_OUT = "- "  # begins a row that is never trained on: rarer words, so that nobody misses them


@dataclass(frozen=True)
class Word:
    """One thing and what it is called; `others` has a tuple of words for each of LANGUAGES."""

    english: str
    others: tuple[tuple[str, ...], ...]

    def everywhere(self) -> list[str]:
        return [word for words in self.others for word in words]


def read_words(held_out: bool = False, path: Path = TABLE) -> list[Word]:
    """@param held_out False: the rows to train on; True: the others @throws ValueError with the line that has not all languages"""
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    words: list[Word] = []
    for number, row in enumerate(rows, 1):
        cells = [tuple(part.strip() for part in cell.split(",") if part.strip()) for cell in row.removeprefix(HELD_OUT).split("|")]
        if len(cells) != 1 + len(LANGUAGES) or not all(cells):
            raise ValueError(f"{path.name}: row {number}: expected English and {len(LANGUAGES)} languages, found {row!r}")
        if row.startswith(HELD_OUT) == held_out:
            words.append(Word(cells[0][0], tuple(cells[1:])))
    return words

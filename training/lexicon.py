"""Reads lexicon/*.txt: concepts with paraphrases, synonyms, verbs, file-name spellings and near negatives.

One concept a block, blocks parted by blank lines. The first line is `= name | category`; then, by first character:
`~` a paraphrase, `*` synonyms, `v` verbs, `f` file-name stems, `n` near but different concepts, `w` WordNet lemmas whose
hyponyms belong here, `l` corpus labels. All but `~` are comma-separated lists. `#` starts a comment line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "lexicon"
FIELDS = {"~": "paraphrases", "*": "synonyms", "v": "verbs", "f": "file_names", "n": "near", "w": "wordnet", "l": "labels"}


@dataclass
class Concept:
    name: str
    category: str
    paraphrases: list[str] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    file_names: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    wordnet: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


def parse(text: str, name: str) -> list[Concept]:
    """@throws ValueError with file name and line number when a line fits no rule above"""
    concepts: list[Concept] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        mark, _, rest = line.partition(" ")
        rest = rest.strip()
        if mark == "=":
            title, _, category = rest.partition("|")
            concepts.append(Concept(title.strip().lower(), category.strip().lower()))
        elif mark in FIELDS and concepts:
            items = [rest] if mark == "~" else [item.strip() for item in rest.split(",")]
            getattr(concepts[-1], FIELDS[mark]).extend(item.lower() for item in items if item)
        else:
            raise ValueError(f"{name}:{number}: not a lexicon line: {line!r}")
    return concepts


def read_lexicon(folder: Path = FOLDER) -> list[Concept]:
    """All concepts of all files, by file name; an absent folder is an empty lexicon."""
    return [concept for path in sorted(folder.glob("*.txt")) for concept in parse(path.read_text(encoding="utf-8"), path.name)]

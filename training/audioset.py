"""AudioSet's classes in our words: reads audioset.txt, whose format is at its top.

`python audioset.py` checks the table: every class once, every concept one of the lexicon.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus import ROOT
from lexicon import read_lexicon

TABLE = ROOT / "audioset.txt"


@dataclass(frozen=True)
class SoundClass:
    """One of AudioSet's 527; `general` ones say too little about a sound to be a target for its text."""

    index: int
    general: bool
    concepts: tuple[str, ...]
    phrases: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"class:{self.index}"

    @property
    def name_group(self) -> str:
        """Its group among the text pairs (`Relations.of_groups`)."""
        return f"l:{self.name}"


def read_classes(path: Path = TABLE) -> list[SoundClass]:
    """All classes in AudioSet's order; concepts that the lexicon does not have are left out. @throws ValueError with the line that fits no rule"""
    known = {concept.name for concept in read_lexicon()}
    classes: list[SoundClass] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        index, colon, rest = line.partition(":")
        concepts, bar, phrases = rest.partition("|")
        if not colon or not bar or int(index.rstrip("g")) != len(classes):
            raise ValueError(f"{path.name}:{number}: expected `{len(classes)}: concepts | phrases`, found {line!r}")
        named = [part.strip() for part in concepts.split(";") if part.strip()]
        classes.append(SoundClass(
            len(classes), index.endswith("g"), tuple(dict.fromkeys(name for name in named if name in known)),
            tuple(part.strip() for part in phrases.split(";") if part.strip()),
        ))  # fmt: skip
    return classes


def main() -> None:
    known = {concept.name for concept in read_lexicon()}
    classes = read_classes()
    text = [line.partition(":")[2].partition("|")[0] for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    strangers = sorted({name.strip() for line in text for name in line.split(";") if name.strip()} - known)
    named = {name for one in classes for name in one.concepts}
    print(f"{len(classes)} classes, {sum(len(c.phrases) for c in classes)} phrases, {len(named)} of {len(known)} concepts; not in the lexicon: {strangers}")


if __name__ == "__main__":
    main()

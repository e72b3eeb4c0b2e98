"""Check the lexicon: every block well formed, every reference resolved; print the counts.

A lexicon file is plain lower-case UTF-8 text. Blocks are separated by blank lines; a block is one
concept, and the first character of each of its lines says what the line holds:

    = name | category     exactly one, the first line of the block
    ~ paraphrase          one a line, MIN_PARAPHRASES or more
    * words               synonyms, hyponyms, colloquial names, onomatopoeia
    v verbs
    f file-name stems
    n names of near but different concepts
    w WordNet lemmas whose hyponyms all belong to the concept
    l labels of the training clips that mean this concept

Everything but `=` and `~` is one comma-separated line, at most once a block.

    python3 check.py                              the *.txt files beside this script
    python3 check.py --manifest manifest.csv      and how many train labels are covered
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

CATEGORIES = frozenset(
    "alarms ambience animals domestic drums foley game human instrument loops machines music "
    "nature noise speech vehicles weapons".split()
)
LIST_FIELDS = frozenset("*vfnwl")
MIN_PARAPHRASES = 4


class LexiconError(ValueError):
    """A block that breaks the format; the message names the file and the line."""


@dataclass
class Concept:
    """One block. `lists` maps a field's character to its entries, in file order."""

    name: str
    category: str
    where: str
    paraphrases: list[str] = field(default_factory=list)
    lists: dict[str, list[str]] = field(default_factory=dict)


def parse_header(body: str, where: str) -> Concept:
    """Read `name | category`. Raises LexiconError if it is not that, or the category is unknown."""
    parts = [part.strip() for part in body.split("|")]
    if len(parts) != 2 or not parts[0]:
        raise LexiconError(f"{where}: expected '= name | category'")
    if parts[1] not in CATEGORIES:
        raise LexiconError(f"{where}: unknown category '{parts[1]}'")
    return Concept(parts[0], parts[1], where)


def parse_line(concept: Concept, kind: str, body: str, where: str) -> None:
    """Add one line below the header to `concept`. Raises LexiconError if it does not belong there."""
    if kind == "=":
        raise LexiconError(f"{where}: a second '=' in the block of '{concept.name}' (blank line missing?)")
    if kind == "~":
        if body in concept.paraphrases:
            raise LexiconError(f"{where}: '{body}' twice in '{concept.name}'")
        concept.paraphrases.append(body)
        return
    if kind not in LIST_FIELDS:
        raise LexiconError(f"{where}: unknown line kind '{kind}'")
    if kind in concept.lists:
        raise LexiconError(f"{where}: a second '{kind}' line in '{concept.name}'")
    entries = [entry.strip() for entry in body.split(",")]
    if "" in entries:
        raise LexiconError(f"{where}: an empty entry between commas")
    doubled = [entry for entry, count in Counter(entries).items() if count > 1]
    if doubled:
        raise LexiconError(f"{where}: twice in one line: {', '.join(doubled)}")
    concept.lists[kind] = entries


def parse_file(path: Path) -> list[Concept]:
    """All concepts of one file, in order. Raises LexiconError at the first line that is malformed."""
    concepts: list[Concept] = []
    current: Concept | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{path.name}:{number}"
        if not line.strip():
            current = None
            continue
        if line != line.lower():
            raise LexiconError(f"{where}: upper-case letters")
        kind, space, body = line[0], line[1:2], line[2:].strip()
        if space != " " or not body:
            raise LexiconError(f"{where}: expected one character, a space and text")
        if current is None:
            if kind != "=":
                raise LexiconError(f"{where}: a block must start with '='")
            current = parse_header(body, where)
            concepts.append(current)
        else:
            parse_line(current, kind, body, where)
    return concepts


def check(concepts: list[Concept]) -> list[str]:
    """Faults that need the whole lexicon to see; an empty list means it is sound."""
    faults: list[str] = []
    by_name: dict[str, Concept] = {}
    label_owner: dict[str, Concept] = {}
    paraphrase_owner: dict[str, Concept] = {}
    for concept in concepts:
        if concept.name in by_name:
            faults.append(f"{concept.where}: '{concept.name}' is already at {by_name[concept.name].where}")
        by_name.setdefault(concept.name, concept)
        if len(concept.paraphrases) < MIN_PARAPHRASES:
            faults.append(f"{concept.where}: '{concept.name}' has only {len(concept.paraphrases)} paraphrases")
        if "*" not in concept.lists:
            faults.append(f"{concept.where}: '{concept.name}' has no '*' line")
        for paraphrase in concept.paraphrases:
            # One sentence that means two concepts would teach the encoder to confuse them.
            owner = paraphrase_owner.setdefault(paraphrase, concept)
            if owner is not concept:
                faults.append(f"{concept.where}: '{paraphrase}' also belongs to '{owner.name}'")
        for label in concept.lists.get("l", []):
            owner = label_owner.setdefault(label, concept)
            if owner is not concept:
                faults.append(f"{concept.where}: label '{label}' also belongs to '{owner.name}'")
    for concept in concepts:
        for near in concept.lists.get("n", []):
            if near == concept.name:
                faults.append(f"{concept.where}: '{near}' is named as near to itself")
            elif near not in by_name:
                faults.append(f"{concept.where}: '{concept.name}' names '{near}', which does not exist")
    return faults


def train_labels(manifest: Path) -> set[str]:
    """The distinct labels of the rows of `manifest` (CSV with columns split, label) with split=train."""
    with manifest.open(encoding="utf-8", newline="") as rows:
        return {row["label"] for row in csv.DictReader(rows) if row["split"] == "train"}


def report_coverage(concepts: list[Concept], manifest: Path) -> list[str]:
    """Print how many train labels the lexicon covers; return `l` entries that are no train label."""
    wanted = train_labels(manifest)
    owner = {label: concept for concept in concepts for label in concept.lists.get("l", [])}
    covered = wanted & owner.keys()
    print(f"train labels covered  {len(covered)} of {len(wanted)} ({100 * len(covered) / len(wanted):.1f} %)")
    missing = sorted(wanted - covered)
    if missing:
        print(f"  not covered: {', '.join(missing)}")
    return [
        f"{owner[label].where}: '{label}' is not a label of the manifest's train rows"
        for label in sorted(owner.keys() - wanted)
    ]


def report_counts(concepts: list[Concept], files: int) -> None:
    """Print concepts, paraphrases, entries of each field and concepts by category."""
    print(f"files                 {files}")
    print(f"concepts              {len(concepts)}")
    paraphrases = sum(len(concept.paraphrases) for concept in concepts)
    print(f"paraphrases           {paraphrases} ({paraphrases / max(1, len(concepts)):.1f} a concept)")
    titles = {"*": "words", "v": "verbs", "f": "file stems", "n": "near concepts", "w": "wordnet lemmas", "l": "labels"}
    for kind, title in titles.items():
        print(f"{title:<21} {sum(len(concept.lists.get(kind, [])) for concept in concepts)}")
    for category, count in sorted(Counter(concept.category for concept in concepts).items()):
        print(f"  {category:<19} {count}")


def main() -> int:
    """Exit status 0 when the lexicon is sound, 1 when it is not."""
    parser = argparse.ArgumentParser(description="Check the lexicon of sound concepts and print its counts.")
    parser.add_argument("--folder", type=Path, default=Path(__file__).resolve().parent, help="folder of *.txt files")
    parser.add_argument("--manifest", type=Path, help="CSV with columns split and label, for the coverage")
    arguments = parser.parse_args()
    paths = sorted(arguments.folder.glob("*.txt"))
    if not paths:
        print(f"no *.txt files in {arguments.folder}", file=sys.stderr)
        return 1
    try:
        concepts = [concept for path in paths for concept in parse_file(path)]
    except LexiconError as error:
        print(error, file=sys.stderr)
        return 1
    faults = check(concepts)
    report_counts(concepts, len(paths))
    if arguments.manifest is not None:
        faults += report_coverage(concepts, arguments.manifest)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""What is read from WordNet 3.0's data files (Debian package wordnet-base): synonyms, kinds, glosses, irregular forms.

File layout: the manual pages wndb(5WN) and lexnames(5WN).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path("/usr/share/wordnet")
# Lexicographer files with audible things or things that make sound; the rest (law, feelings, plants, ...) only adds words.
NOUN_FIELDS = {4, 5, 6, 8, 10, 11, 17, 18, 19, 22, 26, 27}
VERB_FIELDS = {29, 30, 32, 33, 34, 35, 36, 38, 39, 43}


@dataclass(frozen=True)
class Synset:
    key: str  # part of speech and file offset
    lemmas: tuple[str, ...]
    hypernyms: tuple[str, ...]  # keys
    gloss: str  # the definition without its examples
    examples: tuple[str, ...]


def _read(part: str) -> dict[str, Synset]:
    name, fields = {"n": ("noun", NOUN_FIELDS), "v": ("verb", VERB_FIELDS)}[part]
    synsets: dict[str, Synset] = {}
    for line in (FOLDER / f"data.{name}").read_text(encoding="latin-1").splitlines():
        if line.startswith("  "):
            continue  # the licence at the top
        data, _, definition = line.partition(" | ")
        cells = data.split()
        if int(cells[1]) not in fields:
            continue
        count = int(cells[3], 16)
        lemmas = tuple(dict.fromkeys(cells[4 + 2 * i].replace("_", " ").lower() for i in range(count)))
        pointers = cells[5 + 2 * count :]
        hypernyms = tuple(part + pointers[i + 1] for i in range(0, 4 * int(cells[4 + 2 * count]), 4) if pointers[i] in ("@", "@i"))
        examples = tuple(re.findall(r'"([^"]+)"', definition))
        gloss = re.sub(r'"[^"]*"', "", definition).strip(" ;").split(";")[0]
        gloss = re.sub(r"\([^)]*\)", "", gloss).strip()
        synsets[part + cells[0]] = Synset(part + cells[0], lemmas, hypernyms, gloss, examples)
    return synsets


@lru_cache(maxsize=1)
def synsets() -> dict[str, Synset]:
    """All synsets of the fields above, by key."""
    return _read("n") | _read("v")


@lru_cache(maxsize=1)
def senses() -> dict[str, list[str]]:
    """lemma → keys of its synsets within the fields, most frequent sense first (the order of index.noun and index.verb)."""
    known = synsets()
    result: defaultdict[str, list[str]] = defaultdict(list)
    for part, name in (("n", "noun"), ("v", "verb")):
        for line in (FOLDER / f"index.{name}").read_text(encoding="latin-1").splitlines():
            if line.startswith("  "):
                continue
            cells = line.split()
            keys = [part + offset for offset in cells[-int(cells[2]) :]]
            result[cells[0].replace("_", " ")] += [key for key in keys if key in known]
    return {lemma: keys for lemma, keys in result.items() if keys}


@lru_cache(maxsize=1)
def hyponyms() -> dict[str, list[str]]:
    """key → keys of the synsets one step below it"""
    below: defaultdict[str, list[str]] = defaultdict(list)
    for synset in synsets().values():
        for above in synset.hypernyms:
            below[above].append(synset.key)
    return below


def words_below(lemma: str, depth: int = 3, most: int = 40) -> list[str]:
    """Lemmas of the first sense of `lemma` and of what lies below it, nearest first; empty when WordNet lacks the word."""
    keys = senses().get(lemma, [])[:1]
    found: list[str] = []
    for _ in range(depth + 1):
        for key in keys:
            found += [word for word in synsets()[key].lemmas if word not in found]
        keys = [below for key in keys for below in hyponyms().get(key, [])]
    return found[:most]


def is_verb(word: str) -> bool:
    return any(key[0] == "v" for key in senses().get(word, []))


def is_noun(word: str) -> bool:
    return any(key[0] == "n" for key in senses().get(word, []))


@lru_cache(maxsize=1)
def _irregular_plurals() -> dict[str, str]:
    rows = (line.split() for line in (FOLDER / "noun.exc").read_text(encoding="latin-1").splitlines())
    return {row[1]: row[0] for row in rows if "_" not in row[0]}


@lru_cache(maxsize=1)
def _verb_exceptions() -> dict[str, list[str]]:
    forms: defaultdict[str, list[str]] = defaultdict(list)
    for line in (FOLDER / "verb.exc").read_text(encoding="latin-1").splitlines():
        form, base = line.split()[:2]
        forms[base].append(form)
    return forms


def plural(word: str) -> str:
    """English plural of a single noun, irregular ones by WordNet's list."""
    if word in _irregular_plurals():
        return _irregular_plurals()[word]
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|z|ch|sh)$", word) else "s")


def verb_forms(word: str) -> list[str]:
    """Third person, -ing form and past of a verb; doubled consonants and irregular pasts by WordNet's list."""
    listed = _verb_exceptions().get(word, [])
    stem = word[:-1] if word.endswith("e") and not word.endswith(("ee", "ye", "oe")) else word
    ing = next((form for form in listed if form.endswith("ing")), stem + "ing")
    regular = stem[:-1] + "ied" if re.search(r"[^aeiou]y$", stem) else stem + "ed"
    past = next((form for form in listed if not form.endswith("ing") and not form.endswith("s")), regular)
    return [plural(word), ing, past]

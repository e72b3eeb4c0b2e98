"""Texts for clips, made on the fly: the caption, the label in a template, tags, lexicon phrases, other word forms."""

from __future__ import annotations

import random
import re
from collections import defaultdict

from corpus import Clip
from lexicon import Concept
from wordnet import is_noun, is_verb, plural, senses, synsets, verb_forms

TEMPLATES = (
    "this is the sound of {}", "this is the sound of a {}", "the sound of {}", "a sound of {}", "{} sound", "{} sounds", "{} noise",
    "a recording of {}", "sound effect of {}", "{} sound effect", "you can hear {}", "{} in the background", "i hear a {}",
    "a {}", "someone recorded {}", "noise of {}", "audio of {}", "close up of {}",
)
JOINERS = (" and ", " with ", ", ", " and then ", " while ")
CLUTTER = (
    "final", "master", "edit", "mix", "mixdown", "take", "new", "untitled", "sample", "samples", "track", "audio", "mono", "stereo", "export",
    "bounce", "copy", "old", "test", "session", "48k", "24bit", "hq", "pack", "vol", "v2", "version", "project", "library", "sfx", "fx", "clip",
    "recording", "original", "free", "raw", "processed", "normalized", "dry", "wet", "left", "right", "part", "misc",
)
FUNCTION_WORDS = {"a", "an", "the", "of", "on", "in", "at", "by", "with", "and", "to", "is", "are", "from", "into", "over", "up", "down", "being", "its", "as", "for"}


def file_name(phrase: str, rng: random.Random) -> str:
    """The phrase as people spell file names: `dog_bark_03.wav`, `DogBark`, `dog-bark 2`."""
    words = re.findall(r"[a-z0-9]+", phrase.lower()) or [phrase]
    style = rng.random()
    if style < 0.25:
        name = "".join(word.capitalize() for word in words)
    elif style < 0.35:
        name = "".join(words)
    else:
        name = rng.choice("__- ").join(words)
    if rng.random() < 0.5:
        name += rng.choice(["", "_", " ", "-"]) + rng.choice(["{}", "{:02d}", "{:03d}"]).format(rng.randint(1, 20))
    return name + (rng.choice([".wav", ".mp3", ".ogg", ".flac"]) if rng.random() < 0.3 else "")


def with_clutter(text: str, rng: random.Random) -> str:
    """A word among the others that says nothing: what file names are full of, or letters nobody has seen."""
    word = rng.choice(CLUTTER) if rng.random() < 0.5 else "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 8)))
    words = text.split()
    words.insert(rng.randint(0, len(words)), word)
    return " ".join(words)


def inflect(phrase: str, rng: random.Random) -> str:
    """Changes the last word: `dog bark` to `dog barking`, `barking dog`, `dog barks`; a noun to its plural."""
    words = phrase.split()
    last = words[-1]
    if is_verb(last) and rng.random() < 0.6:
        form = rng.choice(verb_forms(last))
        if form.endswith("ing") and len(words) > 1 and rng.random() < 0.3:
            return " ".join([form, *words[:-1]])
        return " ".join([*words[:-1], form])
    return " ".join([*words[:-1], plural(last)]) if is_noun(last) else phrase


def wordnet_synonym(word: str, rng: random.Random) -> str:
    """Another lemma of one of the word's two most frequent senses; the word itself when there is none."""
    keys = senses().get(word, [])[:2]
    others = [lemma for key in keys for lemma in synsets()[key].lemmas if lemma != word]
    return rng.choice(others) if others else word


class CaptionMaker:
    """Draws a text for a clip. The lexicon's words for a label come from the concepts that name the label."""

    def __init__(self, clips: list[Clip], concepts: list[Concept], rng: random.Random) -> None:
        self.rng = rng
        self.concepts: defaultdict[str, list[Concept]] = defaultdict(list)
        for concept in concepts:
            for label in dict.fromkeys([*concept.labels, concept.name]):
                self.concepts[label].append(concept)
        self.by_name = {concept.name: concept for concept in concepts}
        self.word_synonyms: defaultdict[str, list[str]] = defaultdict(list)
        for concept in concepts:
            if " " not in concept.name:
                self.word_synonyms[concept.name] += concept.synonyms

    def synonym_version(self, text: str, chance: float = 0.3) -> str:
        """Each content word is swapped with the given chance, for a lexicon synonym first, else one from WordNet."""
        words = text.split()
        for index, word in enumerate(words):
            if word not in FUNCTION_WORDS and self.rng.random() < chance:
                known = self.word_synonyms.get(word)
                words[index] = self.rng.choice(known) if known else wordnet_synonym(word, self.rng)
        return " ".join(words)

    def of_concept(self, concept: Concept) -> str:
        """One of the concept's own phrases: a paraphrase (55 %), synonym, verb or file-name spelling."""
        rng = self.rng
        draw = rng.random()
        if draw < 0.55 and concept.paraphrases:
            return rng.choice(concept.paraphrases)
        if draw < 0.75 and concept.synonyms:
            word = rng.choice(concept.synonyms)
            return rng.choice(TEMPLATES).format(word) if rng.random() < 0.3 else word
        if draw < 0.83 and concept.verbs:
            verb = rng.choice(concept.verbs)
            return rng.choice([verb, *verb_forms(verb)]) if " " not in verb else verb
        if draw < 0.93 and concept.file_names:
            return file_name(rng.choice(concept.file_names), rng)
        return self.of_label(concept.name)

    def dress(self, text: str) -> str:
        """Now and then puts the text in a template, spells it as a file name, or adds a word that says nothing."""
        draw = self.rng.random()
        if draw > 0.95:
            return with_clutter(text, self.rng)
        if len(text.split()) > 4 or draw > 0.2:
            return text
        return file_name(text, self.rng) if draw < 0.06 else self.rng.choice(TEMPLATES).format(text)

    def of_label(self, label: str) -> str:
        rng = self.rng
        phrase = inflect(label, rng) if rng.random() < 0.3 else label
        draw = rng.random()
        if draw < 0.6:
            return rng.choice(TEMPLATES).format(phrase)
        return file_name(phrase, rng) if draw < 0.7 else phrase

    def make(self, clip: Clip) -> str:
        """A text for the clip; one in twelve with a word in it that says nothing."""
        text = self.plain(clip)
        return with_clutter(text, self.rng) if self.rng.random() < 1 / 12 else text

    def plain(self, clip: Clip) -> str:
        rng = self.rng
        draw = rng.random()
        if draw < 0.28:
            return clip.caption
        if draw < 0.36:
            return self.synonym_version(clip.caption)
        if draw < 0.50:
            return self.of_label(clip.label)
        if draw < 0.58:
            tags = rng.sample(clip.tags, min(len(clip.tags), rng.randint(1, 3)))
            return rng.choice([" ", ", ", " and "]).join(tags)
        known = self.concepts.get(clip.label)
        return self.of_concept(rng.choice(known)) if known else self.synonym_version(clip.caption)

    def near_miss(self, clip: Clip) -> str | None:
        """A text for something near this clip's concept that it is not; None when the lexicon names none."""
        names = [name for concept in self.concepts.get(clip.label, []) for name in concept.near]
        return self.rng.choice(names) if names else None

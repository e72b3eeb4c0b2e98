"""Pairs of texts that mean the same or nearly so: lexicon, AudioSet's classes, other languages, WordNet, UCS, word forms, captions."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from audioset import read_classes
from captions import CaptionMaker, inflect
from categories import PHRASES
from corpus import ROOT, Clip
from languages import Word, read_words
from lexicon import Concept
from relations import category_name
from wordnet import is_noun, is_verb, plural, senses, synsets, verb_forms, words_below

UCS = ROOT.parent.parent / "shared" / "data" / "ucs.csv"

# (group, one text, the other): texts of one group are all positives for each other.
Pair = tuple[str, str, str]


def read_ucs(path: Path) -> list[tuple[str, str, list[str]]]:
    """@returns per category: its name ("dog bark animals" order: subcategory category), explanation, synonyms"""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    result = []
    for row in rows:
        sub, category = row["SubCategory"].lower(), row["Category"].lower()
        name = category if sub in ("misc", "general") else f"{category} {sub}"
        result.append((name, row["Explanation"].lower(), row["Synonyms"].split("; ")))
    return result


class PairSource:
    """Draws batches of pairs. `clips` are the training clips only."""

    def __init__(self, clips: list[Clip], concepts: list[Concept], ucs: Path, rng: random.Random) -> None:
        self.rng = rng
        self.maker = CaptionMaker(clips, concepts, rng)
        self.clips = clips
        self.concepts = concepts
        self.ucs = read_ucs(ucs)
        self.classes = read_classes()
        self.words_elsewhere = read_words()
        self.captions_of: dict[str, list[str]] = {}
        for clip in clips:
            self.captions_of.setdefault(clip.label, []).append(clip.caption)
        # Only synsets with something to pair: a second lemma, a gloss or a hypernym within the fields.
        self.synsets = list(synsets().values())
        self.words = [word for word in senses() if " " not in word and word.isalpha()]
        vocabulary = {word for clip in clips for word in f"{clip.label} {clip.caption}".split()}
        for concept in concepts:
            for phrase in [concept.name, *concept.synonyms, *concept.verbs]:
                vocabulary.update(phrase.split())
        # Words of our field come first; the rest of WordNet is there for the words nobody thought of.
        self.own_words = sorted(word for word in vocabulary if word in senses())
        own = {key for word in self.own_words for key in senses()[word][:3]}
        self.own_synsets = [synsets()[key] for key in sorted(own)]
        self.below = {c.name: [w for lemma in c.wordnet for w in words_below(lemma)] for c in concepts}

    def texts(self) -> list[str]:
        """Every text the pairs are drawn from, for the tokenizer's training; field texts repeated so that they weigh more."""
        own: list[str] = []
        for concept in self.concepts:
            own += [concept.name, *concept.paraphrases, *concept.synonyms, *concept.verbs, *concept.near]
            own += [form for verb in concept.verbs if " " not in verb for form in verb_forms(verb)]
            own += [name.replace("_", " ") for name in concept.file_names]
        for clip in self.clips:
            own += [clip.caption, clip.label, *clip.tags]
        own += [phrase for phrases in PHRASES.values() for phrase in phrases]
        for word in self.own_words:
            own += [plural(word)] if is_noun(word) else []
        own += [text for name, explanation, synonyms in self.ucs for text in (name, explanation, *synonyms)]
        own += [phrase for one in self.classes for phrase in one.phrases]
        own += [text for word in self.words_elsewhere for text in (*word.everywhere(), word.english)] * 2
        rest = [text for s in self.synsets for text in (*s.lemmas, s.gloss)]
        return own * 8 + rest

    def of_concept(self, concept: Concept) -> Pair:
        def side() -> str:
            draw = self.rng.random()
            captions = self.captions_of.get(self.rng.choice([concept.name, *concept.labels]))
            if draw < 0.15 and captions:
                return self.rng.choice(captions)
            if draw < 0.25 and self.below[concept.name]:
                return self.maker.dress(self.rng.choice(self.below[concept.name]))
            if draw < 0.45:
                return self.maker.of_label(concept.name)
            return self.maker.of_concept(concept)

        return f"c:{concept.name}", side(), side()

    def of_class(self) -> Pair:
        """A phrase for one of AudioSet's classes, with another or with a text of a concept that the class can be."""
        rng = self.rng
        one = rng.choice(self.classes)
        if one.concepts and rng.random() < 0.5:
            return one.name_group, self.maker.dress(rng.choice(one.phrases)), self.maker.of_concept(self.maker.by_name[rng.choice(one.concepts)])
        return one.name_group, self.maker.dress(rng.choice(one.phrases)), self.maker.dress(rng.choice(one.phrases))

    def of_language(self) -> Pair:
        """A word of another language with its English or with a phrase of the concept, now and then with a third language."""
        rng = self.rng
        word: Word = rng.choice(self.words_elsewhere)
        concept = self.maker.by_name.get(word.english)
        there = rng.choice(rng.choice(word.others))
        draw = rng.random()
        if draw < 0.15:
            here = rng.choice(rng.choice(word.others))
        elif concept and draw < 0.55:
            here = self.maker.of_concept(concept)
        else:
            here = self.maker.dress(word.english)
        return f"c:{word.english}" if concept else f"e:{word.english}", there, here

    def of_synset(self, own: bool) -> Pair:
        rng = self.rng
        synset = rng.choice(self.own_synsets if own else self.synsets)
        lemma = rng.choice(synset.lemmas)
        draw = rng.random()
        above = [synsets()[key] for key in synset.hypernyms if key in synsets()]
        if draw < 0.35 and len(synset.lemmas) > 1:
            other = rng.choice([l for l in synset.lemmas if l != lemma])
        elif draw < 0.6 and above:
            other = rng.choice(rng.choice(above).lemmas)
        elif draw < 0.7 and synset.examples:
            other = rng.choice(synset.examples)
        else:
            other = synset.gloss or rng.choice(synset.lemmas)
        return synset.key, self.maker.dress(lemma), other

    def of_forms(self) -> Pair:
        word = self.rng.choice(self.own_words) if self.rng.random() < 0.7 else self.rng.choice(self.words)
        forms = [plural(word)] if is_noun(word) else []
        forms += verb_forms(word) if is_verb(word) else []
        return f"w:{word}", self.maker.dress(word), self.maker.dress(self.rng.choice(forms))

    def of_ucs(self) -> Pair:
        rng = self.rng
        name, explanation, synonyms = rng.choice(self.ucs)
        several = " ".join(rng.sample(synonyms, min(len(synonyms), rng.randint(1, 3))))
        return f"u:{name}", name, explanation if explanation and rng.random() < 0.3 else several

    def of_clip(self) -> Pair:
        clip = self.rng.choice(self.clips)
        return f"l:{clip.label}", self.maker.make(clip), inflect(clip.label, self.rng) if self.rng.random() < 0.5 else self.maker.make(clip)

    def of_category(self) -> Pair:
        category = self.rng.choice(list(PHRASES))
        left, right = self.rng.sample(PHRASES[category], 2)
        return f"l:{category_name(category)}", left, right

    def batch(self, size: int) -> tuple[list[str], list[str], list[str]]:
        """@returns groups, one side, other side; a concept often comes with one of its near negatives in the same batch"""
        rng = self.rng
        pairs: list[Pair] = []
        while len(pairs) < size:
            draw = rng.random()
            if draw < 0.33 and self.concepts:
                concept = rng.choice(self.concepts)
                pairs.append(self.of_concept(concept))
                near = [self.maker.by_name[name] for name in concept.near if name in self.maker.by_name]
                if near and rng.random() < 0.3:
                    pairs.append(self.of_concept(rng.choice(near)))
            elif draw < 0.42:
                pairs.append(self.of_class())
            elif draw < 0.58:
                pairs.append(self.of_language())
            elif draw < 0.71:
                pairs.append(self.of_synset(own=True))
            elif draw < 0.76:
                pairs.append(self.of_synset(own=False))
            elif draw < 0.81:
                pairs.append(self.of_forms())
            elif draw < 0.88:
                pairs.append(self.of_ucs())
            elif draw < 0.90:
                pairs.append(self.of_category())
            else:
                pairs.append(self.of_clip())
        groups, left, right = zip(*pairs[:size])
        return list(groups), list(left), list(right)

"""The part of the embedding that says which of AudioSet's classes are present, or meant: fitted without training, the last step before export.

A sound's part are its class probabilities, each against the surest the published tagger ever is of it; a text's are the classes
that texts like it stand for, by ridge regression on training texts: captions and labels with what the tagger detects in their
clips, phrases for classes, concepts of the lexicon with their classes. Rare classes weigh more. Both are cut to the few
directions in which texts differ. Beside the learnt part it counts SHARE: sounds of makers that nothing was trained on are
found better, those of makers trained on a little worse, for their labels are not the tagger's.

Writes the part into .cache/<run>/final.pt as "classes".
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from audioset import SoundClass, read_classes
from captions import CaptionMaker
from corpus import CACHE, DEFAULT_CORPUS, Clip, check_hash, manifest_hash, read_manifest
from evaluate import EmbedTexts, load_checkpoint, text_embedder
from lexicon import read_lexicon
from model import CLASS_PART, AudioClasses, TextClasses

SHARE = 0.3  # of the cosine of this part, to 1 of the learnt part's
GENERAL = 0.2  # weight of classes that say too little
CONCEPT_TEXTS = 4
RIDGE = 5.0
AT_ONCE = 128


def surest(probability: np.ndarray) -> np.ndarray:
    """The highest probability of each class that is no chance, [classes]"""
    return np.clip(np.quantile(probability, 0.998, axis=0), 0.1, 1.0)


def training_texts(clips: list[Clip], sure: np.ndarray, classes: list[SoundClass], rng: random.Random) -> tuple[list[str], np.ndarray]:
    """@param sure how sure the tagger is of each class in each clip, [clips, classes], 0..1 @returns texts and their classes [texts, classes]"""
    lexicon = read_lexicon()
    maker = CaptionMaker(clips, lexicon, rng)
    of_label: defaultdict[str, list[np.ndarray]] = defaultdict(list)
    for clip, row in zip(clips, sure):
        of_label[clip.label].append(row)
    means = {label: np.mean(rows, axis=0) for label, rows in of_label.items()}
    pairs = [(clip.caption, (means[clip.label] + row) / 2) for clip, row in zip(clips, sure)]
    pairs += means.items()
    only = np.eye(len(classes))
    of_concept: defaultdict[str, list[int]] = defaultdict(list)
    for one in classes:
        pairs += [(phrase, only[one.index]) for phrase in one.phrases]
        for name in one.concepts:
            of_concept[name].append(one.index)
    for concept in lexicon:
        if concept.name in of_concept:
            target = only[of_concept[concept.name]].max(axis=0)
            pairs += [(maker.of_concept(concept), target) for _ in range(CONCEPT_TEXTS)]
    texts, targets = zip(*pairs)
    return list(texts), np.stack(targets)


def embed_all(texts: list[str], embed: EmbedTexts) -> np.ndarray:
    """Texts of like length together, for speed; unit rows in the order of `texts`"""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    parts = np.concatenate([embed([texts[i] for i in order[first : first + AT_ONCE]]) for first in range(0, len(texts), AT_ONCE)])
    return parts[np.argsort(order)]


def fit(embedded: np.ndarray, targets: np.ndarray, most: np.ndarray) -> tuple[AudioClasses, TextClasses]:
    """@param embedded unit rows of training texts, without this part [texts, DIM] @param targets their classes [texts, classes] @param most `surest`"""
    x = np.c_[embedded, np.ones(len(embedded))]
    weights = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ targets)
    rarity = -np.log(targets.mean(axis=0) + 1e-3)
    rarity /= rarity.mean()
    by_class = np.maximum(x @ weights, 0.0) * rarity
    by_class /= np.maximum(np.linalg.norm(by_class, axis=1, keepdims=True), 1e-9)
    directions = np.linalg.eigh(by_class.T @ by_class)[1][:, : -CLASS_PART - 1 : -1]
    audio_part, text_part = AudioClasses(), TextClasses()
    with torch.no_grad():
        text_part.classes.weight.copy_(torch.from_numpy(weights[:-1].T * rarity[:, None]))
        text_part.classes.bias.copy_(torch.from_numpy(weights[-1] * rarity))
        audio_part.most.copy_(torch.from_numpy(most).log())
        for part in (audio_part, text_part):
            part.directions.copy_(torch.from_numpy(directions.copy()))
            part.share.fill_(SHARE)
    return audio_part, text_part


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--run", default="final")
    parser.add_argument("--hold-out", nargs="*", default=[], help="sources left out, for the source check")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    check_hash(CACHE / "recorded.manifest", manifest_hash(arguments.corpus))
    every = read_manifest(arguments.corpus)
    logits = np.full((len(every), np.load(CACHE / "tiles-logits.npy", mmap_mode="r").shape[1]), -np.inf, np.float32)
    np.maximum.at(logits, np.load(CACHE / "tile-clip.npy"), np.load(CACHE / "tiles-logits.npy").astype(np.float32))
    rows = [i for i, clip in enumerate(every) if clip.split == "train" and clip.source not in arguments.hold_out]
    probability = 1.0 / (1.0 + np.exp(-logits[rows]))
    most = surest(probability)
    classes = read_classes()
    texts, targets = training_texts([every[i] for i in rows], np.minimum(probability / most, 1.0), classes, random.Random(1))
    _, text, tokenizer, _ = load_checkpoint(CACHE / arguments.run)
    text.text_classes = None  # of an earlier fit
    weight = np.array([GENERAL if one.general else 1.0 for one in classes])
    audio_part, text_part = fit(embed_all(texts, text_embedder(text, tokenizer)), targets * weight, most)
    path = CACHE / arguments.run / "final.pt"
    torch.save(torch.load(path) | {"classes": {"audio": audio_part.state_dict(), "text": text_part.state_dict()}}, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").rename(path)
    print(f"{len(texts)} texts for {len(classes)} classes in {CLASS_PART} directions")


if __name__ == "__main__":
    main()

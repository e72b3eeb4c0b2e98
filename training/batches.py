"""Draws training batches: recorded and made clips, a random view of each, texts for them, and what is true of whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from audioset import read_classes
from augment import crop, mask, mix, tone_colour
from captions import JOINERS, CaptionMaker
from categories import PHRASES
from corpus import CACHE, check_hash, made_hash, manifest_hash, read_made, read_manifest
from features import VIEWS_ELSEWHERE, unpack_power
from frontend import N_FRAMES
from relations import Relations, category_name
from tasks import Targets, Tasks, blend

CATEGORY_TEXTS = 4  # phrases for a whole category in each batch
CLASS_TEXTS = 24  # phrases for classes that the tagger detects in the batch's clips
DETECTED_CLASS = 0.6  # how much a class counts at the highest probability the teacher ever gives it
ALIKE = 0.3  # how much another clip's text counts when the teacher detects the same classes in both
REPROCESSED = "synthetic-processed"  # made from recordings, and so left out with any of them


@dataclass(frozen=True)
class Recipe:
    """What can be set about the audio side of a batch."""

    made: float = 0.25  # share of made clips
    elsewhere: float = 0.33  # share of views that were recorded elsewhere, among those of recordings
    colour: float = 0.35  # strength of the random tone colour
    mixed: float = 0.15  # share of mixtures


class TrainingClips:
    """The training clips that are not held out, with their views, and what the teacher made of each view."""

    def __init__(self, corpus: Path, hold_out: list[str]) -> None:
        check_hash(CACHE / "recorded.manifest", manifest_hash(corpus))
        check_hash(CACHE / "made.manifest", made_hash())
        recorded = [clip for clip in read_manifest(corpus) if clip.split == "train"]
        train = recorded + read_made()
        gone = {*hold_out, REPROCESSED} if hold_out else set()
        kept = [i for i, clip in enumerate(train) if clip.source not in gone]
        self.clips = [train[i] for i in kept]
        self.recorded = [clip for clip in self.clips if not clip.made]
        starts = [np.load(CACHE / f"{part}-view-start.npy") for part in ("recorded", "made")]
        self.views = [np.load(CACHE / f"{part}-views.npy", mmap_mode="r") for part in ("recorded", "made")]
        self.boundary = len(self.views[0])
        both = np.concatenate([starts[0], starts[1][1:] + self.boundary])
        self.first, self.count = both[:-1][kept], np.diff(both)[kept]
        self.pooled, self.logits = (
            np.concatenate([np.load(CACHE / f"{part}-{name}.npy") for part in ("recorded", "made")]) for name in ("pooled", "logits")
        )

    def places(self, rows: np.ndarray, elsewhere: float, rng: np.random.Generator) -> np.ndarray:
        """A random view of each clip, as a row of the caches."""
        result = np.empty(len(rows), np.int64)
        for i, row in enumerate(rows):
            other = 0 if self.clips[row].made else VIEWS_ELSEWHERE
            plain = self.count[row] - other
            far = other > 0 and rng.random() < elsewhere
            result[i] = self.first[row] + (plain + rng.integers(other) if far else rng.integers(plain))
        return result

    def log_power(self, places: np.ndarray) -> Tensor:
        """float32 [len(places), N_FRAMES, N_MELS], natural log"""
        packed = [self.views[place >= self.boundary][place - self.boundary * (place >= self.boundary)] for place in places]
        return unpack_power(np.stack(packed)).transpose(1, 2)


class Teacher:
    """The published tagger's output, as targets: per view, the probability of each class relative to the highest it ever gives."""

    def __init__(self, source: TrainingClips) -> None:
        self.logits = source.logits
        probability = 1.0 / (1.0 + np.exp(-source.logits.astype(np.float32)))
        self.most = np.clip(np.quantile(probability, 0.998, axis=0), 0.1, 1.0)
        self.classes = read_classes()
        self.telling = np.array([not one.general and len(one.phrases) > 0 for one in self.classes])

    def probability(self, places: np.ndarray) -> Tensor:
        """Probabilities of the classes, float32 [len(places), 527]"""
        return torch.from_numpy(self.logits[places].astype(np.float32)).sigmoid()

    def sureness(self, probability: Tensor) -> Tensor:
        """0..1, and 0 for classes that say too little; [n, 527]"""
        return (probability / torch.from_numpy(self.most).float()).clamp(max=1.0) * torch.from_numpy(self.telling).float()


def alike(a: Tensor, b: Tensor) -> Tensor:
    """How much of what one contains the other contains, too, [n, classes] and [m, classes] → [n, m], 0..1 (weighted Jaccard)"""
    a, b = torch.where(a < 0.05, torch.zeros(()), a), torch.where(b < 0.05, torch.zeros(()), b)
    both = torch.stack([torch.minimum(row, b).sum(dim=1) for row in a])
    return both / (a.sum(dim=1, keepdim=True) + b.sum(dim=1) - both + 0.1)


class Batches:
    """Recorded clips are drawn with weight 1 / sqrt(clips of the label), made ones the more the fewer recordings there are."""

    def __init__(self, source: TrainingClips, maker: CaptionMaker, tasks: Tasks, relations: Relations, recipe: Recipe, seed: int) -> None:
        self.source, self.clips, self.maker, self.relations, self.recipe = source, source.clips, maker, relations, recipe
        self.teacher = Teacher(source)
        self.rng = np.random.default_rng(seed)
        counts = {made: Counter(clip.label for clip in self.clips if clip.made == made) for made in (False, True)}
        made = np.array([clip.made for clip in self.clips])
        weights = np.array([counts[clip.made][clip.label] ** -0.5 for clip in self.clips])
        rarity = np.array([(1 + counts[False][clip.label]) ** -0.5 for clip in self.clips])
        recorded, synthetic = np.where(made, 0.0, weights), np.where(made, weights * rarity, 0.0)
        self.chance = (1 - recipe.made) * recorded / recorded.sum() + recipe.made * synthetic / synthetic.sum()
        self.targets = tasks.targets(self.clips)

    def rows(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """@returns clips, and a view of each"""
        rows = self.rng.choice(len(self.clips), size, replace=False, p=self.chance)
        return rows, self.source.places(rows, self.recipe.elsewhere, self.rng)

    def pooled(self, size: int, extra: int) -> tuple[Tensor, Tensor, Targets, list[str], Tensor]:
        """A batch for the first stage, whose audio side is the teacher's pooled map.

        @returns pooled map [size, 384], teacher's probabilities, targets of the tasks, texts, closeness [size, size + extra]
        """
        rows, places = self.rows(size)
        probability = self.teacher.probability(places)
        texts, closeness = self.texts(rows, np.array([], np.int64), np.array([], np.int64), probability, extra)
        pooled = torch.from_numpy(self.source.pooled[places].astype(np.float32))
        return pooled, probability, {name: values[rows] for name, values in self.targets.items()}, texts, closeness

    def sounds(self, size: int, frames: int, extra: int) -> tuple[Tensor, Tensor, Targets, list[str], Tensor]:
        """A batch for the second stage. @returns log-mel [size, 1, N_MELS, frames], and the rest as `pooled`"""
        rows, places = self.rows(size)
        probability = self.teacher.probability(places)
        log_power = self.cut(places, frames)
        targets = {name: values[rows] for name, values in self.targets.items()}
        mixed = np.flatnonzero(self.rng.random(size) < self.recipe.mixed)
        partners = self.rng.choice(len(self.clips), len(mixed), p=self.chance)
        if len(mixed) > 0:
            views = self.source.places(partners, self.recipe.elsewhere, self.rng)
            ratio = torch.from_numpy(self.rng.uniform(0.35, 0.65, len(mixed))).float()
            log_power[mixed] = mix(log_power[mixed], self.cut(views, frames), ratio)
            blend(targets, torch.from_numpy(mixed), {name: values[partners] for name, values in self.targets.items()})
            # Either is less audible than alone.
            probability[mixed] = torch.maximum(probability[mixed], self.teacher.probability(views)) * 0.8
        log_power = mask(tone_colour(log_power, self.recipe.colour, self.rng), self.rng)
        texts, closeness = self.texts(rows, mixed, partners, probability, extra)
        return ((log_power + 4.5) / 5.0).transpose(1, 2).unsqueeze(1), probability, targets, texts, closeness

    def cut(self, places: np.ndarray, frames: int) -> Tensor:
        views = self.source.log_power(places)
        return views if frames == N_FRAMES else crop(views, frames, self.rng)

    def texts(self, rows: np.ndarray, mixed: np.ndarray, partners: np.ndarray, probability: Tensor, extra: int) -> tuple[list[str], Tensor]:
        """@returns texts: of the clips, near misses, whole categories, classes detected, other clips'; and how close they are to the audio"""
        audible = [(self.clips[row].label,) for row in rows]
        texts = [self.maker.make(self.clips[row]) for row in rows]
        for row, partner in zip(mixed, partners):
            audible[row] += (self.clips[partner].label,)
            texts[row] += self.maker.rng.choice(JOINERS) + self.maker.make(self.clips[partner])
        said = list(audible)
        size = len(rows)
        for row in self.rng.permutation(rows):
            near = self.maker.near_miss(self.clips[row])
            if near is not None and near in self.relations.index and len(texts) < size + extra // 3:
                concept = self.maker.by_name.get(near)
                texts.append(self.maker.of_concept(concept) if concept else self.maker.of_label(near))
                said.append((near,))
        for _ in range(CATEGORY_TEXTS):
            whole = self.clips[self.rng.choice(rows)].category
            texts.append(self.maker.rng.choice(PHRASES[whole]))
            said.append((category_name(whole),))
        sure = self.teacher.sureness(probability)
        chance = sure.amax(dim=0).numpy() ** 2 + 1e-6 * self.teacher.telling
        chosen = self.rng.choice(len(chance), CLASS_TEXTS, replace=False, p=chance / chance.sum())
        for index in chosen:
            texts.append(self.maker.dress(self.maker.rng.choice(self.teacher.classes[index].phrases)))
            said.append((self.teacher.classes[index].name,))
        while len(texts) < size + extra:
            clip = self.clips[self.rng.integers(len(self.clips))]
            texts.append(self.maker.make(clip))
            said.append((clip.label,))
        # Another clip's text of the same label counts a little less than the clip's own.
        closeness = self.relations.between(audible, said) * 0.7
        closeness[:, :size] = torch.maximum(closeness[:, :size], ALIKE * ((alike(sure, sure) - 0.3) / 0.7).clamp(min=0.0))
        columns = torch.tensor([i for i, names in enumerate(said) if names[0].startswith("class:")])
        closeness[:, columns] = torch.maximum(closeness[:, columns], DETECTED_CLASS * (sure[:, chosen] - 0.1).clamp(min=0.0) / 0.9)
        closeness[:, :size].fill_diagonal_(1.0)
        return texts, closeness

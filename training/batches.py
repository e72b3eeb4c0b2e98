"""Draws training batches: recorded and made clips, a random view of each, texts for them, and what is true of whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from augment import crop, mask, mix, tone_colour, trade_statistics
from captions import JOINERS, CaptionMaker
from categories import PHRASES
from corpus import CACHE, Clip, check_hash, manifest_hash, read_clips
from features import VIEWS_ELSEWHERE
from model import N_FRAMES
from relations import Relations, category_name
from tasks import Targets, Tasks, blend, envelope

CATEGORY_TEXTS = 4  # phrases for a whole category in each batch
REPROCESSED = "synthetic-processed"  # made from recordings, and so left out with any of them


@dataclass(frozen=True)
class Recipe:
    """What can be set about the audio side of a batch."""

    made: float = 0.25  # share of made clips
    elsewhere: float = 0.33  # share of views that were recorded elsewhere, among those of recordings
    colour: float = 0.35  # strength of the random tone colour
    style: float = 0.0  # share of clips that trade statistics
    mixed: float = 0.15  # share of mixtures


class TrainingClips:
    """The training clips that are not held out, with their views and pitches."""

    def __init__(self, corpus: Path, hold_out: list[str]) -> None:
        check_hash(CACHE / "features.manifest", manifest_hash(corpus))
        train = [clip for clip in read_clips(corpus) if clip.split == "train"]
        gone = {*hold_out, REPROCESSED} if hold_out else set()
        self.kept = [i for i, clip in enumerate(train) if clip.source not in gone]
        self.clips = [train[i] for i in self.kept]
        self.recorded = [clip for clip in self.clips if not clip.made]
        self.pitch = np.load(CACHE / "pitch.npy")[self.kept]
        self.views = np.load(CACHE / "views.npy", mmap_mode="r")
        starts = np.load(CACHE / "view_start.npy")
        self.first, self.count = starts[:-1][self.kept], np.diff(starts)[self.kept]

    def draw_views(self, rows: np.ndarray, elsewhere: float, rng: np.random.Generator) -> Tensor:
        """A random view of each clip, float32 [len(rows), N_FRAMES, N_MELS]"""
        places = np.empty(len(rows), np.int64)
        for i, row in enumerate(rows):
            other = 0 if self.clips[row].made else VIEWS_ELSEWHERE
            plain = self.count[row] - other
            far = other > 0 and rng.random() < elsewhere
            places[i] = self.first[row] + (plain + rng.integers(other) if far else rng.integers(plain))
        return torch.from_numpy(self.views[places].astype(np.float32))


class Batches:
    """Recorded clips are drawn with weight 1 / sqrt(clips of the label), made ones the more the fewer recordings there are."""

    def __init__(self, source: TrainingClips, maker: CaptionMaker, tasks: Tasks, relations: Relations, recipe: Recipe, seed: int) -> None:
        self.source, self.clips, self.maker, self.relations, self.recipe = source, source.clips, maker, relations, recipe
        self.rng = np.random.default_rng(seed)
        counts = {made: Counter(clip.label for clip in self.clips if clip.made == made) for made in (False, True)}
        made = np.array([clip.made for clip in self.clips])
        weights = np.array([counts[clip.made][clip.label] ** -0.5 for clip in self.clips])
        rarity = np.array([(1 + counts[False][clip.label]) ** -0.5 for clip in self.clips])
        recorded, synthetic = np.where(made, 0.0, weights), np.where(made, weights * rarity, 0.0)
        self.chance = (1 - recipe.made) * recorded / recorded.sum() + recipe.made * synthetic / synthetic.sum()
        self.targets = tasks.targets(self.clips, self.source.pitch.tolist())

    def sounds(self, size: int, frames: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, Tensor, Targets]:
        """@returns rows, those of them that are mixed, their partners, log_mel [size, 1, frames, N_MELS], targets of the tasks"""
        rows = self.rng.choice(len(self.clips), size, replace=False, p=self.chance)
        log_mel = self.view(rows, frames)
        targets = {name: values[rows] for name, values in self.targets.items()}
        mixed = np.flatnonzero(self.rng.random(size) < self.recipe.mixed)
        partners = self.rng.choice(len(self.clips), len(mixed), p=self.chance)
        if len(mixed) > 0:
            ratio = torch.from_numpy(self.rng.uniform(0.35, 0.65, len(mixed))).float()
            log_mel[mixed] = mix(log_mel[mixed], self.view(partners, frames), ratio)
            blend(targets, torch.from_numpy(mixed), {name: values[partners] for name, values in self.targets.items()})
        targets["envelope"] = envelope(log_mel)
        log_mel = tone_colour(log_mel, self.recipe.colour, self.rng)
        if self.recipe.style > 0:
            log_mel = trade_statistics(log_mel, self.recipe.style, self.rng)
        return rows, mixed, partners, mask(log_mel, self.rng).unsqueeze(1), targets

    def view(self, rows: np.ndarray, frames: int) -> Tensor:
        views = self.source.draw_views(rows, self.recipe.elsewhere, self.rng)
        return views if frames == N_FRAMES else crop(views, frames, self.rng)

    def draw(self, size: int, frames: int, extra: int) -> tuple[Tensor, Targets, list[str], Tensor]:
        """@returns log_mel, targets of the tasks, texts (size + extra), closeness [size, size + extra]"""
        rows, mixed, partners, log_mel, targets = self.sounds(size, frames)
        heard = [(self.clips[row].label,) for row in rows]
        texts = [self.maker.make(self.clips[row]) for row in rows]
        for row, partner in zip(mixed, partners):
            heard[row] += (self.clips[partner].label,)
            texts[row] += self.maker.rng.choice(JOINERS) + self.maker.make(self.clips[partner])
        said = list(heard)
        # More texts: near misses of the batch's clips, whole categories, and texts of other clips.
        for row in self.rng.permutation(rows):
            near = self.maker.near_miss(self.clips[row])
            if near is not None and near in self.relations.index and len(texts) < size + extra // 2:
                concept = self.maker.by_name.get(near)
                texts.append(self.maker.of_concept(concept) if concept else self.maker.of_label(near))
                said.append((near,))
        for _ in range(CATEGORY_TEXTS):
            whole = self.clips[self.rng.choice(rows)].category
            texts.append(self.maker.rng.choice(PHRASES[whole]))
            said.append((category_name(whole),))
        while len(texts) < size + extra:
            clip = self.clips[self.rng.integers(len(self.clips))]
            texts.append(self.maker.make(clip))
            said.append((clip.label,))
        # Another clip's text of the same label counts a little less than the clip's own.
        closeness = self.relations.between(heard, said) * 0.7
        closeness[:, :size].fill_diagonal_(1.0)
        return log_mel, targets, texts, closeness

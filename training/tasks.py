"""What the audio encoder is trained on besides texts: several audio tasks, each a linear head on its features.

Tasks that need no listener (pitch, envelope) are measured from the sound itself; the others come from the manifest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from corpus import Clip
from pitch import BINS

STEPS = 25  # of the loudness envelope, over whatever length the batch has
KINDS = ("speech", "music", "effect")
KIND_OF = {"speech": "speech", "music": "music", "loops": "music", "instrument": "music", "drums": "music"}
PLAYED = ("instrument", "drums")
WEIGHTS = {"label": 1.0, "category": 0.5, "tags": 1.0, "instrument": 0.3, "kind": 0.3, "pitch": 0.3, "envelope": 0.3}
FROM_LABELS = ("label", "category", "tags")  # those that stay on in joint training
Targets = dict[str, Tensor]


def soft_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy with rows of `target` as distributions; both [N, M]. Rows of zeros count nothing."""
    return -(target * F.log_softmax(logits, dim=1)).sum(dim=1).mean()


@dataclass
class Tasks:
    """The classes of each task."""

    labels: list[str]  # with at least 3 clips
    categories: list[str]
    tags: list[str]  # with at least 5 clips
    instruments: list[str]  # labels of instruments and drums with at least 3 clips
    names: tuple[str, ...]  # the tasks that are on

    @classmethod
    def of(cls, clips: list[Clip], names: tuple[str, ...] = tuple(WEIGHTS)) -> Tasks:
        labels = Counter(clip.label for clip in clips)
        tags = Counter(tag for clip in clips for tag in set(clip.tags[1:]))
        played = {clip.label for clip in clips if clip.category in PLAYED and labels[clip.label] >= 3}
        return cls(
            sorted(label for label, count in labels.items() if count >= 3),
            sorted({clip.category for clip in clips}),
            sorted(tag for tag, count in tags.items() if count >= 5),
            sorted(played),
            names,
        )

    def heads(self) -> nn.ModuleDict:
        sizes = {"label": len(self.labels), "category": len(self.categories), "tags": len(self.tags),
                 "instrument": len(self.instruments), "kind": len(KINDS), "pitch": BINS + 1, "envelope": STEPS}  # fmt: skip
        return nn.ModuleDict({name: nn.Linear(512, sizes[name]) for name in self.names})

    def targets(self, clips: list[Clip], pitch: list[int]) -> Targets:
        """@returns per task [N, classes]: one-hot rows (all zero where the task does not apply), tags many-hot"""

        def rows(classes: list[str] | tuple[str, ...], values: list[str]) -> Tensor:
            place = {name: i for i, name in enumerate(classes)}
            result = torch.zeros(len(clips), len(classes))
            for row, value in enumerate(values):
                if value in place:
                    result[row, place[value]] = 1.0
            return result

        tags = torch.zeros(len(clips), len(self.tags))
        place = {tag: i for i, tag in enumerate(self.tags)}
        for row, clip in enumerate(clips):
            tags[row, [place[tag] for tag in clip.tags if tag in place]] = 1.0
        names = [clip.label for clip in clips]
        return {
            "label": rows(self.labels, names), "category": rows(self.categories, [clip.category for clip in clips]), "tags": tags,
            "instrument": rows(self.instruments, names), "kind": rows(KINDS, [KIND_OF.get(clip.category, "effect") for clip in clips]),
            "pitch": F.one_hot(torch.tensor(pitch), BINS + 1).float(),
        }  # fmt: skip

    def loss(self, heads: nn.ModuleDict, features: Tensor, targets: Targets) -> Tensor:
        """Weighted sum over the tasks. @param features [N, 512] @param targets with `envelope` from `envelope`"""
        total = features.sum() * 0.0
        for name in self.names:
            predicted, target = heads[name](features), targets[name]
            if name == "tags":
                loss = F.binary_cross_entropy_with_logits(predicted, target, reduction="none").sum(dim=1).mean() / 10
            elif name == "envelope":
                loss = F.mse_loss(predicted, target)
            else:
                if name in ("label", "instrument"):  # smoothed, and rows of mixtures left out: their texts say what is in them
                    whole = target.sum(dim=1, keepdim=True) > 0.99
                    target = torch.where(whole & (target.amax(dim=1, keepdim=True) > 0.99), target * 0.95 + 0.05 / target.shape[1], torch.zeros(()))
                loss = soft_cross_entropy(predicted, target)
            total = total + WEIGHTS[name] * loss
        return total


def envelope(log_mel: Tensor) -> Tensor:
    """How the loudness moves, [N, frames, N_MELS] → [N, STEPS]: log power in 25 steps, its mean taken off, halved."""
    power = log_mel.exp().mean(dim=2)
    log_power = torch.log(F.adaptive_avg_pool1d(power.unsqueeze(1), STEPS).squeeze(1) + 1e-4)
    return (log_power - log_power.mean(dim=1, keepdim=True)) / 2


def blend(targets: Targets, rows: Tensor, partners: Targets) -> None:
    """Targets of mixtures, in place: halves of each, but every tag of both."""
    for name, values in targets.items():
        values[rows] = torch.maximum(values[rows], partners[name]) if name == "tags" else (values[rows] + partners[name]) / 2

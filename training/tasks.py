"""What the audio encoder is trained on besides texts: labels, categories and tags by linear heads, AudioSet's classes by the teacher."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from corpus import Clip
from model import FEATURES

WEIGHTS = {"label": 1.0, "category": 0.5, "tags": 1.0}
Targets = dict[str, Tensor]


def soft_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy with rows of `target` as distributions; both [N, M]. Rows of zeros count nothing."""
    return -(target * F.log_softmax(logits, dim=1)).sum(dim=1).mean()


def class_loss(logits: Tensor, probability: Tensor) -> Tensor:
    """Binary cross entropy to the teacher's probabilities, less the least it can be; summed over the classes, mean over [N, 527]'s rows."""
    least = F.binary_cross_entropy(probability, probability, reduction="none")
    return (F.binary_cross_entropy_with_logits(logits, probability, reduction="none") - least).sum(dim=1).mean()


@dataclass
class Tasks:
    """The classes of each task."""

    labels: list[str]  # with at least 3 clips
    categories: list[str]
    tags: list[str]  # with at least 5 clips

    @classmethod
    def of(cls, clips: list[Clip]) -> Tasks:
        labels = Counter(clip.label for clip in clips)
        tags = Counter(tag for clip in clips for tag in set(clip.tags[1:]))
        return cls(
            sorted(label for label, count in labels.items() if count >= 3),
            sorted({clip.category for clip in clips}),
            sorted(tag for tag, count in tags.items() if count >= 5),
        )

    def heads(self) -> nn.ModuleDict:
        sizes = {"label": len(self.labels), "category": len(self.categories), "tags": len(self.tags)}
        return nn.ModuleDict({name: nn.Linear(FEATURES, size) for name, size in sizes.items()})

    def targets(self, clips: list[Clip]) -> Targets:
        """@returns per task [N, classes]: one-hot rows (all zero where the task does not apply), tags many-hot"""

        def rows(classes: list[str], values: list[str]) -> Tensor:
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
        return {
            "label": rows(self.labels, [clip.label for clip in clips]), "category": rows(self.categories, [clip.category for clip in clips]), "tags": tags,
        }  # fmt: skip

    def loss(self, heads: nn.ModuleDict, features: Tensor, targets: Targets) -> Tensor:
        """Weighted sum over the tasks. @param features [N, 512]"""
        total = features.sum() * 0.0
        for name, weight in WEIGHTS.items():
            predicted, target = heads[name](features), targets[name]
            if name == "tags":
                loss = F.binary_cross_entropy_with_logits(predicted, target, reduction="none").sum(dim=1).mean() / 10
            else:
                if name == "label":  # smoothed, and rows of mixtures left out: their texts say what is in them
                    whole = target.sum(dim=1, keepdim=True) > 0.99
                    target = torch.where(whole & (target.amax(dim=1, keepdim=True) > 0.99), target * 0.95 + 0.05 / target.shape[1], torch.zeros(()))
                loss = soft_cross_entropy(predicted, target)
            total = total + weight * loss
        return total


def blend(targets: Targets, rows: Tensor, partners: Targets) -> None:
    """Targets of mixtures, in place: halves of each, but every tag of both."""
    for name, values in targets.items():
        values[rows] = torch.maximum(values[rows], partners[name]) if name == "tags" else (values[rows] + partners[name]) / 2

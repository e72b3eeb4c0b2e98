"""What both stages of training share: settings of the optimiser, averaged weights, checkpoints."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

WARM_UP = 200  # steps


def parameter_groups(model: nn.Module, rate: float, decay: float) -> list[dict[str, object]]:
    """Weight decay for matrices only; what comes pretrained learns slower: a text side at half the rate, the tagger at an eighth."""
    shares = {"text.": 0.5, "audio.backbone.": 0.125, "": 1.0}
    groups: list[dict[str, object]] = []
    left = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    for prefix, share in shares.items():
        ours = [(name, p) for name, p in left if name.startswith(prefix)]
        left = [(name, p) for name, p in left if not name.startswith(prefix)]
        for matrices in (False, True):
            chosen = [p for _, p in ours if (p.ndim > 1) == matrices]
            groups.append({"params": chosen, "lr": rate * share, "weight_decay": decay if matrices else 0.0})
    return groups


def warm_cosine(optimiser: Optimizer, total: int) -> LambdaLR:
    """Up over WARM_UP steps, then down to nearly nothing after `total`."""
    return LambdaLR(optimiser, lambda s: min(1.0, (s + 1) / WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * min(1.0, s / total))) + 1e-4)


@torch.no_grad()
def average_into(average: nn.Module, model: nn.Module, done: int, total: int) -> None:
    """Exponential moving average of weights and batch-norm statistics, over about a tenth of the run, but over little of its beginning."""
    decay = min(1.0 - 10.0 / total, 1.0 - 10.0 / (done + 10))
    for mean, value in zip(average.state_dict().values(), model.state_dict().values()):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1.0 - decay)
        else:
            mean.copy_(value)


class Checkpoint:
    """One file with all that changes while training; written whole or not at all."""

    def __init__(self, path: Path, parts: dict[str, nn.Module | Optimizer | LambdaLR]) -> None:
        self.path, self.parts = path, parts

    def resume(self) -> int:
        """@returns epochs already done, 0 when there is no file yet"""
        if not self.path.exists():
            return 0
        state = torch.load(self.path)
        for name, part in self.parts.items():
            part.load_state_dict(state[name])
        print(f"resumed after epoch {state['epoch']}", flush=True)
        return int(state["epoch"])

    def save(self, epoch: int) -> None:
        unfinished = self.path.with_suffix(".tmp")
        torch.save({name: part.state_dict() for name, part in self.parts.items()} | {"epoch": epoch}, unfinished)
        unfinished.rename(self.path)

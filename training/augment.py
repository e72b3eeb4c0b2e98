"""Changes to log-mel batches [N, frames, N_MELS] while training; those on waveforms are in features.py and elsewhere.py."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from frontend import LOG_FLOOR, N_FRAMES, N_MELS


def tone_colour(log_mel: Tensor, strength: float, rng: np.random.Generator) -> Tensor:
    """Another microphone: a random tilt and a random bump over the bands, each with this standard deviation (natural log)."""
    n = log_mel.shape[0]
    bands = torch.linspace(-1.0, 1.0, N_MELS)
    tilt = torch.from_numpy(rng.normal(0.0, strength, (n, 1))).float() * bands
    bump = torch.from_numpy(rng.normal(0.0, strength, (n, 1))).float()
    centre = torch.from_numpy(rng.uniform(-1.0, 1.0, (n, 1))).float()
    return log_mel + (tilt + bump * torch.exp(-(((bands - centre) / 0.3) ** 2))).unsqueeze(1)


def mask(log_mel: Tensor, rng: np.random.Generator) -> Tensor:
    """One time and one frequency mask, each in half of the clips (SpecAugment, lightly). Changes its argument."""
    for row in range(log_mel.shape[0]):
        if rng.random() < 0.5:
            length = rng.integers(5, log_mel.shape[1] // 6)
            start = rng.integers(0, log_mel.shape[1] - length)
            log_mel[row, start : start + length] = math.log(LOG_FLOOR)
        if rng.random() < 0.5:
            height = rng.integers(4, 17)
            low = rng.integers(0, N_MELS - height)
            log_mel[row, :, low : low + height] = math.log(LOG_FLOOR)
    return log_mel


def crop(log_mel: Tensor, frames: int, rng: np.random.Generator) -> Tensor:
    """A stretch of each row, [N, N_FRAMES, N_MELS] → [N, frames, N_MELS], drawn by energy, its level normalised again.

    The network pools over time, so most of the training can run on half windows, at half the cost.
    """
    energy = log_mel.exp().mean(dim=2)
    sums = F.pad(energy.cumsum(dim=1), (1, 0))
    starts = torch.arange(0, N_FRAMES - frames + 1, 10)
    inside = (sums[:, starts + frames] - sums[:, starts]).numpy() + 1e-3 * frames
    cuts = []
    for row in range(log_mel.shape[0]):
        start = int(starts[rng.choice(len(starts), p=inside[row] / inside[row].sum())])
        part = log_mel[row, start : start + frames]
        cuts.append(part - torch.log(part.exp().mean() + 1e-6))
    return torch.stack(cuts)


def mix(log_mel: Tensor, partner: Tensor, ratio: Tensor) -> Tensor:
    """Sums two level-normalised clips in the power domain; `ratio` [N] is the share of the first. Level stays normalised."""
    share = ratio.view(-1, 1, 1)
    return torch.log(share * log_mel.exp() + (1.0 - share) * partner.exp())

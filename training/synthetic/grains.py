"""Clouds of many small events (drops, bubbles, crackles, claps): random times convolved with a few kernels."""

from __future__ import annotations

import numpy as np
from scipy import signal

from dsp import RATE, Array, Rng, band, clock, decay


def cloud(rng: Rng, seconds: float, per_second: float | Array, kernels: list[Array], spread_db: float = 8.0, chances: Array | None = None) -> Array:
    """Events at `per_second` (a number, or one a sample), each one of the kernels at a level spread by `spread_db` (normal, dB)."""
    length = round(seconds * RATE)
    rate = np.broadcast_to(np.asarray(per_second, dtype=float), (length,))
    count = rng.poisson(float(np.sum(rate)) / RATE)
    total = np.cumsum(rate)
    at = np.searchsorted(total, rng.random(count) * total[-1])
    which = rng.choice(len(kernels), count, p=chances)
    gain = 10 ** (rng.normal(0, spread_db, count) / 20)
    out = np.zeros(length)
    for index, kernel in enumerate(kernels):
        chosen = which == index
        if not np.any(chosen):
            continue
        train = np.zeros(length)
        np.add.at(train, np.minimum(at[chosen], length - 1), gain[chosen])
        out += signal.oaconvolve(train, kernel)[:length]
    return out


def ticks(rng: Rng, low_hz: float, high_hz: float, seconds: tuple[float, float], count: int = 10) -> list[Array]:
    """Kernels: short decaying bursts of noise, each in its own band between the two frequencies."""
    out = []
    for _ in range(count):
        centre = low_hz * (high_hz / low_hz) ** rng.random()
        length = seconds[0] * (seconds[1] / seconds[0]) ** rng.random()
        burst = band(rng.standard_normal(int(3 * length * RATE) + 64), centre / 1.5, centre * 1.5, order=1)
        out.append(burst * decay(len(burst) / RATE, 2 * length, 0.0003)[: len(burst)])
    return out


def bubbles(rng: Rng, low_hz: float, high_hz: float, count: int = 20, rise: float = 0.15) -> list[Array]:
    """Kernels: damped sines that rise a little, as bubbles near the surface (Minnaert; van den Doel 2005)."""
    out = []
    for _ in range(count):
        hz = low_hz * (high_hz / low_hz) ** rng.random()
        damping = 0.13 / (hz / 1000) ** 0.6 * rng.uniform(0.3, 1.0)  # seconds to −60 dB
        t = clock(1.1 * damping)
        wave = np.sin(2 * np.pi * hz * (t + rise * rng.random() * t**2 / (2 * damping))) * 10 ** (-3 * t / damping)
        out.append(wave * np.minimum(1, t / 0.001) * (1000 / hz) ** 0.5)
    return out

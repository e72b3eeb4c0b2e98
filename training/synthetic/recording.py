"""From a clean synthesised take to something like a recording: a room, a distance, a microphone, a level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import signal

from dsp import RATE, Array, Rng, band, noise, uniform_log, unit

MIN_SECONDS, MAX_SECONDS = 0.5, 10.0


@dataclass(frozen=True)
class Take:
    """One sound before it is recorded. `samples` mono at RATE, any level; `original` says what made it, in the maker's terms."""

    label: str
    caption: str
    tags: tuple[str, ...]
    samples: Array
    tool: str
    original: str
    licence: str = "CC0 1.0"
    attribution: str = "made by this project"
    # False for what never passes through air: user interfaces, synthesisers.
    room: bool = True


def room_response(rng: Rng, t60: float, wet: float) -> Array:
    """Direct sound, a few early reflections, and noise that decays faster the higher it is (t60 is that of the low end)."""
    length = max(64, int(0.8 * t60 * RATE))
    t = np.arange(length) / RATE
    tail = band(rng.standard_normal(length), 80, uniform_log(rng, 2500, 9000)) * 10 ** (-3 * t / t60)
    tail += 0.5 * band(rng.standard_normal(length), 80, 700) * 10 ** (-2.2 * t / t60)
    pre = int(uniform_log(rng, 0.002, 0.02) * RATE)
    response = np.zeros(length + pre)
    response[pre:] = tail * wet / (np.sqrt(np.sum(tail**2)) + 1e-12)
    for _ in range(6):
        response[int(rng.uniform(0.001, 0.035) * RATE) % len(response)] += rng.choice([-1, 1]) * wet * rng.uniform(0.1, 0.4)
    response[0] += 1.0
    return response


def record(take: Take, rng: Rng) -> Array:
    """@returns float64 mono, MIN_SECONDS..MAX_SECONDS long, peak −30…0 dBFS @throws ValueError for a silent or non-finite take"""
    x = unit(np.asarray(take.samples, dtype=np.float64))
    if not np.all(np.isfinite(x)) or np.max(np.abs(x)) == 0:
        raise ValueError(f"{take.original}: silent or not finite")
    x = x[: int(MAX_SECONDS * RATE)]
    draw = rng.random() if take.room else 1.0
    if draw < 0.25:  # a room
        x = signal.fftconvolve(x, room_response(rng, uniform_log(rng, 0.15, 0.8), rng.uniform(0.2, 0.9)))
    elif draw < 0.33:  # a hall or a street, farther away: air takes the top
        x = signal.fftconvolve(x, room_response(rng, uniform_log(rng, 0.8, 2.5), rng.uniform(0.5, 1.5)))
        x = band(x, None, uniform_log(rng, 3000, 9000), order=1)
    x = x[: int(MAX_SECONDS * RATE)]
    if take.room:
        x = tilt(x, rng.uniform(-3.0, 3.0))
        if rng.random() < 0.12:  # small loudspeaker or phone
            x = band(x, uniform_log(rng, 150, 400), uniform_log(rng, 3500, 8000))
    x = unit(x)
    fade = min(len(x), 160)
    x[-fade:] *= np.linspace(1, 0, fade)
    if len(x) < MIN_SECONDS * RATE:
        x = np.concatenate([x, np.zeros(int(MIN_SECONDS * RATE) - len(x))])
    if take.room:
        floor = 10 ** (rng.uniform(-80, -50) / 20)
        x = x + floor * noise(rng, len(x) / RATE, rng.uniform(-6, 0))[: len(x)]
    level_db = -float(np.clip(abs(rng.normal(0, 9)), 0.3, 30))
    return unit(x) * 10 ** (level_db / 20)


def tilt(x: Array, db: float) -> Array:
    """Raises or lowers what is above about 1 kHz against what is below, by 2·db between the ends."""
    low = band(x, None, 1000, order=1)
    return low * 10 ** (-db / 20) + (x - low) * 10 ** (db / 20)

"""A recording as another place, microphone and line would have given it: room, tone colour, lost band, background."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy import signal

from frontend import SAMPLE_RATE

sys.path.insert(0, str(Path(__file__).resolve().parent / "synthetic"))

from dsp import band, noise, uniform_log
from recording import room_response, tilt

LONGEST = 5 * SAMPLE_RATE


def recorded_elsewhere(samples: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """float32 [n] → float32, at most 5 s and a tail: a random stretch of the clip, changed by some of the four."""
    if len(samples) > LONGEST:
        start = random.integers(0, len(samples) - LONGEST + 1)
        samples = samples[start : start + LONGEST]
    x = samples.astype(np.float64)
    if random.random() < 0.5:
        response = room_response(random, uniform_log(random, 0.15, 1.2), random.uniform(0.2, 1.0))
        tail = int(random.uniform(0.0, 0.5) * SAMPLE_RATE)
        x = signal.fftconvolve(x, response)[: len(x) + tail]
    if random.random() < 0.7:
        x = tilt(x, random.uniform(-6.0, 6.0))
    draw = random.random()
    if draw < 0.12:  # telephone or small loudspeaker
        x = band(x, uniform_log(random, 150, 400), uniform_log(random, 3000, 6000))
    elif draw < 0.25:  # a low rate, or a strong codec
        x = band(x, None, uniform_log(random, 4000, 11000), order=4)
    elif draw < 0.35:  # rumble cut
        x = band(x, uniform_log(random, 80, 250), None)
    if random.random() < 0.4:
        power = float(np.mean(x**2)) * 10 ** (-random.uniform(6.0, 30.0) / 10)
        background = noise(random, len(x) / SAMPLE_RATE, random.uniform(-6.0, 0.0))
        background = np.resize(background, len(x))
        x = x + background * np.sqrt(power / (np.mean(background**2) + 1e-20))
    return x.astype(np.float32)

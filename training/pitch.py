"""Steady pitch of a clip by autocorrelation, as a class for training: which note, or none.

Written here because the distribution has no pitch tracker for Python; clips are short and one number a clip is enough.
"""

from __future__ import annotations

import numpy as np

from model import SAMPLE_RATE

LOWEST_HZ, HIGHEST_HZ = 41.2, 2093.0  # E1 to C7
BINS = 34  # of two semitones, which random speeds of ±6 % leave; the last but one ends at HIGHEST_HZ
NO_PITCH = BINS
FRAME = 2048
CLEAR = 0.85  # height of the autocorrelation's peak, of 1, from which a frame counts as pitched


def frame_pitches(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float32 [n] → Hz per frame (0 where there is none), and the frame's energy, both [frames]"""
    x = samples[::2]  # 16 kHz is enough: the frame is 128 ms
    rate = SAMPLE_RATE // 2
    x = np.pad(x, (0, max(0, FRAME - len(x))))
    starts = range(0, len(x) - FRAME + 1, FRAME)
    frames = np.stack([x[s : s + FRAME] for s in starts]).astype(np.float64)
    frames -= frames.mean(axis=1, keepdims=True)
    energy = (frames**2).sum(axis=1)
    spectrum = np.abs(np.fft.rfft(frames, 2 * FRAME)) ** 2
    correlation = np.fft.irfft(spectrum)[:, :FRAME]
    # Each lag is divided by the energy of the two stretches it compares, so that far lags are not smaller for being short.
    squares = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    lags = np.arange(FRAME)
    norm = np.sqrt(squares[:, FRAME - lags] * (squares[:, -1:] - squares[:, lags]))
    correlation = correlation / (norm + 1e-12)
    shortest, longest = int(rate / HIGHEST_HZ), int(rate / LOWEST_HZ)
    hz = np.zeros(len(frames))
    for row, values in enumerate(correlation):
        below = np.flatnonzero(values[shortest:longest] < 0.3)
        if len(below) == 0:
            continue
        first = shortest + int(below[0])
        inside = values[first:longest]
        if len(inside) < 3 or inside.max() < CLEAR:
            continue
        # The first lag nearly as good as the best: later ones are its multiples.
        peak = first + int(np.flatnonzero(inside >= 0.95 * inside.max())[0])
        while peak + 1 < longest and values[peak + 1] > values[peak]:
            peak += 1
        hz[row] = rate / peak
    return hz, energy


def pitch_class(samples: np.ndarray) -> int:
    """0 .. BINS − 1 when most of the sound's energy has one pitch (within a tone), else NO_PITCH."""
    hz, energy = frame_pitches(samples)
    pitched = hz > 0
    if energy.sum() <= 0 or energy[pitched].sum() < 0.6 * energy.sum():
        return NO_PITCH
    semitones = 12 * np.log2(hz[pitched] / LOWEST_HZ)
    weight = energy[pitched]
    order = np.argsort(semitones)
    median = semitones[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)]
    if weight[np.abs(semitones - median) > 1.0].sum() > 0.3 * weight.sum():
        return NO_PITCH
    return int(np.clip(median // 2, 0, BINS - 1))

"""Building blocks of the synthetic clips: noises, filters, envelopes, modes, places in time. All mono float64 at RATE."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy import signal

RATE = 32_000  # Hz, as the corpus

Array = np.ndarray
Rng = np.random.Generator


def silence(seconds: float) -> Array:
    return np.zeros(max(1, round(seconds * RATE)))


def clock(seconds: float) -> Array:
    """Seconds since the start, one value a sample."""
    return np.arange(max(1, round(seconds * RATE))) / RATE


def uniform_log(rng: Rng, low: float, high: float) -> float:
    """Uniform on a logarithmic scale: the fair choice for frequencies, times and levels. @returns a value in low..high"""
    return float(low * (high / low) ** rng.random())


def noise(rng: Rng, seconds: float, slope_db: float = 0.0) -> Array:
    """Gaussian noise whose level changes by `slope_db` an octave (white 0, pink -3, brown -6) above 20 Hz. RMS 1."""
    length = max(2, round(seconds * RATE))
    white = rng.standard_normal(length)
    if slope_db == 0.0:
        return white
    spectrum = np.fft.rfft(white)
    hz = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 20.0)
    shaped = np.fft.irfft(spectrum * (hz / 1000.0) ** (slope_db / 6.0206), length)
    return shaped / (np.sqrt(np.mean(shaped**2)) + 1e-12)


def band(x: Array, low: float | None, high: float | None, order: int = 2) -> Array:
    """Butterworth band-pass; None leaves that side open. Edges in Hz, kept below half the rate."""
    top = 0.49 * RATE
    if low is not None and high is not None:
        sos = signal.butter(order, [low, min(high, top)], "bandpass", fs=RATE, output="sos")
    elif low is not None:
        sos = signal.butter(order, low, "highpass", fs=RATE, output="sos")
    elif high is not None:
        sos = signal.butter(order, min(high, top), "lowpass", fs=RATE, output="sos")
    else:
        return x
    return signal.sosfilt(sos, x)


def peak_filter(x: Array, hz: float, q: float) -> Array:
    """Two-pole resonance with unit gain at `hz`."""
    b, a = signal.iirpeak(min(hz, 0.48 * RATE), q, fs=RATE)
    return signal.lfilter(b, a, x)


def moving_band(x: Array, centre_hz: Array, q: float) -> Array:
    """Resonance that moves: `centre_hz` one value a sample. Switched every 8 ms between overlapping blocks, so that it does not click."""
    hop = 256
    window = signal.windows.hann(2 * hop, sym=False)
    out = np.zeros(len(x) + 2 * hop)
    for start in range(0, len(x), hop):
        lead = max(0, start - 2 * hop)
        piece = x[lead : start + 2 * hop]
        filtered = peak_filter(piece, float(np.clip(centre_hz[min(start + hop, len(x) - 1)], 30, 15_000)), q)[start - lead :]
        out[start : start + len(filtered)] += filtered * window[: len(filtered)]
    return out[: len(x)]


def wander(rng: Rng, seconds: float, per_second: float, low: float = 0.0, high: float = 1.0) -> Array:
    """A smooth random contour between low and high with about `per_second` new targets a second."""
    length = max(2, round(seconds * RATE))
    count = max(4, int(seconds * per_second) + 4)
    points = rng.random(count)
    x = np.linspace(0, count - 1.001, length)
    index = x.astype(int)
    part = 0.5 - 0.5 * np.cos(np.pi * (x - index))
    return low + (high - low) * (points[index] * (1 - part) + points[np.minimum(index + 1, count - 1)] * part)


def decay(seconds: float, t60: float, attack: float = 0.0005) -> Array:
    """Rises in `attack` seconds, then falls 60 dB in `t60` seconds."""
    t = clock(seconds)
    return np.minimum(1.0, t / attack) * 10 ** (-3 * t / t60)


def swell(seconds: float, rise: float, fall: float) -> Array:
    """Raised-cosine fade in and out, in seconds."""
    t = clock(seconds)
    up = np.clip(t / max(rise, 1e-4), 0, 1)
    down = np.clip((seconds - t) / max(fall, 1e-4), 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * up)) * (0.5 - 0.5 * np.cos(np.pi * down))


def sweep(hz: Array) -> Array:
    """Phase in radians of an oscillator whose frequency is `hz`, one value a sample."""
    return 2 * np.pi * np.cumsum(hz) / RATE


def harmonics(phase: Array, hz: Array, amplitudes: list[float]) -> Array:
    """Sum of partials k·phase; those beyond 15 kHz are left out. `hz` is the fundamental, one value a sample."""
    out = np.zeros(len(phase))
    top = float(np.max(hz))
    for k, amplitude in enumerate(amplitudes, 1):
        if amplitude and k * top < 15_000:
            out += amplitude * np.sin(k * phase)
    return out


def modes(seconds: float, hz: Array, t60: Array, gain: Array, rng: Rng) -> Array:
    """A struck body: decaying sines with random phases. Arrays one value a mode."""
    t = clock(seconds)
    out = np.zeros(len(t))
    for f, d, g in zip(hz, t60, gain):
        if 20 < f < 15_000:
            n = min(len(t), int(1.2 * d * RATE) + 1)
            out[:n] += g * np.sin(2 * np.pi * f * t[:n] + rng.random() * 6.283) * 10 ** (-3 * t[:n] / d)
    ramp = min(len(out), 24)
    out[:ramp] *= np.linspace(0, 1, ramp)
    return out


def place(target: Array, x: Array, at_seconds: float, gain: float = 1.0) -> None:
    """Adds x into target from `at_seconds` on; what lies outside is dropped."""
    start = round(at_seconds * RATE)
    if start < 0:
        x, start = x[-start:], 0
    end = min(len(target), start + len(x))
    if end > start:
        target[start:end] += gain * x[: end - start]


def poisson(rng: Rng, seconds: float, per_second: float) -> Array:
    """Times of independent events, in seconds, ascending."""
    return np.sort(rng.random(rng.poisson(per_second * seconds)) * seconds)


def speed(x: Array, factor: float) -> Array:
    """Plays x faster (and higher) by `factor`, as a tape would."""
    ratio = Fraction(1 / factor).limit_denominator(60)
    return signal.resample_poly(x, ratio.numerator, ratio.denominator)


def resample(x: Array, from_rate: int) -> Array:
    """From `from_rate` to RATE."""
    ratio = Fraction(RATE, from_rate)
    return x if from_rate == RATE else signal.resample_poly(x, ratio.numerator, ratio.denominator)


def saturate(x: Array, drive: float) -> Array:
    return np.tanh(drive * x / (np.max(np.abs(x)) + 1e-12))


def unit(x: Array) -> Array:
    """Scaled so that the peak is 1; silence stays silence."""
    top = np.max(np.abs(x))
    return x if top == 0 else x / top

"""Weights by rule (SplitMix64 seeded by FNV-1a of the name), the same as test/models/families/msclap/pseudo-random.ts makes."""

from __future__ import annotations

import math

import numpy as np

MASK = (1 << 64) - 1


def fnv1a(text: str) -> int:
    """64-bit FNV-1a of the UTF-8 bytes."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def uniform(seed: int, count: int) -> np.ndarray:
    """float64[count], multiples of 2**-24 in [0, 1)."""
    with np.errstate(over="ignore"):
        z = np.arange(count, dtype=np.uint64) + np.uint64((seed + 0x9E3779B97F4A7C15) & MASK)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / 2**24


def tensor(key: str, shape: tuple[int, ...]) -> np.ndarray:
    """float32 values of one parameter, in the shape asked for."""
    offset, scale = distribution(key, shape)
    count = math.prod(shape)
    return (offset + scale * (2 * uniform(fnv1a(key), count) - 1)).astype(np.float32).reshape(shape)


def distribution(key: str, shape: tuple[int, ...]) -> tuple[float, float]:
    """Middle and half width."""
    if key.endswith("running_mean"):
        return -25.0, 10.0
    if key.endswith("running_var"):
        return 400.0, 100.0
    if key.endswith(("relative_position_bias_table", ".wte.weight")):
        return 0.0, 1.0
    if key.endswith(".wpe.weight"):
        return 0.0, 0.25
    if len(shape) == 1:
        return (1.0 if key.endswith(".weight") else 0.0), 0.1
    parts = key.split(".")
    gpt2 = parts[0] == "caption_encoder" and parts[-2] in ("c_attn", "c_proj", "c_fc")
    fan_in = shape[0] if gpt2 else math.prod(shape[1:])
    gain = 2.0 if len(parts) > 1 and parts[-2] in ("qkv", "c_attn", "query", "key") else 1.0
    return 0.0, gain * math.sqrt(3 / fan_in)


def dft_kernels(length: int) -> tuple[np.ndarray, np.ndarray]:
    """Two float32[length // 2 + 1, 1, length]: windowed cosines and negative sines."""
    n = np.arange(length)
    angles = 2 * np.pi * (np.outer(np.arange(length // 2 + 1), n) % length) / length
    window = 0.5 - 0.5 * np.cos(2 * np.pi * n / length)
    return (np.cos(angles) * window).astype(np.float32)[:, None], (-np.sin(angles) * window).astype(np.float32)[:, None]


def mel_matrix(bins: int, bands: int) -> np.ndarray:
    """float32[bins, bands]: triangles of area 1 on Slaney's scale, 50-14000 Hz at 32000 Hz."""

    def to_mel(hz: float) -> float:
        return 3 * hz / 200 if hz < 1000 else 15 + 27 * math.log(hz / 1000) / math.log(6.4)

    def to_hz(mel: float) -> float:
        return 200 * mel / 3 if mel < 15 else 1000 * math.exp((mel - 15) * math.log(6.4) / 27)

    corners = np.array([to_hz(mel) for mel in np.linspace(to_mel(50), to_mel(14000), bands + 2)])
    hz = np.arange(bins)[:, None] * 16000 / (bins - 1)
    low, top, high = corners[:-2], corners[1:-1], corners[2:]
    triangles = np.maximum(0, np.minimum((hz - low) / (top - low), (high - hz) / (high - top)))
    return (triangles * 2 / (high - low)).astype(np.float32)

"""CLAP as transformers keep it (ClapFeatureExtractor, ClapModel), in NumPy and PyTorch: what our graphs are held against.

Written from the description of the layers, tensor by tensor, with the names that the weights have in a checkpoint.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

import pseudo_weights


@dataclass(frozen=True)
class Sizes:
    """Audio: as in src/main/models/networks; text: as in src/main/models/families/transformers/architecture.ts."""

    sample_rate: int = 48_000
    samples: int = 480_000
    fft_length: int = 1024
    hop_length: int = 480
    low: float = 50.0
    high: float = 14_000.0
    slaney: bool = True
    n_mels: int = 64
    image_side: int = 256
    patch: int = 4
    embed: int = 96
    depths: tuple[int, ...] = (2, 2, 6, 2)
    heads: tuple[int, ...] = (4, 8, 16, 32)
    window: int = 8
    layers: int = 12
    width: int = 768
    text_heads: int = 12
    hidden: int = 3072
    vocabulary: int = 50_265
    positions: int = 514
    pad: int = 1
    epsilon: float = 1e-12
    projection: int = 512


def weight(key: str, *shape: int) -> Tensor:
    return torch.from_numpy(pseudo_weights.tensor(key, shape))


def linear(x: Tensor, key: str, outputs: int) -> Tensor:
    return F.linear(x, weight(f"{key}.weight", outputs, x.shape[-1]), weight(f"{key}.bias", outputs))


def norm(x: Tensor, key: str, epsilon: float = 1e-5) -> Tensor:
    width = x.shape[-1]
    return F.layer_norm(x, (width,), weight(f"{key}.weight", width), weight(f"{key}.bias", width), epsilon)


def attention(x: Tensor, key: str, heads: int, bias: Tensor) -> Tensor:
    """x [..., tokens, width]; bias is added to the logits [..., heads, tokens, tokens]."""
    width = x.shape[-1]

    def part(name: str) -> Tensor:
        return linear(x, f"{key}.self.{name}", width).unflatten(-1, (heads, width // heads)).transpose(-2, -3)

    logits = part("query") @ part("key").transpose(-1, -2) / math.sqrt(width // heads) + bias
    return linear((logits.softmax(-1) @ part("value")).transpose(-2, -3).flatten(-2), f"{key}.output.dense", width)


def mel_bank(sizes: Sizes) -> np.ndarray:
    """float64[bins, bands]"""
    if sizes.slaney:
        step = math.log(6.4) / 27
        to_mel = lambda hz: 3 * hz / 200 if hz < 1000 else 15 + math.log(hz / 1000) / step  # noqa: E731
        to_hz = lambda mel: 200 * mel / 3 if mel < 15 else 1000 * math.exp(step * (mel - 15))  # noqa: E731
    else:
        to_mel = lambda hz: 2595 * math.log10(1 + hz / 700)  # noqa: E731
        to_hz = lambda mel: 700 * (10 ** (mel / 2595) - 1)  # noqa: E731
    corners = np.array([to_hz(mel) for mel in np.linspace(to_mel(sizes.low), to_mel(sizes.high), sizes.n_mels + 2)])
    hz = np.linspace(0, sizes.sample_rate // 2, sizes.fft_length // 2 + 1)[:, None]
    rising = (hz - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - hz) / (corners[2:] - corners[1:-1])
    bank = np.maximum(0, np.minimum(rising, falling))
    return bank * 2 / (corners[2:] - corners[:-2]) if sizes.slaney else bank


def log_mel(pcm: np.ndarray, sizes: Sizes) -> np.ndarray:
    """float32[samples] -> float32[frames, bands], decibels"""
    length = sizes.fft_length
    padded = np.pad(pcm.astype(np.float64), length // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, length)[:: sizes.hop_length]
    hann = np.hanning(length + 1)[:-1]
    power = np.abs(np.fft.rfft(frames * hann)) ** 2
    return (10 * np.log10(np.maximum(1e-10, power @ mel_bank(sizes)))).astype(np.float32)


def relative_bias(key: str, heads: int, side: int) -> Tensor:
    """[heads, side * side, side * side]"""
    table = weight(f"{key}.self.relative_position_bias_table", (2 * side - 1) ** 2, heads)
    rows, columns = np.divmod(np.arange(side * side), side)
    apart = (rows[:, None] - rows + side - 1) * (2 * side - 1) + columns[:, None] - columns + side - 1
    return table[torch.from_numpy(apart)].permute(2, 0, 1)


def audio_features(pcm: np.ndarray, sizes: Sizes, spectrograms: int = 1) -> Tensor:
    """float32[samples] -> float32[projection], not normalised

    A fused model is given four spectrograms. They are the same one for a clip that is no longer than its window, and
    only the first is embedded then: the fusion works on the clips of a batch for which `is_longer` is set.
    """
    base = "audio_model.audio_encoder"
    mel = torch.from_numpy(log_mel(pcm, sizes)).expand(1, spectrograms, -1, -1)  # [1, spectrograms, frames, bands]
    bands = [weight(f"{base}.batch_norm.{n}", sizes.n_mels) for n in ("running_mean", "running_var", "weight", "bias")]
    mel = F.batch_norm(mel.transpose(1, 3), *bands).transpose(1, 3)
    beside = sizes.image_side // sizes.n_mels
    size = (beside * sizes.image_side, sizes.n_mels)
    mel = F.interpolate(mel, size, mode="bicubic", align_corners=True)
    image = torch.cat([piece.mT for piece in mel.split(sizes.image_side, dim=2)], dim=2)  # a piece of time below the other
    key = f"{base}.patch_embed.proj"
    kernels = weight(f"{key}.weight", sizes.embed, 1, sizes.patch, sizes.patch)
    x = F.conv2d(image[:, :1], kernels, weight(f"{key}.bias", sizes.embed), stride=sizes.patch)[0]
    x = norm(x.permute(1, 2, 0), f"{base}.patch_embed.norm")  # [row, column, channel]
    side = sizes.window
    for stage, (depth, heads) in enumerate(zip(sizes.depths, sizes.heads)):
        for at in range(depth):
            key = f"{base}.layers.{stage}.blocks.{at}"
            grid, width = x.shape[0], x.shape[-1]
            shift = side // 2 if at % 2 and grid > side else 0
            turned = torch.roll(norm(x, f"{key}.layernorm_before"), (-shift, -shift), (0, 1))
            region = torch.tensor([0] * (grid - side) + [1] * (side - shift) + [2] * shift)
            labels = 3 * region[:, None] + region
            mixed = torch.zeros_like(turned)
            bias = relative_bias(f"{key}.attention", heads, side)
            for top in range(0, grid, side):
                for left in range(0, grid, side):
                    place = (slice(top, top + side), slice(left, left + side))
                    label = labels[place].flatten()
                    mask = torch.where(label[:, None] == label, 0.0, -100.0) if shift else torch.zeros(1)
                    window = attention(turned[place].flatten(0, 1), f"{key}.attention", heads, bias + mask)
                    mixed[place] = window.unflatten(0, (side, side))
            x = x + torch.roll(mixed, (shift, shift), (0, 1))
            inner = F.gelu(linear(norm(x, f"{key}.layernorm_after"), f"{key}.intermediate.dense", 4 * width))
            x = x + linear(inner, f"{key}.output.dense", width)
        if stage == len(sizes.depths) - 1:
            continue
        key, width = f"{base}.layers.{stage}.downsample", x.shape[-1]
        corners = torch.cat([x[0::2, 0::2], x[1::2, 0::2], x[0::2, 1::2], x[1::2, 1::2]], -1)
        reduction = weight(f"{key}.reduction.weight", 2 * width, 4 * width)
        x = F.linear(norm(corners, f"{key}.norm"), reduction)
    latent = norm(x, f"{base}.norm").mean((0, 1))
    return project(latent, "audio_projection", sizes)


def text_features(ids: list[int], sizes: Sizes) -> Tensor:
    """One text without padding -> float32[projection], not normalised"""
    key, width = "text_model.embeddings", sizes.width
    words = weight(f"{key}.word_embeddings.weight", sizes.vocabulary, width)[ids]
    places = weight(f"{key}.position_embeddings.weight", sizes.positions, width)
    positions = [sizes.pad + 1 + at for at in range(len(ids))]
    kind = weight(f"{key}.token_type_embeddings.weight", 1, width)[0]
    x = norm(words + places[positions] + kind, f"{key}.LayerNorm", sizes.epsilon)
    for layer in range(sizes.layers):
        key = f"text_model.encoder.layer.{layer}"
        attended = attention(x, f"{key}.attention", sizes.text_heads, torch.zeros(1))
        x = norm(x + attended, f"{key}.attention.output.LayerNorm", sizes.epsilon)
        inner = F.gelu(linear(x, f"{key}.intermediate.dense", sizes.hidden))
        x = norm(x + linear(inner, f"{key}.output.dense", width), f"{key}.output.LayerNorm", sizes.epsilon)
    return project(torch.tanh(linear(x[0], "text_model.pooler.dense", width)), "text_projection", sizes)


def project(x: Tensor, key: str, sizes: Sizes) -> Tensor:
    return linear(F.relu(linear(x, f"{key}.linear1", sizes.projection)), f"{key}.linear2", sizes.projection)

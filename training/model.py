"""The two encoders and the log-mel front end.

Both encoders end in a raw 512-dimensional embedding (not of unit length: the app normalises).
"""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

SAMPLE_RATE = 32000  # Hz
WINDOW_SECONDS = 5
WINDOW_SAMPLES = SAMPLE_RATE * WINDOW_SECONDS
FFT_LENGTH = 1024
HOP_LENGTH = 640
N_MELS = 64
MEL_LOW_HZ = 40.0
MEL_HIGH_HZ = 15500.0
N_FRAMES = WINDOW_SAMPLES // HOP_LENGTH  # 250
EDGE = (FFT_LENGTH + (N_FRAMES - 1) * HOP_LENGTH - WINDOW_SAMPLES) // 2  # zeros on each side, 192
BLOCK = 128  # divides FFT_LENGTH, HOP_LENGTH and the padded window
DIM = 512
# Level: the mel power is divided by its mean over the window, so gain does not matter. The floor is about what white
# noise at -90 dBFS gives: below it a window counts as silence and is not blown up.
LEVEL_FLOOR = 1e-12
LOG_FLOOR = 1e-5  # relative to the window's mean power: 50 dB below it


def mel_matrix() -> np.ndarray:
    """Triangular mel filters over the power spectrum, float32 [FFT_LENGTH / 2 + 1, N_MELS], HTK mel scale, unit area.

    Unit area per filter (not unit height) keeps white noise flat over the bands.
    """

    def to_mel(hz: float) -> float:
        return 2595.0 * math.log10(1.0 + hz / 700.0)

    edges_mel = np.linspace(to_mel(MEL_LOW_HZ), to_mel(MEL_HIGH_HZ), N_MELS + 2)
    edges = 700.0 * (10.0 ** (edges_mel / 2595.0) - 1.0)
    bins = np.arange(FFT_LENGTH // 2 + 1) * SAMPLE_RATE / FFT_LENGTH
    rising = (bins[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[None, 2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0.0, np.minimum(rising, falling))
    # The narrowest filters can fall between two bins: they take the nearest bin whole.
    for band in np.flatnonzero(filters.sum(0) == 0.0):
        filters[np.argmin(np.abs(bins - edges[band + 1])), band] = 1.0
    return (filters / filters.sum(0, keepdims=True)).astype(np.float32)


def hann() -> np.ndarray:
    """Periodic Hann window, float64 [FFT_LENGTH], scaled so that a full-scale sine gives a power of about 1/4."""
    n = np.arange(FFT_LENGTH)
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * n / FFT_LENGTH)
    return window / window.sum()


def frame(waveform: Tensor) -> Tensor:
    """[N, WINDOW_SAMPLES] → [N, N_FRAMES, FFT_LENGTH], zero-padded by EDGE on both sides.

    Built from strided slices of 128-sample blocks, which ONNX has, where `unfold` has no cheap counterpart.
    """
    blocks = F.pad(waveform, (EDGE, EDGE)).reshape(waveform.shape[0], -1, BLOCK)
    step = HOP_LENGTH // BLOCK
    span = step * (N_FRAMES - 1) + 1
    return torch.cat([blocks[:, k : k + span : step] for k in range(FFT_LENGTH // BLOCK)], dim=-1)


def normalise_level(mel_power: Tensor) -> Tensor:
    """Mel power [N, ...] of a window → log of the power relative to the window's mean, natural log."""
    level = mel_power.mean(dim=(-2, -1), keepdim=True) + LEVEL_FLOOR
    return torch.log(mel_power / level + LOG_FLOOR)


def mel_power_fft(waveform: Tensor) -> Tensor:
    """[N, WINDOW_SAMPLES] → mel power [N, N_FRAMES, N_MELS], by FFT; used to prepare the training features."""
    window = torch.from_numpy(hann().astype(np.float32))
    spectrum = torch.fft.rfft(frame(waveform) * window)
    power = spectrum.real.square() + spectrum.imag.square()
    return power @ torch.from_numpy(mel_matrix())


class FrontEnd(nn.Module):
    """Waveform [N, WINDOW_SAMPLES] → log-mel [N, 1, N_FRAMES, N_MELS], in operators every ONNX runtime has.

    The spectrum is two matrix products on the frame folded about its middle (cosines are even, sines are odd about
    it), which halves the arithmetic. The kernels are looked up in tables of 1024 cosines and sines while the graph runs,
    so that the file carries 0.5 MB of indices and not 4 MB of numbers; a runtime folds them into constants when it loads the graph.
    """

    def __init__(self) -> None:
        super().__init__()
        n = np.arange(FFT_LENGTH)
        turn = 2 * np.pi * n / FFT_LENGTH
        self.register_buffer("cosine", torch.from_numpy(np.cos(turn).astype(np.float32)))
        self.register_buffer("sine", torch.from_numpy(np.sin(turn).astype(np.float32)))
        self.register_buffer("window", torch.from_numpy(hann().astype(np.float32)))
        # The middle sample is its own mirror image and must count once.
        centre_once = torch.ones(FFT_LENGTH // 2)
        centre_once[0] = 0.5
        self.register_buffer("centre_once", centre_once)
        m = np.arange(FFT_LENGTH // 2)[:, None]
        mel = mel_matrix()
        self.bins = int(np.flatnonzero(mel.sum(1))[-1]) + 1
        phase = (m * np.arange(self.bins)[None, :]) % FFT_LENGTH
        self.register_buffer("phase", torch.from_numpy(phase.astype(np.int16)))
        self.register_buffer("mel", torch.from_numpy(mel[: self.bins].copy()))

    def forward(self, waveform: Tensor) -> Tensor:
        half = FFT_LENGTH // 2
        frames = frame(waveform) * self.window
        # About sample 512: x[512 + m] pairs with x[512 - m]; the periodic window is 0 at sample 0.
        right, left = frames[..., half:], torch.flip(frames[..., 1 : half + 1], dims=(-1,))
        even, odd = right + left, right - left
        even = even * self.centre_once
        phase = self.phase.to(torch.int64)
        real = even @ self.cosine[phase]
        imaginary = odd @ self.sine[phase]
        power = real * real + imaginary * imaginary
        return normalise_level(power @ self.mel).unsqueeze(1)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions, the first with stride 2, beside an average-pooled 1x1 shortcut."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, 2, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels_out)
        self.shortcut = nn.Conv2d(channels_in, channels_out, 1, bias=False)
        self.norm_shortcut = nn.BatchNorm2d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        main = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        beside = self.norm_shortcut(self.shortcut(F.avg_pool2d(x, 2, ceil_mode=True)))
        return F.relu(main + beside)


class AudioEncoder(nn.Module):
    """Log-mel [N, 1, N_FRAMES, N_MELS] → features [N, 512] and embedding [N, DIM], raw.

    @param width channels of the stem; the three blocks have 2, 4 and 8 times as many
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.input_norm = nn.BatchNorm1d(N_MELS)
        self.stem = nn.Conv2d(1, width, 3, 2, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(width)
        # What a shape in the spectrum means depends on how high it lies, which a convolution cannot tell.
        self.height = nn.Parameter(torch.zeros(1, width, 1, N_MELS // 2))
        self.blocks = nn.Sequential(
            ResidualBlock(width, 2 * width), ResidualBlock(2 * width, 4 * width), ResidualBlock(4 * width, 8 * width)
        )
        self.hidden = nn.Linear(16 * width, 512)
        self.project = nn.Linear(512, DIM)

    def features(self, log_mel: Tensor) -> Tensor:
        """@returns [N, 512], ReLU output: what the label heads see"""
        x = self.input_norm(log_mel.squeeze(1).transpose(1, 2)).transpose(1, 2).unsqueeze(1)
        x = F.relu(self.stem_norm(self.stem(x)) + self.height)
        x = self.blocks(x).mean(dim=3)
        x = torch.cat([x.mean(dim=2), x.amax(dim=2)], dim=1)
        return F.relu(self.hidden(x))

    def forward(self, log_mel: Tensor) -> Tensor:
        return self.project(self.features(log_mel))


class CausalLayer(nn.Module):
    """One pre-norm transformer layer; a token sees itself and what stands before it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.attention_in = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.wide = nn.Linear(width, 2 * width)
        self.narrow = nn.Linear(2 * width, width)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        n, t, width = x.shape
        qkv = self.attention_in(self.norm1(x)).reshape(n, t, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = qkv[0], qkv[1], qkv[2]
        scores = query @ key.transpose(-1, -2) / math.sqrt(width // self.heads) + bias
        mixed = (scores.softmax(dim=-1) @ value).transpose(1, 2).reshape(n, t, width)
        x = x + self.attention_out(mixed)
        return x + self.narrow(F.relu(self.wide(self.norm2(x))))


class TextEncoder(nn.Module):
    """Token ids [N, T] and attention mask [N, T] (1 = token, padding on the right) → embedding [N, DIM], raw.

    A bag of tokens, each with a learnt weight, so that "a", "of" and word pieces nobody has seen count little; plus a
    small decoder-only transformer read out at the last token, which adds what word order says. Its output layer starts
    at zero: at first the bag is all there is.
    """

    def __init__(self, vocabulary_size: int, width: int = 256, causal_width: int = 128, layers: int = 2, max_length: int = 64) -> None:
        super().__init__()
        self.token = nn.Embedding(vocabulary_size, width)
        nn.init.normal_(self.token.weight, std=0.05)
        self.weight = nn.Embedding(vocabulary_size, 1)
        nn.init.zeros_(self.weight.weight)
        self.into_causal = nn.Linear(width, causal_width)
        self.position = nn.Embedding(max_length, causal_width)
        nn.init.normal_(self.position.weight, std=0.02)
        self.layers = nn.ModuleList(CausalLayer(causal_width, 4) for _ in range(layers))
        self.causal_norm = nn.LayerNorm(causal_width)
        self.out_of_causal = nn.Linear(causal_width, width, bias=False)
        nn.init.zeros_(self.out_of_causal.weight)
        self.hidden = nn.Linear(width, DIM)
        self.project = nn.Linear(DIM, DIM)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, causal: bool = True) -> Tensor:
        """@param causal False leaves the transformer out, for text pretraining: the bag alone is ten times cheaper"""
        mask = attention_mask.to(torch.float32)
        tokens = self.token(input_ids)
        weights = torch.exp(self.weight(input_ids).squeeze(-1)) * mask
        bag = (tokens * weights.unsqueeze(-1)).sum(dim=1) / (weights.sum(dim=1, keepdim=True) + 1e-6)
        if not causal:
            return self.project(F.relu(self.hidden(bag)))
        place = torch.cumsum(torch.ones_like(input_ids), dim=1) - 1
        x = self.into_causal(tokens) + self.position(place)
        later = (place.unsqueeze(1) > place.unsqueeze(2)).to(torch.float32)
        hidden_tokens = 1.0 - mask.unsqueeze(1)
        bias = (later + hidden_tokens).clamp(max=1.0).unsqueeze(1) * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        last = (place == mask.sum(dim=1, keepdim=True).to(torch.int64) - 1).to(torch.float32)
        sentence = (self.causal_norm(x) * last.unsqueeze(-1)).sum(dim=1)
        return self.project(F.relu(self.hidden(bag + self.out_of_causal(sentence))))

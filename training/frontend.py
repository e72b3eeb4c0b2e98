"""The log-mel front end: what the waveform becomes before the network sees it.

The bands and the frames are those the backbone was trained with (`backbone.py`): pre-emphasis, 1024 points, a Hann window
of 800, hop 320, 128 bands after Kaldi. The level is ours: the mel power of a window is divided by its mean, so that gain
does not matter, and set to the level the backbone likes best.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

SAMPLE_RATE = 32000  # Hz
WINDOW_SECONDS = 5
WINDOW_SAMPLES = SAMPLE_RATE * WINDOW_SECONDS
FFT_LENGTH = 1024
WINDOW_LENGTH = 800  # of the Hann window, in the middle of the frame
HOP_LENGTH = 320
N_MELS = 128
MEL_HIGH_HZ = 15000.0
PRE_EMPHASIS = 0.97
N_FRAMES = WINDOW_SAMPLES // HOP_LENGTH  # 500
BLOCK = 160  # divides HOP_LENGTH and WINDOW_LENGTH
# Below this mean mel power a window counts as silence and is not blown up: white noise at about -90 dBFS.
LEVEL_FLOOR = 3e-8
# Mean mel power every window is brought to. The tagger was trained on levels as recorded; on 330 clips of 108 classes it named
# them at this level as well as at their own (mean average precision .568 and .575), and nothing from 0.3 to 3 differed.
LEVEL = 1.0
LOG_FLOOR = 1e-5


def mel_matrix() -> np.ndarray:
    """Triangular filters on Kaldi's mel axis over the power spectrum, float32 [FFT_LENGTH / 2 + 1, N_MELS], unit height, 0 Hz to MEL_HIGH_HZ."""

    def to_mel(hz: np.ndarray | float) -> np.ndarray:
        return 1127.0 * np.log(1.0 + np.asarray(hz) / 700.0)

    edges = np.linspace(to_mel(0.0), to_mel(MEL_HIGH_HZ), N_MELS + 2)
    bins = to_mel(np.arange(FFT_LENGTH // 2) * SAMPLE_RATE / FFT_LENGTH)
    rising = (bins[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[None, 2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0.0, np.minimum(rising, falling))
    return np.concatenate([filters, np.zeros((1, N_MELS))]).astype(np.float32)


def hann() -> np.ndarray:
    """Symmetric Hann window, float64 [WINDOW_LENGTH]"""
    return 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(WINDOW_LENGTH) / (WINDOW_LENGTH - 1))


def emphasised(waveform: Tensor) -> Tensor:
    """[N, samples] → [N, samples - 1]: treble raised by 6 dB an octave"""
    return waveform[:, 1:] - PRE_EMPHASIS * waveform[:, :-1]


def mel_power_fft(waveform: Tensor) -> Tensor:
    """[N, samples] → mel power [N, frames, N_MELS] at the level it has, by FFT; used to prepare the training features."""
    padding = (FFT_LENGTH - WINDOW_LENGTH) // 2
    window = F.pad(torch.from_numpy(hann().astype(np.float32)), (padding, padding))
    y = F.pad(emphasised(waveform).unsqueeze(1), (FFT_LENGTH // 2, FFT_LENGTH // 2), mode="reflect").squeeze(1)
    spectrum = torch.fft.rfft(y.unfold(1, FFT_LENGTH, HOP_LENGTH) * window)
    return (spectrum.real.square() + spectrum.imag.square()) @ torch.from_numpy(mel_matrix())


def normalise_level(mel_power: Tensor) -> Tensor:
    """Mel power [N, frames, N_MELS] of a window → the same at LEVEL"""
    mean = mel_power.mean(dim=(-2, -1), keepdim=True)
    return mel_power * (LEVEL / (mean + LEVEL_FLOOR))


def compress(mel_power: Tensor) -> Tensor:
    """Mel power → what the network takes: its natural log with a floor, roughly -1.4 to 2.5"""
    return (torch.log(mel_power + LOG_FLOOR) + 4.5) / 5.0


class FrontEnd(nn.Module):
    """Waveform [N, WINDOW_SAMPLES] → log-mel [N, 1, N_MELS, N_FRAMES], in operators every ONNX runtime has.

    The spectrum is matrix products on the frame folded about its middle (cosines are even, sines are odd about it), which
    halves the arithmetic, and folded again: half of what is left meets even and odd bins with the same or the opposite
    sign. The kernels are looked up in tables of 2048 cosines and sines while the graph runs, so that the file carries
    indices and not megabytes of numbers; a runtime folds them into constants when it loads the graph.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.from_numpy(hann()[WINDOW_LENGTH // 2 :].astype(np.float32)))
        mel = mel_matrix()
        self.bins = int(np.flatnonzero(mel.sum(1))[-1]) + 1
        # The window is even about the half-sample 399.5 of its 800: phases are odd multiples of half a step.
        half_steps = (2 * np.arange(FFT_LENGTH // 4) + 1)[:, None] * np.arange(self.bins)[None, :]
        self.register_buffer("phase", torch.from_numpy((half_steps % (2 * FFT_LENGTH)).astype(np.int16)))
        fine = np.pi * np.arange(2 * FFT_LENGTH) / FFT_LENGTH
        self.register_buffer("cosine", torch.from_numpy(np.cos(fine).astype(np.float32)))
        self.register_buffer("sine", torch.from_numpy(np.sin(fine).astype(np.float32)))
        self.register_buffer("mel", torch.from_numpy(mel[: self.bins].copy()))

    def forward(self, waveform: Tensor) -> Tensor:
        middle = WINDOW_LENGTH // 2
        # 399 + 1 samples reach past either end; frames are centred at 0, 320, ... of the pre-emphasised signal.
        y = F.pad(emphasised(waveform).unsqueeze(1), (middle, middle), mode="reflect").squeeze(1)
        y = F.pad(y, (0, -y.shape[1] % BLOCK))
        blocks = y.reshape(y.shape[0], -1, BLOCK)
        step, span = HOP_LENGTH // BLOCK, HOP_LENGTH // BLOCK * (N_FRAMES - 1) + 1
        frames = torch.cat([blocks[:, k : k + span : step] for k in range(WINDOW_LENGTH // BLOCK)], dim=-1)
        right = frames[..., middle:] * self.window
        left = torch.flip(frames[..., :middle], dims=(-1,)) * self.window
        phase = self.phase.to(torch.int64)
        power = torch.zeros(())
        for parity, sign in ((0, 1.0), (1, -1.0)):  # even bins, odd bins
            real = folded_again(right + left, sign) @ self.cosine[phase[:, parity::2]]
            imaginary = folded_again(right - left, -sign) @ self.sine[phase[:, parity::2]]
            power = power + (real * real + imaginary * imaginary) @ self.mel[parity::2]
        return compress(normalise_level(power)).transpose(1, 2).unsqueeze(1)


def folded_again(half: Tensor, sign: float) -> Tensor:
    """[..., 400] → [..., 256]: sample 511 - m added to sample m with this sign; those below 112 have no partner."""
    quarter, alone = FFT_LENGTH // 4, FFT_LENGTH // 2 - WINDOW_LENGTH // 2
    return torch.cat([half[..., :alone], half[..., alone:quarter] + sign * torch.flip(half[..., quarter:], dims=(-1,))], dim=-1)

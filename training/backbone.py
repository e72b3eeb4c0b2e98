"""MobileNetV3 as the EfficientAT taggers use it: the audio network, and the reader of the weights it starts from.

Schmid, Koutini, Widmer: Efficient Large-Scale Audio Tagging via Transformer-to-CNN Knowledge Distillation, ICASSP 2023. Width 0.4.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MAP_CHANNELS = 384
HIDDEN = 512
CLASSES = 527  # of AudioSet
# kernel, expanded channels, output channels, squeeze-excitation, hard-swish (else ReLU), stride
BLOCKS = (
    (3, 8, 8, 0, False, 1), (3, 24, 16, 0, False, 2), (3, 32, 16, 0, False, 1), (5, 32, 16, 8, False, 2), (5, 48, 16, 16, False, 1),
    (5, 48, 16, 16, False, 1), (3, 96, 32, 0, True, 2), (3, 80, 32, 0, True, 1), (3, 72, 32, 0, True, 1), (3, 72, 32, 0, True, 1),
    (3, 192, 48, 48, True, 1), (3, 272, 48, 72, True, 1), (5, 272, 64, 72, True, 2), (5, 384, 64, 96, True, 1), (5, 384, 64, 96, True, 1),
)  # fmt: skip


class ConvNorm(nn.Module):
    """Convolution without bias, batch norm, activation: None, "relu" or "hardswish"."""

    def __init__(self, into: int, out: int, kernel: int, stride: int = 1, groups: int = 1, activation: str | None = None) -> None:
        super().__init__()
        self.conv = nn.Conv2d(into, out, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out, eps=1e-3, momentum=0.01)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.conv(x))
        return x if self.activation is None else F.relu(x) if self.activation == "relu" else F.hardswish(x)


class Squeeze(nn.Module):
    """Squeeze-excitation: every channel is weighed by what all of them are on average."""

    def __init__(self, channels: int, narrow: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(channels, narrow)
        self.fc2 = nn.Linear(narrow, channels)

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean(dim=(2, 3))))))
        return x * scale.unsqueeze(-1).unsqueeze(-1)


class InvertedResidual(nn.Module):
    """Widen by 1x1, filter each channel, weigh, narrow by 1x1; beside a shortcut where shapes allow one."""

    def __init__(self, into: int, kernel: int, wide: int, out: int, squeeze: int, swish: bool, stride: int) -> None:
        super().__init__()
        activation = "hardswish" if swish else "relu"
        parts: list[nn.Module] = [] if wide == into else [ConvNorm(into, wide, 1, activation=activation)]
        parts.append(ConvNorm(wide, wide, kernel, stride, wide, activation))
        parts += [Squeeze(wide, squeeze)] if squeeze else []
        parts.append(ConvNorm(wide, out, 1))
        self.parts = nn.Sequential(*parts)
        self.shortcut = stride == 1 and into == out

    def forward(self, x: Tensor) -> Tensor:
        return x + self.parts(x) if self.shortcut else self.parts(x)


class Backbone(nn.Module):
    """Log-mel [N, 1, N_MELS, frames] → the map before pooling [N, 384, N_MELS / 32, frames / 32], rounded up."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [ConvNorm(1, 8, 3, 2, activation="hardswish")]
        into = 8
        for kernel, wide, out, squeeze, swish, stride in BLOCKS:
            layers.append(InvertedResidual(into, kernel, wide, out, squeeze, swish, stride))
            into = out
        layers.append(ConvNorm(into, MAP_CHANNELS, 1, activation="hardswish"))
        self.layers = nn.Sequential(*layers)
        self.hidden = nn.Linear(MAP_CHANNELS, HIDDEN)
        self.classes = nn.Linear(HIDDEN, CLASSES)

    def forward(self, log_mel: Tensor) -> Tensor:
        return self.layers(log_mel)

    def heads(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """[..., 384] → hidden [..., 512] and logits of AudioSet's classes [..., 527]"""
        hidden = F.hardswish(self.hidden(pooled))
        return hidden, self.classes(hidden)


def load_backbone(path: Path) -> Backbone:
    """@param path the published state (mn04_as_mAP_432.pt); its tensors come in the order of ours @throws ValueError when a shape differs"""
    theirs = [value for name, value in torch.load(path, map_location="cpu").items() if not name.endswith("num_batches_tracked")]
    model = Backbone()
    state = model.state_dict()
    ours = [name for name in state if not name.endswith("num_batches_tracked")]
    if len(ours) != len(theirs):
        raise ValueError(f"{path}: {len(theirs)} tensors, expected {len(ours)}")
    for name, value in zip(ours, theirs):
        value = value.reshape(state[name].shape) if value.numel() == state[name].numel() else value
        if value.shape != state[name].shape:
            raise ValueError(f"{path}: {name} has shape {tuple(value.shape)}, expected {tuple(state[name].shape)}")
        state[name] = value
    model.load_state_dict(state)
    return model.eval()

"""The two encoders of MS CLAP 2023 in plain PyTorch, as one would write them for training: what our graphs are held against."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import pseudo_weights


@dataclass(frozen=True)
class AudioSizes:
    """Those of src/main/models/families/msclap/sizes.ts, under the same names."""

    samples: int = 308_700
    fft_length: int = 1024
    hop_length: int = 320
    n_mels: int = 64
    image_side: int = 256
    patch: int = 4
    embed: int = 96
    depths: tuple[int, ...] = (2, 2, 6, 2)
    heads: tuple[int, ...] = (4, 8, 16, 32)
    window: int = 8
    projection: int = 1024


@dataclass(frozen=True)
class TextSizes:
    layers: int = 12
    width: int = 768
    heads: int = 12
    vocabulary: int = 50257
    positions: int = 1024
    projection: int = 1024


AUDIO_2023, TEXT_2023 = AudioSizes(), TextSizes()


class WindowAttention(nn.Module):
    def __init__(self, width: int, heads: int, side: int) -> None:
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * side - 1) ** 2, heads))
        places = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")).flatten(1)
        apart = places[:, :, None] - places[:, None, :] + side - 1
        self.register_buffer("index", apart[0] * (2 * side - 1) + apart[1], persistent=False)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """float32[windows, side * side, width]"""
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        attn = (q * self.scale) @ k.transpose(-2, -1)
        bias = self.relative_position_bias_table[self.index.view(-1)].view(n, n, -1).permute(2, 0, 1).contiguous()
        attn = attn + bias.unsqueeze(0)
        if mask is not None:
            w = mask.shape[0]
            attn = (attn.view(b // w, w, self.heads, n, n) + mask[None, :, None]).view(-1, self.heads, n, n)
        return self.proj((attn.softmax(-1) @ v).transpose(1, 2).reshape(b, n, c))


class Mlp(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width: int, heads: int, grid: int, shift: int, side: int) -> None:
        super().__init__()
        self.grid, self.shift, self.side = grid, shift, side
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn, self.mlp = WindowAttention(width, heads, side), Mlp(width)
        mask = None
        if shift:
            region = torch.zeros(grid)
            region[grid - side : grid - shift], region[grid - shift :] = 1, 2
            labels = windows((3 * region[:, None] + region[None, :])[None, :, :, None], side).squeeze(-1)
            mask = (labels[:, None, :] != labels[:, :, None]).float() * -100
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """float32[N, grid * grid, width]"""
        b, _, c = x.shape
        u = self.norm1(x).view(b, self.grid, self.grid, c)
        if self.shift:
            u = torch.roll(u, (-self.shift, -self.shift), (1, 2))
        u = self.attn(windows(u, self.side), self.mask)
        across = self.grid // self.side
        u = u.view(b, across, across, self.side, self.side, c).transpose(2, 3).reshape(b, self.grid, self.grid, c)
        if self.shift:
            u = torch.roll(u, (self.shift, self.shift), (1, 2))
        x = x + u.view(b, -1, c)
        return x + self.mlp(self.norm2(x))


def windows(x: Tensor, side: int) -> Tensor:
    """[N, grid, grid, C] -> [N * windows, side * side, C]"""
    b, grid, _, c = x.shape
    x = x.view(b, grid // side, side, grid // side, side, c)
    return x.transpose(2, 3).reshape(-1, side * side, c)


class Merging(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.reduction = nn.LayerNorm(4 * width), nn.Linear(4 * width, 2 * width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        b, tokens, c = x.shape
        grid = int(tokens**0.5)
        x = x.view(b, grid, grid, c)
        cells = [x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]]
        return self.reduction(self.norm(torch.cat(cells, -1).view(b, -1, 4 * c)))


class Projection(nn.Module):
    def __init__(self, width: int, dim: int) -> None:
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(width, dim, bias=False), nn.Linear(dim, dim, bias=False)
        self.layer_norm = nn.LayerNorm(dim)

    def forward(self, x: Tensor) -> Tensor:
        first = self.linear1(x)
        return self.layer_norm(first + self.linear2(F.gelu(first)))


class AudioEncoder(nn.Module):
    """float32[N, samples] -> float32[N, projection]"""

    def __init__(self, sizes: AudioSizes = AUDIO_2023) -> None:
        super().__init__()
        self.sizes = sizes
        real, imaginary = pseudo_weights.dft_kernels(sizes.fft_length)
        self.register_buffer("real", torch.from_numpy(real), persistent=False)
        self.register_buffer("imaginary", torch.from_numpy(imaginary), persistent=False)
        mel = torch.from_numpy(pseudo_weights.mel_matrix(sizes.fft_length // 2 + 1, sizes.n_mels))
        self.register_buffer("mel", mel, persistent=False)
        self.bn0 = nn.BatchNorm2d(sizes.n_mels)
        self.patch = nn.Conv2d(1, sizes.embed, sizes.patch, sizes.patch)
        self.patch_norm = nn.LayerNorm(sizes.embed)
        stages = []
        last, side = len(sizes.depths) - 1, sizes.window
        for stage, (depth, heads) in enumerate(zip(sizes.depths, sizes.heads)):
            width, grid = sizes.embed << stage, sizes.image_side // sizes.patch >> stage
            shifts = [side // 2 if block % 2 and grid > side else 0 for block in range(depth)]
            blocks: list[nn.Module] = [Block(width, heads, grid, shift, side) for shift in shifts]
            stages.append(nn.Sequential(*blocks, *([Merging(width)] if stage < last else [])))
        self.stages = nn.Sequential(*stages)
        self.norm = nn.LayerNorm(sizes.embed << last)
        self.projection = Projection(sizes.embed << last, sizes.projection)

    def forward(self, pcm: Tensor) -> Tensor:
        side, n_mels, hop = self.sizes.image_side, self.sizes.n_mels, self.sizes.hop_length
        x = F.pad(pcm[:, None], (self.sizes.fft_length // 2,) * 2, mode="reflect")
        power = F.conv1d(x, self.real, stride=hop) ** 2 + F.conv1d(x, self.imaginary, stride=hop) ** 2
        x = 10 * torch.log10(torch.clamp(power.transpose(1, 2) @ self.mel, min=1e-10))
        x = self.bn0(x.transpose(1, 2)[..., None]).squeeze(-1).transpose(1, 2)[:, None]  # [N, 1, frames, mels]
        beside = side // n_mels  # so many pieces of time stand one above the other in the image
        x = F.interpolate(x, (side * beside, n_mels), mode="bicubic", align_corners=True)
        b = x.shape[0]
        x = x.reshape(b, beside, side, n_mels).transpose(2, 3).reshape(b, 1, side, side)
        x = self.patch_norm(self.patch(x).flatten(2).transpose(1, 2))
        return self.projection(self.norm(self.stages(x)).mean(1))


class GptBlock(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.c_fc, self.mlp_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, t, c = x.shape
        q, k, v = self.c_attn(self.ln_1(x)).view(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        weights = ((q @ k.transpose(-2, -1)) / (c // self.heads) ** 0.5 + mask).softmax(-1)
        x = x + self.c_proj((weights @ v).transpose(1, 2).reshape(b, t, c))
        return x + self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))


class TextEncoder(nn.Module):
    """int64[N, T] -> float32[N, projection]"""

    def __init__(self, sizes: TextSizes = TEXT_2023) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(sizes.vocabulary, sizes.width), nn.Embedding(sizes.positions, sizes.width)
        self.blocks = nn.ModuleList(GptBlock(sizes.width, sizes.heads) for _ in range(sizes.layers))
        self.ln_f = nn.LayerNorm(sizes.width)
        self.projection = Projection(sizes.width, sizes.projection)

    def forward(self, ids: Tensor) -> Tensor:
        b, t = ids.shape
        x = self.wte(ids) + self.wpe(torch.arange(t))
        mask = torch.full((t, t), float("-inf")).triu(1)
        for block in self.blocks:
            x = block(x, mask)
        pooled = self.ln_f(x)[torch.arange(b), (ids != 0).sum(1) - 1]
        return self.projection(pooled)


def checkpoint_key(name: str, depths: tuple[int, ...] | None) -> str:
    """Name of the same parameter in the published file. `depths` of the audio encoder's stages, None for the text encoder."""
    audio = depths is not None
    side = "audio_encoder" if audio else "caption_encoder"
    if name.startswith("projection."):
        return f"{side}.{name}"
    if not audio:
        mlp = name.replace(".c_fc.", ".mlp.c_fc.").replace(".mlp_proj.", ".mlp.c_proj.")
        attention = mlp.replace(".c_attn.", ".attn.c_attn.")
        if ".mlp." not in attention:
            attention = attention.replace(".c_proj.", ".attn.c_proj.")
        return f"{side}.base." + attention.replace("blocks.", "h.", 1)
    parts = name.split(".")
    if parts[0] == "stages":
        stage, module = int(parts[1]), int(parts[2])
        inside = ".".join(parts[3:])
        place = f"blocks.{module}" if module < depths[stage] else "downsample"
        return f"{side}.base.htsat.layers.{stage}.{place}.{inside}"
    renamed = name.replace("patch_norm.", "patch_embed.norm.").replace("patch.", "patch_embed.proj.")
    return f"{side}.base.htsat.{renamed}"


def fill(model: AudioEncoder | TextEncoder) -> nn.Module:
    """Gives every parameter its value by rule. GPT-2's own matrices are stored input first."""
    depths = model.sizes.depths if isinstance(model, AudioEncoder) else None
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name.endswith("num_batches_tracked"):
                continue
            key = checkpoint_key(name, depths)
            first = depths is None and value.ndim == 2 and ".h." in key
            shape = tuple(value.shape)[::-1] if first else tuple(value.shape)
            weights = torch.from_numpy(pseudo_weights.tensor(key, shape))
            value.copy_(weights.T if first else weights)
    return model.eval()

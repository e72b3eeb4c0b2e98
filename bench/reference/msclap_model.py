"""The two encoders of MS CLAP 2023 in plain PyTorch, as one would write them for training: what our graphs are held against."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import pseudo_weights

SAMPLES = 308_700
DEPTHS, HEADS, WINDOW, EMBED = (2, 2, 6, 2), (4, 8, 16, 32), 8, 96


class WindowAttention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * WINDOW - 1) ** 2, heads))
        places = torch.stack(torch.meshgrid(torch.arange(WINDOW), torch.arange(WINDOW), indexing="ij")).flatten(1)
        apart = places[:, :, None] - places[:, None, :] + WINDOW - 1
        self.register_buffer("index", apart[0] * (2 * WINDOW - 1) + apart[1], persistent=False)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """float32[windows, 64, width]"""
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
    def __init__(self, width: int, heads: int, grid: int, shift: int) -> None:
        super().__init__()
        self.grid, self.shift = grid, shift
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn, self.mlp = WindowAttention(width, heads), Mlp(width)
        mask = None
        if shift:
            region = torch.zeros(grid)
            region[grid - WINDOW : grid - shift], region[grid - shift :] = 1, 2
            labels = windows((3 * region[:, None] + region[None, :])[None, :, :, None]).squeeze(-1)
            mask = (labels[:, None, :] != labels[:, :, None]).float() * -100
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """float32[N, grid * grid, width]"""
        b, _, c = x.shape
        u = self.norm1(x).view(b, self.grid, self.grid, c)
        if self.shift:
            u = torch.roll(u, (-self.shift, -self.shift), (1, 2))
        u = self.attn(windows(u), self.mask)
        across = self.grid // WINDOW
        u = u.view(b, across, across, WINDOW, WINDOW, c).transpose(2, 3).reshape(b, self.grid, self.grid, c)
        if self.shift:
            u = torch.roll(u, (self.shift, self.shift), (1, 2))
        x = x + u.view(b, -1, c)
        return x + self.mlp(self.norm2(x))


def windows(x: Tensor) -> Tensor:
    """[N, grid, grid, C] -> [N * windows, 64, C]"""
    b, grid, _, c = x.shape
    x = x.view(b, grid // WINDOW, WINDOW, grid // WINDOW, WINDOW, c)
    return x.transpose(2, 3).reshape(-1, WINDOW * WINDOW, c)


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
    def __init__(self) -> None:
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(768, 1024, bias=False), nn.Linear(1024, 1024, bias=False)
        self.layer_norm = nn.LayerNorm(1024)

    def forward(self, x: Tensor) -> Tensor:
        first = self.linear1(x)
        return self.layer_norm(first + self.linear2(F.gelu(first)))


class AudioEncoder(nn.Module):
    """float32[N, 308700] -> float32[N, 1024]"""

    def __init__(self) -> None:
        super().__init__()
        real, imaginary = pseudo_weights.dft_kernels(1024)
        self.register_buffer("real", torch.from_numpy(real), persistent=False)
        self.register_buffer("imaginary", torch.from_numpy(imaginary), persistent=False)
        self.register_buffer("mel", torch.from_numpy(pseudo_weights.mel_matrix(513, 64)), persistent=False)
        self.bn0 = nn.BatchNorm2d(64)
        self.patch = nn.Conv2d(1, EMBED, 4, 4)
        self.patch_norm = nn.LayerNorm(EMBED)
        stages = []
        for stage, (depth, heads) in enumerate(zip(DEPTHS, HEADS)):
            width, grid = EMBED << stage, 64 >> stage
            shifts = [WINDOW // 2 if block % 2 and grid > WINDOW else 0 for block in range(depth)]
            blocks: list[nn.Module] = [Block(width, heads, grid, shift) for shift in shifts]
            stages.append(nn.Sequential(*blocks, *([Merging(width)] if stage < 3 else [])))
        self.stages = nn.Sequential(*stages)
        self.norm = nn.LayerNorm(768)
        self.projection = Projection()

    def forward(self, pcm: Tensor) -> Tensor:
        x = F.pad(pcm[:, None], (512, 512), mode="reflect")
        power = F.conv1d(x, self.real, stride=320) ** 2 + F.conv1d(x, self.imaginary, stride=320) ** 2
        x = 10 * torch.log10(torch.clamp(power.transpose(1, 2) @ self.mel, min=1e-10))
        x = self.bn0(x.transpose(1, 2)[..., None]).squeeze(-1).transpose(1, 2)[:, None]  # [N, 1, 965, 64]
        x = F.interpolate(x, (1024, 64), mode="bicubic", align_corners=True)
        b = x.shape[0]
        x = x.reshape(b, 4, 256, 64).transpose(2, 3).reshape(b, 1, 256, 256)
        x = self.patch_norm(self.patch(x).flatten(2).transpose(1, 2))
        return self.projection(self.norm(self.stages(x)).mean(1))


class GptBlock(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(768), nn.LayerNorm(768)
        self.c_attn, self.c_proj = nn.Linear(768, 2304), nn.Linear(768, 768)
        self.c_fc, self.mlp_proj = nn.Linear(768, 3072), nn.Linear(3072, 768)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, t, c = x.shape
        q, k, v = self.c_attn(self.ln_1(x)).view(b, t, 3, 12, 64).permute(2, 0, 3, 1, 4)
        weights = ((q @ k.transpose(-2, -1)) / 8 + mask).softmax(-1)
        x = x + self.c_proj((weights @ v).transpose(1, 2).reshape(b, t, c))
        return x + self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))


class TextEncoder(nn.Module):
    """int64[N, T] -> float32[N, 1024]"""

    def __init__(self) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(50257, 768), nn.Embedding(1024, 768)
        self.blocks = nn.ModuleList(GptBlock() for _ in range(12))
        self.ln_f = nn.LayerNorm(768)
        self.projection = Projection()

    def forward(self, ids: Tensor) -> Tensor:
        b, t = ids.shape
        x = self.wte(ids) + self.wpe(torch.arange(t))
        mask = torch.full((t, t), float("-inf")).triu(1)
        for block in self.blocks:
            x = block(x, mask)
        pooled = self.ln_f(x)[torch.arange(b), (ids != 0).sum(1) - 1]
        return self.projection(pooled)


def checkpoint_key(name: str, audio: bool) -> str:
    """Name of the same parameter in the published file."""
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
        place = f"blocks.{module}" if module < DEPTHS[stage] else "downsample"
        return f"{side}.base.htsat.layers.{stage}.{place}.{inside}"
    renamed = name.replace("patch_norm.", "patch_embed.norm.").replace("patch.", "patch_embed.proj.")
    return f"{side}.base.htsat.{renamed}"


def fill(model: nn.Module, audio: bool) -> nn.Module:
    """Gives every parameter its value by rule. GPT-2's own matrices are stored input first."""
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name.endswith("num_batches_tracked"):
                continue
            key = checkpoint_key(name, audio)
            first = not audio and value.ndim == 2 and ".h." in key
            shape = tuple(value.shape)[::-1] if first else tuple(value.shape)
            weights = torch.from_numpy(pseudo_weights.tensor(key, shape))
            value.copy_(weights.T if first else weights)
    return model.eval()

"""The two encoders. Both end in a raw 512-dimensional embedding (not of unit length: the app normalises)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from backbone import CLASSES, HIDDEN, MAP_CHANNELS, Backbone

DIM = 512
FEATURES = 512
HEARD = MAP_CHANNELS + HIDDEN + CLASSES  # what the head is given: pooled map, the tagger's hidden layer and its class logits


class AudioEncoder(nn.Module):
    """Log-mel [N, 1, N_MELS, frames] → features [N, 512] and embedding [N, DIM], raw; class logits [N, 527] beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        # Mean and spread of what the head is given, over the training clips, so that logits do not drown the rest.
        self.register_buffer("mean", torch.zeros(HEARD))
        self.register_buffer("spread", torch.ones(HEARD))
        self.hidden = nn.Linear(HEARD, FEATURES)
        self.project = nn.Linear(FEATURES, DIM)

    def heard(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """Pooled map [..., 384] → what the head is given [..., HEARD], not standardised, and the class logits in it [..., 527]"""
        hidden, logits = self.backbone.heads(pooled)
        return torch.cat([pooled, hidden, logits], dim=-1), logits

    def features_of(self, pooled: Tensor, drop: float = 0.0) -> tuple[Tensor, Tensor]:
        """@param drop share of the head's inputs left out at random while training @returns features [..., 512] and logits [..., 527]"""
        heard, logits = self.heard(pooled)
        x = F.dropout((heard - self.mean) / self.spread, drop, self.training)
        return F.relu(self.hidden(x)), logits

    def pooled(self, log_mel: Tensor) -> Tensor:
        return self.backbone(log_mel).mean(dim=(2, 3))

    def forward(self, log_mel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """@returns embedding [N, DIM], that of each step of time [N, frames / 32, DIM], class logits [N, 527]; no dropout"""
        time = self.backbone(log_mel).mean(dim=2).transpose(1, 2)
        features, logits = self.features_of(time.mean(dim=1))
        return self.project(features), self.project(self.features_of(time)[0]), logits


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

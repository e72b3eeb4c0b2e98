"""The two encoders. Both end in a raw embedding (the app normalises): DIM learnt numbers, and in a finished model CLASS_PART more
that say which of AudioSet's classes are present or meant (class_part.py)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from backbone import CLASSES, HIDDEN, MAP_CHANNELS, Backbone

DIM = 512
CLASS_PART = 64
CLASS_POWER = 0.35  # of a class's probability: faint sounds count, too
FEATURES = 512
HEAD_INPUTS = MAP_CHANNELS + HIDDEN + CLASSES  # what the head is given: pooled map, the tagger's hidden layer and its class logits


def joined(learnt: Tensor, part: Tensor, share: Tensor) -> Tensor:
    """Raw embeddings [..., DIM] and [..., CLASS_PART] → both as unit rows beside each other, so that the cosine of two is the weighted mean of theirs"""
    return torch.cat([F.normalize(learnt, dim=-1), F.normalize(part, dim=-1) * share.sqrt()], dim=-1)


class AudioClasses(nn.Module):
    """Class logits [..., 527] → [..., CLASS_PART], raw"""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("most", torch.zeros(CLASSES))  # log of the surest the tagger ever is of each
        self.register_buffer("directions", torch.zeros(CLASSES, CLASS_PART))
        self.register_buffer("share", torch.zeros(()))

    def forward(self, logits: Tensor) -> Tensor:
        return F.normalize(torch.exp(CLASS_POWER * (F.logsigmoid(logits) - self.most)), dim=-1) @ self.directions


class TextClasses(nn.Module):
    """Learnt embedding of a text [..., DIM] → [..., CLASS_PART], raw"""

    def __init__(self) -> None:
        super().__init__()
        self.classes = nn.Linear(DIM, CLASSES)
        self.register_buffer("directions", torch.zeros(CLASSES, CLASS_PART))
        self.register_buffer("share", torch.zeros(()))

    def forward(self, learnt: Tensor) -> Tensor:
        return F.normalize(F.relu(self.classes(F.normalize(learnt, dim=-1))), dim=-1) @ self.directions


class AudioEncoder(nn.Module):
    """Log-mel [N, 1, N_MELS, frames] → features [N, 512] and embedding [N, DIM], raw, or [N, DIM + CLASS_PART]; class logits [N, 527] beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        # Mean and spread of what the head is given, over the training clips, so that logits do not drown the rest.
        self.register_buffer("mean", torch.zeros(HEAD_INPUTS))
        self.register_buffer("spread", torch.ones(HEAD_INPUTS))
        self.hidden = nn.Linear(HEAD_INPUTS, FEATURES)
        self.project = nn.Linear(FEATURES, DIM)
        self.audio_classes: AudioClasses | None = None  # until class_part.py has fitted it

    def head_inputs(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """Pooled map [..., 384] → what the head is given [..., HEAD_INPUTS], not standardised, and the class logits in it [..., 527]"""
        hidden, logits = self.backbone.heads(pooled)
        return torch.cat([pooled, hidden, logits], dim=-1), logits

    def features_of(self, pooled: Tensor, drop: float = 0.0) -> tuple[Tensor, Tensor]:
        """@param drop share of the head's inputs left out at random while training @returns features [..., 512] and logits [..., 527]"""
        inputs, logits = self.head_inputs(pooled)
        x = F.dropout((inputs - self.mean) / self.spread, drop, self.training)
        return F.relu(self.hidden(x)), logits

    def pooled(self, log_mel: Tensor) -> Tensor:
        return self.backbone(log_mel).mean(dim=(2, 3))

    def embedding(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """Pooled map [..., 384] → raw embedding [..., DIM], or [..., DIM + CLASS_PART] with `audio_classes`, and class logits [..., 527]"""
        features, logits = self.features_of(pooled)
        learnt = self.project(features)
        if self.audio_classes is None:
            return learnt, logits
        return joined(learnt, self.audio_classes(logits), self.audio_classes.share), logits

    def forward(self, log_mel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """@returns embedding of the window, that of each step of time [N, frames / 32, …], class logits [N, 527]; no dropout"""
        time = self.backbone(log_mel).mean(dim=2).transpose(1, 2)
        embedding, logits = self.embedding(time.mean(dim=1))
        moments = self.project(self.features_of(time)[0])
        # Which classes are present says little about when: with that part, moments are less distinct.
        return embedding, moments if self.audio_classes is None else F.pad(F.normalize(moments, dim=-1), (0, CLASS_PART)), logits


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
    """Token ids [N, T] and attention mask [N, T] (1 = token, padding on the right) → embedding [N, DIM], raw, or [N, DIM + CLASS_PART].

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
        self.text_classes: TextClasses | None = None  # until class_part.py has fitted it

    def read(self, raw: Tensor) -> Tensor:
        """What is read out of the tokens [N, width] → embedding"""
        learnt = self.project(F.relu(self.hidden(raw)))
        return learnt if self.text_classes is None else joined(learnt, self.text_classes(learnt), self.text_classes.share)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, causal: bool = True) -> Tensor:
        """@param causal False leaves the transformer out, for text pretraining: the bag alone is ten times cheaper"""
        mask = attention_mask.to(torch.float32)
        tokens = self.token(input_ids)
        weights = torch.exp(self.weight(input_ids).squeeze(-1)) * mask
        bag = (tokens * weights.unsqueeze(-1)).sum(dim=1) / (weights.sum(dim=1, keepdim=True) + 1e-6)
        if not causal:
            return self.read(bag)
        place = torch.cumsum(torch.ones_like(input_ids), dim=1) - 1
        x = self.into_causal(tokens) + self.position(place)
        later = (place.unsqueeze(1) > place.unsqueeze(2)).to(torch.float32)
        hidden_tokens = 1.0 - mask.unsqueeze(1)
        bias = (later + hidden_tokens).clamp(max=1.0).unsqueeze(1) * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        last = (place == mask.sum(dim=1, keepdim=True).to(torch.int64) - 1).to(torch.float32)
        sentence = (self.causal_norm(x) * last.unsqueeze(-1)).sum(dim=1)
        return self.read(bag + self.out_of_causal(sentence))

"""Joint training of both encoders: audio against text, with label, category and tag heads and text pairs along.

Writes .cache/<run>/last.pt after every epoch (resume with the same command) and .cache/<run>/final.pt with the
averaged weights.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from captions import JOINERS, CaptionMaker
from categories import PHRASES
from corpus import CACHE, DEFAULT_CORPUS, Clip, check_hash, manifest_hash, read_manifest
from lexicon import read_lexicon
from model import LOG_FLOOR, N_FRAMES, N_MELS, AudioEncoder, TextEncoder
from pairs import UCS, PairSource
from pretrain import encode_batch, pair_loss, soft_cross_entropy
from relations import Relations, category_name
from text import Tokenizer

CATEGORY_TEXTS = 4  # phrases for a whole category in each batch


@dataclass
class Heads:
    """What the heads are trained on: label index (−1 = too few clips), category index, tag targets."""

    labels: list[str]
    categories: list[str]
    tags: list[str]

    @classmethod
    def of(cls, clips: list[Clip]) -> Heads:
        labels = Counter(clip.label for clip in clips)
        tags = Counter(tag for clip in clips for tag in set(clip.tags[1:]))
        return cls(
            sorted(label for label, count in labels.items() if count >= 3),
            sorted({clip.category for clip in clips}),
            sorted(tag for tag, count in tags.items() if count >= 5),
        )

    def targets(self, clips: list[Clip]) -> tuple[Tensor, Tensor, Tensor]:
        """@returns label rows [N, labels] and category rows [N, categories] (one-hot or all zero), tags [N, tags]"""
        label = torch.tensor([[float(clip.label == name) for name in self.labels] for clip in clips])
        category = torch.tensor([[float(clip.category == name) for name in self.categories] for clip in clips])
        tags = torch.tensor([[float(name in clip.tags) for name in self.tags] for clip in clips])
        return label, category, tags


class Joint(nn.Module):
    """Both encoders, the heads on the audio features, and the learnt temperature."""

    def __init__(self, width: int, vocabulary: int, heads: Heads) -> None:
        super().__init__()
        self.audio = AudioEncoder(width)
        self.text = TextEncoder(vocabulary)
        self.label_head = nn.Linear(512, len(heads.labels))
        self.category_head = nn.Linear(512, len(heads.categories))
        self.tag_head = nn.Linear(512, len(heads.tags))
        self.log_scale = nn.Parameter(torch.tensor(1 / 0.07).log())


def mask_and_tilt(log_mel: Tensor, rng: np.random.Generator) -> Tensor:
    """Light augmentation of [N, frames, N_MELS]: a gentle random tone colour, one time and one frequency mask in half the clips."""
    n = log_mel.shape[0]
    bands = torch.linspace(-1.0, 1.0, N_MELS)
    tilt = torch.from_numpy(rng.normal(0.0, 0.35, (n, 1))).float() * bands
    bump = torch.from_numpy(rng.normal(0.0, 0.35, (n, 1))).float()
    centre = torch.from_numpy(rng.uniform(-1.0, 1.0, (n, 1))).float()
    log_mel = log_mel + (tilt + bump * torch.exp(-((bands - centre) / 0.3) ** 2)).unsqueeze(1)
    for row in range(n):
        if rng.random() < 0.5:
            length = rng.integers(5, log_mel.shape[1] // 6)
            start = rng.integers(0, log_mel.shape[1] - length)
            log_mel[row, start : start + length] = math.log(LOG_FLOOR)
        if rng.random() < 0.5:
            height = rng.integers(2, 9)
            low = rng.integers(0, N_MELS - height)
            log_mel[row, :, low : low + height] = math.log(LOG_FLOOR)
    return log_mel


def crop(log_mel: Tensor, frames: int, rng: np.random.Generator) -> Tensor:
    """A stretch of each row, [N, N_FRAMES, N_MELS] → [N, frames, N_MELS], drawn by energy, its level normalised again.

    The network pools over time, so most of the training can run on half windows, at half the cost.
    """
    energy = log_mel.exp().mean(dim=2)
    sums = F.pad(energy.cumsum(dim=1), (1, 0))
    starts = torch.arange(0, N_FRAMES - frames + 1, 5)
    inside = (sums[:, starts + frames] - sums[:, starts]).numpy() + 1e-3 * frames
    cuts = []
    for row in range(log_mel.shape[0]):
        start = int(starts[rng.choice(len(starts), p=inside[row] / inside[row].sum())])
        part = log_mel[row, start : start + frames]
        cuts.append(part - torch.log(part.exp().mean() + 1e-6))
    return torch.stack(cuts)


def mix(log_mel: Tensor, partner: Tensor, ratio: Tensor) -> Tensor:
    """Sums two level-normalised clips in the power domain; `ratio` [N] is the share of the first. Level stays normalised."""
    share = ratio.view(-1, 1, 1)
    return torch.log(share * log_mel.exp() + (1.0 - share) * partner.exp())


class Batches:
    """Draws clips with weight 1 / sqrt(clips of the label), their views, texts and targets."""

    def __init__(self, clips: list[Clip], variants: np.ndarray, maker: CaptionMaker, heads: Heads, relations: Relations, seed: int) -> None:
        self.clips, self.variants, self.maker, self.relations = clips, variants, maker, relations
        self.rng = np.random.default_rng(seed)
        counts = Counter(clip.label for clip in clips)
        weights = np.array([counts[clip.label] ** -0.5 for clip in clips])
        self.chance = weights / weights.sum()
        self.label, self.category, self.tags = heads.targets(clips)

    def view(self, rows: np.ndarray, frames: int) -> Tensor:
        """A random view of each clip, [len(rows), frames, N_MELS]"""
        choice = self.rng.integers(0, self.variants.shape[1], len(rows))
        views = torch.from_numpy(self.variants[rows, choice].astype(np.float32))
        return views if frames == N_FRAMES else crop(views, frames, self.rng)

    def draw(self, size: int, frames: int, mix_chance: float, extra: int) -> dict[str, object]:
        """@returns log_mel [size, 1, frames, N_MELS], texts (size + extra), target [size, size + extra], head targets"""
        rows = self.rng.choice(len(self.clips), size, replace=False, p=self.chance)
        log_mel = mask_and_tilt(self.view(rows, frames), self.rng)
        heard = [(self.clips[row].label,) for row in rows]
        texts = [self.maker.make(self.clips[row]) for row in rows]
        label, category, tags = self.label[rows], self.category[rows], self.tags[rows]
        mixed = np.flatnonzero(self.rng.random(size) < mix_chance)
        if len(mixed) > 0:
            partners = self.rng.choice(len(self.clips), len(mixed), p=self.chance)
            ratio = torch.from_numpy(self.rng.uniform(0.35, 0.65, len(mixed))).float()
            log_mel[mixed] = mix(log_mel[mixed], self.view(partners, frames), ratio)
            label[mixed] = (label[mixed] + self.label[partners]) / 2
            category[mixed] = (category[mixed] + self.category[partners]) / 2
            tags[mixed] = torch.maximum(tags[mixed], self.tags[partners])
            for row, partner in zip(mixed, partners):
                heard[row] += (self.clips[partner].label,)
                texts[row] += self.maker.rng.choice(JOINERS) + self.maker.make(self.clips[partner])
        said = list(heard)
        # More texts: near misses of the batch's clips, whole categories, and texts of other clips.
        for row in self.rng.permutation(rows):
            near = self.maker.near_miss(self.clips[row])
            if near is not None and near in self.relations.index and len(texts) < size + extra // 2:
                concept = self.maker.by_name.get(near)
                texts.append(self.maker.of_concept(concept) if concept else self.maker.of_label(near))
                said.append((near,))
        for _ in range(CATEGORY_TEXTS):
            whole = self.clips[self.rng.choice(rows)].category
            texts.append(self.maker.rng.choice(PHRASES[whole]))
            said.append((category_name(whole),))
        while len(texts) < size + extra:
            clip = self.clips[self.rng.integers(len(self.clips))]
            texts.append(self.maker.make(clip))
            said.append((clip.label,))
        # Another clip's text of the same label counts a little less than the clip's own.
        target = self.relations.between(heard, said) * 0.7
        target[:, :size].fill_diagonal_(1.0)
        return {"log_mel": log_mel.unsqueeze(1), "texts": texts, "target": target, "label": label, "category": category, "tags": tags}


def head_loss(model: Joint, features: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Label (smoothing 0.05) + 0.5 category + tags, each on the audio features [N, 512]."""
    known = batch["label"].sum(dim=1) > 0.99
    smooth = batch["label"][known] * 0.95 + 0.05 / batch["label"].shape[1]
    label = soft_cross_entropy(model.label_head(features[known]), smooth) if bool(known.any()) else features.sum() * 0.0
    category = soft_cross_entropy(model.category_head(features), batch["category"])
    tags = F.binary_cross_entropy_with_logits(model.tag_head(features), batch["tags"], reduction="none").sum(dim=1).mean() / 10
    return label + 0.5 * category + tags


@torch.no_grad()
def average_into(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Exponential moving average of weights and of batch-norm statistics."""
    for mean, value in zip(average.state_dict().values(), model.state_dict().values()):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1.0 - decay)
        else:
            mean.copy_(value)


def parameter_groups(model: Joint, rate: float, decay: float) -> list[dict[str, object]]:
    """Weight decay for matrices only; the text side learns at half the rate, since it comes pretrained."""
    groups: list[dict[str, object]] = []
    for text in (False, True):
        for matrices in (False, True):
            chosen = [p for n, p in model.named_parameters() if n.startswith("text.") == text and (p.ndim > 1) == matrices]
            groups.append({"params": chosen, "lr": rate * (0.5 if text else 1.0), "weight_decay": decay if matrices else 0.0})
    return groups


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--ucs", type=Path, default=UCS)
    parser.add_argument("--run", default="run1", help="name of the folder under .cache")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--extra", type=int, default=64, help="further texts a batch")
    parser.add_argument("--pairs", type=int, default=128, help="text pairs a step")
    parser.add_argument("--mix", type=float, default=0.15)
    parser.add_argument("--half-windows", type=float, default=0.7, help="share of the epochs, from the first, on 2.5-s windows")
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.02)
    parser.add_argument("--hold-out", nargs="*", default=[], help="sources left out of training, for the source check")
    parser.add_argument("--plain-targets", action="store_true", help="labels are the same or not, nothing between; to compare with")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)

    check_hash(CACHE / "features.manifest", manifest_hash(arguments.corpus))
    train = [clip for clip in read_manifest(arguments.corpus) if clip.split == "train"]
    variants = np.load(CACHE / "variants.npy", mmap_mode=None)
    kept = [i for i, clip in enumerate(train) if clip.source not in arguments.hold_out]
    clips, variants = [train[i] for i in kept], variants if len(kept) == len(train) else variants[kept]
    concepts = read_lexicon()
    source = PairSource(clips, concepts, arguments.ucs, rng)
    heads = Heads.of(clips)
    relations = Relations(clips, concepts, graded=not arguments.plain_targets)
    batches = Batches(clips, variants, source.maker, heads, relations, arguments.seed)
    tokenizer = Tokenizer.load(CACHE / "tokenizer.json")
    model = Joint(arguments.width, len(tokenizer), heads)
    model.text.load_state_dict(torch.load(CACHE / "text.pt")["encoder"])
    model.audio.to(memory_format=torch.channels_last)
    average = copy.deepcopy(model)
    optimiser = torch.optim.AdamW(parameter_groups(model, arguments.rate, arguments.decay), betas=(0.9, 0.98))
    steps_per_epoch = len(clips) // arguments.batch
    total = arguments.epochs * steps_per_epoch
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, (s + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * min(1.0, s / total))) + 1e-4
    )
    folder = CACHE / arguments.run
    folder.mkdir(exist_ok=True)
    first = 0
    if (folder / "last.pt").exists():
        state = torch.load(folder / "last.pt")
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        first = state["epoch"]
        print(f"resumed after epoch {first}", flush=True)

    start = time.time()
    for epoch in range(first, arguments.epochs):
        sums: Counter[str] = Counter()
        frames = N_FRAMES // 2 if epoch < arguments.half_windows * arguments.epochs else N_FRAMES
        model.train()
        for step in range(steps_per_epoch):
            batch = batches.draw(arguments.batch, frames, arguments.mix, arguments.extra)
            log_mel = batch["log_mel"].contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                features = model.audio.features(log_mel)
            features = features.float()
            audio = F.normalize(model.audio.project(features), dim=1)
            text = F.normalize(model.text(*encode_batch(tokenizer, batch["texts"])), dim=1)
            logits = audio @ text.T * model.log_scale.exp().clamp(max=50.0)
            target = batch["target"]
            # From the text side only texts that fit a clip of the batch have something to find.
            fits = target.amax(dim=0) >= 0.3
            found = target[:, fits].T
            contrastive = 0.5 * soft_cross_entropy(logits, target / target.sum(1, keepdim=True)) + 0.5 * soft_cross_entropy(
                logits[:, fits].T, found / found.sum(1, keepdim=True)
            )
            # The transformer part costs most of a text step, so the pairs go through it every fourth time only.
            pairs = pair_loss(model.text, tokenizer, source.batch(arguments.pairs), torch.tensor(20.0), step % 4 == 0, relations)
            side = head_loss(model, features, batch)
            loss = contrastive + side + 0.7 * pairs
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            # Averages over about a tenth of the run, but over little of its beginning.
            done = schedule.last_epoch
            average_into(average, model, min(1.0 - 10.0 / total, 1.0 - 10.0 / (done + 10)))
            sums.update({"contrastive": contrastive.item(), "heads": side.item(), "pairs": pairs.item()})
        means = ", ".join(f"{name} {value / steps_per_epoch:.3f}" for name, value in sums.items())
        print(f"epoch {epoch + 1} {means}, scale {model.log_scale.exp().item():.1f}, {time.time() - start:.0f} s", flush=True)
        state = {"model": model.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(),
                 "schedule": schedule.state_dict(), "epoch": epoch + 1, "vocabulary": len(tokenizer), "width": arguments.width}
        torch.save(state, folder / "last.tmp")
        (folder / "last.tmp").rename(folder / "last.pt")
    torch.save({"audio": average.audio.state_dict(), "text": average.text.state_dict(), "width": arguments.width,
                "vocabulary": len(tokenizer), "concepts": len(concepts), "scale": average.log_scale.exp().item()}, folder / "final.pt")
    tokenizer.save(folder / "tokenizer.json")


if __name__ == "__main__":
    main()

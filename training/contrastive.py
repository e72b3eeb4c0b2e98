"""Joint training of both encoders in two stages, with label, category and tag heads and the text pairs along.

`heads`: the tagger stays as it was published and its pooled maps come from the cache; the head above it and the text side
learn. `all`: every tensor learns, on log-mel with augmentation, and AudioSet's classes are kept alive by the teacher's
answers. Both write .cache/<run>/<stage>-<seed>.pt, an average over about the last tenth of the run, and <stage>-<seed>-last.pt
after every epoch, from which they go on. Several seeds from one --start are averaged by average.py.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from backbone import load_backbone
from batches import Batches, Recipe, TrainingClips
from corpus import CACHE, DEFAULT_CORPUS
from frontend import N_FRAMES
from lexicon import read_lexicon
from model import AudioEncoder, TextEncoder
from optimise import Checkpoint, average_into, parameter_groups, warm_cosine
from pairs import UCS, PairSource
from pretrain_text import embed_texts, pair_loss
from relations import Relations
from tasks import Tasks, class_loss, soft_cross_entropy
from teacher import BACKBONE
from text import Tokenizer

DROP = 0.25  # of the head's inputs, in both stages
CLASSES = 0.15  # weight of the class task
SURENESS = 0.3
EARLY = 7  # layers of the tagger, at a fine resolution and so the dearest, that learn in one step of EARLY_EVERY only
EARLY_EVERY = 8


class Joint(nn.Module):
    """Both encoders, the heads on the audio features, and the learnt temperature."""

    def __init__(self, vocabulary: int, tasks: Tasks) -> None:
        super().__init__()
        self.audio = AudioEncoder()
        self.heads = tasks.heads()
        self.text = TextEncoder(vocabulary)
        self.log_scale = nn.Parameter(torch.tensor(1 / 0.07).log())
        self.curve = nn.Parameter(torch.tensor([16.0, -10.5]))  # of `sureness_loss`: slope and intercept


def contrastive_loss(logits: Tensor, closeness: Tensor) -> Tensor:
    """Symmetric cross entropy; `closeness` [N, M] of audio to text takes the place of the diagonal."""
    # From the text side only texts that fit a clip of the batch have something to find.
    fits = closeness.amax(dim=0) >= 0.3
    found = closeness[:, fits].T
    return 0.5 * soft_cross_entropy(logits, closeness / closeness.sum(1, keepdim=True)) + 0.5 * soft_cross_entropy(
        logits[:, fits].T, found / found.sum(1, keepdim=True)
    )


def sureness_loss(cosines: Tensor, closeness: Tensor, curve: Tensor) -> Tensor:
    """Binary cross entropy of every pair, so that a cosine means the same for every text: a search must say when nothing is there.

    Sigmoid loss for language and image pre-training (Zhai et al. 2023), with graded targets; summed over the texts, mean over the clips.
    """
    target = torch.where(closeness >= 0.1, closeness, torch.zeros(())).clamp(max=1.0)
    return F.binary_cross_entropy_with_logits(cosines * curve[0] + curve[1], target, reduction="none").sum(dim=1).mean()


@torch.no_grad()
def standardise(audio: AudioEncoder, pooled: np.ndarray) -> None:
    """Sets the mean and spread of what the head is given, over these pooled maps."""
    inputs = audio.head_inputs(torch.from_numpy(pooled.astype(np.float32)))[0]
    audio.mean.copy_(inputs.mean(dim=0))
    audio.spread.copy_(inputs.std(dim=0) + 1e-3)


def start_of(stage: str, start: str | None, folder: Path, tokenizer: Tokenizer, tasks: Tasks, clips: TrainingClips, backbone: Path) -> Joint:
    model = Joint(len(tokenizer), tasks)
    if stage == "heads":
        model.audio.backbone.load_state_dict(load_backbone(backbone).state_dict())
        model.text.load_state_dict(torch.load(folder / "text.pt")["encoder"])
        standardise(model.audio, clips.pooled[:: max(1, len(clips.pooled) // 8000)])
        for parameter in model.audio.backbone.parameters():
            parameter.requires_grad_(False)
    if start is not None:
        model.load_state_dict(torch.load(folder / f"{start}.pt"), strict=False)
    if stage == "all":
        model.audio.backbone.to(memory_format=torch.channels_last)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=("heads", "all"))
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--backbone", type=Path, default=BACKBONE)
    parser.add_argument("--ucs", type=Path, default=UCS)
    parser.add_argument("--run", default="final", help="name of the folder under .cache")
    parser.add_argument("--text", help="take text.pt and tokenizer.json from this other run")
    parser.add_argument("--start", help="begin with the weights of .cache/<run>/<start>.pt; always given for `all`")
    parser.add_argument("--epochs", type=int, help="default: 5 for heads, 6 for all")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1.5e-3, help="of the heads; half of it for text, an eighth for the tagger")
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--extra", type=int, default=72, help="further texts a batch")
    parser.add_argument("--pairs", type=int, default=64, help="text pairs a step")
    parser.add_argument("--half-windows", type=float, default=1.0, help="share of the epochs of `all`, from the first, on 2.5-s windows")
    parser.add_argument("--hold-out", nargs="*", default=[], help="sources left out of training, for the source check")
    parser.add_argument("--made", type=float, default=Recipe.made, help="share of made clips")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    stage, epochs = arguments.stage, arguments.epochs or {"heads": 5, "all": 6}[arguments.stage]
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    clips = TrainingClips(arguments.corpus, arguments.hold_out)
    concepts = read_lexicon()
    source = PairSource(clips.clips, concepts, arguments.ucs, random.Random(arguments.seed))
    tasks, recipe = Tasks.of(clips.clips), Recipe(made=arguments.made)
    relations = Relations(clips.clips, concepts)
    batches = Batches(clips, source.maker, tasks, relations, recipe, arguments.seed)
    folder = CACHE / arguments.run
    folder.mkdir(exist_ok=True)
    if arguments.text and stage == "heads":
        for name in ("text.pt", "tokenizer.json"):
            (folder / name).write_bytes((CACHE / arguments.text / name).read_bytes())
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    model = start_of(stage, arguments.start, folder, tokenizer, tasks, clips, arguments.backbone)
    average = copy.deepcopy(model)
    rate = arguments.rate if stage == "heads" else arguments.rate * 0.5
    optimiser = torch.optim.AdamW(parameter_groups(model, rate, arguments.decay), betas=(0.9, 0.98))
    # As many steps as it takes to draw as many recordings as there are.
    steps = int(len(clips.recorded) / (arguments.batch * (1 - recipe.made)))
    total = epochs * steps
    schedule = warm_cosine(optimiser, total)
    checkpoint = Checkpoint(folder / f"{stage}-{arguments.seed}-last.pt", {"model": model, "average": average, "optimiser": optimiser, "schedule": schedule})

    start = time.time()
    for epoch in range(checkpoint.resume(), epochs):
        sums: Counter[str] = Counter()
        frames = N_FRAMES // 2 if epoch < arguments.half_windows * epochs else N_FRAMES
        model.train()
        model.audio.backbone.eval()  # the statistics of its batch norms come from two million clips and stay; their scales learn
        for step in range(steps):
            if stage == "heads":
                pooled, probability, targets, texts, closeness = batches.pooled(arguments.batch, arguments.extra)
            else:
                log_mel, probability, targets, texts, closeness = batches.sounds(arguments.batch, frames, arguments.extra)
                with torch.autocast("cpu", dtype=torch.bfloat16):  # halves the time where the CPU has it
                    with torch.set_grad_enabled(step % EARLY_EVERY == 0):
                        early = model.audio.backbone.layers[:EARLY](log_mel.contiguous(memory_format=torch.channels_last))
                    mapped = model.audio.backbone.layers[EARLY:](early)
                pooled = mapped.float().mean(dim=(2, 3))
            features, logits = model.audio.features_of(pooled, DROP)
            audio = F.normalize(model.audio.project(features), dim=1)
            # The transformer part costs most of a text step: every second time, for pairs every fourth.
            text = embed_texts(model.text, tokenizer, texts, step % 2 == 0)
            cosines = audio @ text.T
            losses = {
                "contrastive": contrastive_loss(cosines * model.log_scale.exp().clamp(max=50.0), closeness),
                "tasks": tasks.loss(model.heads, features, targets),
                "pairs": 0.7 * pair_loss(model.text, tokenizer, source.batch(arguments.pairs), torch.tensor(20.0), step % 4 == 0, relations),
            }
            if arguments.start is not None:  # not while nothing is known yet
                losses["sureness"] = SURENESS * sureness_loss(cosines, closeness, model.curve)
            if stage == "all":
                losses["classes"] = CLASSES * class_loss(logits, probability)
            optimiser.zero_grad()
            torch.stack(list(losses.values())).sum().backward()
            nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 5.0)
            optimiser.step()
            schedule.step()
            average_into(average, model, schedule.last_epoch, total)
            sums.update({name: loss.item() for name, loss in losses.items()})
        means = ", ".join(f"{name} {value / steps:.3f}" for name, value in sums.items())
        print(f"epoch {epoch + 1} {means}, scale {model.log_scale.exp().item():.1f}, {time.time() - start:.0f} s", flush=True)
        checkpoint.save(epoch + 1)
    torch.save(average.state_dict(), folder / f"{stage}-{arguments.seed}.pt")


if __name__ == "__main__":
    main()

"""Joint training of both encoders: audio against text, with label, category and tag heads and the text pairs along.

Starts from .cache/text.pt (or the held-out one, see pretrain_text.py) and, if it is there, .cache/<run>/audio.pt. Writes
.cache/<run>/last.pt after every epoch (resume with the same command) and .cache/<run>/final.pt with the averaged weights.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections import Counter

import torch
import torch.nn.functional as F
from pathlib import Path
from torch import Tensor, nn

from batches import Batches, TrainingClips
from corpus import CACHE
from lexicon import read_lexicon
from model import N_FRAMES, TextEncoder
from optimise import Checkpoint, average_into, parameter_groups, warm_cosine
from pairs import UCS, PairSource
from pretrain_audio import Listener, add_recipe_arguments, features_of, recipe_of, steps_in_epoch
from pretrain_text import encode_batch, pair_loss
from relations import Relations
from tasks import FROM_LABELS, WEIGHTS, Tasks, soft_cross_entropy
from text import Tokenizer


class Joint(Listener):
    """Both encoders, the heads on the audio features, and the learnt temperature."""

    def __init__(self, width: int, vocabulary: int, tasks: Tasks) -> None:
        super().__init__(width, tasks)
        self.text = TextEncoder(vocabulary)
        self.log_scale = nn.Parameter(torch.tensor(1 / 0.07).log())


def contrastive_loss(logits: Tensor, closeness: Tensor) -> Tensor:
    """Symmetric cross entropy; `closeness` [N, M] of what is heard to what is said takes the place of the diagonal."""
    # From the text side only texts that fit a clip of the batch have something to find.
    fits = closeness.amax(dim=0) >= 0.3
    found = closeness[:, fits].T
    return 0.5 * soft_cross_entropy(logits, closeness / closeness.sum(1, keepdim=True)) + 0.5 * soft_cross_entropy(
        logits[:, fits].T, found / found.sum(1, keepdim=True)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_recipe_arguments(parser)
    parser.add_argument("--ucs", type=Path, default=UCS)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--extra", type=int, default=64, help="further texts a batch")
    parser.add_argument("--pairs", type=int, default=128, help="text pairs a step")
    parser.add_argument("--half-windows", type=float, default=0.7, help="share of the epochs, from the first, on 2.5-s windows")
    parser.add_argument("--all-tasks", action="store_true", help="instrument, kind, pitch and envelope stay on too, to compare with")
    parser.add_argument("--plain-targets", action="store_true", help="labels are the same or not, nothing between, to compare with")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    clips = TrainingClips(arguments.corpus, arguments.hold_out)
    concepts = read_lexicon()
    source = PairSource(clips.clips, concepts, arguments.ucs, random.Random(arguments.seed))
    tasks, recipe = Tasks.of(clips.clips, tuple(WEIGHTS) if arguments.all_tasks else FROM_LABELS), recipe_of(arguments)
    relations = Relations(clips.clips, concepts, graded=not arguments.plain_targets)
    batches = Batches(clips, source.maker, tasks, relations, recipe, arguments.seed)
    folder = CACHE / arguments.run
    folder.mkdir(exist_ok=True)
    text_folder = folder if (folder / "text.pt").exists() else CACHE
    tokenizer = Tokenizer.load(text_folder / "tokenizer.json")
    model = Joint(arguments.width, len(tokenizer), tasks)
    model.text.load_state_dict(torch.load(text_folder / "text.pt")["encoder"])
    if (folder / "audio.pt").exists():
        model.load_state_dict(torch.load(folder / "audio.pt"), strict=False)
    model.audio.to(memory_format=torch.channels_last)
    average = copy.deepcopy(model)
    optimiser = torch.optim.AdamW(parameter_groups(model, arguments.rate, arguments.decay), betas=(0.9, 0.98))
    steps = steps_in_epoch(clips, recipe, arguments.batch)
    total = arguments.epochs * steps
    schedule = warm_cosine(optimiser, total)
    checkpoint = Checkpoint(folder / "last.pt", {"model": model, "average": average, "optimiser": optimiser, "schedule": schedule})

    start = time.time()
    for epoch in range(checkpoint.resume(), arguments.epochs):
        sums: Counter[str] = Counter()
        frames = N_FRAMES // 2 if epoch < arguments.half_windows * arguments.epochs else N_FRAMES
        model.train()
        for step in range(steps):
            log_mel, targets, texts, closeness = batches.draw(arguments.batch, frames, arguments.extra)
            features = features_of(model.audio, log_mel)
            audio = F.normalize(model.audio.project(features), dim=1)
            text = F.normalize(model.text(*encode_batch(tokenizer, texts)), dim=1)
            losses = {
                "contrastive": contrastive_loss(audio @ text.T * model.log_scale.exp().clamp(max=50.0), closeness),
                "tasks": tasks.loss(model.heads, features, targets),
                # The transformer part costs most of a text step, so the pairs go through it every fourth time only.
                "pairs": 0.7 * pair_loss(model.text, tokenizer, source.batch(arguments.pairs), torch.tensor(20.0), step % 4 == 0, relations),
            }
            optimiser.zero_grad()
            torch.stack(list(losses.values())).sum().backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            average_into(average, model, schedule.last_epoch, total)
            sums.update({name: loss.item() for name, loss in losses.items()})
        means = ", ".join(f"{name} {value / steps:.3f}" for name, value in sums.items())
        print(f"epoch {epoch + 1} {means}, scale {model.log_scale.exp().item():.1f}, {time.time() - start:.0f} s", flush=True)
        checkpoint.save(epoch + 1)
    torch.save({"audio": average.audio.state_dict(), "text": average.text.state_dict(), "width": arguments.width,
                "vocabulary": len(tokenizer), "scale": average.log_scale.exp().item()}, folder / "final.pt")  # fmt: skip
    if text_folder != folder:
        tokenizer.save(folder / "tokenizer.json")


if __name__ == "__main__":
    main()

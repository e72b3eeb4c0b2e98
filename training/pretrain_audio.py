"""Audio-only pretraining on several tasks at once (tasks.py): labels, categories, tags, instrument, kind, pitch, envelope.

Writes .cache/<run>/audio-last.pt after every epoch (resume with the same command) and .cache/<run>/audio.pt.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from batches import Batches, Recipe, TrainingClips
from captions import CaptionMaker
from corpus import CACHE, DEFAULT_CORPUS
from lexicon import read_lexicon
from model import N_FRAMES, AudioEncoder
from optimise import Checkpoint, parameter_groups, warm_cosine
from relations import Relations
from tasks import Tasks


class Listener(nn.Module):
    """The audio encoder with a head for each task."""

    def __init__(self, width: int, tasks: Tasks) -> None:
        super().__init__()
        self.audio = AudioEncoder(width)
        self.heads = tasks.heads()


def features_of(audio: AudioEncoder, log_mel: Tensor) -> Tensor:
    """[N, 1, frames, N_MELS] → float32 [N, 512]; bfloat16 inside, which halves the time where the CPU has it."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        features = audio.features(log_mel.contiguous(memory_format=torch.channels_last))
    return features.float()


def add_recipe_arguments(parser: argparse.ArgumentParser) -> None:
    """The settings both stages share, so that one command line fits both."""
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--run", default="run1", help="name of the folder under .cache")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.02)
    parser.add_argument("--hold-out", nargs="*", default=[], help="sources left out of training, for the source check")
    parser.add_argument("--made", type=float, default=Recipe.made, help="share of made clips")
    parser.add_argument("--elsewhere", type=float, default=Recipe.elsewhere, help="share of recordings heard as recorded elsewhere")
    parser.add_argument("--colour", type=float, default=Recipe.colour, help="strength of the random tone colour")
    parser.add_argument("--style", type=float, default=Recipe.style, help="share of clips that trade band statistics")
    parser.add_argument("--mix", type=float, default=Recipe.mixed, help="share of mixtures")
    parser.add_argument("--seed", type=int, default=1)


def recipe_of(arguments: argparse.Namespace) -> Recipe:
    return Recipe(arguments.made, arguments.elsewhere, arguments.colour, arguments.style, arguments.mix)


def steps_in_epoch(clips: TrainingClips, recipe: Recipe, batch: int) -> int:
    """As many as it takes to draw as many recordings as there are."""
    return int(len(clips.recorded) / (batch * (1 - recipe.made)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_recipe_arguments(parser)
    parser.add_argument("--epochs", type=int, default=12)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    clips = TrainingClips(arguments.corpus, arguments.hold_out)
    concepts = read_lexicon()
    tasks, recipe = Tasks.of(clips.clips), recipe_of(arguments)
    maker = CaptionMaker(clips.clips, concepts, random.Random(arguments.seed))
    batches = Batches(clips, maker, tasks, Relations(clips.clips, concepts), recipe, arguments.seed)
    model = Listener(arguments.width, tasks)
    model.audio.to(memory_format=torch.channels_last)
    steps = steps_in_epoch(clips, recipe, arguments.batch)
    optimiser = torch.optim.AdamW(parameter_groups(model, arguments.rate, arguments.decay), betas=(0.9, 0.98))
    schedule = warm_cosine(optimiser, arguments.epochs * steps)
    folder = CACHE / arguments.run
    folder.mkdir(exist_ok=True)
    checkpoint = Checkpoint(folder / "audio-last.pt", {"model": model, "optimiser": optimiser, "schedule": schedule})
    start = time.time()
    for epoch in range(checkpoint.resume(), arguments.epochs):
        model.train()
        total = 0.0
        for _ in range(steps):
            _, _, _, log_mel, targets = batches.sounds(arguments.batch, N_FRAMES // 2)
            loss = tasks.loss(model.heads, features_of(model.audio, log_mel), targets)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1} tasks {total / steps:.3f}, {time.time() - start:.0f} s", flush=True)
        checkpoint.save(epoch + 1)
    torch.save(model.state_dict(), folder / "audio.pt")


if __name__ == "__main__":
    main()

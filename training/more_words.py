"""Teaches the text side the words of languages.txt and leaves everything else where it is: the last step of training, and the only
one to repeat when rows are added to the table.

What a word means is what the model, as it was, says to its English, so that no sound is needed; the audio side and its weights
stay. English texts of all kinds hold their embeddings in place. Starts from .cache/<run>/<start>.pt and writes words.pt beside it,
from which --again goes on, and the text side of final.pt.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from corpus import CACHE, DEFAULT_CORPUS, read_manifest
from evaluate import PROMPT
from languages import Word, read_words
from lexicon import read_lexicon
from model import TextEncoder
from pairs import UCS, PairSource
from pretrain_text import embed_texts
from text import Tokenizer

WORDS = 96  # of other languages in a step
HELD_IN_PLACE = 96  # English texts in a step
PLACE = 4.0  # weight of what holds them
SCALE = 20.0  # 1 / temperature among the things of the table
WHOLE = 0.7  # of the way is gone at the end: of the words all stays, of what moved in English little


def meanings(words: list[Word], source: PairSource, encoder: TextEncoder, tokenizer: Tokenizer) -> Tensor:
    """Where the model puts each thing in English, bare and in the template, unit rows [words, DIM]; general phrases of its concept count a little"""
    rows = []
    with torch.no_grad():
        for word in words:
            concept = source.maker.by_name.get(word.english)
            texts = [word.english, PROMPT.format(word.english), f"{word.english} sound", *(concept.synonyms[:2] if concept else ())]
            rows.append(F.normalize(embed_texts(encoder, tokenizer, texts, True).mean(dim=0), dim=0))
    return torch.stack(rows)


def asked(words: list[Word], rng: random.Random) -> tuple[list[str], list[int]]:
    """A word of each of WORDS random things, half of them as a search embeds them a second time, and the place of each thing"""
    places = rng.sample(range(len(words)), WORDS)
    texts = [rng.choice(rng.choice(words[place].others)) for place in places]
    return [PROMPT.format(text) if rng.random() < 0.5 else text for text in texts], places


def learn(encoder: TextEncoder, before: TextEncoder, tokenizer: Tokenizer, source: PairSource, steps: int, rate: float, rng: random.Random) -> None:
    """Trains `encoder` in place; `before` is the model as it was."""
    words = source.words_elsewhere
    things = meanings(words, source, before, tokenizer)
    # Things that are nearly one ("church bell", "church bells") are no mistake for each other.
    alike = ((things @ things.T - 0.7) / 0.3).clamp(min=0.0) ** 2
    optimiser = torch.optim.AdamW(encoder.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    elsewhere = {text for word in words for text in word.everywhere()}
    start, sums = time.time(), torch.zeros(3)
    for step in range(1, steps + 1):
        texts, places = asked(words, rng)
        _, left, right = source.batch(HELD_IN_PLACE // 2)
        english = [text for text in (*left, *right) if text not in elsewhere]
        causal = step % 2 == 0
        found = embed_texts(encoder, tokenizer, texts, causal)
        target = alike[places] / alike[places].sum(dim=1, keepdim=True)
        confused = -(target * F.log_softmax(found @ things.T * SCALE, dim=1)).sum(dim=1).mean()
        apart = (1.0 - (found * things[places]).sum(dim=1)).mean()
        with torch.no_grad():
            stood = embed_texts(before, tokenizer, english, causal)
        moved = (1.0 - (embed_texts(encoder, tokenizer, english, causal) * stood).sum(dim=1)).mean()
        loss = confused + apart + PLACE * moved
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        sums += torch.tensor([confused.item(), apart.item(), moved.item()])
        if step % 50 == 0:
            print(f"step {step} confused, apart, moved: {', '.join(f'{value:.3f}' for value in sums / 50)}; {time.time() - start:.0f} s", flush=True)
            sums.zero_()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--ucs", type=Path, default=UCS)
    parser.add_argument("--run", default="final")
    parser.add_argument("--start", default="longest", help="what average.py wrote last")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--again", action="store_true", help="go on from what the last run made")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    folder = CACHE / arguments.run
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    start = {name.removeprefix("text."): value for name, value in torch.load(folder / f"{arguments.start}.pt").items() if name.startswith("text.")}
    before, encoder = TextEncoder(len(tokenizer)).eval(), TextEncoder(len(tokenizer))
    before.load_state_dict(start)
    encoder.load_state_dict(torch.load(folder / "words.pt") if arguments.again else start)
    clips = [clip for clip in read_manifest(arguments.corpus) if clip.split == "train"]
    source = PairSource(clips, read_lexicon(), arguments.ucs, rng)
    learn(encoder, before, tokenizer, source, arguments.steps, arguments.rate, rng)
    torch.save(encoder.state_dict(), folder / "words.pt")
    mean = {name: value.lerp(encoder.state_dict()[name], WHOLE) for name, value in start.items()}
    state = torch.load(folder / "final.pt")
    state.pop("classes", None)  # fitted to the texts as they were: class_part.py comes next
    torch.save(state | {"text": mean}, folder / "final.tmp")
    (folder / "final.tmp").rename(folder / "final.pt")


if __name__ == "__main__":
    main()

"""Text-only pretraining: the tokenizer, then the token bag on pairs of texts that mean the same.

Writes .cache/tokenizer.json and .cache/text.pt (with --run, into .cache/<run>). The transformer part is not trained here: it costs ten times the bag.
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
from lexicon import read_lexicon
from model import TextEncoder
from pairs import UCS, PairSource
from relations import Relations
from tasks import soft_cross_entropy
from text import Tokenizer, count_pieces, train_bpe

LONGEST = 24  # tokens; longer glosses are cut
SHORT = 9


def encode_batch(tokenizer: Tokenizer, texts: list[str], longest: int = LONGEST) -> tuple[Tensor, Tensor]:
    """@returns input_ids and attention_mask, int64 [N, T], padded on the right to the longest of the batch"""
    ids = [tokenizer.encode(text, longest) for text in texts]
    length = max(map(len, ids))
    padded = torch.tensor([row + [0] * (length - len(row)) for row in ids])
    return padded, (torch.arange(length).unsqueeze(0) < torch.tensor([len(row) for row in ids]).unsqueeze(1)).to(torch.int64)


def embed_texts(encoder: TextEncoder, tokenizer: Tokenizer, texts: list[str], causal: bool) -> Tensor:
    """Unit rows [N, DIM]. Short texts go apart from long ones, so that they are not padded to the longest."""
    lengths = torch.tensor([min(len(tokenizer.encode(text)), LONGEST) for text in texts])
    groups = [torch.nonzero(chosen).squeeze(1) for chosen in (lengths <= SHORT, lengths > SHORT)]
    parts = [encoder(*encode_batch(tokenizer, [texts[i] for i in group]), causal=causal) for group in groups if len(group) > 0]
    result = torch.cat(parts)[torch.argsort(torch.cat(groups))]
    return F.normalize(result, dim=1)


def pair_loss(encoder: TextEncoder, tokenizer: Tokenizer, batch: tuple[list[str], list[str], list[str]], scale: Tensor, causal: bool,
              relations: Relations) -> Tensor:
    """Symmetric contrastive loss over one batch of pairs; `scale` is 1 / temperature."""
    groups, left, right = batch
    both = embed_texts(encoder, tokenizer, left + right, causal)
    logits = both[: len(left)] @ both[len(left) :].T * scale
    target = relations.of_groups(groups)
    return (soft_cross_entropy(logits, target) + soft_cross_entropy(logits.T, target)) / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--ucs", type=Path, default=UCS)
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--batch", type=int, default=448)
    parser.add_argument("--merges", type=int, default=14000)
    parser.add_argument("--run", help="write to this folder under .cache, for runs with sources held out")
    parser.add_argument("--hold-out", nargs="*", default=[], help="sources whose captions and labels are left out")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    gone = set(arguments.hold_out)
    clips = [clip for clip in read_manifest(arguments.corpus) if clip.split == "train" and clip.source not in gone]
    folder = CACHE / arguments.run if arguments.run else CACHE
    folder.mkdir(exist_ok=True)
    concepts = read_lexicon()
    source = PairSource(clips, concepts, arguments.ucs, rng)
    relations = Relations(clips, concepts)
    if (folder / "tokenizer.json").exists():
        tokenizer = Tokenizer.load(folder / "tokenizer.json")
    else:
        tokenizer = Tokenizer(train_bpe(count_pieces(source.texts()), arguments.merges))
        tokenizer.save(folder / "tokenizer.json")
    print(f"{len(concepts)} concepts, {len(source.own_synsets)} synsets of our words, {len(tokenizer)} tokens", flush=True)

    encoder = TextEncoder(len(tokenizer))
    log_scale = torch.nn.Parameter(torch.tensor(1 / 0.07).log())
    optimiser = torch.optim.AdamW([*encoder.parameters(), log_scale], lr=2e-3, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=arguments.steps, pct_start=0.05)
    start, running = time.time(), 0.0
    for step in range(1, arguments.steps + 1):
        loss = pair_loss(encoder, tokenizer, source.batch(arguments.batch), log_scale.exp().clamp(max=50.0), False, relations)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        running += loss.item()
        if step % 100 == 0:
            print(f"step {step} loss {running / 100:.3f} {time.time() - start:.0f} s", flush=True)
            running = 0.0
    torch.save({"encoder": encoder.state_dict(), "vocabulary": len(tokenizer)}, folder / "text.pt")


if __name__ == "__main__":
    main()

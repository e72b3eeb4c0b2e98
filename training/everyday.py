"""A listener's everyday list: at which rank the first right clip stands when each sound is asked for by its bare name, among the clips of
dev, whose makers were trained on, and of dev2, whose makers were not. Prints Markdown.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import numpy as np
import torch

from calibrate import embedded_clips
from corpus import CACHE, DEFAULT_CORPUS, ROOT, Clip
from evaluate import PROMPT, EmbedTexts, load_checkpoint, text_embedder
from measures import clip_embeddings, normalise_rows

sys.path.append(str(ROOT / "synthetic"))
from coverage import EVERYDAY  # noqa: E402  # a script of that folder


def is_right(clip: Clip, pattern: str) -> bool:
    return re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", f"{clip.label} | {clip.caption} | {' | '.join(clip.tags)}") is not None


def first_ranks(clips: list[Clip], sounds: np.ndarray, queries: np.ndarray) -> list[int | None]:
    """@param sounds unit rows [clips, dim] @param queries unit rows [EVERYDAY, dim] @returns from 1 on; None where no clip is right"""
    ranks: list[int | None] = []
    for (_, pattern), query in zip(EVERYDAY, queries):
        right = [is_right(clips[i], pattern) for i in np.argsort(-(sounds @ query), kind="stable")]
        ranks.append(right.index(True) + 1 if any(right) else None)
    return ranks


def as_searched(texts: list[str], embed: EmbedTexts) -> np.ndarray:
    """Bare and in the template, averaged, unit rows"""
    return normalise_rows(embed(texts) + embed([PROMPT.format(text) for text in texts]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--run", default="final", help="a folder under .cache with final.pt")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    audio, text, tokenizer, _ = load_checkpoint(CACHE / arguments.run)
    queries = as_searched([name for name, _ in EVERYDAY], text_embedder(text, tokenizer))
    columns = {}
    for split in ("dev", "dev2"):
        clips, windows, owner = embedded_clips(arguments.corpus, (split,), audio)
        columns[f"{split}, of {len(clips)}"] = first_ranks(clips, clip_embeddings(windows, owner, len(clips)), queries)
    print(f"| sound | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for i, (name, _) in enumerate(EVERYDAY):
        print(f"| {name} | {' | '.join(str(ranks[i] or '') for ranks in columns.values())} |")
    for k in (1, 3, 10):
        shares = [[rank <= k for rank in ranks if rank is not None] for ranks in columns.values()]
        print(f"| **within {k}** | {' | '.join(f'**{sum(share)} of {len(share)}**' for share in shares)} |")


if __name__ == "__main__":
    main()

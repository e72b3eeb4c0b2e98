"""Averages the weights of several runs with one start: into <out>.pt to start from, and final.pt, which is measured and exported.

Runs from one start stay in one basin, so that the mean of their weights is a model, and mostly a better one than each.
"""

from __future__ import annotations

import argparse

import torch

from corpus import CACHE
from text import Tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", default="final")
    parser.add_argument("--out", default="average")
    parser.add_argument("names", nargs="+", help="heads-1 heads-2 ...")
    arguments = parser.parse_args()
    folder = CACHE / arguments.run
    states = [torch.load(folder / f"{name}.pt") for name in arguments.names]
    mean = {key: sum(state[key] for state in states) / len(states) if value.dtype.is_floating_point else value for key, value in states[0].items()}
    torch.save(mean, folder / f"{arguments.out}.pt")
    part = {name: {key[len(name) + 1 :]: value for key, value in mean.items() if key.startswith(name + ".")} for name in ("audio", "text")}
    scale = mean["log_scale"].exp().item()
    torch.save(part | {"vocabulary": len(Tokenizer.load(folder / "tokenizer.json")), "scale": scale}, folder / "final.pt")


if __name__ == "__main__":
    main()

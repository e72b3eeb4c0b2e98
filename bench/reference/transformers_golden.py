"""Writes test/models/families/transformers/small-golden.json: what PyTorch gives for a small CLAP of transformers' structure.

Weights and sounds are made by rule, the same on both sides; needs python3-torch. From the top of the project:
    python3 bench/reference/transformers_golden.py
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

import pseudo_weights
import transformers_model

TARGET = Path(__file__).parents[2] / "test/models/families/transformers/small-golden.json"
# As in test/models/families/transformers/small-clap.ts
SIZES = transformers_model.Sizes(
    sample_rate=8000, samples=2400, fft_length=64, hop_length=20, low=50, high=3500, n_mels=8, image_side=32, patch=4,
    embed=32, depths=(2, 2), heads=(2, 4), window=4, layers=2, width=32, text_heads=2, hidden=64, vocabulary=600,
    positions=40, pad=1, epsilon=1e-12, projection=12,
)  # fmt: skip
SEEDS = ["first sound", "second sound", "third sound"]
TEXTS = [[0, 31, 2], [0, 7, 599, 12, 12, 300, 2], [0, 2]]


def sound(seed: str) -> np.ndarray:
    """float32[samples]: noise that swells from nothing to -0.5..0.5"""
    noise = 2 * pseudo_weights.uniform(pseudo_weights.fnv1a(seed), SIZES.samples) - 1
    return (0.5 * noise * np.arange(SIZES.samples) / SIZES.samples).astype(np.float32)


def rounded(embedding: torch.Tensor) -> list[float]:
    return [round(x, 6) for x in embedding.tolist()]


def main() -> None:
    htk = replace(SIZES, slaney=False)
    with torch.inference_mode():
        golden = {
            "torch": torch.__version__,
            "audio": [
                {
                    "seed": seed,
                    "embedding": rounded(transformers_model.audio_features(sound(seed), SIZES)),
                    "htk": rounded(transformers_model.audio_features(sound(seed), htk)),
                }
                for seed in SEEDS
            ],
            "fused": [
                {"seed": seed, "embedding": rounded(transformers_model.audio_features(sound(seed), htk, spectrograms=4))}
                for seed in SEEDS
            ],
            "text": [{"ids": ids, "embedding": rounded(transformers_model.text_features(ids, SIZES))} for ids in TEXTS],
        }
    TARGET.write_text(json.dumps(golden, indent=2) + "\n")


if __name__ == "__main__":
    main()

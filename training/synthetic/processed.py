"""Everyday sounds of which the corpus has a few recordings and nothing synthesises well: each take is put together anew
from the events of one recording, at another speed and with other pauses. A source held out of training must leave these
out too; see `REPROCESSED` in ../batches.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile

from dsp import RATE, Array, Rng, place, silence, speed
from recording import Take
from vocabulary import train_rows

# Label: captions for one event and for several.
LABELS = {
    "cough": (("someone coughs", "a single cough"), ("someone keeps coughing", "a coughing fit")),
    "cow moo": (("a cow moos", "a single low moo"), ("a cow moos again and again", "cattle mooing")),
}
TAKES = 14


def events(x: Array) -> list[Array]:
    """Stretches of at least 0.15 s that are louder than −30 dB below the loudest 20 ms, gaps under 0.1 s closed."""
    frame = RATE // 50
    level = np.sqrt(np.add.reduceat(x**2, np.arange(0, len(x), frame)) / frame)
    loud = level > level.max() * 10 ** (-30 / 20)
    for start in range(len(loud) - 5):
        if loud[start] and loud[start + 1 : start + 6].any():
            loud[start : start + 1 + int(np.flatnonzero(loud[start + 1 : start + 6])[-1]) + 1] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    parts = [x[a * frame : b * frame] for a, b in zip(edges[::2], edges[1::2]) if b - a >= 8]
    return parts or [x]


def takes_from(corpus: Path) -> Callable[[Rng, Path], Iterator[Take]]:
    """@param corpus folder of the corpus manifest"""

    def takes(rng: Rng, _work: Path) -> Iterator[Take]:
        for label, (single, several) in LABELS.items():
            rows = [row for row in train_rows(corpus) if row["label"] == label and "SA" not in row["licence"]]
            for index in range(TAKES):
                row = rows[index % len(rows)]
                parts = events(soundfile.read(corpus / row["path"], dtype="float64")[0])
                factor = float(np.exp(rng.uniform(-0.22, 0.22)))
                count = int(rng.choice([1, 1, 2, 3, 4]))
                x, at = silence(10.0), float(rng.uniform(0.0, 0.4))
                for _ in range(count):
                    part = speed(parts[int(rng.integers(len(parts)))], factor * float(np.exp(rng.uniform(-0.05, 0.05))))
                    place(x, part, at, float(rng.uniform(0.4, 1.0)))
                    at += len(part) / RATE + float(rng.uniform(0.1, 0.9))
                caption = str(rng.choice(single if count == 1 else several))
                words = tuple(label.split())
                yield Take(label, caption, words, x[: int(min(at, 10.0) * RATE)], "processed", f"{row['path']} at {factor:.2f}", row["licence"], row["attribution"])

    return takes

"""Two real training clips together: one with the other behind it, or one after the other. Captions joined in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile

from dsp import RATE, Array, Rng, place, silence, unit
from recording import Take
from vocabulary import train_rows

COUNT = 320
# What can be a background, and what stands in front of it.
BEHIND = {"nature", "ambience", "machines", "vehicles", "music", "loops"}
BEFORE = {"animals", "human", "speech", "domestic", "alarms", "weapons", "foley", "vehicles", "instrument"}


def takes_from(corpus: Path) -> Callable[[Rng, Path], Iterator[Take]]:
    """Mixtures of clips of `corpus`, of its training split only and without share-alike clips, so that the result stays free of that term."""

    def takes(rng: Rng, work: Path) -> Iterator[Take]:
        del work
        rows = [row for row in train_rows(corpus) if "SA" not in row["licence"] and float(row["seconds"]) > 0.3]
        # Every label alike: no label fills the mixtures because it has many clips.
        by_label: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            by_label.setdefault(row["label"], []).append(row)
        front = sorted(label for label, some in by_label.items() if category(some[0]) in BEFORE)
        back = sorted(label for label, some in by_label.items() if category(some[0]) in BEHIND and max(float(r["seconds"]) for r in some) > 3)
        for index in range(COUNT):
            a = pick(rng, by_label[front[rng.integers(len(front))]])
            if index % 3 == 2:
                b = pick(rng, by_label[front[rng.integers(len(front))]])
                samples, joined = one_after_other(rng, load(corpus, a), load(corpus, b)), str(rng.choice(["{a}, then {b}", "first {a}, then {b}", "{a} followed by {b}", "{a} and after that {b}"]))
            else:
                b = pick(rng, [r for r in by_label[back[rng.integers(len(back))]] if float(r["seconds"]) > 1])
                samples, joined = one_behind(rng, load(corpus, a), load(corpus, b)), str(rng.choice(["{a} with {b} in the background", "{a} while {b} can be heard", "{a} and behind it {b}", "{a}, in the background {b}"]))
            if a["label"] == b["label"]:
                continue
            yield Take(
                a["label"], joined.format(a=a["caption"], b=b["caption"]), tuple(dict.fromkeys([*a["tags"].split(";")[:3], *b["tags"].split(";")[:2]])), samples, "mixture",
                f"{a['path']} + {b['path']}", " + ".join(dict.fromkeys([a["licence"], b["licence"]])), "; ".join(dict.fromkeys([t for t in (a["attribution"], b["attribution"]) if t])), room=False,
            )  # fmt: skip

    return takes


def category(row: dict[str, str]) -> str:
    return row["tags"].split(";")[0]


def pick(rng: Rng, rows: list[dict[str, str]]) -> dict[str, str]:
    return rows[rng.integers(len(rows))]


def load(corpus: Path, row: dict[str, str]) -> Array:
    """@throws ValueError when the clip is not mono at RATE"""
    x, rate = soundfile.read(corpus / row["path"], dtype="float64")
    if rate != RATE or x.ndim != 1:
        raise ValueError(f"{row['path']}: expected mono at {RATE} Hz")
    return x


def level(x: Array) -> float:
    """RMS of the loudest tenth of a second or so: short sounds are not taken for quiet ones."""
    blocks = [np.sqrt(np.mean(x[i : i + 3200] ** 2)) for i in range(0, max(1, len(x) - 1600), 3200)]
    return float(max(blocks)) + 1e-9


def one_behind(rng: Rng, front: Array, back: Array) -> Array:
    """The background lasts throughout, 3 to 15 dB below the front; a short front comes in somewhere, perhaps twice."""
    seconds = float(np.clip(max(len(front) / RATE + 0.5, rng.uniform(3, 9)), 1, 9.9))
    bed = np.resize(back, round(seconds * RATE)) / level(back)
    out = bed * 10 ** (-rng.uniform(3, 15) / 20)
    room = max(0.0, seconds - len(front) / RATE)
    for _ in range(1 if len(front) > 2 * RATE else int(rng.integers(1, 3))):
        place(out, front / level(front), rng.uniform(0, room))
    return unit(out)


def one_after_other(rng: Rng, first: Array, second: Array) -> Array:
    first, second = first[: int(4.8 * RATE)], second[: int(4.8 * RATE)]
    out = silence(min(9.9, (len(first) + len(second)) / RATE + 0.3))
    place(out, first / level(first), 0)
    place(out, second / level(second), len(first) / RATE + rng.uniform(-0.2, 0.3), 10 ** (rng.uniform(-6, 6) / 20))
    return unit(out)

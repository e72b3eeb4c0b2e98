"""What becomes of the caption figures of dev when the same clips come quieter, coded, by telephone, from a room, or among voices;
and how well words of other languages find their English. By the exported pack; prints Markdown.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import signal

from corpus import DEFAULT_CORPUS, Clip, read_manifest
from evaluate import run_pack
from features import decode, tiles
from frontend import SAMPLE_RATE
from languages import LANGUAGES, Word, read_words
from measures import clip_embeddings, normalise_rows, recall_at

Condition = Callable[[np.ndarray], np.ndarray]
BABBLE_VOICES = 6
RAW = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "1")


def through_mp3(samples: np.ndarray) -> np.ndarray:
    """Coded at 64 kbit/s and decoded again, by ffmpeg; float32 [n] → [about n]"""
    def ffmpeg(data: bytes, *options: str) -> bytes:
        return subprocess.run(["ffmpeg", "-v", "error", *options], input=data, check=True, capture_output=True).stdout

    coded = ffmpeg(samples.astype("<f4").tobytes(), *RAW, "-i", "-", "-b:a", "64k", "-f", "mp3", "-")
    return np.frombuffer(ffmpeg(coded, "-f", "mp3", "-i", "-", *RAW, "-"), "<f4").copy()


def by_telephone(samples: np.ndarray) -> np.ndarray:
    """8 kHz and 300 to 3400 Hz"""
    band = signal.butter(4, (300, 3400), "bandpass", fs=8000, output="sos")
    return signal.resample_poly(signal.sosfilt(band, signal.resample_poly(samples, 1, 4)), 4, 1).astype(np.float32)


def in_a_small_room(samples: np.ndarray) -> np.ndarray:
    """Noise that falls by 60 dB in 0.4 s behind the direct sound, as loud in all as it; the same room for every clip"""
    random = np.random.default_rng(1)
    tail = random.normal(0.0, 1.0, int(0.4 * SAMPLE_RATE)) * 10 ** (-3 * np.arange(int(0.4 * SAMPLE_RATE)) / (0.4 * SAMPLE_RATE))
    response = np.concatenate([[1.0], np.zeros(160), tail / np.sqrt((tail**2).sum())])
    return signal.fftconvolve(samples, response)[: len(samples)].astype(np.float32)


def among_voices(speech: list[np.ndarray]) -> Condition:
    """@param speech waveforms of people who speak @returns what mixes several of them in, 10 dB below the clip"""
    length = 10 * SAMPLE_RATE
    babble = np.sum([np.resize(np.roll(voice, 7919 * i), length) / (voice.std() + 1e-6) for i, voice in enumerate(speech[:BABBLE_VOICES])], axis=0)

    def condition(samples: np.ndarray) -> np.ndarray:
        part = babble[: len(samples)]
        gain = np.sqrt((samples**2).mean() / (part**2).mean() / 10.0)
        return (samples + gain * part).astype(np.float32)

    return condition


def figures(pack: Path, clips: list[Clip], condition: Condition) -> tuple[float, float]:
    """@returns caption R@10 of the very clip and by label"""
    parts = [tiles(condition(decode(clip.file))) for clip in clips]
    owner = np.concatenate([[i] * len(part) for i, part in enumerate(parts)])
    texts, windows = run_pack(pack, [clip.caption for clip in clips], [window for part in parts for window in part])
    scores = normalise_rows(texts) @ clip_embeddings(windows, owner, len(clips)).T
    labels = np.array([clip.label for clip in clips])
    return recall_at(scores, np.eye(len(clips), dtype=bool), 10), recall_at(scores, labels[:, None] == labels[None, :], 10)


def language_rows(pack: Path) -> list[tuple[str, float, float, float]]:
    """Per language: share of words whose English comes first among all of the table, of rows trained on and held out, and in the first ten held out."""
    known, held = read_words(), read_words(held_out=True)
    every = known + held
    place = {word.english: i for i, word in enumerate(every)}
    texts = [word.english for word in every] + [text for word in every for text in word.everywhere()]
    table = dict(zip(texts, normalise_rows(run_pack(pack, texts, [np.zeros(5 * SAMPLE_RATE, np.float32)])[0])))
    english = np.stack([table[word.english] for word in every])

    def share(words: list[Word], language: int, k: int) -> float:
        asked = [(text, place[word.english]) for word in words for text in word.others[language]]
        top = np.argsort(-(np.stack([table[text] for text, _ in asked]) @ english.T), axis=1)[:, :k]
        return float((top == np.array([right for _, right in asked])[:, None]).any(axis=1).mean())

    return [(name, share(known, i, 1), share(held, i, 1), share(held, i, 10)) for i, name in enumerate(LANGUAGES)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--pack", type=Path, required=True)
    arguments = parser.parse_args()
    every = read_manifest(arguments.corpus)
    dev = [clip for clip in every if clip.split == "dev"]
    speech = [decode(clip.file) for clip in every if clip.split == "train" and clip.category == "speech" and clip.seconds > 3][:BABBLE_VOICES]
    conditions: dict[str, Condition] = {
        "as it is": lambda samples: samples, "40 dB quieter": lambda samples: samples * 0.01, "mp3 at 64 kbit/s": through_mp3,
        "telephone, 8 kHz": by_telephone, "in a small room": in_a_small_room, "among voices, 10 dB": among_voices(speech),
    }  # fmt: skip
    result = {name: figures(arguments.pack, dev, condition) for name, condition in conditions.items()}
    print("| dev clips | caption R@10 own | by label |\n|---|---:|---:|")
    for name, (own, label) in result.items():
        print(f"| {name} | {own:.3f} | {label:.3f} |")
    print("\n| language | first, trained words | first, words held out | in ten, words held out |\n|---|---:|---:|---:|")
    for name, known, first, ten in language_rows(arguments.pack):
        print(f"| {name} | {known:.2f} | {first:.2f} | {ten:.2f} |")


if __name__ == "__main__":
    main()

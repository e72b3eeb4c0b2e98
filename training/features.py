"""Log-mel of every clip, level-normalised, as the exported graph computes it.

.cache/tiles.npy     float16 [windows, N_FRAMES, N_MELS]: what the app would embed, all windows of all clips
.cache/tile_clip.npy int64 [windows]: which clip each window belongs to
.cache/variants.npy  float16 [train clips, VARIANTS, N_FRAMES, N_MELS]: random views of the training clips
The random views are made on the waveform, since repeating a short sound 20 times is not the same as repeating its frames.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from corpus import CACHE, DEFAULT_CORPUS, check_hash, manifest_hash, read_manifest
from model import N_FRAMES, N_MELS, SAMPLE_RATE, WINDOW_SAMPLES, mel_power_fft, normalise_level

VARIANTS = 12
SHORTEST_TAIL = SAMPLE_RATE // 2  # a shorter rest after the last full window is not a window of its own


def repeat_to_window(samples: np.ndarray) -> np.ndarray:
    """float32 [n], n ≥ 1 → [WINDOW_SAMPLES]: the first window, or the whole repeated until it fills one."""
    return np.resize(samples[:WINDOW_SAMPLES], WINDOW_SAMPLES)


def tiles(samples: np.ndarray) -> list[np.ndarray]:
    """The windows the app embeds: full tiles, and the rest repeated; a short rest counts only when it is all there is."""
    starts = range(0, len(samples), WINDOW_SAMPLES)
    return [repeat_to_window(samples[s:]) for s in starts if s == 0 or len(samples) - s >= SHORTEST_TAIL]


def random_view(samples: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One training window of a clip, float32 [WINDOW_SAMPLES].

    Long clips: a random cut, sometimes a short one (0.3 s and up) repeated. Short clips: repeated from a random point,
    or placed in near silence. Three in ten are played up to 6 % faster or slower.
    """
    if random.random() < 0.3:
        speed = np.exp(random.uniform(-0.06, 0.06))
        positions = np.arange(0, len(samples) - 1, speed) if len(samples) > 64 else np.arange(len(samples))
        samples = np.interp(positions, np.arange(len(samples)), samples).astype(np.float32)
    shortest = int(0.3 * SAMPLE_RATE)
    if random.random() < 0.2 and len(samples) > shortest:
        length = int(np.exp(random.uniform(np.log(shortest), np.log(len(samples)))))
        # Where the sound is: a cut around a point drawn by energy, so that it is not a cut of a pause.
        energy = np.add.reduceat(samples.astype(np.float64) ** 2, np.arange(0, len(samples), 320)) + 1e-9
        centre = 320 * random.choice(len(energy), p=energy / energy.sum())
        start = int(np.clip(centre - length * random.random(), 0, len(samples) - length))
        return repeat_to_window(samples[start : start + length])
    if len(samples) >= WINDOW_SAMPLES:
        start = random.integers(0, len(samples) - WINDOW_SAMPLES + 1)
        return samples[start : start + WINDOW_SAMPLES]
    if random.random() < 0.25:
        window = random.normal(0.0, 10.0 ** random.uniform(-5.0, -3.5), WINDOW_SAMPLES).astype(np.float32)
        start = random.integers(0, WINDOW_SAMPLES - len(samples) + 1)
        window[start : start + len(samples)] += samples
        return window
    if random.random() < 0.5:
        return repeat_to_window(samples)
    return repeat_to_window(np.roll(samples, random.integers(0, len(samples))))


def log_mel(windows: list[np.ndarray]) -> np.ndarray:
    """float32 windows [WINDOW_SAMPLES] each → float16 [len(windows), N_FRAMES, N_MELS]"""
    with torch.no_grad():
        power = mel_power_fft(torch.from_numpy(np.stack(windows)))
        return normalise_level(power).numpy().astype(np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    digest = manifest_hash(arguments.corpus)
    check_hash(CACHE / "waveforms.manifest", digest)
    clips = read_manifest(arguments.corpus)
    waveforms, offsets = np.load(CACHE / "waveforms.npy", mmap_mode="r"), np.load(CACHE / "offsets.npy")
    random = np.random.default_rng(arguments.seed)

    all_tiles: list[np.ndarray] = []
    tile_clip: list[int] = []
    train = [i for i, clip in enumerate(clips) if clip.split == "train"]
    variants = np.empty((len(train), VARIANTS, N_FRAMES, N_MELS), np.float16)
    place = {clip: row for row, clip in enumerate(train)}
    for index in range(len(clips)):
        samples = waveforms[offsets[index] : offsets[index + 1]].astype(np.float32) / 32767.0
        windows = tiles(samples)
        tile_clip += [index] * len(windows)
        if index in place:
            views = [random_view(samples, random) for _ in range(VARIANTS)]
            both = log_mel(windows + views)
            all_tiles.append(both[: len(windows)])
            variants[place[index]] = both[len(windows) :]
        else:
            all_tiles.append(log_mel(windows))
        if index % 500 == 0:
            print(f"{index} of {len(clips)}", flush=True)
    np.save(CACHE / "tiles.npy", np.concatenate(all_tiles))
    np.save(CACHE / "tile_clip.npy", np.array(tile_clip))
    np.save(CACHE / "variants.npy", variants)
    (CACHE / "features.manifest").write_text(digest + "\n", encoding="utf-8")
    print(f"{len(tile_clip)} windows, {variants.shape[0]} x {VARIANTS} views")


if __name__ == "__main__":
    main()

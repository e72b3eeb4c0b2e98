"""Log-mel of every clip, level-normalised, as the exported graph computes it.

For each part, `recorded` and `made`, in .cache/:
<part>-views.npy      uint8 [views, N_MELS, N_FRAMES]: random views of the training clips, clip after clip (`pack_power`)
<part>-view-start.npy int64 [training clips + 1]: where the views of a clip begin
tiles.npy             uint8 [windows, N_MELS, N_FRAMES]: what the app would embed, all windows of all recorded clips
tile-clip.npy         int64 [windows]: which clip each window belongs to
The random views are made on the waveform, where a room or another speed is what it is.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor

from corpus import CACHE, DEFAULT_CORPUS, Clip, made_hash, manifest_hash, read_made, read_manifest
from elsewhere import recorded_elsewhere
from frontend import LOG_FLOOR, N_FRAMES, N_MELS, SAMPLE_RATE, WINDOW_SAMPLES, mel_power_fft, normalise_level

VIEWS = 3  # of a recorded clip as it is
VIEWS_ELSEWHERE = 1  # of a recorded clip as another place and microphone would give it; they come after the others
VIEWS_MADE = 1  # of a made clip, which has been through a room already
SHORTEST_TAIL = SAMPLE_RATE // 2  # a shorter rest after the last full window is not a window of its own
# Log power is kept in a byte: 0 is the floor, a step 0.09 (0.4 dB), the top above what a window at LEVEL can reach.
STEPS = 11.0
LOWEST = float(np.log(LOG_FLOOR))


def pack_power(mel_power: Tensor) -> np.ndarray:
    """Level-normalised mel power [N, frames, N_MELS] → uint8 [N, N_MELS, frames]"""
    log_power = torch.log(mel_power + LOG_FLOOR).transpose(1, 2)
    return ((log_power - LOWEST) * STEPS).round().clamp(0, 255).to(torch.uint8).numpy()


def unpack_power(packed: np.ndarray) -> Tensor:
    """uint8 → natural log of the power, float32, of the same shape"""
    return torch.from_numpy(packed.astype(np.float32)) / STEPS + LOWEST


def decode(path: Path) -> np.ndarray:
    """@returns mono float32 at SAMPLE_RATE @throws ValueError when the file has another rate or more channels"""
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != SAMPLE_RATE or samples.ndim != 1 or len(samples) == 0:
        raise ValueError(f"{path}: expected mono at {SAMPLE_RATE} Hz, found {samples.shape} at {rate} Hz")
    return np.clip(samples, -1.0, 1.0)  # Ogg Vorbis can overshoot full scale a little


def fill(samples: np.ndarray, start: int = 0) -> np.ndarray:
    """float32 [n], n ≥ 1 → [WINDOW_SAMPLES]: the first window, or the whole from `start` in silence, as the app does it from 0."""
    window = np.zeros(WINDOW_SAMPLES, np.float32)
    part = samples[: WINDOW_SAMPLES - start]
    window[start : start + len(part)] = part
    return window


def tiles(samples: np.ndarray) -> list[np.ndarray]:
    """The windows the app embeds: full tiles, and the rest in silence; a short rest counts only when it is all there is."""
    starts = range(0, len(samples), WINDOW_SAMPLES)
    return [fill(samples[s:]) for s in starts if s == 0 or len(samples) - s >= SHORTEST_TAIL]


def random_view(samples: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One training window of a clip, float32 [WINDOW_SAMPLES].

    Long clips: a random cut, sometimes a short one (0.3 s and up). Short sounds lie in silence or in near silence, most
    at the beginning, as the app fills a window; some are repeated. Three in ten are played up to 6 % faster or slower.
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
        samples = samples[start : start + length]
    if len(samples) >= WINDOW_SAMPLES:
        start = random.integers(0, len(samples) - WINDOW_SAMPLES + 1)
        return samples[start : start + WINDOW_SAMPLES]
    draw = random.random()
    if draw < 0.15:
        return np.resize(samples, WINDOW_SAMPLES)
    if draw < 0.55:
        return fill(samples)
    window = fill(samples, int(random.integers(0, WINDOW_SAMPLES - len(samples) + 1)))
    return window if draw < 0.75 else window + random.normal(0.0, 10.0 ** random.uniform(-5.0, -3.5), WINDOW_SAMPLES).astype(np.float32)


def log_mel(windows: list[np.ndarray]) -> np.ndarray:
    """float32 windows [WINDOW_SAMPLES] each → uint8 [len(windows), N_MELS, N_FRAMES]"""
    if not windows:
        return np.zeros((0, N_MELS, N_FRAMES), np.uint8)
    with torch.no_grad():
        return pack_power(normalise_level(mel_power_fft(torch.from_numpy(np.stack(windows)))))


def of_clip(clip: Clip, seed: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """@returns log-mel of the app's windows (none for a made clip) and of the random views (none for a dev clip)"""
    samples = decode(clip.file)
    random = np.random.default_rng(seed)
    windows = [] if clip.made else tiles(samples)
    views: list[np.ndarray] = []
    if clip.split == "train":
        views = [random_view(samples, random) for _ in range(VIEWS_MADE if clip.made else VIEWS)]
        if not clip.made:
            views += [random_view(recorded_elsewhere(samples, random), random) for _ in range(VIEWS_ELSEWHERE)]
    both = log_mel(windows + views)
    return both[: len(windows)], both[len(windows) :]


def of_clips(clips: list[Clip], seed: int, first: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """`of_clip` for a stretch of the clips, in a process of its own; the same numbers however the clips are shared out."""
    torch.set_num_threads(1)
    return [of_clip(clip, [seed, first + i]) for i, clip in enumerate(clips)]


def write_part(name: str, clips: list[Clip], seed: int, workers: int) -> tuple[list[np.ndarray], list[int]]:
    """Writes the views of the training clips. @returns the tiles and whose they are"""
    train = [clip for clip in clips if clip.split == "train"]
    starts = np.cumsum([0] + [VIEWS_MADE if clip.made else VIEWS + VIEWS_ELSEWHERE for clip in train])
    # Written piece by piece: all views together are larger than what should lie in memory twice.
    views = np.lib.format.open_memmap(CACHE / f"{name}-views.npy", "w+", np.uint8, (int(starts[-1]), N_MELS, N_FRAMES))
    all_tiles: list[np.ndarray] = []
    tile_clip: list[int] = []
    done = 0
    firsts = list(range(0, len(clips), 50))
    with ProcessPoolExecutor(workers, initializer=os.setsid) as pool:
        for first, part in zip(firsts, pool.map(of_clips, [clips[f : f + 50] for f in firsts], repeat(seed), firsts)):
            for index, (windows, more) in enumerate(part, first):
                tile_clip += [index] * len(windows)
                all_tiles.append(windows)
                if clips[index].split == "train":
                    views[starts[done] : starts[done + 1]] = more
                    done += 1
            print(f"{name}: {first + len(part)} of {len(clips)}", flush=True)
    views.flush()
    np.save(CACHE / f"{name}-view-start.npy", starts)
    return all_tiles, tile_clip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--part", choices=("recorded", "made"), required=True)
    arguments = parser.parse_args()
    CACHE.mkdir(exist_ok=True)
    recorded = arguments.part == "recorded"
    all_tiles, tile_clip = write_part(arguments.part, read_manifest(arguments.corpus) if recorded else read_made(), arguments.seed, arguments.workers)
    if recorded:
        np.save(CACHE / "tiles.npy", np.concatenate(all_tiles))
        np.save(CACHE / "tile-clip.npy", np.array(tile_clip))
    digest = manifest_hash(arguments.corpus) if recorded else made_hash()
    (CACHE / f"{arguments.part}.manifest").write_text(digest + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Log-mel of every clip, level-normalised, as the exported graph computes it; and the steady pitch of the training clips.

.cache/tiles.npy      float16 [windows, N_FRAMES, N_MELS]: what the app would embed, all windows of all recorded clips
.cache/tile_clip.npy  int64 [windows]: which clip each window belongs to
.cache/views.npy      float16 [views, N_FRAMES, N_MELS]: random views of the training clips, made ones too, clip after clip
.cache/view_start.npy int64 [training clips + 1]: where the views of a clip begin
.cache/pitch.npy      int64 [training clips]: see pitch.py
The random views are made on the waveform, since repeating a short sound 20 times is not the same as repeating its frames.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np
import torch

from corpus import CACHE, DEFAULT_CORPUS, Clip, check_hash, manifest_hash, read_clips
from elsewhere import recorded_elsewhere
from model import N_FRAMES, N_MELS, SAMPLE_RATE, WINDOW_SAMPLES, mel_power_fft, normalise_level
from pitch import pitch_class

VIEWS = 12  # of a recorded clip as it is
VIEWS_ELSEWHERE = 6  # of a recorded clip as another place and microphone would give it; they come after the others
VIEWS_MADE = 5  # of a made clip, which has been through a room already
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


def of_clip(clip: Clip, samples: np.ndarray, seed: list[int]) -> tuple[np.ndarray, np.ndarray, int]:
    """@returns log-mel of the app's windows (none for a made clip) and of the random views (none for a dev clip), and the pitch"""
    random = np.random.default_rng(seed)
    windows = [] if clip.made else tiles(samples)
    views: list[np.ndarray] = []
    if clip.split == "train":
        views = [random_view(samples, random) for _ in range(VIEWS_MADE if clip.made else VIEWS)]
        if not clip.made:
            views += [random_view(recorded_elsewhere(samples, random), random) for _ in range(VIEWS_ELSEWHERE)]
    both = log_mel(windows + views)
    return both[: len(windows)], both[len(windows) :], pitch_class(samples)


def of_clips(corpus: Path, seed: int, first: int, last: int) -> list[tuple[np.ndarray, np.ndarray, int]]:
    """`of_clip` for a stretch of the clips, in a process of its own; the same numbers however the clips are shared out."""
    torch.set_num_threads(1)
    waveforms, offsets = np.load(CACHE / "waveforms.npy", mmap_mode="r"), np.load(CACHE / "offsets.npy")
    clips = read_clips(corpus)
    return [of_clip(clips[i], waveforms[offsets[i] : offsets[i + 1]].astype(np.float32) / 32767.0, [seed, i]) for i in range(first, last)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    digest = manifest_hash(arguments.corpus)
    check_hash(CACHE / "waveforms.manifest", digest)
    clips = read_clips(arguments.corpus)
    train = [clip for clip in clips if clip.split == "train"]
    starts = np.cumsum([0] + [VIEWS_MADE if clip.made else VIEWS + VIEWS_ELSEWHERE for clip in train])
    # Written piece by piece: all views together are larger than what should lie in memory twice.
    views = np.lib.format.open_memmap(CACHE / "views.npy", "w+", np.float16, (int(starts[-1]), N_FRAMES, N_MELS))
    all_tiles: list[np.ndarray] = []
    tile_clip: list[int] = []
    pitch: list[int] = []
    firsts = list(range(0, len(clips), 100))
    with ProcessPoolExecutor() as pool:
        parts = pool.map(of_clips, repeat(arguments.corpus), repeat(arguments.seed), firsts, [min(f + 100, len(clips)) for f in firsts])
        for first, part in zip(firsts, parts):
            for index, (windows, more, note) in enumerate(part, first):
                tile_clip += [index] * len(windows)
                all_tiles.append(windows)
                if clips[index].split == "train":
                    views[starts[len(pitch)] : starts[len(pitch) + 1]] = more
                    pitch.append(note)
            print(f"{first + len(part)} of {len(clips)}", flush=True)
    views.flush()
    np.save(CACHE / "view_start.npy", starts)
    np.save(CACHE / "pitch.npy", np.array(pitch))
    np.save(CACHE / "tiles.npy", np.concatenate(all_tiles))
    np.save(CACHE / "tile_clip.npy", np.array(tile_clip))
    (CACHE / "features.manifest").write_text(digest + "\n", encoding="utf-8")
    print(f"{len(tile_clip)} windows, {len(views)} views of {len(train)} training clips")


if __name__ == "__main__":
    main()

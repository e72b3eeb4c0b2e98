"""Decodes every clip once: .cache/waveforms.npy (int16, all clips end to end) and .cache/offsets.npy (int64, clips + 1)."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import soundfile

from corpus import CACHE, DEFAULT_CORPUS, clip_file, manifest_hash, read_clips
from model import SAMPLE_RATE


def decode(path: Path) -> np.ndarray:
    """@returns mono int16 at SAMPLE_RATE @throws ValueError when the file has another rate or more channels"""
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != SAMPLE_RATE or samples.ndim != 1 or len(samples) == 0:
        raise ValueError(f"{path}: expected mono at {SAMPLE_RATE} Hz, found {samples.shape} at {rate} Hz")
    # Ogg Vorbis can overshoot full scale a little.
    return (np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    corpus: Path = parser.parse_args().corpus
    clips = read_clips(corpus)
    waveforms = [decode(clip_file(corpus, clip)) for clip in clips]
    CACHE.mkdir(exist_ok=True)
    np.save(CACHE / "waveforms.npy", np.concatenate(waveforms))
    np.save(CACHE / "offsets.npy", np.cumsum([0] + [len(w) for w in waveforms]))
    (CACHE / "waveforms.manifest").write_text(manifest_hash(corpus) + "\n", encoding="utf-8")
    made, train = sum(clip.made for clip in clips), sum(clip.split == "train" for clip in clips)
    print(f"{len(clips)} clips ({train - made} recorded, {made} made, {len(clips) - train} dev), {sum(map(len, waveforms)) / SAMPLE_RATE / 3600:.2f} h")


if __name__ == "__main__":
    main()

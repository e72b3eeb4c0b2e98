"""Fits p(relevant | cosine) = 1 / (1 + exp(−(slope · cosine + intercept))) for text and for sound queries.

Fitted on the clips of dev and dev2, which no weight was trained on, and not on the dev queries: text queries are these clips'
captions and labels and the lexicon's phrases for those labels; sound queries are the clips themselves. A pair is relevant
when the label fits. Pairs are weighted so that one in a hundred is relevant, about what a search meets.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from captions import CaptionMaker
from corpus import CACHE, Clip, check_hash, manifest_hash, read_manifest
from evaluate import EmbedTexts, embed_windows
from lexicon import read_lexicon
from measures import normalise_rows
from model import AudioEncoder

PRIOR = 0.01


def fit_logistic(cosine: np.ndarray, relevant: np.ndarray, prior: float = PRIOR) -> dict[str, float]:
    """Weighted logistic regression by Newton's method with step halving.

    @param cosine, relevant flat, same length; both outcomes must occur
    @returns slope and intercept on the raw cosine
    @throws RuntimeError when it has not converged after 200 steps: a half-way fit looks like any other number
    """
    weight = np.where(relevant, prior / relevant.sum(), (1.0 - prior) / (~relevant).sum())
    # Steps behave on standardised input; on raw cosines slope and intercept are nearly collinear.
    centre, spread = float(cosine.mean()), float(cosine.std())
    x = np.stack([(cosine - centre) / spread, np.ones_like(cosine)], axis=1)
    sign = np.where(relevant, -1.0, 1.0)

    def loss(beta: np.ndarray) -> float:
        return float((weight * np.logaddexp(0.0, sign * (x @ beta))).sum())

    beta = np.array([0.0, np.log(prior / (1.0 - prior))])
    current = loss(beta)
    for _ in range(200):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ beta, -60.0, 60.0)))
        gradient = x.T @ (weight * (relevant - p))
        if np.abs(gradient).max() < 1e-9:
            slope = float(beta[0]) / spread
            return {"slope": round(slope, 4), "intercept": round(float(beta[1]) - slope * centre, 4)}
        hessian = (x * (weight * p * (1.0 - p))[:, None]).T @ x
        step = np.linalg.solve(hessian + 1e-12 * np.eye(2), gradient)
        while loss(beta + step) > current + 1e-15 and np.abs(step).max() > 1e-12:
            step = step / 2
        beta = beta + step
        current = loss(beta)
    raise RuntimeError(f"the relevance fit did not converge: gradient {gradient}")


def best_window(scores: np.ndarray, window_clip: np.ndarray, clip_count: int) -> np.ndarray:
    """[queries, windows] → [queries, clips], the highest score of each clip's windows, as the app ranks files"""
    result = np.full((scores.shape[0], clip_count), -1.0)
    for window, clip in enumerate(window_clip):
        np.maximum(result[:, clip], scores[:, window], out=result[:, clip])
    return result


def text_queries(clips: list[Clip], seed: int) -> list[tuple[str, str]]:
    """@returns (label, text): every distinct caption and label, and up to four lexicon phrases a label"""
    maker = CaptionMaker(clips, read_lexicon(), random.Random(seed))
    queries = {(clip.label, text) for clip in clips for text in (clip.caption, clip.label)}
    for label in sorted({clip.label for clip in clips}):
        for concept in maker.concepts.get(label, [])[:2]:
            queries |= {(label, maker.of_concept(concept)) for _ in range(2)}
    return sorted(queries)


def calibrate(clips: list[Clip], windows: np.ndarray, window_clip: np.ndarray, embed: EmbedTexts, seed: int = 1) -> dict[str, dict[str, float]]:
    """@param windows raw embeddings [windows, dim] of these clips @returns the pack's `relevance`"""
    unit = normalise_rows(windows)
    labels = np.array([clip.label for clip in clips])
    queries = text_queries(clips, seed)
    text = best_window(embed([t for _, t in queries]) @ unit.T, window_clip, len(clips))
    text_right = np.array([label for label, _ in queries])[:, None] == labels[None, :]
    first = np.array([int(np.flatnonzero(window_clip == i)[0]) for i in range(len(clips))])
    sound = best_window(unit[first] @ unit.T, window_clip, len(clips))
    other = ~np.eye(len(clips), dtype=bool)
    sound_right = labels[:, None] == labels[None, :]
    return {"text": fit_logistic(text.ravel(), text_right.ravel()), "audio": fit_logistic(sound[other], sound_right[other])}


def embedded_clips(corpus: Path, splits: tuple[str, ...], audio: AudioEncoder, every: int = 1) -> tuple[list[Clip], np.ndarray, np.ndarray]:
    """@param every take each so-many-th clip @returns recorded clips of the splits, their raw window embeddings [windows, dim], and the clip of each window"""
    check_hash(CACHE / "recorded.manifest", manifest_hash(corpus))
    clips = read_manifest(corpus)
    chosen = [i for i, clip in enumerate(clips) if clip.split in splits][::every]
    tile_clip = np.load(CACHE / "tile-clip.npy")
    rows = np.flatnonzero(np.isin(tile_clip, chosen))
    windows = embed_windows(audio, np.load(CACHE / "tiles.npy", mmap_mode="r")[rows])
    return [clips[i] for i in chosen], windows, np.searchsorted(chosen, tile_clip[rows])

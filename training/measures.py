"""Retrieval figures from embeddings. Everything takes unit-length rows."""

from __future__ import annotations

from math import comb

import numpy as np


def normalise_rows(x: np.ndarray) -> np.ndarray:
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def clip_embeddings(windows: np.ndarray, window_clip: np.ndarray, clip_count: int) -> np.ndarray:
    """Mean of a clip's normalised window embeddings, renormalised: [windows, D] → [clip_count, D]"""
    sums = np.zeros((clip_count, windows.shape[1]), np.float64)
    np.add.at(sums, window_clip, normalise_rows(windows))
    return normalise_rows(sums)


def recall_at(scores: np.ndarray, right: np.ndarray, k: int) -> float:
    """Share of queries with at least one right item in the first k; `scores` and `right` are [queries, items]."""
    top = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return float(np.take_along_axis(right, top, axis=1).any(axis=1).mean())


def average_precisions(scores: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Average precision of each query over all items, [queries]; every query needs at least one right item."""
    order = np.argsort(-scores, axis=1, kind="stable")
    hits = np.take_along_axis(right, order, axis=1).astype(np.float64)
    precision = np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1)
    return (precision * hits).sum(axis=1) / hits.sum(axis=1)


def chance_recall(right_counts: list[int], items: int, k: int) -> float:
    """Recall@k of a random order, mean over queries that have these many right items among `items`."""
    return sum(1.0 - comb(items - n, k) / comb(items, k) for n in right_counts) / len(right_counts)

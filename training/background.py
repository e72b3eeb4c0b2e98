"""How high each label of the shipped vocabularies scores on sounds in general: what a score has to beat to mean something.

The reference set are the windows of the recorded training clips (no made ones, none of dev). The model has seen them, so
clips that carry the label score higher than new ones would; they are about one in a thousand, and the quantiles that
matter stand on the others.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from corpus import ROOT
from evaluate import PROMPT, EmbedTexts
from measures import normalise_rows

VOCABULARIES = ROOT.parent / "resources/vocabularies"
QUANTILES = (0.9, 0.99, 0.999)


def vocabulary_hash(labels: list[dict]) -> str:
    """As `vocabularyHash` of src/main/tag/vocabulary.ts: what decides the scores, in an order of its own."""
    lines = sorted(json.dumps([label["id"], *sorted(label["prompts"])], ensure_ascii=False, separators=(",", ":")) for label in labels)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def label_embeddings(labels: list[dict], embed: EmbedTexts) -> np.ndarray:
    """Mean direction of each label's prompts, each as it is and in the template, unit rows [labels, dim]: as the app does it."""
    texts = [[form.format(prompt) for prompt in label["prompts"] for form in ("{}", PROMPT)] for label in labels]
    table = dict(zip(flat := [text for row in texts for text in row], embed(flat)))
    return normalise_rows(np.stack([np.mean([table[text] for text in row], axis=0) for row in texts]))


def background(windows: np.ndarray, embed: EmbedTexts) -> dict[str, object]:
    """@param windows unit rows [n, dim] @returns what background.json holds; per label mean, deviation and QUANTILES of the cosine"""
    vocabularies = []
    for path in sorted(VOCABULARIES.glob("*.json")):
        vocabulary = json.loads(path.read_text(encoding="utf-8"))
        cosines = label_embeddings(vocabulary["labels"], embed) @ windows.T
        rows = np.column_stack([cosines.mean(1), cosines.std(1), *np.quantile(cosines, QUANTILES, axis=1)])
        vocabularies.append({
            "id": vocabulary["id"],
            "hash": vocabulary_hash(vocabulary["labels"]),
            "labels": {label["id"]: [round(float(v), 4) for v in row] for label, row in zip(vocabulary["labels"], rows)},
        })  # fmt: skip
    return {"windows": len(windows), "quantiles": list(QUANTILES), "vocabularies": vocabularies}


def write_background(path: Path, windows: np.ndarray, embed: EmbedTexts) -> None:
    path.write_text(json.dumps(background(windows, embed), separators=(",", ":")) + "\n", encoding="utf-8")

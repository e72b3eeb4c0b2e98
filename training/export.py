"""Writes the model pack: audio.onnx, text.onnx, tokenizer.json, background.json, classes.json, words.json, model.json,
ATTRIBUTION.csv.

The text weights are stored as float16 and cast to float32 inside the graph: half the size, float32 arithmetic, 4e-5 of
difference. The audio weights stay float32. Batch normalisation is folded into the convolutions, the standardising of
what the head is given into its first layer.
"""

from __future__ import annotations

import argparse
import copy
import csv
import hashlib
import json
import re
import unicodedata
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from background import write_background
from backbone import ConvNorm
from calibrate import calibrate, embedded_clips
from corpus import CACHE, DEFAULT_CORPUS, ROOT, Clip, read_clips
from evaluate import load_checkpoint, text_embedder
from languages import read_words
from measures import normalise_rows
from frontend import HOP_LENGTH, SAMPLE_RATE, WINDOW_SAMPLES, FrontEnd
from model import AudioEncoder, TextEncoder
from teacher import BACKBONE
from text import MAX_LENGTH, Tokenizer, normalise, pre_tokenise

OPSET = 17
OUTPUTS = ("embedding", "frames", "classes")
PACK_FILES = ("audio.onnx", "text.onnx", "tokenizer.json", "background.json", "classes.json", "words.json")
# Articles, prepositions and pronouns of the languages with Latin letters, as far as the table has them.
LINKS = set("a à al alla au che con d da das de dei del della der di do du e el em en in l la le les met na o of per qui van w z".split())
FRAME_STEP = 32 * HOP_LENGTH / SAMPLE_RATE  # seconds between two steps of `frames`: the network halves time five times
SHIPPED = ROOT.parent / "resources/models/starter"
SELF_CHECK_TEXTS = ["a dog barks", "heavy rain falls", "someone plays an acoustic guitar", "footsteps on gravel"]
PARITY_TEXTS = [
    "", " ", "a dog barks", "  a   dog  barks ", "DOG BARKING!!!", "dog_bark_03.wav", "Dog-Bark (final) v2.WAV", "DogBark01",
    "UPPER CASE", "café", "cafe\u0301", "naïve façade", "Türklingel, Straße", "🐶", "a dog 🐶 barks", "rain, wind & thunder",
    "808 kick", "TR-808", "tr808", "44.1kHz", "it's raining", "don't", "rock'n'roll", "\t\n", "thunder\nstorm", "...", "_", "İstanbul",
    "Ångström", "ﬁre crackling", "x²", "①②③", "犬が吠える", "собака лает", "한국어", "ελληνικά", "הכלב", "whoosh—swoosh", "“quoted” text",
    "this is the sound of a dog", "pneumonoultramicroscopicsilicovolcanoconiosis", "zzzzqqqq", "a" * 300, "dog " * 100,
    "SFX_Explosion_Large_Distant_04", "iPhone ringtone", "McDonald", "ÉCOLE", "mixedCASEText", "50% off", "C# minor", "null\u0000byte",
    "non\u00a0breaking", "zero\u200bwidth", "½ speed", "Ⅷ", "ǅungla",
]


def store_half(module: nn.Module, smallest: int = 1024) -> nn.Module:
    """Replaces every parameter of at least `smallest` elements by its float16 form; small ones stay as they are."""
    for child in module.modules():
        for name, parameter in list(child._parameters.items()):
            if parameter is not None and parameter.numel() >= smallest:
                nn.utils.parametrize.register_parametrization(child, name, _AsHalf(), unsafe=True)
                original = child.parametrizations[name]
                value = original.original.detach()
                del original._parameters["original"]
                original.register_buffer("original", value.to(torch.float16))
    return module


class _AsHalf(nn.Module):
    def forward(self, value: Tensor) -> Tensor:
        return value.to(torch.float32)


def folded(encoder: AudioEncoder) -> AudioEncoder:
    """A copy in evaluation mode whose batch norms are part of the convolutions, and whose head takes its inputs as they are."""
    copied = copy.deepcopy(encoder).eval()
    for part in copied.modules():
        if isinstance(part, ConvNorm):
            part.conv, part.norm = fuse_conv_bn_eval(part.conv, part.norm), nn.Identity()
    with torch.no_grad():
        weight = copied.hidden.weight / copied.spread
        copied.hidden.bias -= weight @ copied.mean
        copied.hidden.weight.copy_(weight)
        copied.mean.zero_()
        copied.spread.fill_(1.0)
    return copied


class AudioGraph(nn.Module):
    """Waveform [N, WINDOW_SAMPLES], 32 kHz, −1..1 → embedding [N, dim], raw; frames [N, 16, dim], raw; class logits [N, 527]."""

    def __init__(self, encoder: AudioEncoder) -> None:
        super().__init__()
        self.front_end = FrontEnd()
        self.encoder = encoder

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.encoder(self.front_end(waveform))


def self_check_waveform() -> Tensor:
    """The self-check signal, [1, WINDOW_SAMPLES]: 440 Hz at 0.5 and 1760 Hz at 0.25, computed in float64."""
    n = np.arange(WINDOW_SAMPLES, dtype=np.float64)
    x = 0.5 * np.sin(2 * np.pi * 440 * n / SAMPLE_RATE) + 0.25 * np.sin(2 * np.pi * 1760 * n / SAMPLE_RATE)
    return torch.from_numpy(x.astype(np.float32)).unsqueeze(0)


def text_batch(tokenizer: Tokenizer, texts: list[str]) -> tuple[Tensor, Tensor]:
    """@returns input_ids and attention_mask, int64 [N, longest], padded on the right"""
    ids = [tokenizer.encode(t) for t in texts]
    length = max(map(len, ids))
    input_ids = torch.tensor([row + [0] * (length - len(row)) for row in ids])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in ids])
    return input_ids, mask


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export_graphs(audio: AudioEncoder, text: TextEncoder, tokenizer: Tokenizer, out: Path) -> tuple[Tensor, Tensor]:
    """Writes the two graphs and the tokenizer.

    @returns the self-check embeddings: texts [4, dim] and audio [1, dim], by PyTorch with the stored weights
    """
    audio_graph = AudioGraph(folded(audio)).eval()
    text_graph = store_half(copy.deepcopy(text).eval())
    waveform = self_check_waveform()
    input_ids, mask = text_batch(tokenizer, SELF_CHECK_TEXTS)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        common = {"opset_version": OPSET, "do_constant_folding": False}
        torch.onnx.export(
            audio_graph, (waveform.repeat(2, 1),), str(out / "audio.onnx"), input_names=["waveform"], output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "N"} for name in ("waveform", *OUTPUTS)}, **common,
        )
        axes = {0: "N", 1: "T"}
        torch.onnx.export(
            text_graph, (input_ids, mask), str(out / "text.onnx"), input_names=["input_ids", "attention_mask"],
            output_names=["embedding"], dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "N"}}, **common,
        )
        tokenizer.save(out / "tokenizer.json")
        return text_graph(input_ids, mask), audio_graph(waveform)[0]


def write_parity(tokenizer: Tokenizer, path: Path) -> None:
    rows = [{"text": t, "ids": tokenizer.encode(t, 10_000), "normalised": normalise(t)} for t in PARITY_TEXTS]
    assert all(pre_tokenise(row["normalised"]) or row["ids"] == [1] for row in rows)
    path.write_text(json.dumps({"maxLength": None, "cases": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_model_json(out: Path, texts: Tensor, audio: Tensor, relevance: dict[str, dict[str, float]], logit_scale: float) -> None:
    pack = {
        "id": "starter-1",
        "name": "Earmark Starter",
        "version": 3,
        "license": "MIT",
        "citation": "The Earmark authors: Earmark Starter, an audio-text model trained on open-licence clips, from a tagger by F. Schmid, K. Koutini "
        "and G. Widmer (EfficientAT, MIT). See MODEL_CARD.md and ATTRIBUTION.csv.",
        "dim": texts.shape[1],
        "audio": {"file": "audio.onnx", "sampleRate": SAMPLE_RATE, "windowSeconds": 5, "hopSeconds": 5, "shortClip": "pad",
                  "frames": {"stepSeconds": FRAME_STEP}, "classes": {"file": "classes.json"}},
        "text": {
            "file": "text.onnx",
            "tokenizer": {"type": "tokenizer.json", "file": "tokenizer.json", "maxLength": MAX_LENGTH, "padId": 0},
            "words": "words.json",
        },
        "logitScale": round(logit_scale, 3),
        "promptTemplate": "this is the sound of {label}",
        "relevance": relevance,
        "background": "background.json",
        "selfCheck": {
            "texts": SELF_CHECK_TEXTS,
            "textEmbeddings": [[round(v, 6) for v in row[:8].tolist()] for row in texts],
            "audioEmbedding": [round(v, 6) for v in audio[0, :8].tolist()],
            "tolerance": 1e-3,
        },
        "preprocessingVersion": 1,
        "sha256": {name: sha256(out / name) for name in PACK_FILES},
    }
    (out / "model.json").write_text(json.dumps(pack, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_classes(out: Path, labels: Path) -> None:
    """classes.json: identifier and name of each entry of the `classes` output, in its order, from AudioSet's ontology (CC BY 4.0)."""
    with labels.open(encoding="utf-8", newline="") as file:
        rows = [[row["mid"], row["display_name"]] for row in csv.DictReader(file)]
    (out / "classes.json").write_text(json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def write_words(out: Path) -> None:
    """words.json: the words of other languages that were learnt, lower case, NFKC, sorted, without those that carry no
    meaning; the tokenizer takes many of them apart as it does random letters."""
    texts = (text for row in read_words() for text in row.everywhere())
    found = {word for text in texts for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", text).lower())}
    words = sorted(found - LINKS)
    (out / "words.json").write_text(json.dumps(words, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def write_attribution(out: Path, clips: list[Clip]) -> None:
    """One row per recorded training clip: what CC BY asks for, and the same for the others. Of made clips one row for each
    tool, licence and author."""
    with (out / "ATTRIBUTION.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["source", "path", "original_path", "licence", "attribution"])
        for clip in clips:
            if not clip.made:
                writer.writerow([clip.source, clip.path, clip.original_path, clip.licence, clip.attribution])
        for (source, licence, author), count in sorted(Counter((c.source, c.licence, c.attribution) for c in clips if c.made).items()):
            writer.writerow([source, f"{count} clips made by training/synthetic", "", licence, author])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--run", required=True, help="a folder under .cache with final.pt")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--classes", type=Path, default=BACKBONE.parent / "audioset-labels.csv", help="index,mid,display_name of AudioSet's classes")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    audio, text, tokenizer, scale = load_checkpoint(CACHE / arguments.run)
    embed = text_embedder(text, tokenizer)
    relevance = calibrate(*embedded_clips(arguments.corpus, ("dev", "dev2"), audio), embed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    text_embeddings, audio_embedding = export_graphs(audio, text, tokenizer, arguments.out)
    _, reference, _ = embedded_clips(arguments.corpus, ("train",), audio, 2)
    write_background(arguments.out / "background.json", normalise_rows(reference), embed)
    write_classes(arguments.out, arguments.classes)
    write_words(arguments.out)
    write_model_json(arguments.out, text_embeddings, audio_embedding, relevance, scale)
    write_attribution(arguments.out, [clip for clip in read_clips(arguments.corpus) if clip.split == "train"])
    write_parity(tokenizer, ROOT / "parity/tokenizer.json" if arguments.out.resolve() == SHIPPED else CACHE / "parity.json")
    with torch.no_grad():
        golden = {
            "audio": audio(FrontEnd()(self_check_waveform()))[0][0].tolist(),
            "texts": text(*text_batch(tokenizer, SELF_CHECK_TEXTS)).tolist(),
        }
    (CACHE / "golden.json").write_text(json.dumps(golden), encoding="utf-8")
    sizes = {path.name: path.stat().st_size for path in sorted(arguments.out.iterdir())}
    print(sizes, "total", sum(sizes.values()), "relevance", relevance, "scale", scale)


if __name__ == "__main__":
    main()

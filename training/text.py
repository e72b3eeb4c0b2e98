"""Text in, token ids out: the normaliser, the byte-level BPE trainer and its encoder.

The result is written as a `tokenizer.json` in the Hugging Face tokenizers layout. The app reads that file with
another implementation, so every step here mirrors one documented component of that layout:
NFKD, StripAccents, Replace, Lowercase, Replace, Strip; ByteLevel; BPE; TemplateProcessing.
`parity/tokenizer.json` holds strings with their ids, to hold the two implementations against each other.
"""

from __future__ import annotations

import heapq
import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

PAD_ID = 0
BOS_ID = 1
MAX_LENGTH = 64
# Regular expressions as the file states them; `normalise` below does the same without a regex engine that
# knows Unicode classes (Python's own `re` does not).
CAMEL_CASE = r"(?<=\p{Ll})(?=\p{Lu})"
NOT_A_WORD = r"[^\p{L}\p{N}]+"


@lru_cache(maxsize=65536)
def _kind(character: str) -> str:
    return unicodedata.category(character)


def normalise(text: str) -> str:
    """Lower-case words joined by single spaces: accents dropped, camelCase split, punctuation made a space."""
    decomposed = unicodedata.normalize("NFKD", text)
    # StripAccents drops non-spacing marks only (category Mn).
    stripped = "".join(c for c in decomposed if _kind(c) != "Mn")
    split: list[str] = []
    for previous, character in zip(" " + stripped, stripped):
        if _kind(previous) == "Ll" and _kind(character) == "Lu":
            split.append(" ")
        split.append(character)
    lowered = "".join(split).lower()
    words = "".join(c if _kind(c)[0] in "LN" else " " for c in lowered)
    return " ".join(words.split())


def byte_alphabet() -> dict[int, str]:
    """A printable stand-in for each of the 256 bytes, the GPT-2 table that the ByteLevel component uses."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {byte: chr(byte) for byte in printable}
    others = (byte for byte in range(256) if byte not in table)
    table.update({byte: chr(256 + index) for index, byte in enumerate(others)})
    return table


_BYTES = byte_alphabet()


def pre_tokenise(normalised: str) -> list[str]:
    """Splits into runs of letters and runs of digits; a leading space belongs to the run, as in GPT-2.

    After `normalise` only letters, numbers and single spaces are left, so the GPT-2 pattern reduces to this,
    but for its English contractions, which need an apostrophe.
    """
    pieces: list[str] = []
    for word in normalised.split(" "):
        start = 0
        for index in range(1, len(word) + 1):
            if index == len(word) or _kind(word[index])[0] != _kind(word[index - 1])[0]:
                pieces.append((" " if start == 0 else "") + word[start:index])
                start = index
    return ["".join(_BYTES[b] for b in piece.encode("utf-8")) for piece in pieces if piece]


class Tokenizer:
    """Byte-level BPE with `<pad>` = 0 and a leading `<s>` = 1.

    @param merges pairs in the order they were learnt; a token's id is 2 + 256 byte symbols + its merge index
    """

    def __init__(self, merges: list[tuple[str, str]]) -> None:
        self.merges = merges
        self.vocabulary: dict[str, int] = {"<pad>": PAD_ID, "<s>": BOS_ID}
        for symbol in (_BYTES[b] for b in range(256)):
            self.vocabulary[symbol] = len(self.vocabulary)
        for left, right in merges:
            # Two merges can spell the same token; it keeps its first id.
            self.vocabulary.setdefault(left + right, len(self.vocabulary))
        self._rank = {pair: rank for rank, pair in reversed(list(enumerate(merges)))}
        self._cache: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.vocabulary)

    def _encode_piece(self, piece: str) -> list[int]:
        known = self._cache.get(piece)
        if known is not None:
            return known
        symbols = list(piece)
        while len(symbols) > 1:
            ranked = [(self._rank.get(pair, len(self._rank)), i) for i, pair in enumerate(zip(symbols, symbols[1:]))]
            rank, index = min(ranked)
            if rank == len(self._rank):
                break
            symbols[index : index + 2] = [symbols[index] + symbols[index + 1]]
        ids = [self.vocabulary[s] for s in symbols]
        self._cache[piece] = ids
        return ids

    def encode(self, text: str, max_length: int = MAX_LENGTH) -> list[int]:
        """@returns 1..max_length ids, the first of them always `<s>`; longer texts are cut at the end"""
        ids = [BOS_ID]
        for piece in pre_tokenise(normalise(text)):
            ids.extend(self._encode_piece(piece))
        return ids[:max_length]

    def to_json(self) -> dict[str, object]:
        """The tokenizer in the Hugging Face tokenizers file layout, version 1.0."""
        special = [
            {"id": i, "content": c, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
            for i, c in ((PAD_ID, "<pad>"), (BOS_ID, "<s>"))
        ]
        byte_level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
        return {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": special,
            "normalizer": {
                "type": "Sequence",
                "normalizers": [
                    {"type": "NFKD"},
                    {"type": "StripAccents"},
                    {"type": "Replace", "pattern": {"Regex": CAMEL_CASE}, "content": " "},
                    {"type": "Lowercase"},
                    {"type": "Replace", "pattern": {"Regex": NOT_A_WORD}, "content": " "},
                    {"type": "Strip", "strip_left": True, "strip_right": True},
                ],
            },
            "pre_tokenizer": byte_level,
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [
                    {"SpecialToken": {"id": "<s>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}},
                    {"Sequence": {"id": "B", "type_id": 0}},
                ],
                "special_tokens": {"<s>": {"id": "<s>", "ids": [BOS_ID], "tokens": ["<s>"]}},
            },
            "decoder": byte_level,
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": False,
                "vocab": self.vocabulary,
                "merges": [f"{left} {right}" for left, right in self.merges],
            },
        }

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        merges = json.loads(path.read_text(encoding="utf-8"))["model"]["merges"]
        return cls([(left, right) for left, right in (merge.split(" ") for merge in merges)])


def train_bpe(counts: Counter[str], merge_count: int, min_pair_count: int = 2) -> list[tuple[str, str]]:
    """Learns merges: the most frequent neighbouring pair first; ties go to the pair that sorts first.

    @param counts pre-tokens (byte symbols, as from `pre_tokenise`) and how often each occurs
    """
    words = [list(piece) for piece in counts]
    weights = list(counts.values())
    pair_counts: Counter[tuple[str, str]] = Counter()
    where: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for index, symbols in enumerate(words):
        for pair in zip(symbols, symbols[1:]):
            pair_counts[pair] += weights[index]
            where[pair].add(index)
    heap = [(-count, pair) for pair, count in pair_counts.items()]
    heapq.heapify(heap)
    merges: list[tuple[str, str]] = []
    while heap and len(merges) < merge_count:
        negative, best = heapq.heappop(heap)
        if -negative != pair_counts[best]:
            continue  # an old entry: the count changed since it was pushed
        if -negative < min_pair_count:
            break
        merges.append(best)
        changed: set[tuple[str, str]] = set()
        for index in where.pop(best):
            symbols, weight = words[index], weights[index]
            for pair in zip(symbols, symbols[1:]):
                pair_counts[pair] -= weight
                changed.add(pair)
            merged: list[str] = []
            position = 0
            while position < len(symbols):
                if tuple(symbols[position : position + 2]) == best:
                    merged.append(symbols[position] + symbols[position + 1])
                    position += 2
                else:
                    merged.append(symbols[position])
                    position += 1
            words[index] = merged
            for pair in zip(merged, merged[1:]):
                pair_counts[pair] += weight
                where[pair].add(index)
                changed.add(pair)
        pair_counts.pop(best, None)
        for pair in changed:
            if pair != best and pair_counts[pair] > 0:
                heapq.heappush(heap, (-pair_counts[pair], pair))
    return merges


def count_pieces(texts: Iterable[str]) -> Counter[str]:
    """How often each pre-token occurs in the texts, once per occurrence."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(pre_tokenise(normalise(text)))
    return counts

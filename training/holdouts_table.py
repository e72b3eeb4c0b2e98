"""The table of what holdouts.sh measured, as Markdown: one row a fold and setting, and the mean over the folds."""

from __future__ import annotations

import json

from corpus import CACHE

FOLDS = ("effects", "drums", "library")
HEADER = (
    "| setting | fold | caption R@10 own | by label | mAP | labels trained on: R@10 | mAP | sound → sound R@10 | category mAP |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|"
)


def numbers(result: dict) -> list[float]:
    known = result["labels trained on"]
    caption = result["caption"]
    return [caption["R@10 own"], caption["R@10 label"], caption["mAP label"], known["R@10 label"], known["mAP"],
            result["sound to sound"]["R@10 label"], result["category mAP"]]  # fmt: skip


def row(name: str, fold: str, values: list[float]) -> str:
    return f"| {name} | {fold} | " + " | ".join(f"{value:.2f}" for value in values) + " |"


def main() -> None:
    print(HEADER)
    for name in sorted({path.name.rsplit("-", 1)[0] for fold in FOLDS for path in (CACHE / "held").glob(f"*-{fold}.json")}):
        found = {fold: CACHE / "held" / f"{name}-{fold}.json" for fold in FOLDS}
        rows = {fold: numbers(json.loads(path.read_text(encoding="utf-8"))) for fold, path in found.items() if path.exists()}
        for fold, values in rows.items():
            print(row(name, fold, values))
        if len(rows) == len(FOLDS):
            print(row(f"**{name}**", "mean", [sum(column) / len(FOLDS) for column in zip(*rows.values())]))


if __name__ == "__main__":
    main()

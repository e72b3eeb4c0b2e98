"""How many training clips each everyday sound has, and from how many sources: before the synthetic clips, and with them.

    /usr/bin/python3 training/synthetic/coverage.py [--corpus FOLDER] [--synthetic FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path

from vocabulary import train_rows

TRAINING = Path(__file__).resolve().parents[1]

# Name, and a pattern that a label, caption or tag of such a clip has as whole words.
EVERYDAY: tuple[tuple[str, str], ...] = (
    ("dog", r"dogs?|puppy"), ("cat", r"cats?|kitten|meows?"), ("birds", r"birds?|birdsong"), ("cow", r"cows?|moos?"), ("rain", r"rain|downpour|drizzle"),
    ("thunder", r"thunder|thunderstorm|thunderclap"), ("wind", r"wind|breeze|gusts?|blizzard"), ("sea", r"sea waves|sea|ocean|surf|waves on"), ("fire", r"fire|campfire|fireplace|flames"),
    ("footsteps", r"footsteps?|steps|walks"), ("door", r"doors?"), ("knock", r"knocks?|knocking"), ("clock", r"clocks?"), ("keyboard typing", r"typing|types"),
    ("vacuum cleaner", r"vacuum|vacuums|hoovering"), ("washing machine", r"washing machine|laundry"), ("toilet", r"toilet"), ("water pouring", r"pour(ed|s|ing)?|tap water|faucet"),
    ("engine", r"engines?"), ("train", r"trains?|subway|locomotive"), ("aeroplane", r"air ?planes?|aeroplanes?|jet|aircraft"), ("helicopter", r"helicopters?|chopper"), ("siren", r"sirens?"),
    ("horn", r"horn|honks?"), ("bell", r"bells?"), ("alarm", r"alarms?"), ("saw", r"saws?|sawing|chainsaw"), ("hammer", r"hammers?|hammering"), ("glass", r"glass|glasses"), ("gun", r"guns?|gunshot|gunfire|pistol|rifle|shotgun"),
    ("explosion", r"explosions?|explodes|blast"), ("laugh", r"laughs?|laughing|laughter|giggles?"), ("cry", r"cry|cries|crying|sob(s|bing)?"), ("cough", r"coughs?|coughing"), ("sneeze", r"sneezes?|sneezing"),
    ("snore", r"snores?|snoring"), ("breath", r"breath|breathes|breathing|breaths"), ("clap", r"claps?|clapping|applause|applauds"), ("crowd", r"crowd|chatter|people talk(ing)?|audience"), ("speech man", r"man (speaking|speaks|talking|is talking|says|reads)|male voice|guy"),
    ("speech woman", r"woman (speaking|speaks|talking|is talking|says|reads)|female voice|lady"), ("song", r"song|sings?|singing|choir"), ("piano", r"piano"), ("guitar", r"guitars?"), ("violin", r"violin|fiddle"), ("flute", r"flute"),
    ("trumpet", r"trumpets?"), ("organ", r"organ"), ("kick", r"kick|bass drum"), ("snare", r"snare"), ("hi-hat", r"hi-?hats?"), ("cymbal", r"cymbals?"), ("bass", r"bass"), ("synth", r"synth|synthesi[sz]er"), ("drum loop", r"drum loop|drum beat|breakbeat|beat"),
)  # fmt: skip


def count(rows: list[dict[str, str]], pattern: str) -> tuple[int, int, int]:
    """@returns clips whose label has it, clips whose label, caption or tags have it, and the sources of the latter"""
    word = re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])")
    label = sum(bool(word.search(row["label"])) for row in rows)
    any_text = [row for row in rows if word.search(f"{row['label']} | {row['caption']} | {row['tags'].replace(';', ' | ')}")]
    return label, len(any_text), len({row["source"] for row in any_text})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=TRAINING.parent.parent / "shared" / "audio")
    parser.add_argument("--synthetic", type=Path, default=TRAINING / ".cache" / "synthetic")
    options = parser.parse_args()
    real = train_rows(options.corpus)
    with (options.synthetic / "manifest.csv").open(encoding="utf-8", newline="") as file:
        made = list(csv.DictReader(file))
    print("| sound | corpus: by label | by any word | sources | synthetic: by label | by any word | makers |\n|---|---:|---:|---:|---:|---:|---:|")
    for name, pattern in EVERYDAY:
        print(f"| {name} | {' | '.join(map(str, count(real, pattern) + count(made, pattern)))} |")


if __name__ == "__main__":
    main()

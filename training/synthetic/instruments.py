"""General MIDI instruments and drums, alone: notes, chords, phrases, hits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsp import Rng, uniform_log
from midi import Note, Part
from recording import Take
from soundfonts import FLUID, GMBANK, MUSESCORE, Reel

# label, General MIDI program (from 0), lowest and highest note, chords too?, everyday names
Instrument = tuple[str, int, int, int, bool, tuple[str, ...]]
INSTRUMENTS: tuple[Instrument, ...] = (
    ("acoustic grand piano", 0, 36, 96, True, ("piano", "grand piano")),
    ("bright piano", 1, 36, 96, True, ("bright piano", "piano")),
    ("honky-tonk piano", 3, 40, 90, True, ("honky-tonk piano", "old saloon piano")),
    ("electric piano", 4, 36, 90, True, ("electric piano", "rhodes")),
    ("fm electric piano", 5, 36, 90, True, ("fm electric piano", "electric piano")),
    ("harpsichord", 6, 36, 86, True, ("harpsichord",)),
    ("clavinet", 7, 36, 84, True, ("clavinet",)),
    ("celesta", 8, 60, 100, True, ("celesta",)),
    ("glockenspiel", 9, 72, 103, False, ("glockenspiel",)),
    ("music box", 10, 60, 96, True, ("music box",)),
    ("vibraphone", 11, 53, 89, True, ("vibraphone",)),
    ("marimba", 12, 48, 90, False, ("marimba",)),
    ("xylophone", 13, 65, 100, False, ("xylophone",)),
    ("tubular bells", 14, 60, 77, False, ("tubular bells", "orchestra bells")),
    ("dulcimer", 15, 55, 86, True, ("dulcimer",)),
    ("drawbar organ", 16, 36, 90, True, ("hammond organ", "electric organ")),
    ("church organ", 19, 36, 88, True, ("church organ", "pipe organ")),
    ("accordion", 21, 48, 86, True, ("accordion",)),
    ("harmonica", 22, 60, 88, False, ("harmonica", "mouth organ")),
    ("nylon string guitar", 24, 40, 80, True, ("classical guitar", "spanish guitar")),
    ("acoustic guitar", 25, 40, 82, True, ("acoustic guitar", "steel string guitar", "guitar")),
    ("jazz guitar", 26, 40, 82, True, ("jazz guitar",)),
    ("electric guitar", 27, 40, 84, True, ("clean electric guitar", "electric guitar")),
    ("overdriven guitar", 29, 40, 82, True, ("overdriven electric guitar",)),
    ("distorted guitar", 30, 40, 80, True, ("distorted electric guitar", "heavy metal guitar")),
    ("acoustic bass", 32, 28, 55, False, ("upright bass", "double bass pizzicato")),
    ("bass guitar", 33, 28, 55, False, ("bass guitar", "electric bass")),
    ("slap bass", 36, 28, 55, False, ("slap bass",)),
    ("synth bass", 38, 28, 55, False, ("synth bass", "electronic bass")),
    ("violin", 40, 55, 96, False, ("violin",)),
    ("viola", 41, 48, 84, False, ("viola",)),
    ("cello", 42, 36, 76, False, ("cello",)),
    ("double bass", 43, 28, 55, False, ("bowed double bass",)),
    ("tremolo strings", 44, 45, 84, True, ("trembling strings",)),
    ("pizzicato strings", 45, 40, 88, True, ("plucked strings", "pizzicato strings")),
    ("harp", 46, 36, 96, True, ("harp",)),
    ("timpani", 47, 38, 55, False, ("timpani", "kettle drum")),
    ("string ensemble", 48, 40, 88, True, ("string orchestra", "strings")),
    ("male choir", 52, 43, 72, True, ("choir singing aah", "choir")),
    ("voice oohs", 53, 48, 79, True, ("voices singing ooh",)),
    ("trumpet", 56, 55, 84, False, ("trumpet",)),
    ("trombone", 57, 40, 72, False, ("trombone",)),
    ("tuba", 58, 28, 55, False, ("tuba",)),
    ("muted trumpet", 59, 55, 82, False, ("muted trumpet",)),
    ("french horn", 60, 41, 77, False, ("french horn",)),
    ("brass section", 61, 45, 80, True, ("brass section", "brass band")),
    ("synth brass", 62, 40, 80, True, ("synth brass",)),
    ("soprano saxophone", 64, 56, 87, False, ("soprano saxophone", "saxophone")),
    ("saxophone", 66, 44, 76, False, ("saxophone", "tenor sax", "sax")),
    ("baritone saxophone", 67, 36, 68, False, ("baritone saxophone",)),
    ("oboe", 68, 58, 90, False, ("oboe",)),
    ("bassoon", 70, 34, 72, False, ("bassoon",)),
    ("clarinet", 71, 50, 90, False, ("clarinet",)),
    ("piccolo", 72, 74, 102, False, ("piccolo flute",)),
    ("flute", 73, 60, 96, False, ("flute",)),
    ("recorder", 74, 60, 91, False, ("recorder",)),
    ("pan flute", 75, 60, 90, False, ("pan flute", "pan pipes")),
    ("shakuhachi", 77, 55, 86, False, ("shakuhachi",)),
    ("whistle", 78, 65, 96, False, ("human whistle tone", "whistle")),
    ("ocarina", 79, 60, 90, False, ("ocarina",)),
    ("sawtooth synth lead", 81, 40, 90, False, ("sawtooth synth lead", "synth lead")),
    ("new age synth pad", 88, 40, 80, True, ("soft synth pad", "new age pad")),
    ("warm synth pad", 89, 40, 80, True, ("warm synth pad", "synthesizer pad")),
    ("sweep synth pad", 95, 40, 80, True, ("sweeping synth pad",)),
    ("sitar", 104, 45, 80, False, ("sitar",)),
    ("banjo", 105, 48, 84, True, ("banjo",)),
    ("koto", 107, 48, 88, False, ("koto",)),
    ("kalimba", 108, 55, 88, False, ("kalimba", "thumb piano")),
    ("bagpipe", 109, 50, 78, False, ("bagpipes",)),
    ("fiddle", 110, 55, 90, False, ("fiddle",)),
    ("steel drums", 114, 52, 84, False, ("steel drums", "steel pan")),
    ("taiko drum", 116, 40, 60, False, ("taiko drum",)),
)
OFTEN = {"acoustic grand piano", "acoustic guitar", "violin", "flute", "trumpet", "church organ", "cello", "saxophone", "bass guitar", "electric guitar", "synth bass", "harp"}

# label, kit numbers, drum notes, everyday names
DRUM_HITS: tuple[tuple[str, tuple[int, ...], tuple[int, ...], tuple[str, ...]], ...] = (
    ("kick drum", (0, 8, 16, 32), (35, 36), ("kick drum", "bass drum")),
    ("kick drum", (24, 25), (35, 36), ("electronic kick drum", "drum machine kick")),
    ("snare drum", (0, 8, 16, 32), (38, 40), ("snare drum", "snare")),
    ("electronic snare", (24, 25), (38, 40), ("electronic snare", "drum machine snare")),
    ("snare brush", (40,), (38, 40), ("snare played with brushes",)),
    ("rimshot", (0, 8, 16, 25), (37,), ("rimshot", "side stick")),
    ("closed hi-hat", (0, 8, 25, 40), (42, 44), ("closed hi-hat", "hi-hat")),
    ("open hi-hat", (0, 8, 25), (46,), ("open hi-hat",)),
    ("crash cymbal", (0, 8, 16), (49, 57), ("crash cymbal", "cymbal crash")),
    ("ride cymbal", (0, 32), (51, 59), ("ride cymbal",)),
    ("splash cymbal", (0,), (55,), ("splash cymbal",)),
    ("china cymbal", (0,), (52,), ("china cymbal",)),
    ("tom drum", (0, 8, 16, 32), (41, 43, 45, 47, 48, 50), ("tom drum", "floor tom")),
    ("electronic tom", (24, 25), (41, 43, 45, 47, 48, 50), ("electronic tom",)),
    ("hand clap", (0, 25), (39,), ("hand clap", "clap")),
    ("cowbell", (0, 25), (56,), ("cowbell",)),
    ("tambourine", (0,), (54,), ("tambourine",)),
    ("bongo", (0,), (60, 61), ("bongo drum",)),
    ("conga", (0, 25), (62, 63, 64), ("conga drum",)),
    ("timbale", (0,), (65, 66), ("timbale",)),
    ("agogo", (0,), (67, 68), ("agogo bell",)),
    ("cabasa", (0,), (69,), ("cabasa",)),
    ("maracas", (0, 25), (70,), ("maracas", "shaker")),
    ("guiro", (0,), (73, 74), ("guiro",)),
    ("claves", (0, 25), (75,), ("claves", "wooden sticks")),
    ("woodblock", (0,), (76, 77), ("woodblock",)),
    ("triangle", (0,), (80, 81), ("triangle",)),
)
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10), (0, 2, 3, 5, 7, 9, 10))


def phrase(rng: Rng, low: int, high: int, chords: bool) -> tuple[list[Note], str]:
    """@returns notes of about 1-9 s and what was played, with {} for the instrument"""
    scale = SCALES[rng.integers(len(SCALES))]
    root = int(rng.integers(low, max(low + 1, high - 12)))
    ladder = [p for p in (root + 12 * octave + step for octave in range(3) for step in scale) if p <= high]
    beat = uniform_log(rng, 0.18, 0.6)
    loud = int(rng.integers(60, 118))
    kind = int(rng.integers(0, 7 if chords else 5))
    if kind == 0:
        return [Note(0, uniform_log(rng, 0.4, 4), int(rng.integers(low, high)), loud)], str(rng.choice(["a single {} note", "one note on a {}", "one long {} note", "a {} note"]))
    if kind == 1:
        steps = ladder[:8] if rng.random() < 0.6 else ladder[:8][::-1]
        return [Note(i * beat, beat * 0.95, p, loud) for i, p in enumerate(steps)], str(rng.choice(["a scale on the {}", "a {} plays a scale"]))
    if kind in (2, 3):
        notes, at, index = [], 0.0, int(rng.integers(0, len(ladder)))
        while at < uniform_log(rng, 3, 8):
            length = beat * float(rng.choice([0.5, 1, 1, 1, 2]))
            notes.append(Note(at, length * rng.uniform(0.6, 1.0), ladder[index], loud + int(rng.integers(-15, 10))))
            index = int(np.clip(index + rng.choice([-2, -1, -1, 1, 1, 2, 3, -3]), 0, len(ladder) - 1))
            at += length
        return notes, str(rng.choice(["a {} melody", "someone plays the {}", "a {} solo", "a {} plays a tune", "a short {} phrase", "{} music"]))
    if kind == 4:
        pattern = [ladder[i % len(ladder)] for i in (0, 2, 4, 7, 4, 2)]
        return [Note(i * beat * 0.6, beat, pattern[i % 6], loud) for i in range(int(rng.integers(6, 18)))], str(rng.choice(["a {} arpeggio", "broken chords on a {}"]))
    # chords, together or strummed
    strum = rng.uniform(0, 0.04)
    notes = []
    for i in range(int(rng.integers(1, 5))):
        degree = int(rng.choice([0, 3, 4, 5]))
        for k, step in enumerate((0, 2, 4, 7)):
            if degree + step < len(ladder):
                notes.append(Note(i * beat * 4 + k * strum, beat * 3.8, ladder[degree + step], loud))
    return notes, str(rng.choice(["{} chords", "chords played on a {}", "a {} plays chords"])) if notes[-1].start > 1 else "a {} chord"


def article(text: str) -> str:
    """`a organ` to `an organ`."""
    words = text.split()
    return " ".join("an" if word == "a" and after[:1] in "aeio" else word for word, after in zip(words, [*words[1:], ""]))


def takes(rng: Rng, work: Path) -> Iterator[Take]:
    """The corpus has clips from FluidR3 already, so that one is given the smallest share."""
    for font, melodic, often, drum in ((MUSESCORE, 3, 7, 4), (GMBANK, 2, 4, 2), (FLUID, 1, 2, 1)):
        reel = Reel(font)
        about: list[tuple[str, str, tuple[str, ...]]] = []
        for label, program, low, high, chords, names in INSTRUMENTS:
            for index in range(often if label in OFTEN else melodic):
                notes, what = phrase(rng, low, high, chords)
                reel.add([Part(program, notes)])
                name = names[index % len(names)]
                about.append((label, article(what.format(name)), ("instrument", name)))
        for label, kits, pitches, names in DRUM_HITS:
            for index in range(drum):
                hits = 1 if rng.random() < 0.6 else int(rng.integers(2, 9))
                beat = uniform_log(rng, 0.1, 0.5)
                pitch = int(rng.choice(pitches))
                reel.add([Part(int(rng.choice(kits)), [Note(i * beat, 0.3, pitch, int(rng.integers(60, 125))) for i in range(hits)], drums=True)])
                name = names[index % len(names)]
                what = "a {} hit" if hits == 1 else "a {} hit several times" if hits < 5 else "a pattern played on a {}"
                about.append((label, article(what.format(name)), ("drum", name, "one shot" if hits == 1 else "pattern")))
        for samples, (label, caption, tags) in zip(reel.render(work), about):
            yield Take(label, caption, tags, samples, "fluidsynth", f"{font.name}: {caption}", font.licence, font.attribution, room=rng.random() < 0.5)

"""Drum loops and small ensembles by genre and mood: short MIDI pieces from patterns, rendered by three soundfonts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dsp import Rng
from midi import Note, Part
from recording import Take
from soundfonts import FLUID, GMBANK, MUSESCORE, Reel

KICK, SNARE, CLOSED, OPEN, RIDE, CRASH, CLAP, STICK, SHAKER, COWBELL, CONGA = 36, 38, 42, 46, 51, 49, 39, 37, 70, 56, 63


@dataclass(frozen=True)
class Beat:
    """One bar of 16 steps a drum: x loud, o soft, anything else nothing."""

    label: str
    tempo: tuple[int, int]
    kits: tuple[int, ...]
    rows: dict[int, str]
    captions: tuple[str, ...]
    swing: float = 0.0


BEATS: tuple[Beat, ...] = (
    Beat("rock drum loop", (95, 140), (0, 8, 16), {KICK: "x.......x.x.....", SNARE: "....x.......x...", CLOSED: "x.o.x.o.x.o.x.o."}, ("a rock drum beat", "a drum kit plays a rock groove")),
    Beat("funk drum loop", (92, 112), (0, 8), {KICK: "x..x..x...x..x..", SNARE: "....x..o.o..x..o", CLOSED: "xoxoxoxoxoxoxoxo"}, ("a funky drum groove", "a funk beat with ghost notes")),
    Beat("hip hop drum loop", (78, 98), (0, 25), {KICK: "x..x......x.x...", SNARE: "....x.......x...", CLOSED: "x.x.x.xxx.x.x.x."}, ("a hip hop beat", "a slow boom bap drum loop"), 0.12),
    Beat("techno drum loop", (125, 140), (24, 25), {KICK: "x...x...x...x...", CLAP: "....x.......x...", OPEN: "..x...x...x...x.", CLOSED: "x.o.x.o.x.o.x.oo"}, ("a techno beat", "four on the floor electronic drums")),
    Beat("disco drum loop", (112, 126), (0, 8), {KICK: "x...x...x...x...", SNARE: "....x.......x...", OPEN: "..x...x...x...x.", CLOSED: "x...x...x...x..."}, ("a disco beat", "disco drums with open hi-hats")),
    Beat("swing drum loop", (110, 180), (32, 40), {RIDE: "x...x..xx...x..x", STICK: "....o.......o...", KICK: "x.......o......."}, ("a swing beat on the ride cymbal", "jazz drums"), 0.1),
    Beat("samba drum loop", (100, 125), (0,), {KICK: "x..xx..xx..xx..x", STICK: "x.x..x.xx.x..x.x", SHAKER: "xoxoxoxoxoxoxoxo", CONGA: "..x..xx...x..xx."}, ("a samba rhythm", "brazilian percussion")),
    Beat("bossa nova drum loop", (105, 130), (0, 40), {KICK: "x..xx..xx..xx..x", STICK: "x..x..x...x..x..", CLOSED: "oooooooooooooooo"}, ("a bossa nova beat", "soft latin drums")),
    Beat("march drum loop", (105, 125), (48, 0), {SNARE: "x.xoxoxxx.xoxxxx", KICK: "x...x...x...x..."}, ("a marching band drum pattern", "a military snare march")),
    Beat("drum and bass drum loop", (165, 176), (0, 24), {KICK: "x.........x.....", SNARE: "....x.......x..o", CLOSED: "x.x.x.x.x.x.x.x."}, ("a drum and bass beat", "a fast breakbeat for drum and bass")),
    Beat("breakbeat loop", (100, 135), (0, 16), {KICK: "x.x.......xx....", SNARE: "....x..o.o..x..o", CLOSED: "x.x.x.x.x.x.x.x."}, ("a breakbeat", "a chopped drum break")),
    Beat("percussion loop", (95, 125), (0,), {CONGA: "x..x..x.x..x..xx", SHAKER: "xoxoxoxoxoxoxoxo", COWBELL: "x...x.x...x.x..."}, ("a percussion loop with congas and shaker", "latin hand percussion")),
)


@dataclass(frozen=True)
class Genre:
    """Chords as semitone roots with m for minor; programs for chords, bass and melody (None: without)."""

    label: str
    tempo: tuple[int, int]
    beat: int | None
    progressions: tuple[str, ...]
    chords: tuple[int, ...]
    bass: tuple[int, ...]
    lead: tuple[int, ...]
    style: str  # how chords are played: hold, strum, arpeggio, offbeat, pump
    captions: tuple[str, ...]


GENRES: tuple[Genre, ...] = (
    Genre("rock music", (105, 145), 0, ("0 5 7 5", "0 10 5 0"), (29, 30), (33, 34), (29, 30), "strum", ("rock music with electric guitars", "a rock band plays", "loud guitars and drums")),
    Genre("metal music", (140, 180), 0, ("0m 1 0m 3", "0m 8 10 0m"), (30,), (34,), (30,), "pump", ("heavy metal music", "fast distorted guitars and drums")),
    Genre("jazz music", (100, 170), 5, ("2m 7 0 9m", "0m 5 7 0m"), (0, 26), (32,), (66, 56, 11), "offbeat", ("jazz music", "a jazz band with a saxophone", "swinging jazz")),
    Genre("funk music", (96, 112), 1, ("0m 0m 5 0m",), (7, 27), (36, 33), (61, 66), "offbeat", ("funk music", "a funky groove with slap bass")),
    Genre("house music", (120, 128), 4, ("0m 8 3 10", "0m 5m 8 7m"), (4, 90), (38, 39), (81, 80), "offbeat", ("house music", "electronic dance music", "a club track")),
    Genre("techno music", (126, 138), 3, ("0m 0m 0m 1",), (90, 81), (38, 39), (81, 87), "pump", ("techno music", "hard electronic music with a steady kick")),
    Genre("hip hop music", (80, 96), 2, ("0m 8 10 0m", "0m 5m 0m 7m"), (4, 48), (33, 38), (73, 11), "hold", ("hip hop music", "a rap beat without words")),
    Genre("reggae music", (70, 85), 0, ("0 5 0 7", "0m 5m 0m 5m"), (27, 16), (33,), (22, 56), "offbeat", ("reggae music", "a laid back reggae groove")),
    Genre("bossa nova music", (115, 135), 7, ("0 2m 7 0", "0m 5m 7 0m"), (24,), (32,), (73, 66), "offbeat", ("bossa nova music", "relaxed latin guitar music")),
    Genre("salsa music", (90, 110), 11, ("0m 5m 7 7", "2m 7 0 0"), (0,), (32, 33), (56, 61), "offbeat", ("salsa music", "latin dance music with trumpets")),
    Genre("country music", (100, 130), 0, ("0 5 0 7", "0 7 5 0"), (25,), (32, 33), (110, 105, 22), "strum", ("country music", "country music with a fiddle or banjo")),
    Genre("folk song", (85, 115), None, ("0 7 9m 5", "0 5 0 7"), (25, 24), (32,), (74, 110, 22), "strum", ("folk music", "an acoustic folk tune", "guitar and a simple melody")),
    Genre("classical music", (70, 120), None, ("0 5 7 0", "0 9m 2m 7"), (48, 0), (43, 42), (40, 73, 68), "arpeggio", ("classical music", "a small orchestra plays", "strings and woodwinds")),
    Genre("string quartet music", (70, 110), None, ("0 5 7 0", "0m 8 5m 7"), (48, 41), (42,), (40,), "hold", ("a string quartet", "chamber music for strings")),
    Genre("sad piano music", (55, 72), None, ("0m 8 3 10", "0m 5m 0m 7m"), (0,), (0,), (0,), "arpeggio", ("sad piano music", "a slow melancholy piano piece")),
    Genre("calm music", (55, 75), None, ("0 5 9m 5", "0 4m 5 0"), (89, 88), (32, 89), (11, 10, 73), "hold", ("calm relaxing music", "gentle music for sleeping")),
    Genre("ambient music", (50, 65), None, ("0 5 0 5", "0m 8 0m 10"), (89, 91, 95), (89,), (98, 92), "hold", ("ambient music", "slow floating synthesizer pads")),
    Genre("suspense music", (60, 90), None, ("0m 1 0m 6", "0m 0m 1 1"), (44, 48), (43,), (68, 71), "hold", ("suspense music", "tense music from a thriller", "scary strings")),
    Genre("cinematic music", (70, 95), None, ("0m 8 3 10", "0 5 9m 7"), (48, 52, 61), (43, 58), (60, 56), "hold", ("epic cinematic music", "film music with strings and brass")),
    Genre("christmas music", (95, 125), None, ("0 5 7 0", "0 9m 2m 7"), (48, 8), (32,), (14, 9, 8), "arpeggio", ("christmas music with bells", "festive winter music")),
    Genre("chiptune music", (120, 165), None, ("0 7 9m 5", "0m 8 10 0m"), (80,), (81,), (80,), "arpeggio", ("8-bit video game music", "chiptune", "music from an old video game")),
    Genre("happy ukulele music", (105, 130), None, ("0 5 7 0", "0 9m 5 7"), (24, 25), (32,), (78, 9), "strum", ("happy ukulele music", "cheerful music for an advert")),
    Genre("choir music", (60, 80), None, ("0 5 7 0", "0 4m 5 0"), (52, 53), (52,), (52,), "hold", ("a choir sings", "voices sing in harmony")),
    Genre("church organ music", (60, 90), None, ("0 5 7 0", "0m 5m 7 0m"), (19,), (19,), (19,), "hold", ("church organ music", "organ music in a church")),
    Genre("march music", (108, 120), 8, ("0 7 0 5", "0 5 7 0"), (61, 57), (58,), (56, 72), "offbeat", ("a march played by a brass band", "military band music")),
    Genre("blues music", (75, 110), 5, ("0 0 5 0", "7 5 0 7"), (27, 0), (32, 33), (22, 27), "offbeat", ("blues music", "slow blues with guitar and harmonica")),
)


def drums(rng: Rng, beat: Beat, tempo: float, bars: int) -> Part:
    step = 60 / tempo / 4
    notes = []
    for bar in range(bars):
        for pitch, row in beat.rows.items():
            for k, mark in enumerate(row):
                if mark in "xo" and rng.random() > 0.04:
                    late = beat.swing * step * 2 if k % 2 else 0.0
                    notes.append(Note((bar * 16 + k) * step + late + abs(rng.normal(0, 0.004)), 0.12, pitch, int((108 if mark == "x" else 62) + rng.integers(-8, 9))))
    if rng.random() < 0.4:
        notes.append(Note(0, 0.5, CRASH, 105))
    return Part(int(rng.choice(beat.kits)), notes, drums=True)


def triad(root: int, symbol: str) -> list[int]:
    minor = symbol.endswith("m")
    base = root + int(symbol.rstrip("m"))
    return [base, base + (3 if minor else 4), base + 7]


def ensemble(rng: Rng, genre: Genre) -> list[Part]:
    tempo = float(rng.uniform(*genre.tempo))
    beat = 60 / tempo
    bars = max(2, min(4, int(9.0 / (4 * beat))))
    root = int(rng.integers(48, 60))
    symbols = str(rng.choice(genre.progressions)).split()
    chords: list[Note] = []
    bass: list[Note] = []
    lead: list[Note] = []
    step = int(rng.integers(0, 3))
    for bar in range(bars):
        tones = triad(root, symbols[bar % len(symbols)])
        start = bar * 4 * beat
        if genre.style == "hold":
            chords += [Note(start, 3.9 * beat, p, 76) for p in [*tones, tones[0] + 12]]
        elif genre.style == "arpeggio":
            chords += [Note(start + i * beat / 2, beat, [*tones, tones[0] + 12][(0, 1, 2, 3, 2, 1, 2, 1)[i]], 74) for i in range(8)]
        else:
            times = {"strum": (0, 1, 1.5, 2.5, 3), "offbeat": (0.5, 1.5, 2.5, 3.5), "pump": tuple(i / 2 for i in range(8))}[genre.style]
            for t in times:
                chords += [Note(start + t * beat + k * (0.015 if genre.style == "strum" else 0), beat * 0.45, p, 82) for k, p in enumerate(tones)]
        for i in range(4) if genre.style != "hold" else (0, 2):
            bass.append(Note(start + i * beat, beat * 0.9, tones[0 if i % 2 == 0 else int(rng.integers(0, 3))] - 24, 92))
        at = 0.0
        while at < 3.9:
            length = float(rng.choice([0.5, 0.5, 1, 1, 2]))
            if rng.random() < 0.8:
                strong = at == int(at)
                pitch = tones[step % 3] + 12 * (1 + step // 3 % 2) + (0 if strong else int(rng.choice([0, 0, 2])))
                lead.append(Note(start + at * beat, length * beat * 0.9, pitch, 90 + int(rng.integers(-10, 10))))
            step += int(rng.choice([-1, 1, 1, 2, -2]))
            at += length
    parts = [Part(int(rng.choice(genre.chords)), chords), Part(int(rng.choice(genre.bass)), bass)]
    if rng.random() < 0.8:
        parts.append(Part(int(rng.choice(genre.lead)), lead))
    if genre.beat is not None:
        parts.append(drums(rng, BEATS[genre.beat], tempo, bars))
    return parts


def takes(rng: Rng, work: Path) -> Iterator[Take]:
    for font, loops, pieces in ((MUSESCORE, 3, 3), (GMBANK, 2, 2), (FLUID, 1, 1)):
        reel = Reel(font)
        about: list[tuple[str, str, tuple[str, ...]]] = []
        for beat in BEATS:
            for index in range(loops):
                tempo = float(rng.uniform(*beat.tempo))
                bars = max(1, min(4, int(9 * tempo / 240)))
                reel.add([drums(rng, beat, tempo, bars)])
                about.append((beat.label, beat.captions[index % len(beat.captions)], ("drums", "loop", beat.label.split(" drum")[0])))
        for genre in GENRES:
            for index in range(pieces):
                reel.add(ensemble(rng, genre))
                about.append((genre.label, genre.captions[index % len(genre.captions)], ("music", genre.label.removesuffix(" music"))))
        for samples, (label, caption, tags) in zip(reel.render(work), about):
            yield Take(label, caption, tags, samples, "fluidsynth", f"{font.name}: {caption}", font.licence, font.attribution, room=rng.random() < 0.3)

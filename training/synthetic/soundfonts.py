"""Renders pieces with fluidsynth and free General MIDI soundfonts: all pieces of a soundfont in one go, then cut apart."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from dsp import RATE, Array
from midi import MidiFile, Part


@dataclass(frozen=True)
class SoundFont:
    path: str
    licence: str
    attribution: str
    name: str


FLUID = SoundFont("/usr/share/sounds/sf2/FluidR3_GM.sf2", "MIT (FluidR3 GM soundfont)", "Frank Wen and contributors", "FluidR3")
MUSESCORE = SoundFont("/usr/share/sounds/sf3/MuseScore_General_Lite.sf3", "MIT (MuseScore General soundfont)", "S. Christian Collins, Michael Cowgill, Frank Wen and contributors", "MuseScore General")
GMBANK = SoundFont("/usr/share/sounds/sf2/sf_GMbank.sf2", "public domain", "Csound GM bank, author not named", "Csound GM bank")
GAP_SECONDS = 0.3


@dataclass
class Reel:
    """Pieces to be rendered, one after the other."""

    font: SoundFont
    midi: MidiFile = field(default_factory=MidiFile)
    places: list[tuple[float, float]] = field(default_factory=list)
    end: float = 0.1

    def add(self, parts: list[Part], tail: float = 1.5) -> None:
        """Room for the piece is its last note off plus `tail` seconds, 10 s at most."""
        last = max(note.start + note.length for part in parts for note in part.notes)
        seconds = min(10.0, last + tail)
        self.midi.add_piece(self.end, parts, seconds)
        self.places.append((self.end, seconds))
        self.end += seconds + GAP_SECONDS

    def render(self, work: Path) -> list[Array]:
        """@returns the pieces, in order, mono at RATE, without the silence at their ends @throws CalledProcessError, ValueError"""
        midi, wav = work / "reel.mid", work / "reel.wav"
        midi.write_bytes(self.midi.to_bytes())
        # No reverb or chorus of the synthesiser: rooms are put on later, and tails would leak into the next piece.
        command = ["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.35", "-r", str(RATE), "-O", "float", "-F", str(wav), self.font.path, str(midi)]
        subprocess.run(command, check=True, capture_output=True)
        with soundfile.SoundFile(wav) as file:
            pieces = [cut(file, start, seconds) for start, seconds in self.places]
        midi.unlink()
        wav.unlink()
        return pieces


def cut(file: soundfile.SoundFile, start: float, seconds: float) -> Array:
    file.seek(round(start * RATE))
    stereo = file.read(round(seconds * RATE), dtype="float64", always_2d=True)
    x = stereo.mean(axis=1)
    top = np.max(np.abs(x)) if len(x) else 0.0
    if top == 0:
        raise ValueError(f"nothing sounds at {start:.1f} s of the reel")
    audible = np.nonzero(np.abs(x) > 0.001 * top)[0]
    return x[max(0, audible[0] - 32) : audible[-1] + 1]

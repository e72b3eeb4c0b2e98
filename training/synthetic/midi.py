"""A small writer of Standard MIDI Files (format 0), enough for note lists with programs."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

TICKS_PER_BEAT = 480
TICKS_PER_SECOND = 960  # at the default tempo of 120 beats a minute, which is never changed
DRUMS = 9  # General MIDI: channel 10, counted from 0


@dataclass(frozen=True)
class Note:
    """start and length in seconds, pitch a MIDI number, velocity 1..127"""

    start: float
    length: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Part:
    """Notes of one instrument; `drums` takes the program as a drum kit number."""

    program: int
    notes: list[Note]
    drums: bool = False


@dataclass
class MidiFile:
    events: list[tuple[int, int, bytes]] = field(default_factory=list)

    def add(self, seconds: float, rank: int, message: bytes) -> None:
        """`rank` orders what happens in the same tick: offs before programs before ons."""
        self.events.append((round(seconds * TICKS_PER_SECOND), rank, message))

    def add_piece(self, at: float, parts: list[Part], seconds: float) -> None:
        """The parts from `at` on; whatever still sounds `seconds` later is cut. @throws ValueError for over 15 melodic parts"""
        channels = [c for c in range(16) if c != DRUMS]
        if sum(not part.drums for part in parts) > len(channels):
            raise ValueError("more parts than MIDI channels")
        for part in parts:
            channel = DRUMS if part.drums else channels.pop(0)
            self.add(at, 1, bytes([0xC0 | channel, part.program]))
            for note in part.notes:
                pitch, velocity = max(0, min(127, note.pitch)), max(1, min(127, note.velocity))
                self.add(at + note.start, 2, bytes([0x90 | channel, pitch, velocity]))
                self.add(at + note.start + note.length, 0, bytes([0x80 | channel, pitch, 0]))
            self.add(at + seconds, 0, bytes([0xB0 | channel, 120, 0]))  # all sound off

    def to_bytes(self) -> bytes:
        track = bytearray()
        now = 0
        for tick, _, message in sorted(self.events, key=lambda event: event[:2]):
            track += variable_length(tick - now) + message
            now = tick
        track += b"\x00\xff\x2f\x00"
        return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS_PER_BEAT) + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


def variable_length(value: int) -> bytes:
    """A number as MIDI writes it: seven bits a byte, the highest bit set on all but the last."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | (value & 0x7F))
    return bytes(reversed(out))

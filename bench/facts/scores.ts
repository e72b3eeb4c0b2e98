/** Music of known tempo and key, written by chance from a seed: drum loops, melodic loops, songs, single notes. */
import type { Note, Score } from './midi.ts';

export type Chance = () => number;

export function pick<T>(of: readonly T[], random: Chance): T {
  return of[Math.floor(random() * of.length)]!;
}

const KICK = 36;
const SNARE = 38;
const CLAP = 39;
const HAT = 42;
const OPEN_HAT = 46;
const RIDE = 51;
const CONGA = 63;

interface Style {
  name: string;
  bpm: readonly [least: number, most: number];
  /** A bar of sixteen steps: x hit, o quiet hit, . none; by drum. */
  drums: Readonly<Record<number, readonly string[]>>;
}

/** Patterns as drum machines have them, with a few variants each. */
export const STYLES: readonly Style[] = [
  { name: 'rock', bpm: [90, 160], drums: { [KICK]: ['x.......x.x.....', 'x.....x.x.......'], [SNARE]: ['....x.......x...'], [HAT]: ['x.x.x.x.x.x.x.x.'] } }, // prettier-ignore
  { name: 'house', bpm: [115, 132], drums: { [KICK]: ['x...x...x...x...'], [CLAP]: ['....x.......x...'], [OPEN_HAT]: ['..x...x...x...x.'], [HAT]: ['o.o.o.o.o.o.o.o.', '................'] } }, // prettier-ignore
  { name: 'hip-hop', bpm: [70, 100], drums: { [KICK]: ['x..x......x.....', 'x.....xx..x.....'], [SNARE]: ['....x.......x...'], [HAT]: ['x.x.x.x.x.x.x.x.', 'xoxoxoxoxoxoxoxo'] } }, // prettier-ignore
  { name: 'drum and bass', bpm: [160, 178], drums: { [KICK]: ['x.........x.....', 'x..x......x.....'], [SNARE]: ['....x.......x...'], [HAT]: ['x.x.x.x.x.x.x.x.'] } }, // prettier-ignore
  { name: 'breakbeat', bpm: [100, 140], drums: { [KICK]: ['x.x.......xx....'], [SNARE]: ['....x..o.o..x..o'], [RIDE]: ['x.x.x.x.x.x.x.x.'] } }, // prettier-ignore
  { name: 'funk', bpm: [90, 118], drums: { [KICK]: ['x.x...x...x..x..'], [SNARE]: ['....x..o.o.ox..o'], [HAT]: ['xoxoxoxoxoxoxoxo'] } }, // prettier-ignore
  { name: 'latin', bpm: [95, 130], drums: { [KICK]: ['x.....x.x.....x.'], [CONGA]: ['..xx..xx..xx..xx'], [RIDE]: ['x.xx.x.xx.xx.x.x'] } }, // prettier-ignore
  { name: 'techno', bpm: [120, 145], drums: { [KICK]: ['x...x...x...x...'], [HAT]: ['..x...x...x...x.'], [CLAP]: ['....x.......x...', '................'] } }, // prettier-ignore
  { name: 'reggaeton', bpm: [88, 105], drums: { [KICK]: ['x...x...x...x...'], [SNARE]: ['...x..x....x..x.'], [HAT]: ['x.x.x.x.x.x.x.x.'] } }, // prettier-ignore
];

/** @param bars repeated with the same hits and velocities, so that a cut between repeats is a loop */
export function drumNotes(style: Style, bars: number, repeats: number, random: Chance): Note[] {
  const swing = random() < 0.2 ? 0.08 * random() : 0;
  const played: Note[] = [];
  for (const [drum, variants] of Object.entries(style.drums)) {
    for (let bar = 0; bar < bars; bar++) {
      const pattern = pick(variants, random);
      for (let step = 0; step < 16; step++) {
        if (pattern[step] === '.' || random() < 0.03) continue;
        const late = (step % 2 === 1 ? swing : 0) + 0.008 * (random() - 0.5);
        const velocity = (pattern[step] === 'x' ? 96 : 50) + 24 * (random() - 0.5);
        played.push({ at: 4 * bar + step / 4 + late, beats: 0.2, pitch: Number(drum), velocity, channel: 9 });
      }
    }
  }
  return repeated(played, 4 * bars, repeats);
}

export function repeated(notes: readonly Note[], beats: number, repeats: number): Note[] {
  return Array.from({ length: repeats }, (_, at) =>
    notes.map((note) => ({ ...note, at: note.at + at * beats })),
  ).flat();
}

const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const MINOR = [0, 2, 3, 5, 7, 8, 10];
/** Scale degrees of chords, 0 the tonic. */
const PROGRESSIONS: Readonly<Record<'major' | 'minor', readonly (readonly number[])[]>> = {
  major: [[0, 4, 5, 3], [0, 5, 3, 4], [0, 3, 4, 0], [0, 3, 0, 4], [1, 4, 0, 0], [0, 2, 3, 4]], // prettier-ignore
  minor: [[0, 5, 2, 6], [0, 3, 4, 0], [0, 6, 5, 4], [0, 3, 6, 0], [0, 5, 3, 4], [0, 0, 3, 4]], // prettier-ignore
};

export interface Key {
  /** 0 C .. 11 B */
  tonic: number;
  mode: 'major' | 'minor';
}

const CHORD_PROGRAMS = [0, 4, 5, 16, 24, 25, 27, 48, 50, 61, 81, 88];
const BASS_PROGRAMS = [32, 33, 35, 38, 39];
const LEAD_PROGRAMS = [0, 11, 12, 24, 56, 65, 71, 73, 80, 81, 105];

export interface Parts {
  chords: boolean;
  bass: boolean;
  lead: boolean;
}

/** Chords, bass and melody of one key over four chords, a bar each. */
export function tonalNotes(key: Key, bars: number, parts: Parts, random: Chance): Note[] {
  const scale = key.mode === 'major' ? MAJOR : MINOR;
  const progression = pick(PROGRESSIONS[key.mode], random);
  const pitch = (degree: number, octave: number) =>
    key.tonic + 12 * (octave + 1) + scale[((degree % 7) + 7) % 7]! + 12 * Math.floor(degree / 7);
  const rhythm = pick([[0, 2], [0, 1, 2, 3], [0, 1.5, 3], [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5], [0]], random); // prettier-ignore
  const bassRhythm = pick(
    [
      [0, 2],
      [0, 1, 2, 3],
      [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5],
      [0, 1.5, 2.5],
    ],
    random,
  );
  const arpeggio = random() < 0.3;
  const notes: Note[] = [];
  for (let bar = 0; bar < bars; bar++) {
    const root = progression[bar % progression.length]!;
    const dominant = key.mode === 'minor' && root === 4 && random() < 0.5 ? 1 : 0;
    const triad = [root, root + 2, root + 4].map((degree, i) => pitch(degree, 4) + (i === 1 ? dominant : 0));
    if (parts.chords && arpeggio) {
      for (let step = 0; step < 8; step++)
        notes.push({ at: 4 * bar + step / 2, beats: 0.5, pitch: triad[[0, 1, 2, 1][step % 4]!]!, velocity: 80, channel: 0 }); // prettier-ignore
    } else if (parts.chords) {
      for (const [i, at] of rhythm.entries()) {
        const beats = (rhythm[i + 1] ?? 4) - at;
        for (const tone of triad) notes.push({ at: 4 * bar + at, beats: beats * 0.95, pitch: tone, velocity: 78, channel: 0 }); // prettier-ignore
      }
    }
    if (parts.bass) {
      for (const [i, at] of bassRhythm.entries()) {
        const degree = i > 0 && random() < 0.25 ? root + 4 : root;
        notes.push({ at: 4 * bar + at, beats: ((bassRhythm[i + 1] ?? 4) - at) * 0.9, pitch: pitch(degree, 2), velocity: 96, channel: 1 }); // prettier-ignore
      }
    }
    if (parts.lead) {
      for (let at = 0; at < 4;) {
        const beats = pick([0.5, 0.5, 1, 1, 2], random);
        const degree = at === 0 || random() < 0.5 ? pick([root, root + 2, root + 4], random) : Math.floor(random() * 8);
        if (random() < 0.85) notes.push({ at: 4 * bar + at, beats: beats * 0.9, pitch: pitch(degree, 5), velocity: 86, channel: 2 }); // prettier-ignore
        at += beats;
      }
    }
  }
  return notes;
}

export function programs(random: Chance): Score['programs'] {
  return { 0: pick(CHORD_PROGRAMS, random), 1: pick(BASS_PROGRAMS, random), 2: pick(LEAD_PROGRAMS, random) };
}

/** Instruments with a pitch that sustain or ring; left out: those that sound in another octave than they are written. */
export const NOTE_PROGRAMS = [0, 4, 6, 8, 11, 12, 16, 19, 21, 22, 24, 25, 26, 27, 29, 32, 33, 34, 36, 40, 41, 42, 43, 46, 48, 52, 56, 57, 58, 60, 61, 64, 65, 66, 68, 70, 71, 73, 74, 75, 79, 80, 81, 104, 105, 107, 108]; // prettier-ignore

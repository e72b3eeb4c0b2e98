/**
 * Values of facts that are words: kinds of sounds, keys and notes. The catalogue has numbers for them; what people read
 * and type is made here.
 */

/** In the order of their numbers. Only grows. */
export const KIND_NAMES = ['one-shot', 'loop', 'ambience', 'music', 'speech', 'sweep'] as const;
export type KindName = (typeof KIND_NAMES)[number];

const KIND_ALIASES: Readonly<Record<string, KindName>> = {
  oneshot: 'one-shot',
  'one shot': 'one-shot',
  hit: 'one-shot',
  bed: 'ambience',
  ambient: 'ambience',
  song: 'music',
  track: 'music',
  voice: 'speech',
  riser: 'sweep',
};

/** @param kind number of a kind @returns its name */
export function kindName(kind: number): string {
  return KIND_NAMES[kind] ?? '';
}

/** @returns the number of a kind; null for another word */
export function parseKind(text: string): number | null {
  const word = text.trim().toLowerCase();
  const at = KIND_NAMES.indexOf((KIND_ALIASES[word] ?? word) as KindName);
  return at < 0 ? null : at;
}

/** As they are usually spelt; C major .. B major, C minor .. B minor. */
export const KEY_NAMES = ['C', 'Db', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B', 'Cm', 'C#m', 'Dm', 'Ebm', 'Em', 'Fm', 'F#m', 'Gm', 'G#m', 'Am', 'Bbm', 'Bm'] as const; // prettier-ignore
const LETTERS: Readonly<Record<string, number>> = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 };

/** @param key 0..11 C major .. B major, 12..23 C minor .. B minor */
export function keyName(key: number): string {
  return KEY_NAMES[key] ?? '';
}

/** `8A`: place on the Camelot wheel, neighbours of which go together. */
export function camelot(key: number): string {
  // A minor and C major are 8; a fifth up is one further.
  const fifths = (tonic: number) => (7 * tonic) % 12;
  const place = key < 12 ? fifths(key) + 8 : fifths((key + 3) % 12) + 8;
  return `${((place - 1) % 12) + 1}${key < 12 ? 'B' : 'A'}`;
}

/**
 * @param text `Am`, `A minor`, `a min`, `Amin`, `F#`, `Gb major`, `8A` (Camelot), `1m` or `6d` (Open Key)
 * @returns 0..23; null for anything else
 */
export function parseKey(text: string): number | null {
  const value = text.trim().replaceAll('♯', '#').replaceAll('♭', 'b');
  const wheel = /^(1[0-2]|0?[1-9])\s*([abdm])$/i.exec(value);
  if (wheel) {
    const letter = wheel[2]!.toLowerCase();
    const wanted = 'ab'.includes(letter) ? Number(wheel[1]) : ((Number(wheel[1]) + 6) % 12) + 1;
    const isMinor = letter === 'a' || letter === 'm';
    return KEY_NAMES.findIndex((_, key) => camelot(key) === `${wanted}${isMinor ? 'A' : 'B'}`);
  }
  const named = /^([a-g])\s*(#|b|-?sharp|-?flat)?\s*[-_]?(m|min|minor|moll|maj|major|dur)?$/i.exec(value);
  if (!named) return null;
  const [, letter, accidental = '', mode = ''] = named;
  const shift = accidental === '' ? 0 : /#|sharp/i.test(accidental) ? 1 : -1;
  const tonic = (LETTERS[letter!.toLowerCase()]! + shift + 12) % 12;
  // "M" alone is major where case distinguishes them.
  const isMinor = /^(?:min|minor|moll)$/i.test(mode) || mode === 'm';
  return tonic + (isMinor ? 12 : 0);
}

const NOTE_NAMES = ['C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'G#', 'A', 'Bb', 'B'];

/** `A3`, `C#4 +12 ct`: 60 is C4, the middle C. @param note MIDI number, with cents as its fraction */
export function noteName(note: number): string {
  const nearest = Math.round(note);
  const cents = Math.round(100 * (note - nearest));
  const name = `${NOTE_NAMES[((nearest % 12) + 12) % 12]!}${Math.floor(nearest / 12) - 1}`;
  return cents === 0 ? name : `${name} ${cents > 0 ? '+' : '−'}${Math.abs(cents)} ct`;
}

export interface NotePattern {
  /** 0 C .. 11 B */
  class: number;
  /** null: any. */
  octave: number | null;
}

/** @param text `C3`, `F#2`, `Bb-1`, or without an octave @returns null for anything else */
export function parseNote(text: string): NotePattern | null {
  const match = /^([a-g])(#|b|s)?(-?\d{1,2})?$/i.exec(text.trim().replaceAll('♯', '#').replaceAll('♭', 'b'));
  if (!match) return null;
  const [, letter, accidental = '', octave] = match;
  const shift = accidental === '' ? 0 : accidental.toLowerCase() === 'b' ? -1 : 1;
  const semitones = LETTERS[letter!.toLowerCase()]! + shift;
  const across = Math.floor(semitones / 12); // Cb is the B of the octave below
  return { class: ((semitones % 12) + 12) % 12, octave: octave === undefined ? null : Number(octave) + across };
}

/** MIDI number of a note with an octave, 0..127; null for one without, or beyond: C-1 to G9. */
export function noteNumber({ class: semitone, octave }: NotePattern): number | null {
  const number = 12 * ((octave ?? NaN) + 1) + semitone;
  return number >= 0 && number <= 127 ? number : null;
}

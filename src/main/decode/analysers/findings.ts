/**
 * What is found in the trace of a sound. Tempo, key and root note are told of every sound that has them; which of them
 * mean something there hangs on its kind, which its name or the user may know better (shared/facts.ts).
 */
import { KIND_NAMES } from '../../../shared/music.ts';
import { keyOf } from './key.ts';
import { shapeOf, type Shape } from './kind-features.ts';
import { kindOf, type FoundKind } from './kind.ts';
import { rootOf } from './root.ts';
import type { Trace } from './trace.ts';

export interface Finding {
  /** As the catalogue has it (shared/music.ts). */
  value: number;
  /** 0..1 */
  confidence: number;
}

/** null: it has none that could be found. */
export interface Findings {
  kind: Finding | null;
  bpm: Finding | null;
  key: Finding | null;
  root: Finding | null;
  /** What the recording is recognised by (fingerprint.ts); empty for silence. */
  fingerprint: Uint8Array;
}

/** Less of a sound's power in narrow peaks is noise with a colour, not a key. */
const TONAL = 0.35;
/** How clearly a pitch has to return. */
const PITCHED = 0.8;
/** Of the clearest pitches so many are the note's: some instruments sound an octave beside it (bench/README.md). */
const RIGHT_OCTAVE = 0.95;
/** Less regular sounds have no tempo. */
const REGULAR = 0.12;
/** By so much the onsets of a loop return better over its end than those of the song it sounds like. */
const RETURNS_BETTER = 0.15;

export function findingsOf(trace: Trace): Findings {
  const { fingerprint } = trace;
  const shape = shapeOf(trace);
  if (!shape) return { kind: null, bpm: null, key: null, root: null, fingerprint };
  const found = kindOf(shape);
  const key = trace.tonality >= TONAL ? keyOf(trace) : null;
  const root = rootOf(trace);
  return {
    kind: found.kind && { value: KIND_NAMES.indexOf(found.kind), confidence: found.confidence },
    bpm: tempoIn(shape, found),
    key: key && { value: key.key, confidence: key.confidence * found.musical },
    root: root && root.confidence >= PITCHED ? { value: root.pitch, confidence: RIGHT_OCTAVE * root.confidence } : null,
    fingerprint,
  };
}

/**
 * Only what is no loop at all is measured as a song: a cut at whole beats is no accident. What sounds like a song and
 * returns far better as a loop is one.
 */
function tempoIn({ loop, song }: Shape, found: FoundKind): Finding | null {
  const isSong = found.kind === 'music' && song && (loop?.regularity ?? 0) <= song.regularity + RETURNS_BETTER;
  const tempo = isSong ? song : (loop ?? song);
  if (!tempo || tempo.regularity < REGULAR) return null;
  return { value: tempo.bpm, confidence: tempo.confidence * found.musical };
}

/** Kind, tempo, key and root note of sounds that are made here. */
import { expect, test } from 'vitest';
import { findingsOf, type Findings } from '../../src/main/decode/analysers/findings.ts';
import { TRACE_RATE } from '../../src/main/decode/analysers/landmarks.ts';
import { hertz, midi, TraceRecorder } from '../../src/main/decode/analysers/trace.ts';
import { CERTAIN } from '../../src/shared/facts.ts';
import { KIND_NAMES, keyName } from '../../src/shared/music.ts';
import { noise } from './make-audio.ts';

type Sound = Float32Array;

function found(sound: Sound): Findings {
  const recorder = new TraceRecorder();
  for (let at = 0; at < sound.length; at += 4321) recorder.push(sound.subarray(at, at + 4321));
  return findingsOf(recorder.finish(sound.length));
}

function silence(seconds: number): Sound {
  return new Float32Array(Math.round(seconds * TRACE_RATE));
}

/** @param wrap what rings beyond the end sounds at the beginning, as in a loop */
function add(sound: Sound, seconds: number, hit: Sound, gain = 1, wrap = false): void {
  const from = Math.round(seconds * TRACE_RATE);
  for (let i = 0; i < hit.length; i++) {
    const at = wrap ? (from + i) % sound.length : from + i;
    if (at < sound.length) sound[at]! += gain * hit[i]!;
  }
}

/** A tone with harmonics that fades, like a plucked string. */
function pluck(note: number, seconds: number, fade: number): Sound {
  const step = (2 * Math.PI * hertz(note)) / TRACE_RATE;
  return silence(seconds).map((_, i) => {
    const tone = Math.sin(step * i) + 0.5 * Math.sin(2 * step * i) + 0.25 * Math.sin(3 * step * i);
    return 0.3 * tone * Math.exp((-fade * i) / TRACE_RATE) * Math.min(1, i / 40);
  });
}

function drum(hertzFrom: number, seconds: number): Sound {
  return silence(seconds).map((_, i) => {
    const t = i / TRACE_RATE;
    return 0.8 * Math.sin(2 * Math.PI * hertzFrom * t * Math.exp(-3 * t)) * Math.exp(-12 * t);
  });
}

function burst(seconds: number, seed: number): Sound {
  return noise(seconds, TRACE_RATE, 0.5, seed).map((x, i) => x * Math.exp((-25 * i) / TRACE_RATE));
}

/** Kick on every other beat, snare between, hats on half beats. */
function beat(bpm: number, beats: number): Sound {
  const loop = silence((60 * beats) / bpm);
  for (let b = 0; b < beats; b++) {
    const at = (60 * b) / bpm;
    if (b % 2 === 0) add(loop, at, drum(120, 0.3), 1, true);
    else add(loop, at, burst(0.2, 3), 0.8, true);
    for (const half of [0, 0.5]) add(loop, at + (60 * half) / bpm, burst(0.05, 7), 0.25, true);
  }
  return loop;
}

const nameOf = ({ kind }: Findings) => (kind ? KIND_NAMES[kind.value] : null);

test.each([
  [92, 8],
  [124, 16],
  [128, 8],
  [140, 16],
])('a drum loop of %s beats a minute, %s beats long: exactly', (bpm, beats) => {
  const findings = found(beat(bpm, beats));
  expect(nameOf(findings)).toBe('loop');
  expect(findings.bpm!.value).toBeCloseTo(bpm, 1);
  expect(findings.bpm!.confidence).toBeGreaterThan(0.5);
});

test.each([45, 57, 64, 76])('a plucked note, MIDI %s', (note) => {
  const findings = found(pluck(note, 2, 3));
  expect(nameOf(findings)).toBe('one-shot');
  expect(findings.root!.value).toBeCloseTo(note, 1);
});

test('notes of which some period ends just behind the longest lag: each as it is', () => {
  for (let frequency = 170; frequency < 200; frequency += 1.7) {
    const step = (2 * Math.PI * frequency) / TRACE_RATE;
    const findings = found(silence(1).map((_, i) => 0.3 * Math.sin(step * i)));
    expect(findings.root!.value).toBeCloseTo(midi(frequency), 1);
  }
});

test('tempo and key of audio that is hardly music have low confidence', () => {
  const engine = noise(8, TRACE_RATE, 0.3).map(
    (x, i) => x * (0.6 + 0.4 * Math.sin((2 * Math.PI * 4 * i) / TRACE_RATE)),
  );
  expect(found(engine).bpm?.confidence ?? 0).toBeLessThan(CERTAIN);
  expect(found(engine).key?.confidence ?? 0).toBeLessThan(CERTAIN);
});

test('a note between two keys, in cents', () => {
  expect(found(pluck(57.3, 2, 3)).root!.value).toBeCloseTo(57.3, 1);
});

test.each<[string, number[][]]>([
  ['Am', [[57, 60, 64], [53, 57, 60], [55, 59, 62], [57, 60, 64]]],
  ['C', [[60, 64, 67], [53, 57, 60], [55, 59, 62], [60, 64, 67]]],
  ['F#m', [[54, 57, 61], [59, 62, 66], [61, 64, 68], [54, 57, 61]]],
])('chords of %s', (key, chords) => {
  const loop = silence(8);
  for (const [bar, chord] of chords.entries()) {
    for (let step = 0; step < 4; step++) {
      for (const note of chord) add(loop, 2 * bar + step / 2, pluck(note, 0.5, 4), 0.5);
    }
    add(loop, 2 * bar, pluck(chord[0]! - 12, 2, 1), 0.8);
  }
  const findings = found(loop);
  expect(keyName(findings.key!.value)).toBe(key);
  expect(nameOf(findings)).toBe('loop');
}); // prettier-ignore

test('steady noise is ambience, without a key or a root note', () => {
  const findings = found(noise(12, TRACE_RATE, 0.2));
  expect(nameOf(findings)).toBe('ambience');
  expect([findings.key, findings.root]).toEqual([null, null]);
});

test('a steady hum repeats nothing: no loop, and no tempo', () => {
  const step = (2 * Math.PI * 120) / TRACE_RATE;
  const findings = found(silence(2).map((_, i) => 0.5 * Math.sin(step * i)));
  expect(nameOf(findings)).not.toBe('loop');
  expect(findings.bpm).toBeNull();
});

test('a hit of noise has no pitch; silence has nothing', () => {
  const hit = silence(0.6);
  add(hit, 0, burst(0.4, 5));
  expect(found(hit).root).toBeNull();
  expect(found(silence(3))).toMatchObject({ kind: null, bpm: null, key: null, root: null });
  expect(found(silence(0.001))).toMatchObject({ kind: null, bpm: null, key: null, root: null });
});

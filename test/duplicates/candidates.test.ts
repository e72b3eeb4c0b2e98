/** Fingerprints, and which sounds they suggest to compare. */
import { expect, test } from 'vitest';
import { landmarksOf, MOST_LANDMARKS, PAIR_BITS, TRACE_RATE } from '../../src/main/decode/analysers/landmarks.ts';
import { TraceRecorder } from '../../src/main/decode/analysers/trace.ts';
import { CandidateIndex } from '../../src/main/duplicates/candidates.ts';
import { hits, later, soundOf } from './sounds.ts';

function fingerprint(sound: Float32Array): Uint8Array {
  const recorder = new TraceRecorder();
  for (let at = 0; at < sound.length; at += 3001) recorder.push(sound.subarray(at, at + 3001));
  return recorder.finish(sound.length).fingerprint;
}
function made(seed: number, seconds: number): Float32Array {
  return soundOf(hits(seed, seconds), seconds, TRACE_RATE, seed);
}
function indexOf(...sounds: Float32Array[]): CandidateIndex {
  const index = new CandidateIndex();
  for (const sound of sounds) index.add(fingerprint(sound));
  index.seal();
  return index;
}

test('a fingerprint is small, does not depend on the level, and is empty for silence', () => {
  const sound = made(1, 6);
  const stored = fingerprint(sound);
  expect(stored.length).toBeLessThanOrEqual(4 * MOST_LANDMARKS);
  expect(stored.length).toBeGreaterThan(4 * 100);
  for (const { pair, frame } of landmarksOf(stored)) {
    expect(pair).toBeLessThan(2 ** PAIR_BITS);
    expect(frame).toBeLessThan((6 * TRACE_RATE) / 256 + 2);
  }
  expect(fingerprint(sound.map((x) => x / 16))).toEqual(stored);
  expect(fingerprint(new Float32Array(TRACE_RATE)).length).toBe(0);
  expect(fingerprint(new Float32Array(4 * TRACE_RATE)).length).toBe(0);
});

test.each([
  ['a short sound', 0.8],
  ['a long one', 6],
])('%s: with silence before it, trimmed and between frames, it is suggested with its place', (_, seconds) => {
  const sounds = Array.from({ length: 5 }, (_, i) => made(20 + i, seconds));
  const index = indexOf(...sounds);
  const cut = Math.round(0.4 * seconds * TRACE_RATE) + 71;
  for (const [at, sound] of sounds.entries()) {
    const [silence] = index.of(fingerprint(later(sound, 5555)), null, 3);
    expect(silence!.sound).toBe(at);
    expect(silence!.offsets[0]).toBeCloseTo(5555 / TRACE_RATE, 1);
    const [trimmed] = index.of(fingerprint(later(sound, -cut)), null, 3);
    expect(trimmed!.sound).toBe(at);
    expect(trimmed!.offsets[0]).toBeCloseTo(-cut / TRACE_RATE, 1);
  }
});

test('neither itself nor others; at most so many', () => {
  const sound = made(1, 4);
  const index = indexOf(sound, sound, sound, made(2, 4), made(3, 4));
  expect(index.of(fingerprint(sound), 1, 10).map((one) => one.sound)).toEqual([0, 2]);
  expect(index.of(fingerprint(sound), null, 1)).toHaveLength(1);
  expect(index.of(fingerprint(made(4, 4)), null, 10)).toEqual([]);
  expect(() => new CandidateIndex().of(fingerprint(sound), null, 1)).toThrow('sealed');
});

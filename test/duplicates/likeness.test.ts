/** What counts as the same recording, and what one file has of another. */
import { expect, test } from 'vitest';
import { EventLoopYielder } from '../../src/main/async/yield-to-event-loop.ts';
import { pairFacts } from '../../src/main/duplicates/extent.ts';
import { COMPARED_RATE, likenessOf } from '../../src/main/duplicates/likeness.ts';
import { hits, later, soundOf } from './sounds.ts';

const RATE = COMPARED_RATE;
const SECONDS = 3;
const base = soundOf(hits(1, SECONDS), SECONDS, RATE);
const yielder = new EventLoopYielder(new AbortController().signal);
const seconds = (samples: Float32Array) => ({ samples, durationSeconds: samples.length / RATE });

function of(first: Float32Array, second: Float32Array, expectedSeconds = 0) {
  return likenessOf(first, second, expectedSeconds * RATE, yielder);
}
async function pair(first: Float32Array, second: Float32Array, expectedSeconds = 0) {
  const likeness = await of(first, second, expectedSeconds);
  return likeness && pairFacts(seconds(first), seconds(second), likeness);
}
/** Noise as a codec leaves it, at −25 dB of what sounds there. */
function coded(sound: Float32Array): Float32Array {
  const noise = soundOf(hits(9, SECONDS), SECONDS, RATE, 77);
  return sound.map((x, i) => x + 0.3 * Math.abs(x) * noise[i % noise.length]!);
}
/** Delayed by half a sample, by a filter of 32 samples. */
function halfLater(sound: Float32Array): Float32Array {
  return sound.map((_, i) => {
    let sum = 0;
    for (let k = -16; k < 16; k++) {
      const t = k + 0.5;
      sum += (sound[i + k] ?? 0) * (Math.sin(Math.PI * t) / (Math.PI * t)) * Math.cos((Math.PI * t) / 33) ** 2;
    }
    return sum;
  });
}

test('the same at another level, coded with loss, and between two samples', async () => {
  expect(await of(base, base)).toMatchObject({ lag: 0, levelDb: 0 });
  const quiet = await of(base, base.map((x) => x / 10)); // prettier-ignore
  expect(quiet!.levelDb).toBeCloseTo(-20, 5);
  expect((await of(base, coded(base)))!.similarity).toBeGreaterThan(0.95);
  const between = await of(base, halfLater(base));
  expect(Math.abs(between!.lag)).toBeCloseTo(0.5, 1);
  expect(between!.similarity).toBeGreaterThan(0.98);
});

test('found up to 60 ms from where it is expected, and not elsewhere', async () => {
  const moved = later(base, Math.round(0.5 * RATE));
  expect((await of(base, moved, -0.45))!.lag).toBeCloseTo(-0.5 * RATE, 0);
  expect(await of(base, moved, 0)).toBeNull();
});

test('a take with the same notes, one more part, one other hit, a fade and a filter are something else', async () => {
  const notes = hits(1, SECONDS);
  const take = notes.map((hit, i) => ({ ...hit, at: hit.at + 0.003 * Math.sin(i), hertz: hit.hertz * 1.01 }));
  const withBass = [...notes, ...hits(5, SECONDS, 6).map((hit) => ({ ...hit, hertz: 80, noise: 0 }))];
  const otherHit = notes.map((hit, i) => (i === 9 ? { ...hit, hertz: 2 * hit.hertz } : hit));
  const oneQuietHit = [...notes, { at: 1.41, hertz: 5000, noise: 0, gain: 0.12 }];
  for (const parts of [take, withBass, otherHit, oneQuietHit])
    expect(await of(base, soundOf(parts, SECONDS, RATE))).toBeNull();
  expect(await of(base, base.map((x, i) => (x * i) / base.length))).toBeNull(); // prettier-ignore
  let before = 0;
  expect(await of(base, base.map((x) => (before = 0.8 * before + 0.2 * x)))).toBeNull(); // prettier-ignore
  expect(await of(base, soundOf(hits(2, SECONDS), SECONDS, RATE))).toBeNull();
  expect(await of(base, new Float32Array(base.length))).toBeNull();
  expect(await of(base.subarray(0, 400), base.subarray(0, 400))).toBeNull();
});

test('what was cut off and what was added, either way round', async () => {
  const cut = base.subarray(Math.round(0.7 * RATE), Math.round(2.6 * RATE));
  const facts = await pair(base, cut, 0.7);
  expect(facts!.lostHeadSeconds).toBeCloseTo(0.7, 1);
  expect(facts!.lostTailSeconds).toBeCloseTo(0.4, 1);
  expect((await pair(cut, base, -0.7))!.lostHeadSeconds).toBeCloseTo(-facts!.lostHeadSeconds, 5);
  const padded = later(later(base, RATE).slice().reverse(), RATE / 2).reverse();
  const added = await pair(base, padded, -1);
  expect([added!.addedHeadSeconds, added!.addedTailSeconds, added!.lostHeadSeconds]).toEqual([
    expect.closeTo(1, 1),
    expect.closeTo(0.5, 1),
    expect.closeTo(0, 1),
  ]);
});

test('a part shorter than about half, and two files that share a part, are not copies', async () => {
  expect(await pair(base, base.subarray(0, Math.round(1.1 * RATE)))).toBeNull();
  const end = base.subarray(RATE);
  const both = new Float32Array([...end, ...soundOf(hits(3, 2), 2, RATE)]);
  expect(await of(base, both, 1)).not.toBeNull(); // they are the same where both are
  expect(await pair(base, both, 1)).toBeNull();
});

test('can be interrupted', async () => {
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  await expect(likenessOf(base, base, 0, new EventLoopYielder(stop.signal))).rejects.toThrow('enough');
});

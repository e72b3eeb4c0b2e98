/** Where a match is to the moment, by the shipped model over the engine's own calls. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dogBarking } from '../../src/demo/sounds/animals.ts';
import { wind } from '../../src/demo/sounds/weather.ts';
import { Random } from '../../src/demo/synthesis/random.ts';
import { DEFAULT_PACK, SHIPPED_MODELS_FOLDER } from '../../src/main/packs/installed.ts';
import type { SearchHit, SearchQuery } from '../../src/shared/types.ts';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { put, wav } from '../faults/sounds.ts';
import { EngineTrial } from './engine-trial.ts';

const RATE = 32_000;
const BARKS = { startSeconds: 6.4, seconds: 1.2 };
const DOG: SearchQuery = { text: 'dog barking' };
const trial = new EngineTrial();

beforeAll(async () => {
  const context = { sampleRate: RATE, random: new Random('match') };
  const take = wind(context, 14).map((sample) => 0.05 * sample);
  const barks = dogBarking(context, BARKS.seconds);
  for (const [at, sample] of barks.entries()) take[Math.round(BARKS.startSeconds * RATE) + at]! += 0.7 * sample;
  put(trial.at('take.wav'), wav([take], { sampleRate: RATE }));
  put(trial.at('bark.wav'), wav([barks], { sampleRate: RATE }));
  await trial.start({ model: join(SHIPPED_MODELS_FOLDER, DEFAULT_PACK) });
  await trial.index(trial.sounds);
});
afterAll(() => trial.end());

async function hitIn(name: string, query: SearchQuery): Promise<SearchHit> {
  const { hits } = await trial.call('search.query', { ...query, includeUnlikely: true });
  return hits.find(({ path }) => path === trial.at(name))!;
}

const refined = ({ fileId, startSeconds, endSeconds }: SearchHit, query: SearchQuery) =>
  trial.call('search.match', { fileId, query, startSeconds, endSeconds });

describe('the match of a hit', () => {
  it('is the barks, not the five seconds that they are in', async () => {
    const hit = await hitIn('take.wav', DOG);
    expect(hit).toMatchObject({ startSeconds: 5, endSeconds: 10 });
    const match = await refined(hit, DOG);
    expect(Math.abs(match!.startSeconds - BARKS.startSeconds)).toBeLessThan(0.5);
    expect(Math.abs(match!.endSeconds - BARKS.startSeconds - BARKS.seconds)).toBeLessThan(0.7);
    // The window and both neighbours, the last of which is aligned to the end of the file.
    const { startSeconds, stepSeconds, similarity } = match!.curve;
    expect(startSeconds).toBe(0);
    expect(startSeconds + stepSeconds * similarity.length).toBeCloseTo(14, 0);
  });

  it('is found by a reference file as well', async () => {
    const query = { likePath: trial.at('bark.wav') };
    const match = await refined(await hitIn('take.wav', query), query);
    expect(match!.startSeconds).toBeLessThan(BARKS.startSeconds + 0.3);
    expect(match!.endSeconds).toBeGreaterThan(BARKS.startSeconds + BARKS.seconds - 0.3);
    expect(match!.endSeconds - match!.startSeconds).toBeLessThan(4);
  });

  it('is the whole window for filters alone, unknown words, and a place where nothing stands out', async () => {
    const hit = await hitIn('take.wav', DOG);
    expect(await refined(hit, { text: 'dur:>2' })).toBeNull();
    expect(await refined(hit, { text: 'xqzjkwv' })).toBeNull();
    expect(await refined({ ...hit, endSeconds: 90 }, DOG)).toBeNull();
    expect(await refined({ ...hit, startSeconds: 40, endSeconds: 45 }, DOG)).toBeNull();
  });

  it('is given up for a newer question', async () => {
    const hit = await hitIn('take.wav', DOG);
    const [older, newer] = await Promise.all([refined(hit, DOG), refined(hit, DOG)]);
    expect(older).toBeNull();
    expect(newer).not.toBeNull();
    expect(await refined({ ...hit, startSeconds: 3700, endSeconds: 3705 }, DOG)).toBeNull();
  });

  it('says what is wrong with a file or a question', async () => {
    const hit = await hitIn('bark.wav', DOG);
    await expect(refined({ ...hit, fileId: 4_000_000 }, DOG)).rejects.toMatchObject({ code: 'file-missing' });
    await expect(refined(hit, { text: 'dog dur:x' })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(refined({ ...hit, startSeconds: -1 }, DOG)).rejects.toMatchObject({ code: 'bad-input' });
    rmSync(trial.at('bark.wav'));
    await expect(refined(hit, DOG)).rejects.toMatchObject({ code: 'vanished' });
  });
});

/** A tag that ranks the user's own decisions worse by what it learnt is scored without that, until the user wants it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeEmbedding } from '../../../src/main/catalogue/stores/windows.ts';
import { DEFAULT_PACK } from '../../../src/main/packs/installed.ts';
import { EngineTrial } from '../../calls/engine-trial.ts';
import { waitForJob } from '../../../src/shared/jobs.ts';
import { inDatabase } from '../../kit/catalogue.ts';

const VOCABULARY = {
  ...{ id: 'trial', name: 'Trial', version: 1, language: 'en', licence: '', description: '', profile: 'sfx' as const },
  groups: [{ id: 'things', name: 'Things', kind: 'multi' as const }],
  labels: [{ id: 'bark', name: 'dog bark', group: 'things', prompts: ['a dog barks'], keywords: [] }],
};
/** Accepted, and as many rejected: each fold of what is judged by the others leaves out one of each. */
const PAIRS = 5;
/** A key of the cache of labels, before its values. */
const KEY_BYTES = 16;

const trial = new EngineTrial();
/** In the order of their ids: first those to accept, then those to reject. */
let ids: number[];
let tagId: number;

beforeAll(async () => {
  for (let at = 0; at < 2 * PAIRS; at++) trial.addTone(`${String(at).padStart(4, '0')}.wav`, 300 + 100 * at, 1);
  await trial.start({ model: DEFAULT_PACK });
  await trial.index(trial.sounds);
  await trial.call('vocabulary.save', VOCABULARY);
  await score();
  ids = (await trial.call('file.list', { of: {}, order: 'name', descending: false })).toSorted((a, b) => a - b);
  tagId = await trial.call('tag.ofLabel', { vocabularyId: 'trial', labelId: 'bark' });
  embedAsWanted();
});
afterAll(() => trial.end());

async function score(): Promise<void> {
  await waitForJob(trial, await trial.call('tag.score', { vocabularyIds: ['trial'], folders: [], again: true }), 'tag');
}

/**
 * As if the files sounded like this: the prompts rank all that will be accepted above all that will be
 * rejected; but beside each rejected one lies, far from all others, an accepted one of another fold. Whatever is learnt
 * from the one is wrong for the other.
 */
function embedAsWanted(): void {
  inDatabase(trial.data, (db) => {
    const { space, dim } = db.prepare<[], { space: number; dim: number }>('SELECT id AS space, dim FROM space').get()!;
    const cache = readFileSync(join(trial.data, 'tags', `labels-${space}-trial.bin`));
    const text = new Float32Array(new Uint8Array(cache.subarray(KEY_BYTES, KEY_BYTES + 4 * dim)).buffer);
    const put = db.prepare<[Uint8Array, number]>('UPDATE window SET embedding = ? WHERE file_id = ?');
    for (const [at, fileId] of ids.entries()) {
      const accepted = at < PAIRS;
      const place = accepted ? at : (at + 1) % PAIRS;
      put.run(encodeEmbedding(near(text, accepted ? 0.15 : 0.1, place), dim), fileId);
    }
  });
}

/** @returns of norm 1, at this cosine to the text, and otherwise along an axis of its own */
function near(text: Float32Array, cosine: number, axis: number): Float32Array {
  const along = text.map((value, i) => (i === axis ? 1 : 0) - text[axis]! * value);
  const norm = Math.hypot(...along);
  const rest = Math.sqrt(1 - cosine ** 2) / norm;
  return text.map((value, i) => cosine * value + rest * along[i]!);
}

async function taught() {
  const [one] = await trial.call('tag.taught', null);
  return one!;
}
const reasons = async () => (await trial.call('tag.why', { fileId: ids[0]!, tagId })).map(({ kind }) => kind);

test('what makes the order worse is learnt, shown, and not used', async () => {
  for (const [at, fileId] of ids.entries()) {
    await trial.call('tag.decide', { decisions: [{ fileId, tagId, accepted: at < PAIRS }] });
  }
  await score();
  const { before, after, ...rest } = await taught();
  expect(before).toBe(1);
  expect(after).toBeLessThan(0.9);
  expect(rest).toMatchObject({ name: 'dog bark', accepted: PAIRS, rejected: PAIRS, inUse: false });
  expect(await reasons()).not.toContain('taught');
});

test('the user may want it all the same, and then it stays, also when it learns again', async () => {
  expect(await trial.call('tag.useTaught', { tagId, inUse: true })).toMatchObject({ inUse: true });
  await score();
  expect(await reasons()).toContain('taught');
  await trial.call('tag.decide', { decisions: [{ fileId: ids.at(-1)!, tagId, accepted: null }] });
  await score();
  const { before, after, rejected, inUse } = await taught();
  expect([rejected, inUse]).toEqual([PAIRS - 1, true]);
  expect(after).toBeLessThan(before!);
});

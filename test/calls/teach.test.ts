import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_PACK, SHIPPED_MODELS_FOLDER } from '../../src/main/packs/installed.ts';
import { outputAt } from '../export/output-at.ts';
import { EngineTrial } from './engine-trial.ts';
import { waitForJob } from '../../src/shared/jobs.ts';

const trial = new EngineTrial();
const STARTER = join(SHIPPED_MODELS_FOLDER, DEFAULT_PACK);
let ids: Map<string, number>;
const of = (...names: string[]): number[] => names.map((name) => ids.get(name)!);

/** Low hums and high whistles: nothing a model could take for each other. */
function makeSounds(): void {
  for (let at = 0; at < 10; at++) {
    trial.addTone(`hum-${String(at)}.wav`, 70 + 7 * at, 2, { sampleRate: 32000 });
    trial.addTone(`whistle-${String(at)}.wav`, 3000 + 190 * at, 2, { sampleRate: 32000 });
  }
}

async function suggested(tagId: number, minProbability = 0.5): Promise<string[]> {
  const files = await trial.call('tag.files', { scope: { tagId, minProbability }, state: 'suggested', order: 'sure' });
  const nameOf = new Map([...ids].map(([name, id]) => [id, name]));
  return files.map(({ fileId }) => nameOf.get(fileId)!).sort();
}

beforeAll(async () => {
  makeSounds();
  await trial.start({ model: STARTER });
  await trial.index(trial.sounds);
  const all = await trial.call('file.list', { of: {}, order: 'name', descending: false });
  ids = new Map((await trial.call('file.rows', all)).map(({ path, fileId }) => [basename(path, '.wav'), fileId]));
});
afterAll(() => trial.end());

describe('a tag made from examples', () => {
  let tagId: number;

  it('needs a name and three files that exist', async () => {
    const make = (name: string, fileIds: number[]) => trial.call('tag.make', { name, fileIds });
    await expect(make('Mains hum', of('hum-0', 'hum-1', 'hum-1'))).rejects.toThrow(/at least 3 example files/);
    await expect(make('  ', of('hum-0', 'hum-1', 'hum-2'))).rejects.toThrow(/must have 1 to 100 characters/);
    await expect(make('Mains hum', [...of('hum-0', 'hum-1'), 4_000_000])).rejects.toMatchObject({ code: 'file-missing' }); // prettier-ignore
    expect((await trial.call('vocabulary.list', null)).vocabularies.map(({ id }) => id)).not.toContain('mine');
  });

  it('is suggested for similar files and for no others', async () => {
    const row = await trial.call('tag.make', { name: 'Mains hum', fileIds: of('hum-0', 'hum-3', 'hum-6', 'hum-9') });
    tagId = row.tagId;
    expect(row).toMatchObject({ vocabularyId: 'mine', labelId: 'mains-hum', accepted: 4, rejected: 0 });
    expect(row.taught).toMatchObject({ accepted: 4, rejected: 0, before: null, inUse: true });
    const found = await suggested(tagId);
    expect(found.length).toBeGreaterThanOrEqual(4);
    expect(found.filter((name) => name.startsWith('whistle'))).toEqual([]);
    const why = await trial.call('tag.why', { fileId: ids.get(found[0]!)!, tagId });
    expect(why.map(({ text }) => text)).toContain('learned from 4 of your decisions');
  });

  it('has a name that is its own', async () => {
    await expect(
      trial.call('tag.make', { name: 'mains HUM', fileIds: of('hum-0', 'hum-1', 'hum-2') }),
    ).rejects.toMatchObject({ code: 'name-taken' });
  });

  it('is switched off and on by the user, and stays so when it learns again', async () => {
    const score = async () => {
      await waitForJob(
        trial,
        await trial.call('tag.score', { vocabularyIds: ['mine'], folders: [], again: false }),
        'tag',
      );
    };
    expect(await trial.call('tag.useTaught', { tagId, inUse: false })).toMatchObject({ tagId, inUse: false });
    await trial.call('tag.decide', {
      decisions: of('whistle-0', 'whistle-5', 'whistle-9').map((fileId) => ({ fileId, tagId, accepted: false })),
    });
    await score();
    const [taught] = await trial.call('tag.taught', null);
    expect(taught).toMatchObject({ tagId, accepted: 4, rejected: 3, inUse: false });
    expect(taught!.after).toBe(1);
    await trial.call('tag.useTaught', { tagId, inUse: true });
    await score();
    expect((await suggested(tagId)).length).toBeGreaterThanOrEqual(4);
  });

  it('goes to another machine with its decisions, and overrules none there', async () => {
    const path = join(trial.folder, 'taught.json');
    expect(await trial.call('tag.exportTaught', await outputAt(trial, path))).toEqual({ tags: 1, decisions: 7 });
    await expect(trial.call('tag.exportTaught', await outputAt(trial, path))).rejects.toMatchObject({
      code: 'name-taken',
    });

    const other = new EngineTrial();
    try {
      mkdirSync(join(other.sounds, 'elsewhere'));
      for (const name of ['hum-0', 'hum-3', 'hum-5', 'whistle-0', 'whistle-3']) {
        writeFileSync(join(other.sounds, 'elsewhere', `renamed ${name}.wav`), readFileSync(trial.at(`${name}.wav`)));
      }
      await other.start({ model: STARTER });
      await other.index(other.sounds);
      expect(await other.call('tag.importTaught', { path })).toEqual({ tags: 1, decisions: 3 });
      expect(await other.call('tag.taught', null)).toMatchObject([{ name: 'Mains hum', accepted: 4, rejected: 3, inUse: true }]); // prettier-ignore
      await waitForJob(other, await other.call('tag.score', { vocabularyIds: ['mine'], folders: [], again: false }), 'tag'); // prettier-ignore
      const [row] = await other.call('tag.list', {});
      expect(row).toMatchObject({ name: 'Mains hum', accepted: 2, rejected: 1 });
      expect(await other.call('tag.importTaught', { path })).toMatchObject({ decisions: 0 });
    } finally {
      await other.end();
    }
  });

  it.each([
    ['no JSON', 'what?', /it is not JSON/],
    ['something else', '{"format":"earmark-taught","version":2}', /“version” must be “1”/],
  ])('is not imported from %s', async (_, text, sentence) => {
    const path = join(trial.folder, 'odd.json');
    writeFileSync(path, text);
    await expect(trial.call('tag.importTaught', { path })).rejects.toThrow(sentence);
  });

  it('forgets what it learnt when the decisions are taken back', async () => {
    await trial.call('tag.undo', { stepId: null });
    await trial.call('tag.undo', { stepId: null });
    await waitForJob(
      trial,
      await trial.call('tag.score', { vocabularyIds: ['mine'], folders: [], again: false }),
      'tag',
    );
    expect(await trial.call('tag.taught', null)).toEqual([]);
  });
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findPack } from '../../src/main/packs/installed.ts';
import { readBackground } from '../../src/main/tag/background.ts';
import { readVocabularies } from '../../src/main/tag/installed.ts';
import { parseVocabulary, vocabularyHash, type Vocabulary } from '../../src/main/tag/vocabulary.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
let vocabulary: Vocabulary;
beforeEach(() => {
  folder = temporaryFolder('background');
  vocabulary = parseVocabulary(
    JSON.stringify({
      id: 'mine',
      name: 'Mine',
      version: 1,
      language: 'en',
      profile: 'music',
      groups: [{ id: 'all', name: 'All', kind: 'multi' }],
      labels: [{ id: 'dog', name: 'dog', group: 'all', prompts: ['a dog barks'] }],
    }),
    'mine.json',
  );
});

async function packWith(content: unknown): Promise<{ folder: string; backgroundPath: string }> {
  const backgroundPath = join(folder, 'background.json');
  await writeFile(backgroundPath, typeof content === 'string' ? content : JSON.stringify(content));
  return { folder, backgroundPath };
}

const measured = (labels: Record<string, number[]>) => ({
  windows: 10,
  quantiles: [0.9, 0.99],
  vocabularies: [{ id: 'mine', hash: vocabularyHash(vocabulary), labels }],
});

test('mean, deviation and quantiles of each label', async () => {
  const pack = await packWith(measured({ dog: [0.1, 0.05, 0.2, 0.3] }));
  expect(await readBackground(pack, vocabulary)).toEqual(
    new Map([['dog', { mean: 0.1, standardDeviation: 0.05, quantiles: [{ share: 0.9, cosine: 0.2 }, { share: 0.99, cosine: 0.3 }] }]]), // prettier-ignore
  );
});

test('none for a vocabulary that was reworded, none from a pack without', async () => {
  const pack = await packWith(measured({ dog: [0.1, 0.05, 0.2, 0.3] }));
  const reworded = { ...vocabulary, labels: [{ ...vocabulary.labels[0]!, prompts: ['a dog is barking'] }] };
  expect(await readBackground(pack, reworded)).toBeNull();
  expect(await readBackground({ folder, backgroundPath: null }, vocabulary)).toBeNull();
});

test.each([
  ['not JSON', '{'],
  ['no vocabularies', { windows: 10, quantiles: [] }],
  ['too few values', () => measured({ dog: [0.1, 0.05, 0.2] })],
])('damaged: %s', async (_name, content) => {
  const pack = await packWith(typeof content === 'function' ? content() : content);
  await expect(readBackground(pack, vocabulary)).rejects.toMatchObject({
    code: 'model-damaged',
    userMessage: expect.stringContaining(folder) as string,
  });
});

test('the shipped pack has them for every label of every shipped vocabulary', async () => {
  const pack = await findPack({ dataFolder: folder });
  const { found } = await readVocabularies({ dataFolder: folder });
  expect(found.length).toBeGreaterThanOrEqual(6);
  for (const { vocabulary: shipped } of found) {
    const background = await readBackground(pack, shipped);
    expect(
      background,
      `${shipped.id}: run training/export.py again, its labels or prompts were changed`,
    ).not.toBeNull();
    for (const { id } of shipped.labels) {
      const { mean, standardDeviation, quantiles } = background!.get(id)!;
      expect(mean).toBeGreaterThan(-1);
      expect(standardDeviation).toBeGreaterThan(0);
      expect(quantiles.map(({ share }) => share)).toEqual([0.9, 0.99, 0.999]);
      expect(quantiles.at(-1)!.cosine).toBeGreaterThan(mean);
    }
  }
});

import { expect, test } from 'vitest';
import { VectorIndex } from '../../src/main/index/vector-index.ts';
import { DIM, facts, temporaryCatalogue } from '../kit/catalogue.ts';
import { clustered } from './clustered.ts';

const WINDOWS_A_FILE = 30;

test('the same filter once more, after windows came and went', async () => {
  const temporary = temporaryCatalogue();
  const { folder, catalogue, spaceId } = temporary;
  const rootId = catalogue.roots.add('/sounds').id;
  const addFile = (name: string, seed: number) => {
    const fileId = catalogue.files.insertPending({ rootId, relativePath: name, size: 1, mtimeMs: 1 });
    const windows = clustered(WINDOWS_A_FILE, DIM, seed);
    catalogue.files.storeAnalysed({
      ...{ fileId, spaceId, facts: facts(name), tags: [] },
      windows: windows.map((embedding, at) => ({ startSeconds: 5 * at, seconds: 5, embedding })),
    });
    return fileId;
  };
  const first = addFile('first.wav', 1);
  const second = addFile('second.wav', 2);
  addFile('other.wav', 3);
  const later = second + 2;
  const index = await VectorIndex.open({ dataFolder: folder, spaceId, dim: DIM });
  try {
    const [query] = clustered(1, DIM, 9);
    const allowed = Float64Array.of(first, second, later);
    const found = async () => new Set((await index.search(query!, 5 * WINDOWS_A_FILE, allowed)).fileIds);
    expect(await found()).toEqual(new Set([first, second]));
    expect(addFile('later.wav', 4)).toBe(later);
    await index.sync();
    expect(await found()).toEqual(new Set([first, second, later]));
    catalogue.files.setFailed(first, { code: 'undecodable-audio', message: 'Broken.', size: 0, mtimeMs: 0 });
    await index.sync();
    expect(await found()).toEqual(new Set([second, later]));
  } finally {
    await index.close();
    temporary.remove();
  }
});

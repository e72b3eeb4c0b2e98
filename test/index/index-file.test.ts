import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { HnswGraph } from '../../src/main/index/hnsw-graph.ts';
import { loadIndex, saveIndex, type SavedIndex } from '../../src/main/index/index-file.ts';
import { clustered } from './clustered.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const DIM = 16;
let folder: string;
beforeEach(() => (folder = temporaryFolder('index-file')));

const embeddings = clustered(300, DIM, 1);

function someIndex(count = 300): SavedIndex {
  const graph = HnswGraph.empty(DIM, count);
  embeddings.slice(0, count).forEach((embedding, i) => graph.add(i + 1, embedding, 0));
  graph.markDeleted(2);
  const ids = Array.from({ length: count }, (_, i) => i + 1).filter((id) => id !== 2);
  return { graph, rows: Float64Array.from(ids.flatMap((id) => [id, 1000 + id])), broken: [] };
}
const fileEnding = (ending: string) =>
  join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(ending))!,
  );
const usable = (index: Awaited<ReturnType<typeof loadIndex>>): SavedIndex => {
  if (index === null || typeof index === 'string') throw new Error(`not usable: ${index}`);
  return index;
};

describe('a saved index', () => {
  test('comes back as it was', async () => {
    const index = someIndex();
    await saveIndex(folder, 1, DIM, index);
    const loaded = usable(await loadIndex(folder, 1, DIM));
    expect(loaded.rows).toEqual(index.rows);
    expect([loaded.graph.elements, loaded.graph.deleted, loaded.graph.largestLabel]).toEqual([300, 1, 300]);
    for (const query of embeddings.slice(0, 5))
      expect(loaded.graph.search(query, 10)).toEqual(index.graph.search(query, 10));
    expect(loaded.graph.search(embeddings[1]!, 300).map(({ label }) => label)).not.toContain(2);
    expect(await loadIndex(folder, 2, DIM)).toBeNull();
  });

  test('a newer one takes its place, and nothing is left over', async () => {
    await saveIndex(folder, 1, DIM, someIndex(10));
    await saveIndex(folder, 12, DIM, someIndex(10));
    await saveIndex(folder, 1, DIM, someIndex(20));
    expect(readdirSync(folder)).toHaveLength(6);
    expect(usable(await loadIndex(folder, 1, DIM)).graph.elements).toBe(20);
    expect(usable(await loadIndex(folder, 12, DIM)).graph.elements).toBe(10);
  });

  test('what a kill left behind goes when it is old, not when somebody may be writing it', async () => {
    const old = join(folder, 'index-1-aaaa.hnsw');
    const young = join(folder, 'index-1-bbbb.hnsw');
    for (const path of [old, young]) writeFileSync(path, 'half');
    utimesSync(old, 1000, 1000);
    await saveIndex(folder, 1, DIM, someIndex(10));
    expect(readdirSync(folder).filter((name) => /aaaa|bbbb/.test(name))).toEqual(['index-1-bbbb.hnsw']);
  });
});

describe('an index that cannot be used says why, and the native code never sees it', () => {
  beforeEach(async () => saveIndex(folder, 1, DIM, someIndex()));

  test.each([
    [
      'truncated graph',
      () => truncateSync(fileEnding('.hnsw'), statSync(fileEnding('.hnsw')).size - 100),
      'was damaged',
    ],
    ['a bit flipped in a link', () => flip(fileEnding('.hnsw'), 98), 'was damaged'],
    ['a bit flipped at the end', () => flip(fileEnding('.hnsw'), -3), 'was damaged'],
    ['a bit flipped in the ids', () => flip(fileEnding('.rows'), 100), 'was damaged'],
    ['graph gone', () => rmSync(fileEnding('.hnsw')), 'was damaged'],
    ['half a description', () => truncateSync(fileEnding('.json'), 60), 'was damaged'],
    [
      'description of something else',
      () => writeFileSync(fileEnding('.json'), '{"graph":{"name":"../../etc/passwd"},"rows":{"name":"x"}}'),
      'was damaged',
    ],
    ['no description', () => rmSync(fileEnding('.json')), 'has no header'],
    ['other parameters', () => edit({ M: 8 }), 'was made by another version of Earmark'],
    ['other library', () => edit({ hnswlib: '0.0.1' }), 'was made by another version of Earmark'],
    ['fewer elements than it says', () => edit({ elements: 299 }), 'was damaged'],
  ])('%s', async (_, harm, reason) => {
    harm();
    expect(await loadIndex(folder, 1, DIM)).toBe(reason);
  });

  test('another dimension', async () => {
    expect(await loadIndex(folder, 1, DIM * 2)).toBe('was made by another version of Earmark');
  });

  function edit(change: Record<string, unknown>): void {
    const path = fileEnding('.json');
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...change }));
  }
});

test('an unwritable folder is an error, and leaves no file', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(saveIndex(join(folder, 'file', 'index'), 1, DIM, someIndex(10))).rejects.toMatchObject({
    code: 'ENOTDIR',
  });
});

test('after kill -9 while saving, the old or the new index is complete', async () => {
  await saveIndex(folder, 1, DIM, someIndex(10));
  const script = fileURLToPath(new URL('save-again-and-again.ts', import.meta.url));
  for (const afterMs of [0, 3, 7, 12, 20]) {
    const child = fork(script, [folder], { execArgv: [] });
    await once(child, 'message');
    await sleep(afterMs);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    const { graph, rows } = usable(await loadIndex(folder, 1, DIM));
    expect(rows.length / 2).toBe(graph.elements - graph.deleted);
    expect(graph.search(embeddings[3]!, 1)).toHaveLength(1);
  }
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  const position = at < 0 ? bytes.length + at : at;
  bytes[position] = bytes[position]! ^ 4;
  writeFileSync(path, bytes);
}

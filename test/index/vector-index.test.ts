import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCatalogue, type Catalogue } from '../../src/main/catalogue/open.ts';
import { indexBytes, indexFolder } from '../../src/main/index/index-folder.ts';
import { VectorIndex } from '../../src/main/index/vector-index.ts';
import { facts, inDatabase, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';
import { clustered, cosine, nearest, normalised } from './clustered.ts';
import { sha256 } from '../kit/sha256.ts';

const DIM = 16;
/** Above the number up to which everything is compared one by one, so that the graph answers. */
const WINDOWS = 6000;
const WINDOWS_A_FILE = 30;
const embeddings = clustered(WINDOWS, DIM, 1);
const queries = clustered(20, DIM, 5);

let temporary: TemporaryCatalogue;
let folder: string;
let catalogue: Catalogue;
let spaceId: number;
let rootId: number;
let notices: string[];
const open: VectorIndex[] = [];

beforeEach(() => {
  temporary = temporaryCatalogue({ dim: DIM });
  ({ folder, catalogue, spaceId } = temporary);
  rootId = catalogue.roots.add('/sounds').id;
  notices = [];
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((index) => index.close()));
  catalogue.close(); // perhaps another than the first
  temporary.remove();
});

async function openIndex(): Promise<VectorIndex> {
  const index = await VectorIndex.open({
    dataFolder: folder,
    spaceId,
    dim: DIM,
    notice: (message) => notices.push(message),
  });
  open.push(index);
  return index;
}

/** Files of 30 windows, 5 s each, in a row of `embeddings`. @returns their ids */
function addFiles(from: number, to: number): number[] {
  return catalogue.transaction(() =>
    Array.from({ length: Math.ceil((to - from) / WINDOWS_A_FILE) }, (_, i) => {
      const first = from + i * WINDOWS_A_FILE;
      const fileId = catalogue.files.insertPending({ rootId, relativePath: `${first}.wav`, size: first, mtimeMs: 1 });
      const windows = embeddings.slice(first, Math.min(to, first + WINDOWS_A_FILE));
      catalogue.files.storeAnalysed({
        fileId,
        spaceId,
        facts: facts(`sound ${first}`),
        tags: [],
        windows: windows.map((embedding, w) => ({ startSeconds: 5 * w, seconds: 5, embedding })),
      });
      return fileId;
    }),
  );
}

/** Share of the exact ten nearest that the index finds. `ids[i]` is the window of `embeddings[i]`. */
async function recall(index: VectorIndex, ids: readonly number[], among: readonly Float32Array[]): Promise<number> {
  let found = 0;
  for (const query of queries) {
    const { windowIds, cosines } = await index.search(query, 10);
    expect([...cosines]).toEqual([...cosines].sort((a, b) => b - a));
    const exact = new Set(nearest(query, among, 10).map((i) => ids[i]));
    found += windowIds.filter((id) => exact.has(id)).length;
  }
  return found / (10 * queries.length);
}
const allIds = () => catalogue.windows.ids(spaceId);
const description = () => join(indexFolder(folder), `index-${spaceId}.json`);
const savedGraph = () =>
  join(
    indexFolder(folder),
    readdirSync(indexFolder(folder)).find((name) => name.endsWith('.hnsw'))!,
  );

describe('a small library', () => {
  test('answers with the place in the file, without a sync', async () => {
    const [first, second] = addFiles(0, 60) as [number, number];
    const index = await openIndex();
    expect([index.count, index.state]).toEqual([60, 'new']);
    const matches = await index.search(embeddings[37]!, 3);
    expect(matches.fileIds[0]).toBe(second);
    expect([matches.startSeconds[0], matches.seconds[0]]).toEqual([35, 5]);
    expect(matches.cosines[0]).toBeCloseTo(1, 3);
    expect(matches.windowIds).toHaveLength(3);
    const filtered = await index.search(embeddings[37]!, 100, Float64Array.of(first));
    expect([...new Set(filtered.fileIds)]).toEqual([first]);
    expect(filtered.fileIds).toHaveLength(30);
    expect(notices).toEqual([]);
  });

  test('the best window of each file', async () => {
    const files = addFiles(0, 90);
    const index = await openIndex();
    const query = queries[0]!;
    const best = await index.scoreFiles(query, Float64Array.of(files[2]!, files[0]!, 999));
    for (const [i, fileId] of [files[0]!, files[2]!].entries()) {
      const own = embeddings.slice(i * 60, i * 60 + 30);
      const at = best.fileIds.indexOf(fileId);
      expect(best.startSeconds[at]).toBe(5 * nearest(query, own, 1)[0]!);
      expect(best.cosines[at]).toBeCloseTo(Math.max(...own.map((e) => cosine(query, e))), 3);
    }
    expect(best.fileIds).toHaveLength(2);
    expect(best.cosines[0]).toBeGreaterThanOrEqual(best.cosines[1]!);
  });

  test('mean and spread of the library, the same each time', async () => {
    addFiles(0, 3000);
    const index = await openIndex();
    const cosines = embeddings.slice(0, 3000).map((embedding) => cosine(queries[1]!, embedding));
    const mean = cosines.reduce((sum, value) => sum + value) / cosines.length;
    const sd = Math.sqrt(cosines.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cosines.length);
    const background = await index.background(queries[1]!);
    expect(background.windows).toBe(2000);
    expect(Math.abs(background.mean - mean)).toBeLessThan(0.02);
    expect(Math.abs(background.sd - sd)).toBeLessThan(0.02);
    expect(await index.background(queries[1]!)).toEqual(background);
  });

  test('an empty one, queries that do not fit, and a catalogue that is not there', async () => {
    const index = await openIndex();
    expect((await index.search(queries[0]!, 10)).windowIds).toHaveLength(0);
    expect(await index.background(queries[0]!)).toEqual({ mean: 0, sd: 0, windows: 0 });
    expect(await index.sync()).toMatchObject({ added: 0, removed: 0, count: 0, cancelled: false, notSaved: null });
    await expect(index.search(new Float32Array(DIM - 1), 10)).rejects.toThrow(/15 values, expected 16/);
    await expect(index.search(new Float32Array(DIM).fill(NaN), 10)).rejects.toThrow(/not finite/);
    await expect(index.scoreFiles(new Float32Array(3), Float64Array.of(1))).rejects.toThrow(/3 values/);
    expect(await index.memory()).toBeGreaterThan(10_000_000);
    const nowhere = VectorIndex.open({
      dataFolder: join(folder, 'none'),
      spaceId,
      dim: DIM,
      notice: (m) => notices.push(m),
    });
    await expect(nowhere).rejects.toMatchObject({ code: 'not-found' });
    expect(notices).toEqual([]);
  });
});

describe('a larger library', () => {
  test('synced, saved, loaded; new windows are found before and after they are put in', async () => {
    addFiles(0, 5400);
    const index = await openIndex();
    const progress: number[] = [];
    expect(await index.sync(undefined, (done) => progress.push(done))).toMatchObject({
      added: 5400,
      removed: 0,
      cancelled: false,
    });
    expect(progress.at(-1)).toBe(5400);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    await index.close();

    addFiles(5400, WINDOWS);
    const again = await openIndex();
    expect([again.state, again.count]).toEqual(['loaded', WINDOWS]);
    expect(await recall(again, allIds(), embeddings)).toBeGreaterThanOrEqual(0.99); // 600 of them not in the graph yet
    expect(await again.sync()).toMatchObject({ added: 600, removed: 0 });
    expect(await recall(again, allIds(), embeddings)).toBeGreaterThanOrEqual(0.99);
    expect(await again.sync()).toMatchObject({ added: 0, removed: 0 });
    expect(indexBytes(folder, spaceId)).toBeGreaterThan(WINDOWS * (DIM * 4 + 132));
    expect(notices).toEqual([]);
  });

  test('filters that pass few and many windows', async () => {
    const files = addFiles(0, WINDOWS);
    const index = await openIndex();
    await index.sync();
    for (const share of [0.02, 0.5, 0.95]) {
      const allowed = files.slice(0, files.length * share);
      const among = embeddings.slice(0, allowed.length * WINDOWS_A_FILE);
      const matches = await index.search(queries[2]!, 10, Float64Array.from(allowed));
      const ids = allIds();
      const exact = nearest(queries[2]!, among, 10).map((i) => ids[i]!);
      expect([...matches.windowIds].filter((id) => exact.includes(id)).length).toBeGreaterThanOrEqual(9);
      expect([...matches.fileIds].every((id) => allowed.includes(id))).toBe(true);
    }
  });

  test('deleted windows never come back: not at once, not from the file, not after a rebuild', async () => {
    const files = addFiles(0, WINDOWS);
    const index = await openIndex();
    await index.sync();
    const forget = (ids: readonly number[]) => {
      for (const id of ids)
        catalogue.files.setFailed(id, { code: 'undecodable-audio', message: 'Broken.', size: 0, mtimeMs: 0 });
    };
    const gone = new Set(files.slice(10, 20));
    const clean = async (searched: VectorIndex) => {
      for (const i of [300, 400, 599, ...Array.from({ length: 10 }, (_, q) => q * 40)]) {
        const { fileIds } = await searched.search(embeddings[i]!, 50);
        expect(fileIds).toHaveLength(50);
        expect(fileIds.some((id) => gone.has(id))).toBe(false);
      }
    };
    forget([...gone]);
    expect(await index.sync()).toMatchObject({ added: 0, removed: 300 });
    await clean(index);
    await index.close();
    for (const id of files.slice(20, 25)) gone.add(id);
    forget(files.slice(20, 25)); // while no index is open
    const again = await openIndex();
    expect(again.state).toBe('loaded');
    await clean(again);
    for (const id of files.slice(25, 100)) gone.add(id);
    forget(files.slice(25, 100)); // more than 30 %: the graph is built anew
    expect(await again.sync()).toMatchObject({ added: WINDOWS - 90 * 30, removed: 75 * 30 });
    await clean(again);
    await again.close();
    const last = await openIndex();
    expect([last.state, last.count]).toEqual(['loaded', WINDOWS - 90 * 30]);
    await clean(last);
  });

  test('cancelled midway: the rest is searched all the same, and the next sync continues from there', async () => {
    addFiles(0, WINDOWS);
    const index = await openIndex();
    const cancel = new AbortController();
    const sync = index.sync(cancel.signal, (done) => {
      if (done < WINDOWS) cancel.abort(new Error('enough'));
    });
    await expect(sync).rejects.toThrow('enough');
    expect(await recall(index, allIds(), embeddings)).toBeGreaterThanOrEqual(0.99);
    await index.close();
    const again = await openIndex();
    const { added } = await again.sync();
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThan(WINDOWS);
    await expect(again.sync(AbortSignal.abort(new Error('at once')))).rejects.toThrow('at once');
  });

  test('searching continues during a sync', async () => {
    addFiles(0, WINDOWS);
    const index = await openIndex();
    const state = { synced: false };
    const sync = index.sync().finally(() => (state.synced = true));
    let answers = 0;
    while (!state.synced) {
      const { cosines } = await index.search(embeddings[answers]!, 1);
      expect(cosines[0]).toBeCloseTo(1, 3);
      answers++;
    }
    await sync;
    expect(answers).toBeGreaterThan(3);
  });

  test('a process that is killed is started again, and the call is answered', async () => {
    addFiles(0, 600);
    const index = await openIndex();
    await index.sync();
    killChild(index);
    const { cosines } = await index.search(embeddings[5]!, 1);
    expect(cosines[0]).toBeCloseTo(1, 3);
    expect(notices).toEqual(['The search index crashed and is being restarted.']);
    const pending = Promise.allSettled([index.search(embeddings[5]!, 1), index.sync()]);
    killChild(index);
    expect((await pending).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    killChild(index);
    await index.search(embeddings[5]!, 1);
    killChild(index);
    await expect(index.search(embeddings[5]!, 1)).rejects.toMatchObject({ code: 'engine-broken' });
    expect((await index.search(embeddings[5]!, 1)).cosines[0]).toBeCloseTo(1, 3); // nobody kills it any more
  });
});

describe('an unusable index is rebuilt, with a notice', () => {
  async function rebuilt(reason: RegExp): Promise<void> {
    const index = await openIndex();
    expect(index.state).toBe('rebuilding');
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(reason);
    expect(await recall(index, allIds(), embeddings.slice(0, 900))).toBeGreaterThanOrEqual(0.99); // at once
    expect(await index.sync()).toMatchObject({ added: catalogue.windows.count(spaceId), notSaved: null });
    await index.close();
    expect((await openIndex()).state).toBe('loaded');
    expect(notices).toHaveLength(1);
  }

  beforeEach(async () => {
    addFiles(0, 900);
    const index = await openIndex();
    await index.sync();
    await index.close();
  });

  test('bit flipped in the graph', async () => {
    const bytes = readFileSync(savedGraph());
    bytes[5000] = bytes[5000]! ^ 1;
    writeFileSync(savedGraph(), bytes);
    await rebuilt(/^The search index was damaged and is being rebuilt from the catalogue\.$/);
  });

  test('description missing', async () => {
    rmSync(description());
    await rebuilt(/has no header/);
  });

  test('made for another dimension', async () => {
    const was = JSON.parse(readFileSync(description(), 'utf8')) as object;
    writeFileSync(description(), JSON.stringify({ ...was, dim: 2 * DIM }));
    await rebuilt(/another version/);
  });

  test('a whole file, yet one that ends the process when it is loaded', async () => {
    // As damage would look that happened before the hash was taken: a header that asks for more memory than there is.
    const bytes = readFileSync(savedGraph());
    bytes.writeBigUInt64LE(2n ** 56n, 8);
    writeFileSync(savedGraph(), bytes);
    const was = JSON.parse(readFileSync(description(), 'utf8')) as { graph: { sha256: string } };
    was.graph.sha256 = sha256(bytes);
    writeFileSync(description(), JSON.stringify(was));
    const index = await openIndex();
    expect(index.state).toBe('rebuilding');
    expect(await recall(index, allIds(), embeddings.slice(0, 900))).toBeGreaterThanOrEqual(0.99);
    expect(notices.at(-1)).toMatch(/was damaged/);
  });

  test('a catalogue restored from an older copy', async () => {
    const copy = join(folder, 'copy.db');
    inDatabase(folder, (db) => db.pragma('wal_checkpoint(TRUNCATE)'));
    copyFileSync(catalogue.path, copy);
    addFiles(900, 1200);
    const index = await openIndex();
    await index.sync();
    await index.close();
    catalogue.close();
    copyFileSync(copy, catalogue.path);
    catalogue = openCatalogue(folder);
    // The ids of the lost windows are given away again, to other sounds.
    const [file] = addFiles(1500, 1530) as [number];
    const again = await openIndex();
    expect(again.state).toBe('rebuilding');
    expect(notices[0]).toMatch(/is from another state of the catalogue/);
    await again.sync();
    const { fileIds, cosines } = await again.search(embeddings[1510]!, 1);
    expect([fileIds[0], Math.round(cosines[0]! * 100)]).toEqual([file, 100]);
  });

  test('ids given away again after the index was opened', async () => {
    const copy = join(folder, 'copy.db');
    inDatabase(folder, (db) => db.pragma('wal_checkpoint(TRUNCATE)'));
    copyFileSync(catalogue.path, copy);
    addFiles(900, 930);
    const index = await openIndex();
    await index.sync();
    await index.close();
    catalogue.close();
    copyFileSync(copy, catalogue.path);
    catalogue = openCatalogue(folder);
    const again = await openIndex();
    expect(again.state).toBe('loaded'); // windows that are gone, as far as can be told
    const [file] = addFiles(1500, 1530) as [number];
    expect(await again.sync()).toMatchObject({ count: 930 });
    const { fileIds, cosines } = await again.search(embeddings[1510]!, 1);
    expect([fileIds[0], Math.round(cosines[0]! * 100)]).toEqual([file, 100]);
  });

  test('a stored embedding that is not a number is left out, not an end to everything', async () => {
    const bad = Buffer.alloc(2 * DIM, 0xff); // all NaN
    const [file] = addFiles(900, 901) as [number];
    inDatabase(folder, (db) => db.prepare('UPDATE window SET embedding = ? WHERE file_id = ?').run(bad, file));
    addFiles(930, 960);
    const index = await openIndex();
    expect(await index.sync()).toMatchObject({ added: 31, notSaved: null });
    const { fileIds } = await index.search(normalised(embeddings[900]!), 931);
    expect(fileIds).toHaveLength(930);
    expect(fileIds).not.toContain(file);
    await index.close();
    const again = await openIndex();
    expect(again.state).toBe('loaded');
    expect(await again.sync()).toMatchObject({ added: 0, removed: 0 });
  });
});

test('a folder that cannot be written costs the saving, not the search', async () => {
  addFiles(0, 60);
  const index = await openIndex();
  rmSync(indexFolder(folder), { recursive: true });
  writeFileSync(indexFolder(folder), '');
  const { notSaved } = await index.sync();
  expect(notSaved).toMatch(/could not be saved/);
  expect(notices).toEqual([notSaved]);
  expect((await index.search(embeddings[3]!, 1)).cosines[0]).toBeCloseTo(1, 3);
});

/** As a crash in native code would end it. */
function killChild(index: VectorIndex): void {
  process.kill(index.pid!, 'SIGKILL');
}

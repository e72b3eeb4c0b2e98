import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RootRow } from '../../src/main/catalogue/stores/roots.ts';
import { fieldOf } from '../../src/main/decode/tag-fields.ts';
import { addAnalysed, axis, facts, matching, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';

let temporary: TemporaryCatalogue;
let root: RootRow;
beforeEach(() => {
  temporary = temporaryCatalogue();
  root = temporary.catalogue.roots.add('/media/Sounds');
});
afterEach(() => temporary.remove());

describe('analysis', () => {
  test('facts, tags, words, windows and the done mark arrive together', () => {
    const { catalogue, spaceId } = temporary;
    const id = addAnalysed(temporary, root.id, 'doors/DOORWood_slam.wav');
    expect(catalogue.files.byId(id)).toMatchObject({
      state: 'ready', offline: false, contentId: 'content of doors/DOORWood_slam.wav', format: 'wav', codec: 'pcm_s16le',
      durationSeconds: 7.5, sampleRate: 48_000, channels: 2, bitDepth: 16, peakDb: -3.5, loudnessLufs: -20.25, attempts: 0,
    }); // prettier-ignore
    expect([...catalogue.files.waveform(id)!]).toEqual([0, 128, 255]);
    expect(catalogue.tags.of(id)).toEqual([
      { nativeId: 'LIST/INFO:IKEY', field: 'keywords', value: 'creaky; haunted house' },
    ]);
    expect(catalogue.windows.isAnalysed(id, spaceId)).toBe(true);
    const windows = catalogue.windows.ofFile(id, spaceId);
    expect(windows.map(({ startSeconds, seconds }) => [startSeconds, seconds])).toEqual([[0, 5], [5, 2.5]]); // prettier-ignore
    expect([...windows[1]!.embedding]).toEqual([...axis(1)]);
    for (const query of ['wood', 'doorwood', 'slamming', 'doors', 'sounds', 'haunted', 'tags:creaky']) {
      expect(matching(catalogue, query), query).toEqual([id]);
    }
    expect(matching(catalogue, 'wav')).toEqual([]);
    expect(catalogue.integrityCheck()).toEqual([]);
  });

  test('one bad embedding, and nothing is written', () => {
    const { catalogue, spaceId } = temporary;
    const id = addAnalysed(temporary, root.id, 'a.wav');
    const before = { file: catalogue.files.byId(id), windows: catalogue.windows.ofFile(id, spaceId) };
    const good = { startSeconds: 0, seconds: 5, embedding: axis(3) };
    for (const embedding of [axis(0, 7), new Float32Array(8), axis(0).fill(NaN, 3, 4), axis(0).map((v) => v * 2)]) {
      expect(
        () =>
        catalogue.files.storeAnalysed({
          fileId: id, spaceId, facts: facts('other sound'), tags: [], windows: [good, { ...good, embedding }],
        }), // prettier-ignore
      ).toThrow(RangeError);
    }
    expect({ file: catalogue.files.byId(id), windows: catalogue.windows.ofFile(id, spaceId) }).toEqual(before);
    expect(matching(catalogue, 'haunted')).toEqual([id]);
  });

  test('digital silence has no level and no window, and is ready all the same', () => {
    const { catalogue, spaceId } = temporary;
    const id = catalogue.files.insertPending({ rootId: root.id, relativePath: 's.wav', size: 1, mtimeMs: 1 });
    const silent = {
      ...facts('s'),
      peakDb: -Infinity,
      loudnessLufs: -Infinity,
      warnings: [{ code: 'silent' as const, message: 'Silence.' }],
    };
    catalogue.files.storeAnalysed({ fileId: id, spaceId, facts: silent, tags: [], windows: [] });
    expect(catalogue.files.byId(id)).toMatchObject({
      state: 'ready',
      peakDb: null,
      loudnessLufs: null,
      warnings: silent.warnings,
    });
    expect([...catalogue.files.pending([root.id], spaceId)]).toEqual([]);
  });

  test('the same audio again keeps the analysis of another model; other audio does not', () => {
    const { catalogue, spaceId } = temporary;
    const second = catalogue.windows.ensureSpace({ modelId: 'tiny', weightHash: 'b', preprocessing: 1, dim: 8 });
    const id = addAnalysed(temporary, root.id, 'a.wav');
    const analyse = (space: number, contentId: string) => {
      catalogue.files.storeAnalysed({
        fileId: id, spaceId: space, facts: facts(contentId), tags: [], windows: [{ startSeconds: 0, seconds: 5, embedding: axis(4) }],
      }); // prettier-ignore
    };
    analyse(second, 'content of a.wav');
    expect(catalogue.windows.count(spaceId)).toBe(2);
    analyse(second, 'content of a.wav');
    expect([catalogue.windows.count(spaceId), catalogue.windows.count(second)]).toEqual([2, 1]);
    analyse(second, 'edited');
    expect([catalogue.windows.count(spaceId), catalogue.windows.count(second)]).toEqual([0, 1]);
    expect([...catalogue.files.pending([root.id], spaceId)].map((row) => row.id)).toEqual([id]);
    expect([...catalogue.files.pending([root.id], second)]).toEqual([]);
  });

  test('window ids are never used again', () => {
    const { catalogue, spaceId } = temporary;
    const id = addAnalysed(temporary, root.id, 'a.wav');
    const old = catalogue.windows.ofFile(id, spaceId).map((window) => window.id);
    catalogue.files.setFailed(id, { code: 'undecodable-audio', message: 'Broken.', size: 9, mtimeMs: 9 });
    addAnalysed(temporary, root.id, 'a.wav');
    const fresh = catalogue.windows.ofFile(id, spaceId).map((window) => window.id);
    expect(Math.min(...fresh)).toBeGreaterThan(Math.max(...old));
  });

  test('a copy takes over all that is known, with its own tags and words', () => {
    const { catalogue, spaceId } = temporary;
    const original = addAnalysed(temporary, root.id, 'doors/slam.wav', 2);
    const copy = catalogue.files.insertPending({
      rootId: root.id,
      relativePath: 'backup/knock.wav',
      size: 1002,
      mtimeMs: 9,
    });
    const tags = [{ nativeId: 'TIT2', field: 'title', value: 'Knocking' }];
    expect(catalogue.files.copyAnalysed(original, copy, spaceId, tags)).toBe(true);
    expect(catalogue.files.byId(copy)).toMatchObject({
      state: 'ready',
      contentId: 'content of doors/slam.wav',
      durationSeconds: 7.5,
    });
    expect(catalogue.windows.ofFile(copy, spaceId).map(({ embedding }) => [...embedding])).toEqual(
      catalogue.windows.ofFile(original, spaceId).map(({ embedding }) => [...embedding]),
    );
    expect(catalogue.tags.of(copy)).toEqual(tags);
    expect(matching(catalogue, 'knock')).toEqual([copy]);
    expect(matching(catalogue, 'slam')).toEqual([original]);
    expect(catalogue.files.byContent('content of doors/slam.wav').map(({ id }) => id)).toEqual([original, copy]);
    const third = catalogue.files.insertPending({ rootId: root.id, relativePath: 'x.wav', size: 1, mtimeMs: 9 });
    expect(catalogue.files.copyAnalysed(third, copy, spaceId)).toBe(false);
    expect(catalogue.windows.isAnalysed(copy, spaceId)).toBe(true);
    expect(catalogue.integrityCheck()).toEqual([]);
  });

  test('new tags change tags and words, not the analysis', () => {
    const { catalogue, spaceId } = temporary;
    const id = addAnalysed(temporary, root.id, 'a.wav');
    const windows = catalogue.windows.ofFile(id, spaceId);
    catalogue.files.setPending(id, { size: 2000, mtimeMs: 77 });
    catalogue.files.updateTags(id, [{ nativeId: 'TIT2', field: 'title', value: 'Gravel' }], {
      size: 2000,
      mtimeMs: 77,
    });
    expect(catalogue.files.byId(id)).toMatchObject({ state: 'ready', size: 2000, mtimeMs: 77 });
    expect(matching(catalogue, 'gravel')).toEqual([id]);
    expect(matching(catalogue, 'haunted')).toEqual([]);
    expect(catalogue.windows.ofFile(id, spaceId)).toEqual(windows);
  });

  test('our own record in a file is kept with its tags, and is no word to find it by', () => {
    const { catalogue } = temporary;
    const id = addAnalysed(temporary, root.id, 'a.wav');
    const tags = [
      { nativeId: 'TIT2', field: 'title', value: 'Gravel' },
      { nativeId: 'TXXX:EARMARK', field: fieldOf('TXXX:EARMARK'), value: '{"earmark":1,"wrote":{"TCON":["Weather"]}}' },
    ];
    catalogue.files.updateTags(id, tags, { size: 2000, mtimeMs: 77 });
    expect(catalogue.tags.of(id)).toEqual(tags);
    expect(matching(catalogue, 'gravel')).toEqual([id]);
    for (const query of ['weather', 'wrote']) expect(matching(catalogue, query), query).toEqual([]);
  });
});

describe('places and states', () => {
  test('a moved file keeps its id, windows and tags, and gets new words', () => {
    const { catalogue, spaceId } = temporary;
    const id = addAnalysed(temporary, root.id, 'doors/slam.wav');
    const windows = catalogue.windows.ofFile(id, spaceId);
    catalogue.files.setOffline([id]);
    const elsewhere = catalogue.roots.add('/media/Archive');
    catalogue.files.insertPending({ rootId: elsewhere.id, relativePath: 'gates/bang.wav', size: 1000, mtimeMs: 5 });
    catalogue.files.moveTo(id, { rootId: elsewhere.id, relativePath: 'gates/bang.wav', size: 1000, mtimeMs: 6 });
    expect(catalogue.files.byPath(elsewhere.id, 'gates/bang.wav')).toMatchObject({
      id,
      offline: false,
      mtimeMs: 6,
      state: 'ready',
    });
    expect(catalogue.files.byPath(root.id, 'doors/slam.wav')).toBeNull();
    expect(catalogue.windows.ofFile(id, spaceId)).toEqual(windows);
    for (const query of ['bang', 'gates', 'archive', 'haunted'])
      expect(matching(catalogue, query), query).toEqual([id]);
    for (const query of ['slam', 'doors', 'sounds']) expect(matching(catalogue, query), query).toEqual([]);
    const other = addAnalysed(temporary, root.id, 'b.wav', 5);
    expect(() => catalogue.files.moveTo(id, { rootId: root.id, relativePath: 'b.wav', size: 1, mtimeMs: 1 })).toThrow(
      /cannot move/,
    );
    expect(catalogue.files.byId(other)).not.toBeNull();
  });

  test('a failure counts attempts, drops the facts of the previous audio, and can be retried', () => {
    const { catalogue, spaceId } = temporary;
    const id = addAnalysed(temporary, root.id, 'a.wav');
    const failure = { code: 'undecodable-audio' as const, message: 'Broken.', size: 50, mtimeMs: 60 };
    catalogue.files.setFailed(id, failure);
    catalogue.files.setFailed(id, failure);
    expect(catalogue.files.byId(id)).toMatchObject({
      state: 'failed',
      attempts: 2,
      contentId: null,
      reasonCode: 'undecodable-audio',
    });
    expect(catalogue.windows.ofFile(id, spaceId)).toEqual([]);
    expect(matching(catalogue, 'haunted')).toEqual([]);
    expect(catalogue.files.failures()).toMatchObject([
      { path: '/media/Sounds/a.wav', code: 'undecodable-audio', message: 'Broken.', attempts: 2 },
    ]);
    expect([...catalogue.files.pending([root.id], spaceId)]).toEqual([]);
    catalogue.files.setFailed(id, { ...failure, mtimeMs: 61 });
    expect(catalogue.files.byId(id)!.attempts).toBe(1); // another file than the one that failed twice
    expect(catalogue.files.forgetFailures()).toBe(1);
    expect([...catalogue.files.pending([root.id], spaceId)]).toMatchObject([
      { id, state: 'pending', size: 50, mtimeMs: 61 },
    ]);
    expect(catalogue.files.failures()).toEqual([]);
  });

  test('pending files come in pages, and may be written while they come', () => {
    const { catalogue, spaceId } = temporary;
    const ids = catalogue.transaction(() =>
      Array.from({ length: 1200 }, (_, i) =>
        catalogue.files.insertPending({ rootId: root.id, relativePath: `${i}.wav`, size: i, mtimeMs: 1 }),
      ),
    );
    catalogue.files.setOffline(ids.slice(0, 3));
    const seen: number[] = [];
    for (const { id } of catalogue.files.pending([root.id], spaceId)) {
      seen.push(id);
      catalogue.files.setFailed(id, { code: 'timed-out', message: 'Slow.', size: 1, mtimeMs: 1 });
    }
    expect(seen).toEqual(ids.slice(3));
    expect([...catalogue.files.pending([root.id + 1], spaceId)]).toEqual([]);
    expect([...catalogue.files.idsOfRoot(root.id)].map(({ id, offline }) => [id, offline])).toEqual(
      ids.map((id, i) => [id, i < 3]),
    );
    catalogue.files.setOnline(ids.slice(0, 3));
    expect([...catalogue.files.pending([root.id], spaceId)].map(({ id }) => id)).toEqual(ids.slice(0, 3));
  });

  test('files that are not audio count nowhere', () => {
    const { catalogue, spaceId } = temporary;
    addAnalysed(temporary, root.id, 'a.wav');
    const note = catalogue.files.insertPending({ rootId: root.id, relativePath: 'read.me', size: 3, mtimeMs: 1 });
    catalogue.files.setOther(note);
    const failed = catalogue.files.insertPending({ rootId: root.id, relativePath: 'b.wav', size: 3, mtimeMs: 1 });
    catalogue.files.setFailed(failed, { code: 'empty-file', message: 'Empty.', size: 0, mtimeMs: 1 });
    catalogue.roots.add('/empty');
    expect(catalogue.totals.perRoot(spaceId)).toMatchObject([
      { path: '/empty', files: 0, ready: 0, failed: 0, offline: 0, online: true, scannedMs: null },
      { path: '/media/Sounds', files: 2, ready: 1, failed: 1, offline: 0 },
    ]);
    expect(catalogue.totals.totals(spaceId)).toEqual({
      files: 2,
      ready: 1,
      failed: 1,
      offline: 0,
      audioSeconds: 7.5,
      windows: 2,
    });
    expect(catalogue.totals.totals(99)).toMatchObject({ ready: 0, windows: 0 });
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addAnalysed, matching, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';

let temporary: TemporaryCatalogue;
beforeEach(() => (temporary = temporaryCatalogue()));
afterEach(() => temporary.remove());

describe('roots', () => {
  test('adding twice is adding once', () => {
    const { roots } = temporary.catalogue;
    expect(roots.add('/b')).toEqual(roots.add('/b'));
    roots.add('/a');
    expect(roots.list().map(({ path }) => path)).toEqual(['/a', '/b']);
    const id = roots.byPath('/b')!.id;
    roots.setOnline(id, false);
    expect(roots.byId(id)).toMatchObject({ online: false, scannedMs: null });
    roots.setScanned(id, 1234);
    expect(roots.byId(id)).toMatchObject({ online: true, scannedMs: 1234 });
    expect(roots.byPath('/none')).toBeNull();
  });

  test('a root above an older one takes over its files', () => {
    const { catalogue, spaceId } = temporary;
    const child = catalogue.roots.add('/media/Effects/Doors');
    const id = addAnalysed(temporary, child.id, 'wood/slam.wav');
    const windows = catalogue.windows.ofFile(id, spaceId);
    const parent = catalogue.roots.add('/media/Effects');
    const twin = addAnalysed(temporary, parent.id, 'Doors/wood/slam.wav', 3);
    catalogue.roots.adopt(parent.id, child.id, 'Doors');
    expect(catalogue.roots.list().map(({ path }) => path)).toEqual(['/media/Effects']);
    expect(catalogue.files.byPath(parent.id, 'Doors/wood/slam.wav')!.id).toBe(id);
    expect(catalogue.files.byId(twin)).toBeNull();
    expect(catalogue.windows.ofFile(id, spaceId)).toEqual(windows);
    for (const query of ['slam', 'doors', 'effects', 'wood']) expect(matching(catalogue, query), query).toEqual([id]);
    expect(catalogue.integrityCheck()).toEqual([]);
  });

  test('removing one forgets its files and their words, and no others', () => {
    const { catalogue, spaceId } = temporary;
    const gone = catalogue.roots.add('/gone');
    const kept = catalogue.roots.add('/kept');
    addAnalysed(temporary, gone.id, 'slam.wav');
    const id = addAnalysed(temporary, kept.id, 'slam.wav');
    catalogue.roots.remove(gone.id);
    expect(matching(catalogue, 'slam')).toEqual([id]);
    expect(catalogue.windows.count(spaceId)).toBe(2);
    expect(catalogue.integrityCheck()).toEqual([]);
  });
});

describe('spaces', () => {
  test('found by model, weights and preprocessing; a model that changes its size is refused', () => {
    const { windows } = temporary.catalogue;
    const key = { modelId: 'm', weightHash: 'h', preprocessing: 1, dim: 512 };
    const id = windows.ensureSpace(key);
    expect(windows.ensureSpace(key)).toBe(id);
    expect(windows.ensureSpace({ ...key, preprocessing: 2 })).not.toBe(id);
    expect(windows.spaceById(id)).toEqual({ id, ...key });
    expect(() => windows.ensureSpace({ ...key, dim: 1024 })).toThrow(
      expect.objectContaining({ code: 'model-damaged' }),
    );
    expect(windows.spaces().filter(({ modelId }) => modelId === 'm')).toHaveLength(2);
  });
});

describe('jobs', () => {
  test('what a dead program left running is marked', () => {
    const { jobs } = temporary.catalogue;
    expect(jobs.last()).toBeNull();
    const done = jobs.start('index', { folders: ['/a'] });
    jobs.setState(done, 'done');
    expect(jobs.last()).toMatchObject({ id: done, state: 'done', input: { folders: ['/a'] } });
    expect(jobs.last()!.finishedMs).not.toBeNull();
    const paused = jobs.start('index', { folders: [] });
    jobs.setState(paused, 'paused');
    expect(jobs.last()).toMatchObject({ id: paused, state: 'paused', finishedMs: null });
    jobs.start('index', {});
    expect(jobs.markInterrupted()).toBe(2);
    expect(jobs.last()).toMatchObject({ state: 'interrupted' });
    expect(jobs.markInterrupted()).toBe(0);
  });
});

describe('integrityCheck', () => {
  test('finds windows without an analysis, wrong lengths and files without words', () => {
    const { catalogue, db, spaceId } = temporary;
    const root = catalogue.roots.add('/r');
    const id = addAnalysed(temporary, root.id, 'a.wav');
    db.prepare('DELETE FROM analysed').run();
    db.prepare('DELETE FROM file_words').run();
    db.prepare('INSERT INTO window (file_id, space_id, start_s, seconds, embedding) VALUES (?, ?, 0, 1, ?)').run(
      id,
      spaceId,
      Buffer.alloc(3),
    );
    db.pragma('foreign_keys = OFF');
    db.prepare('INSERT INTO analysed VALUES (777, ?, 1)').run(spaceId);
    const problems = catalogue.integrityCheck();
    expect(problems).toHaveLength(4);
    expect(problems.join(' ')).toMatch(/analysed.*3 windows.*1 embeddings.*1 files/);
  });
});

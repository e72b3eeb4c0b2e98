import { describe, expect, test } from 'vitest';
import { codeOf, library, libraryForEach, names, run } from './searching.ts';
import { backdrop } from './sound-library.ts';

libraryForEach();

describe('the state of the library', () => {
  test('nothing indexed: two causes, two sentences', async () => {
    expect(await codeOf(run('dog'))).toBe('nothing-indexed');
    await expect(run('dog')).rejects.toThrow('Index a folder first');
    const { files, roots } = library.catalogue;
    files.insertPending({
      rootId: roots.add('/sounds').id,
      relativePath: 'new.wav',
      size: 1,
      mtimeMs: 1,
    });
    await expect(run('dog')).rejects.toThrow('None of the 1 files has');
  });

  test('analysed with another model: names and filters are searched, with a notice', async () => {
    const { windows } = library.catalogue;
    library.add({ path: 'dog.wav', windows: [{ dog: 1 }] }, { path: 'cat.wav', windows: [{ cat: 1 }] });
    const other = windows.ensureSpace({ modelId: 'other', weightHash: 'b', preprocessing: 1, dim: 64 });
    library.db.prepare('UPDATE analysed SET space_id = ?').run(other);
    library.db.prepare('DELETE FROM window').run();
    const { hits, notices } = await run('dog');
    expect(names(hits)).toEqual(['dog.wav']);
    expect(notices).toEqual([expect.stringContaining('with the current model yet')]);
    expect(names((await run({ text: 'dur:<100' })).hits).toSorted()).toEqual(['cat.wav', 'dog.wav']);
  });

  test('an empty search is refused', async () => {
    library.add({ path: 'dog.wav', windows: [{ dog: 1 }] });
    expect(await codeOf(run({}))).toBe('bad-input');
    expect(await codeOf(run('  '))).toBe('bad-input');
    expect(await codeOf(run({ filters: { includeOffline: true } }))).toBe('bad-input');
  });

  test('says how much has not been analysed', async () => {
    library.add(...backdrop(3), { path: 'dog.wav', windows: [{ dog: 1 }] });
    const rootId = library.catalogue.roots.add('/sounds').id;
    library.catalogue.files.insertPending({ rootId, relativePath: 'new.wav', size: 1, mtimeMs: 1 });
    const { notices } = await run('dog');
    expect(notices).toEqual(['20 % of the library (1 of 5 files) has not been analysed yet.']);
  });

  test('files that are not there are left out unless asked for', async () => {
    library.add(
      ...backdrop(3),
      { path: 'gone.wav', windows: [{ dog: 1 }] },
      { path: 'here.wav', windows: [{ dog: 1 }] },
    );
    library.add({ root: '/drive', path: 'unplugged.wav', windows: [{ dog: 1 }] });
    library.catalogue.files.setOffline([library.id('gone.wav')]);
    library.catalogue.roots.setOnline(library.catalogue.roots.byPath('/drive')!.id, false);
    expect(names((await run('dog')).hits)).toEqual(['here.wav']);
    const { hits } = await run({ text: 'dog', filters: { includeOffline: true } });
    expect(hits.map(({ path, offline }) => [path, offline]).toSorted()).toEqual([
      ['/drive/unplugged.wav', true],
      ['/sounds/gone.wav', true],
      ['/sounds/here.wav', false],
    ]);
  });

  test('a large unplugged drive does not hide what is here', async () => {
    const dogs = (root: string, count: number) =>
      Array.from({ length: count }, (_, at) => ({
        root,
        path: `${root}${at}.wav`,
        windows: [{ dog: 1, rain: root === '/a' ? 0 : 0.5 }],
      }));
    library.add(...dogs('/a', 300), ...dogs('/b', 5));
    library.catalogue.roots.setOnline(library.catalogue.roots.byPath('/a')!.id, false);
    const { hits } = await run({ text: 'dog', limit: 5 });
    expect(hits.map(({ path }) => path.slice(0, 3))).toEqual(['/b/', '/b/', '/b/', '/b/', '/b/']);
  });

  test('failed files and files never read are no hits', async () => {
    library.add(...backdrop(3), { path: 'dog bark.wav', windows: [{ dog: 1 }] });
    library.catalogue.files.setFailed(library.id('dog bark.wav'), {
      code: 'undecodable-audio',
      message: 'x',
      size: 1,
      mtimeMs: 1,
    });
    expect((await run('dog bark')).hits).toEqual([]);
  });

  test('a cancelled search ends', async () => {
    library.add(...backdrop(3));
    await expect(library.search().run({ text: 'dog' }, undefined, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

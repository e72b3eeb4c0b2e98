/** Shares: where a machine has them, which files lie in them, and that no path of a server leads out of one. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkedShares, fileOfShare, isSharedPath, mountShares, placeInShare } from '../../src/main/studio/shares.ts';
import { temporaryCatalogue } from '../kit/catalogue.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
let mount: string;
beforeAll(() => {
  folder = temporaryFolder('shares');
  mount = join(folder, 'mount');
  mkdirSync(join(mount, 'doors'), { recursive: true });
  writeFileSync(join(mount, 'doors', 'a.wav'), 'sound');
  writeFileSync(join(folder, 'secret'), 'secret');
  symlinkSync(folder, join(mount, 'out'));
  symlinkSync(join(folder, 'secret'), join(mount, 'link.wav'));
});

const BAD_PATHS = [
  '', '/', '.', '..', '/etc/passwd', '../secret', 'doors/../../secret', 'doors/..', './a.wav', 'doors//a.wav', 'doors/',
  'doors\\..\\..\\secret', 'C:\\Windows', 'a\u0000.wav', 'a\n.wav', 'x'.repeat(2401),
]; // prettier-ignore

describe('a path of the server', () => {
  test('leads to the file it names', async () => {
    expect(await fileOfShare(mount, 'doors/a.wav')).toBe(join(mount, 'doors', 'a.wav'));
    expect(await fileOfShare(mount, 'doors/none.wav')).toBeNull();
    expect(await fileOfShare(mount, 'doors')).toBeNull();
  });
  test.each(BAD_PATHS)('%j leads nowhere', async (path) => {
    expect(isSharedPath(path)).toBe(false);
    expect(await fileOfShare(mount, path)).toBeNull();
  });
  test.each(['out/secret', 'link.wav'])('%s follows no link out of the share', async (path) => {
    expect(await fileOfShare(mount, path)).toBeNull();
  });
  test.each(['C:/Windows/x.wav', 'a.wav:stream', 'CON?.wav'])('%s is no name on Windows', async (path) => {
    expect(await fileOfShare(mount, path, 'win32')).toBeNull();
  });
});

describe('where this machine has them', () => {
  test('real folders, apart from each other', async () => {
    const inside = [
      { name: 'sfx', path: mount },
      { name: 'doors', path: join(mount, 'doors') },
    ];
    expect(await checkedShares([{ name: 'all', path: join(mount, 'out') }])).toEqual({ all: folder });
    await expect(checkedShares(inside)).rejects.toThrow('The shares “sfx” and “doors” are nested on this machine.');
    await expect(checkedShares([inside[0]!, inside[0]!])).rejects.toThrow('The share “sfx” is specified twice.');
    await expect(checkedShares([{ name: 'Sfx!', path: mount }])).rejects.toThrow(
      '“Sfx!” is not a valid name of a share.',
    );
    await expect(checkedShares([{ name: 'sfx', path: join(mount, 'none') }])).rejects.toThrow(/The folder “.*none” of the share “sfx” was not found\./); // prettier-ignore
  });

  test('a share inside a folder of the library, and one that becomes a folder of it', async () => {
    const temporary = temporaryCatalogue();
    const { roots } = temporary.catalogue;
    const root = roots.add(folder);
    const ids = new Map([['sfx', 7]]);
    const shares = await mountShares({ sfx: mount, unknown: '/nowhere' }, ids, roots);
    expect(shares).toEqual([expect.objectContaining({ name: 'sfx', id: 7, below: 'mount' })]);
    const place = (relativePath: string) => placeInShare({ rootId: root.id, relativePath }, shares)?.path ?? null;
    expect(place('mount/doors/a.wav')).toBe('doors/a.wav');
    expect(place('mounted/a.wav')).toBeNull();
    expect(place('secret')).toBeNull();
    expect(place('mount/back\\slash.wav')).toBeNull();
    expect(place('mount/Tu\u0308r.wav')).toBe('T\u00fcr.wav');
    temporary.remove();
  });
});

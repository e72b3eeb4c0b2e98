import { execFileSync } from 'node:child_process';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { mayBeReplaced } from '../../src/main/writeback/atomic-write.ts';
import { setModified } from '../../src/main/writeback/attributes.ts';
import { openFile } from '../../src/main/writeback/open-file.ts';
import { skipFor } from '../faults/trial.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder('attributes');
  path = join(folder, 'a.wav');
  writeFileSync(path, 'sound');
});

test.each([1_700_000_000_123_456_789n, 1n, -86_400_250_000_001n])(
  'a time of %d ns is given back as it was',
  async (ns) => {
    const handle = await open(path, 'r+');
    await setModified({ path, handle }, 1e12, ns);
    await handle.close();
    const { mtimeNs } = statSync(path, { bigint: true });
    if (process.platform === 'linux') expect(mtimeNs).toBe(ns);
    else expect(Math.abs(Number(mtimeNs - ns))).toBeLessThan(1_000_000);
  },
);

const noMark = process.getuid?.() === 0 && process.platform === 'linux' ? whyNoMark() : 'needs root on Linux to mark files'; // prettier-ignore
test.skipIf(skipFor(noMark, 'append-only and immutable files'))(
  'a mark against changes is named, not the folder',
  async () => {
    for (const mark of ['a', 'i']) {
      execFileSync('chattr', [`+${mark}`, path]);
      try {
        const file = await openFile(path);
        await expect(mayBeReplaced(file, 5)).rejects.toHaveProperty(
          'userMessage',
          expect.stringMatching(/append-only or immutable/),
        );
        await file.close();
      } finally {
        execFileSync('chattr', [`-${mark}`, path]);
      }
    }
  },
);

function whyNoMark(): string | null {
  const probe = temporaryFolder('mark');
  try {
    writeFileSync(join(probe, 'a'), '');
    for (const change of ['+a', '-a']) execFileSync('chattr', [change, join(probe, 'a')], { stdio: 'pipe' });
    return null;
  } catch {
    return 'this disk knows no such marks';
  } finally {
    rmSync(probe, { recursive: true });
  }
}

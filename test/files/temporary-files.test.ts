/** What a killed process left beside its target is taken away, and nothing else. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { removeAbandoned, temporaryBeside, temporaryName } from '../../src/main/files/temporary-files.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const MODULE = pathToFileURL(join(import.meta.dirname, '../../src/main/files/temporary-files.ts')).href;

/** Half a file, by a process that is killed while it writes it. @returns its name */
function killedHalfway(folder: string): string {
  const script = `
    const { temporaryBeside } = await import(process.argv[1]);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(temporaryBeside(process.argv[2]), 'half');
    process.kill(process.pid, 'SIGKILL');`;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script, MODULE, join(folder, 'piece.wav')]); // prettier-ignore
  expect(signal).toBe('SIGKILL');
  return readdirSync(folder).at(-1)!;
}

test('those of a killed process are removed; those of running processes and other machines are kept, and so are files with similar names', async () => {
  const folder = temporaryFolder('abandoned');
  const abandoned = killedHalfway(folder);
  expect(readdirSync(folder)).toEqual([abandoned]);
  const dead = Number(/-(\d+)-/.exec(abandoned)![1]);
  const mine = temporaryBeside(join(folder, 'x')).slice(folder.length + 1);
  const stays = [
    mine,
    temporaryName(process.ppid),
    temporaryName(dead, '00000000'), // of another machine, which shares the folder
    `${temporaryName(dead)}.wav`,
    '.earmark-12.wav', // of the write journal
    'piece.wav',
  ];
  for (const name of stays) writeFileSync(join(folder, name), '');
  const asFolder = temporaryName(dead);
  mkdirSync(join(folder, asFolder));
  await removeAbandoned(folder);
  expect(readdirSync(folder).sort()).toEqual([...stays, asFolder].sort());
});

test('of an earlier process with the same number it goes: older than this one', async () => {
  const folder = temporaryFolder('same-number');
  const [old, fresh] = [temporaryName(process.pid), temporaryName(process.pid)];
  for (const name of [old, fresh]) writeFileSync(join(folder, name), '');
  const before = performance.timeOrigin / 1000 - 60;
  utimesSync(join(folder, old), before, before);
  await removeAbandoned(folder);
  expect(readdirSync(folder)).toEqual([fresh]);
});

test('a folder that cannot be listed is no failure of its own', async () => {
  await expect(removeAbandoned(join(temporaryFolder('none'), 'gone'))).resolves.toBeUndefined();
});

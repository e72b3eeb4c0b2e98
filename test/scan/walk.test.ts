import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { walk, type WalkEntry } from '../../src/main/scan/walk.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let root: string;
beforeEach(() => (root = temporaryFolder('walk')));

function put(relativePath: string, content = 'x'): void {
  mkdirSync(join(root, relativePath, '..'), { recursive: true });
  writeFileSync(join(root, relativePath), content);
}

async function entries(below = '', signal = new AbortController().signal): Promise<WalkEntry[]> {
  const all: WalkEntry[] = [];
  for await (const entry of walk(root, below, signal)) all.push(entry);
  return all;
}

const paths = (all: WalkEntry[]) => all.map((entry) => entry.relativePath);

test('files with size and time, folders in name order, hidden and system folders passed over', async () => {
  put('b/2.wav', 'four');
  put('a/1.wav');
  put('z.wav');
  put('.hidden/3.wav');
  put('a/.DS_Store');
  put('__MACOSX/4.wav');
  const all = await entries();
  expect(paths(all)).toEqual(['z.wav', 'a/1.wav', 'b/2.wav']);
  expect(all[2]).toMatchObject({ kind: 'file', size: 4 });
  expect(paths(await entries('b'))).toEqual(['b/2.wav']);
});

test('link loops end, a linked folder outside is walked once, a link to a file inside is not a second file', async () => {
  const outside = temporaryFolder('walk-outside');
  writeFileSync(join(outside, 'far.wav'), 'x');
  put('a/1.wav');
  symlinkSync(root, join(root, 'a/up'));
  symlinkSync(join(root, 'a'), join(root, 'also-a'));
  symlinkSync(outside, join(root, 'link1'));
  symlinkSync(outside, join(root, 'link2'));
  symlinkSync(join(root, 'a/1.wav'), join(root, 'one.wav'));
  symlinkSync(join(outside, 'far.wav'), join(root, 'near.wav'));
  symlinkSync('/nowhere/at/all', join(root, 'dangling.wav'));
  expect(paths(await entries())).toEqual(['near.wav', 'a/1.wav', 'link1/far.wav']);
  rmSync(outside, { recursive: true });
});

test('emoji, newline and 250-byte names are names like others; pipes are passed over', async () => {
  const long = `${'n'.repeat(246)}.wav`;
  for (const name of ['🐕 bark.wav', 'two\nlines.wav', long]) put(name);
  execFileSync('mkfifo', [join(root, 'pipe.wav')]);
  expect(new Set(paths(await entries()))).toEqual(new Set(['🐕 bark.wav', 'two\nlines.wav', long]));
});

test.skipIf(process.platform !== 'linux')('a name that is not UTF-8 is reported, not opened', async () => {
  writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff, 0xfe]), Buffer.from('.wav')]), 'x');
  expect(await entries()).toEqual([{ kind: 'unusable-name', relativePath: 'bad\ufffd\ufffd.wav' }]);
});

test('a folder that may not be listed is reported and the rest continues', async (context) => {
  put('closed/1.wav');
  put('open/2.wav');
  chmodSync(join(root, 'closed'), 0o000);
  if (process.getuid?.() === 0) {
    // Root reads everything: let the walk run as nobody in a process of its own.
    chmodSync(root, 0o755);
    const code = `import { walk } from ${JSON.stringify(new URL('../../src/main/scan/walk.ts', import.meta.url).href)};
      process.setgid(65534); process.setuid(65534);
      for await (const e of walk(${JSON.stringify(root)}, '', new AbortController().signal)) console.log(e.kind + ' ' + e.relativePath + ' ' + (e.error?.code ?? ''));`;
    let printed: string;
    try {
      printed = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (error) {
      context.skip(`this machine does not let a process become nobody: ${String(error).slice(0, 200)}`);
      return;
    }
    expect(
      printed
        .trim()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(['unreadable-folder closed EACCES', 'file open/2.wav']);
    return;
  }
  expect((await entries()).map(({ kind, relativePath }) => [kind, relativePath])).toEqual([
    ['unreadable-folder', 'closed'],
    ['file', 'open/2.wav'],
  ]);
});

test('a cancelled walk stops', async () => {
  for (let n = 0; n < 5; n++) put(`${n}/x.wav`);
  const controller = new AbortController();
  await expect(async () => {
    for await (const _ of walk(root, '', controller.signal)) controller.abort();
  }).rejects.toThrow(/abort/i);
});

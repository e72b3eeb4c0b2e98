import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { LentSounds } from '../../src/main/files/lent-sounds.ts';
import { MOST_LENT, MOST_LENT_BYTES } from '../../src/shared/calls/sounds.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

test('kept under its name, for its user alone, until it ends; of many the last', async () => {
  const data = temporaryFolder('lent');
  const lent = new LentSounds(data);
  const path = await lent.add('Recording 1.wav', Buffer.from('sound'));
  expect(basename(path)).toBe('Recording 1.wav');
  expect(readFileSync(path, 'utf8')).toBe('sound');
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o077).toBe(0);
  for (let more = 0; more < MOST_LENT; more++) await lent.add('x.wav', Buffer.from('x'));
  expect(existsSync(path)).toBe(false);
  await lent.close();
  expect(readdirSync(join(data, 'lent'))).toEqual([]);
});

test('names cannot lead out of its folder; nothing and too much are refused', async () => {
  const data = temporaryFolder('lent');
  const lent = new LentSounds(data);
  for (const name of ['../../up.wav', '/etc/x.wav', 'a\\b:c.wav', '...', 'é'.repeat(150)]) {
    const path = await lent.add(name, Buffer.from('x'));
    expect(path.startsWith(join(data, 'lent'))).toBe(true);
    expect(existsSync(path)).toBe(true);
  }
  await expect(lent.add('a.wav', Buffer.alloc(0))).rejects.toMatchObject({ code: 'bad-input' });
  await expect(lent.add('a.wav', Buffer.alloc(MOST_LENT_BYTES + 1))).rejects.toMatchObject({ code: 'bad-input' });
  await lent.close();
});

test('what a process that was killed left is removed, and nothing else', async () => {
  const data = temporaryFolder('lent');
  const old = new LentSounds(data);
  const [, , own] = (await old.add('a.wav', Buffer.from('x'))).slice(data.length).split('/');
  const left = own!.replace(`-${process.pid}-`, '-4194303-'); // no system gives this number
  mkdirSync(join(data, 'lent', left));
  writeFileSync(join(data, 'lent', left, 'voice.wav'), 'x');
  mkdirSync(join(data, 'lent', 'mine'));
  await new LentSounds(data).add('b.wav', Buffer.from('x'));
  expect(existsSync(join(data, 'lent', left))).toBe(false);
  expect(existsSync(join(data, 'lent', own!))).toBe(true);
  expect(existsSync(join(data, 'lent', 'mine'))).toBe(true);
});

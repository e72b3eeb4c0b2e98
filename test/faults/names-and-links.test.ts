/** Names that are unusual but legal, and one sound under several paths. */
import { cpSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { json } from './program.ts';
import { CommandTrial } from './command-trial.ts';
import { expectFailure, expectOwnWords, skipFor } from './trial.ts';
import { tone, wav } from './sounds.ts';

let trial: CommandTrial;
beforeEach(() => {
  trial = new CommandTrial();
});
afterEach(() => trial.remove());

const onWindows = process.platform === 'win32' ? 'these names are not legal on Windows' : null;
test.skipIf(skipFor(onWindows, 'unusual names'))('emoji, newline, quotes, 250 bytes, deep folders', async () => {
  const deep = Array.from({ length: 20 }, (_, at) => `level ${at}`).join('/');
  const names = ['🥁 snare 👩‍🚀.wav', 'two\nlines.wav', 'tab\there.wav', `it's "quoted" $HOME;|&.wav`, '日本語 мышь.wav'];
  names.push(`${'ä'.repeat(122)}xx.wav`, '-n.wav', '%s%n.wav', 'no extension', `${deep}/deep.wav`, '\u001b[31mred.wav');
  for (const [at, name] of names.entries()) trial.addTone(name, 300 + 40 * at, 1 + at / 20);
  const before = trial.fingerprint();
  const summary = await trial.index();
  expect(summary).toMatchObject({ indexed: names.length, failed: [], skipped: 0 });
  expect(trial.rows().map(({ path }) => path).sort()).toEqual([...names].sort()); // prettier-ignore
  expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: names.length });
  // As an argument, too: a name of two lines, and one that looks like an option.
  expect((await trial.run(['--json', 'similar', trial.at('two\nlines.wav'), '-n', '1'])).code).toBe(0);
  const human = await trial.run(['similar', trial.at('-n.wav'), '--all']);
  expectOwnWords(human);
  expect(human.stdout).toContain('two\\x0alines.wav');
  expect(human.stdout).not.toContain('\u001b[31m');
  expect(trial.fingerprint()).toEqual(before);
});

const notLinux = process.platform === 'linux' ? null : 'only Linux allows names that are no Unicode';
test.skipIf(skipFor(notLinux, 'a name of invalid bytes'))('a name that is no Unicode is said to be so', async () => {
  trial.addTone('good.wav');
  const bad = Buffer.concat([Buffer.from(`${trial.sounds}/caf`), Buffer.from([0xe9]), Buffer.from('.wav')]);
  writeFileSync(bad, wav([tone(440, 1)]));
  const summary = await trial.index();
  expectFailure(summary, trial.at('caf\ufffd.wav'), 'unusable-name', /Rename the file/);
  expect(trial.rows().map(({ path, state }) => [path, state])).toEqual([['good.wav', 'ready']]);
});

test('a copy and a hard link are files of their own; made later, they are not analysed again', async () => {
  trial.addTone('one.wav', 440, 2);
  await trial.index();
  cpSync(trial.at('one.wav'), trial.at('copy.wav'), { preserveTimestamps: true });
  linkSync(trial.at('one.wav'), trial.at('link.wav'));
  const summary = await trial.index();
  expect(summary).toMatchObject({ files: 3, unchanged: 1, moved: 0, failed: [], audioSeconds: 0 });
  const rows = trial.rows();
  expect(rows).toHaveLength(3);
  expect(new Set(rows.map(({ contentId }) => contentId)).size).toBe(1);
  for (const row of rows) expect(row).toMatchObject({ state: 'ready', offline: false });
  for (const row of rows) expect(row.windowIds).toHaveLength(2);
});

test('two copies met in one run are two rows', async () => {
  trial.addTone('one.wav', 440, 2);
  cpSync(trial.at('one.wav'), trial.at('two.wav'));
  expect(await trial.index()).toMatchObject({ files: 2, failed: [] });
  expect(trial.rows().map(({ path, windowIds }) => [path, windowIds.length])).toEqual([['one.wav', 2], ['two.wav', 2]]); // prettier-ignore
});

test('a folder given twice, with its parent, and through a link, is one folder', async () => {
  trial.addTone('a/inner/one.wav', 440);
  trial.addTone('a/two.wav', 550);
  trial.addTone('three.wav', 660);
  symlinkSync(trial.sounds, join(trial.folder, 'same'));
  const folders = [trial.at('a/inner'), trial.at('a'), trial.sounds, `${trial.sounds}/`, trial.at('a/../a'), join(trial.folder, 'same')]; // prettier-ignore
  expect(await trial.index(folders)).toMatchObject({ files: 3, indexed: 3, failed: [] });
  expect(trial.rows()).toHaveLength(3);
  expect(await trial.index(folders)).toMatchObject({ files: 3, indexed: 0, unchanged: 3, offline: 0 });
});

test('a root, then its parent: the parent takes over what is known; then the child again', async () => {
  trial.addTone('a/inner/one.wav', 440);
  trial.addTone('a/two.wav', 550);
  trial.addTone('three.wav', 660);
  await trial.index([trial.at('a/inner')]);
  const one = trial.row('a/inner/one.wav');
  expect(await trial.index([trial.sounds])).toMatchObject({ files: 3, indexed: 2, unchanged: 1, offline: 0 });
  expect(trial.row('a/inner/one.wav')).toEqual(one);
  expect(await trial.index([trial.at('a')])).toMatchObject({ files: 2, indexed: 0, unchanged: 2, offline: 0 });
  expect(trial.rows()).toHaveLength(3);
  const status = json<{ roots: { path: string }[] }>(await trial.run(['--json', 'status']));
  expect(status.roots.map(({ path }) => path)).toEqual([trial.sounds]);
});

test('links that lead in circles, to nothing, to a file inside and to one outside', async () => {
  trial.addTone('a/one.wav', 440);
  mkdirSync(join(trial.folder, 'elsewhere'));
  writeFileSync(join(trial.folder, 'elsewhere/two.wav'), wav([tone(550, 1.5)]));
  symlinkSync(trial.sounds, trial.at('a/up'));
  symlinkSync(trial.at('a/self'), trial.at('a/self'));
  symlinkSync(trial.at('gone.wav'), trial.at('dangling.wav'));
  symlinkSync(trial.at('a/one.wav'), trial.at('inside.wav'));
  symlinkSync(join(trial.folder, 'elsewhere/two.wav'), trial.at('outside.wav'));
  symlinkSync(join(trial.folder, 'elsewhere'), trial.at('a/linked'));
  const before = trial.fingerprint();
  expect(await trial.index()).toMatchObject({ failed: [], skipped: 0 });
  expect(trial.rows().map(({ path }) => path)).toEqual(['a/linked/two.wav', 'a/one.wav', 'outside.wav']);
  expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: 3, offline: 0 });
  expect(trial.fingerprint()).toEqual(before);
});

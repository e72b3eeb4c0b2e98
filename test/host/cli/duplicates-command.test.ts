/** `earmark duplicates`: what the command prints, and its words. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeDuplicates, describeNear } from '../../../src/main/host/cli/duplicates-command.ts';
import type { NearDuplicates } from '../../../src/shared/calls/duplicates.ts';
import type { LibraryCalls } from '../../../src/shared/calls/library.ts';
import { writeWav } from '../../decode/make-audio.ts';
import { hits, soundOf } from '../../duplicates/sounds.ts';
import { json } from '../../faults/program.ts';
import { CommandTrial } from '../../faults/command-trial.ts';

type Duplicates = LibraryCalls['duplicate.list']['output'];

let trial: CommandTrial;
beforeAll(async () => {
  trial = new CommandTrial('shared');
  trial.addTone('hum.wav', 110, 1.5);
  trial.addTone('other.wav', 700, 1.5);
  copyFileSync(trial.at('hum.wav'), trial.at('hum copy.wav'));
  const door = soundOf(hits(1, 1.5), 1.5, 16_000);
  mkdirSync(trial.at('doors'));
  writeWav(trial.at('doors/door.wav'), [door], 16_000);
  writeWav(trial.at('doors/door quiet.wav'), [door.map((x) => x / 10)], 16_000);
  await trial.index();
});
afterAll(() => trial.end());

test('files with the same audio are a group; others are in none', async () => {
  const { groups, total, spareBytes } = json<Duplicates>(await trial.run(['duplicates', '--json']));
  expect(total).toBe(1);
  expect(groups[0]!.files.map(({ path }) => path).sort()).toEqual([trial.at('hum copy.wav'), trial.at('hum.wav')]);
  expect(spareBytes).toBe(groups[0]!.spareBytes);
  const { code, stdout } = await trial.run(['duplicates']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^2 files · 2 s · 24\.0 kB in extra copies\n {2}.*hum.*\n {2}.*hum.*\n\n1 group of duplicates: /,
  );
});

test('--near compares, then lists groups with the best copy first and what the others differ in', async () => {
  const found = json<Pick<NearDuplicates, 'groups' | 'total' | 'waiting'>>(await trial.run(['duplicates', '--near', '--json']));
  expect([found.total, found.waiting, found.groups[0]!.bestBy]).toEqual([1, 0, ['level']]);
  const { code, stdout } = await trial.run(['duplicates', '--near']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^2 files · 48\.0 kB besides the best copy\n {2}.*door\.wav +best copy: louder\n {2}.*door quiet\.wav +−20\.0 dB\n/);
  expect((await trial.run(['duplicates', '--near', trial.at('doors')])).stdout).toContain('1 group of near-duplicates');
  expect((await trial.run(['search', 'dup:near'])).stdout).toContain('door quiet.wav');
}); // prettier-ignore

test('--export lists all but the best copies; it and folders need --near', async () => {
  const list = `${trial.folder}/copies.m3u8`;
  expect((await trial.run(['duplicates', '--near', '--export', list])).code).toBe(0);
  expect(readFileSync(list, 'utf8').match(/^[^#].*$/gm)).toEqual([trial.at('doors/door quiet.wav')]);
  for (const wrong of [['--export', list], [trial.at('doors')]]) {
    const { code, stderr } = await trial.run(['duplicates', ...wrong]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('require --near')]);
  }
});

test.each([
  ['something that is no list', 'copies.txt', 2, 'has no supported file extension.'],
  ['a file that exists', 'taken.csv', 1, 'already exists. Choose another name, or allow it to be replaced.'],
  ['a file in no folder', 'nowhere/copies.csv', 1, 'does not exist. Create it first, or choose another folder.'],
])('--export as %s is refused before anything is compared', async (_, name, code, sentence) => {
  writeFileSync(trial.at('taken.csv'), 'mine');
  const refused = await trial.run(['duplicates', '--near', '--export', trial.at(name)]);
  expect(refused.code).toBe(code);
  expect(refused.stderr).toMatch(/^earmark: [^\n]*\n$/); // no progress of comparing
  expect(refused.stderr).toContain(sentence);
  expect(readFileSync(trial.at('taken.csv'), 'utf8')).toBe('mine');
});

test.each(['0', '10001', 'many'])('--limit %s is refused', async (limit) => {
  const { code, stderr } = await trial.run(['duplicates', '--limit', limit]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('It must be a whole number from 1 to 10,000.')]);
});

test('none, and more than are shown', () => {
  expect(describeDuplicates({ groups: [], total: 0, spareBytes: 0 })).toEqual(['No duplicates.']);
  const nothing = { groups: [], total: 0, spareBytes: 0, waiting: 2, hasCompared: true };
  expect(describeNear(nothing)).toEqual(['No near-duplicates.', '2 files not compared yet.']);
  expect(describeNear({ ...nothing, waiting: 0, hasCompared: false })[0]).toMatch(/^No files to compare yet/);
  const files = ['a.wav', 'b.wav'].map((path, fileId) => ({ fileId, path, bytes: 2000, offline: fileId === 1 }));
  const group = { contentId: 'x', durationSeconds: 2, spareBytes: 2000, files };
  const lines = describeDuplicates({ groups: [group], total: 3, spareBytes: 9000 });
  expect(lines).toContain('  b.wav (offline)');
  expect(lines.at(-1)).toMatch(/^3 groups of duplicates \(1 shown; --limit shows more\): 9/);
});

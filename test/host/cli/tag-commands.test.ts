/** tag, review, rename, export, sidecars, vocabularies, on sounds of the demo synthesiser; the program itself at a terminal. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeDemoLibrary } from '../../../src/demo/library.ts';
import type { TagRow } from '../../../src/shared/calls/tags.ts';
import type { RenameProposal, WriteRun } from '../../../src/shared/calls/write.ts';
import { json } from '../../faults/program.ts';
import { CommandTrial } from '../../faults/command-trial.ts';
import { expectRefused, expectSentence, skipFor } from '../../faults/trial.ts';
import { atTerminal, NO_TERMINAL } from './terminal.ts';

const NAMES = ['DOORWood_slam_01.wav', 'DOORWood_knock_04.wav', 'wolf howl.ogg', 'hammer nails.wav', 'car-horn-2x.ogg'];

const trial = new CommandTrial('shared');
trial.model = 'starter-1';
let paths: Record<string, string>;

interface Item {
  fileId: number;
  tagId: number;
  name: string;
  path: string;
  probability: number;
}

beforeAll(async () => {
  const made = await writeDemoLibrary(trial.sounds, { names: NAMES });
  paths = Object.fromEntries(made.map((path) => [path.split('/').at(-1)!, path]));
  await trial.index();
});
afterAll(() => trial.end());

const run = (...args: string[]) => trial.run(['--json', ...args]);
const itemsOf = async (...args: string[]) => json<{ items: Item[] }>(await run('review', ...args)).items;
const files = () =>
  readdirSync(trial.sounds, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w{3,}$/.test(name)).sort(); // prettier-ignore

test('tag: suggestions, nothing accepted by itself; review lists them by tag and by file', async () => {
  const before = trial.fingerprint();
  const scored = json<{ files: number; suggestions: number; accepted: unknown; tags: TagRow[] }>(
    await run('tag', '--vocabulary', 'sfx'),
  );
  expect(scored).toMatchObject({ files: 5, vocabularies: ['sfx'], accepted: null, cancelled: false });
  expect(scored.tags.every(({ accepted }) => accepted === 0)).toBe(true);
  const { tags } = json<{ tags: TagRow[] }>(await run('review'));
  expect(tags).toEqual(scored.tags);
  expect(tags.map(({ name }) => name)).toContain('wooden door slam');

  const slams = await itemsOf('--tag', 'sfx/wooden-door-slam');
  expect(slams[0]!.path).toBe(paths['DOORWood_slam_01.wav']);
  expect(slams.map(({ probability }) => probability)).toEqual(slams.map(({ probability }) => probability).sort((a, b) => b - a)); // prettier-ignore
  const ofWolf = await itemsOf('--file', paths['wolf howl.ogg']!, '--min', '0.3');
  expect(ofWolf[0]!.name).toMatch(/wolf/);
  expect(trial.fingerprint()).toEqual(before);
  expectRefused(await run('tag', '--vocabulary', 'sfx', join(trial.sounds, 'nowhere')), 'not-found');
  expectRefused(await run('review', '--folder', join(trial.sounds, 'nowhere')), 'not-found');
  for (const command of [['write', '--plan', '--profile', 'sfx'], ['rename', '--plan'], ['sidecars']]) {
    expectRefused(await run(...command, join(trial.sounds, 'nowhere')), 'not-found');
  }
});

test('review: by number, all but some, taken back; what makes no sense is refused', async () => {
  const [slam] = await itemsOf('--tag', 'wooden door slam');
  const decided = json(await run('review', '--tag', 'wooden door slam', '--accept', String(slam!.fileId)));
  expect(decided).toMatchObject({ changed: 1 });
  expect((await itemsOf('--tag', 'wooden door slam')).map(({ fileId }) => fileId)).not.toContain(slam!.fileId);
  expect(json(await run('review', '--undo'))).toEqual({ restored: 1 });
  const items = await itemsOf('--file', slam!.path, '--min', '0.05');
  expect(items.length).toBeGreaterThan(1);
  const rest = ['--file', slam!.path, '--min', '0.05', '--accept', String(slam!.tagId), '--reject', 'all'];
  expect(json(await run('review', ...rest))).toMatchObject({ changed: items.length });
  expect(await itemsOf('--file', slam!.path, '--min', '0.05')).toEqual([]);
  expect(json(await run('review', '--undo'))).toEqual({ restored: items.length });

  expectRefused(await run('review', '--tag', 'no such thing'), 'not-found');
  expectRefused(await run('review', '--tag', 'wooden door slam', '--accept', '987654'), 'bad-input', 2);
  expectRefused(await run('review', '--file', '/no/such.wav'), 'not-found');
  expect(expectRefused(await run('review', '--vocabulary', 'nonsense'), 'not-found')).toContain('music-genre');
  expect(expectRefused(await run('tag', '--vocabulary', 'nonsense'), 'bad-input', 2)).toContain('music-genre');
});

test.skipIf(skipFor(NO_TERMINAL, 'the review at a terminal'))('review at the keyboard', async () => {
  const args = ['--data', trial.data, '--model', trial.model, 'review', '--tag', 'wooden door slam', '--min', '0'];
  const some = (await itemsOf('--tag', 'wooden door slam', '--min', '0')).length;
  expect(some).toBeGreaterThan(1);
  const { code, shown } = await atTerminal(args, [
    [/1\/\d+ /, '?'],
    [/1\/\d+ /, 'a'], // after the reasons it asks again
    [/accepted\n2\/\d+ /, 'r'],
    [/rejected/, 'u'],
    [/2\/\d+ /, 's'],
    [/skipped/, 'q'],
  ]);
  expect(code).toBe(0);
  expect(shown).toMatch(/the name contains/);
  expect(shown).toContain(`1 accepted, 0 rejected of ${some} suggestions.`);
  expect((await itemsOf('--tag', 'wooden door slam', '--min', '0')).length).toBe(some - 1);
  expect(json(await run('review', '--undo'))).toEqual({ restored: 1 });
  const left = await atTerminal(args, [[/1\/\d+ /, '\u0003']]);
  expect(left).toMatchObject({ code: 0, shown: expect.stringContaining('0 accepted') as string });
});

test('tag --accept-above, then names, lists and sidecars of what was accepted; all of it taken back', async () => {
  const { accepted } = json<{ accepted: { suggestions: number; expectedWrong: number; stepIds: number[] } }>(
    await run('tag', '--vocabulary', 'sfx', '--accept-above', '0.9'),
  );
  expect(accepted.suggestions).toBeGreaterThan(0);
  expect(accepted.expectedWrong).toBeLessThanOrEqual(0.1 * accepted.suggestions);
  const before = files();
  const bytes = readFileSync(paths['wolf howl.ogg']!);

  const list = join(trial.folder, 'list.csv');
  expect(json(await run('export', list, trial.at('SFX/Doors')))).toMatchObject({
    format: 'csv',
    files: 2,
    leftOut: [],
  });
  expect(readFileSync(list, 'utf8')).toContain('wooden door slam');
  expectRefused(await run('export', list), 'name-taken');
  expect((await run('export', list, '--replace')).code).toBe(0);
  const found = join(trial.folder, 'found.m3u8');
  expect((await run('search', 'wolf', '--export', found, '-n', '1')).code).toBe(0);
  expect(readFileSync(found, 'utf8')).toContain(`\n${paths['wolf howl.ogg']!}\n`);

  expectRefused(await run('rename'), 'bad-input', 2); // nobody can be asked
  const planned = json<{ proposals: RenameProposal[]; run: null }>(await run('rename', '--plan', '--creator', 'ME'));
  expect(planned.run).toBeNull();
  expect(files()).toEqual(before);
  const wolf = planned.proposals.find(({ path }) => path === paths['wolf howl.ogg'])!;
  expect(wolf.proposed).toMatch(/\/ANML\w+_wolf howl_ME\.ogg$/);
  const renamed = json<{ run: WriteRun; notRenamed: unknown[] }>(await run('rename', '--yes', '--creator', 'ME'));
  expect(renamed).toMatchObject({ run: { kind: 'rename', failed: 0, skipped: 0 }, notRenamed: [] });
  expect(readFileSync(wolf.proposed).equals(bytes)).toBe(true);
  expect((await itemsOf('--file', wolf.proposed, '--min', '0')).length).toBeGreaterThan(0);
  expect(await trial.index()).toMatchObject({ files: 5, unchanged: 5, moved: 0 });

  const { runs } = json<{ runs: WriteRun[] }>(await run('undo'));
  expect(runs[0]).toMatchObject({ runId: renamed.run.runId, kind: 'rename', written: renamed.run.written });
  expectRefused(await run('undo', '--run', String(renamed.run.runId)), 'bad-input', 2);
  expectRefused(await run('undo', '--run', '77', '--yes'), 'not-found');
  const undone = json<{ run: WriteRun }>(await run('undo', wolf.proposed, '--yes'));
  expect(undone.run).toMatchObject({ undone: 1 });
  expect(existsSync(paths['wolf howl.ogg']!)).toBe(true);
  expect(json(await run('undo', '--run', String(renamed.run.runId), '--yes'))).toMatchObject({ run: { written: 0, notRestored: 0 }, notRestored: [] }); // prettier-ignore
  expect(files()).toEqual(before);

  const { written } = json<{ written: string[] }>(await run('sidecars', trial.at('SFX/Animals')));
  expect(written).toEqual([`${paths['wolf howl.ogg']!}.xmp`]);
  expect(json(await run('review', '--undo'))).toEqual({ restored: accepted.suggestions });
});

test.skipIf(skipFor(NO_TERMINAL, 'rename asks at a terminal'))('rename asks first, and no is no', async () => {
  const [slam] = await itemsOf('--tag', 'hammer', '--min', '0');
  await run('review', '--tag', 'hammer', '--min', '0', '--accept', String(slam!.fileId));
  const before = files();
  const args = ['--data', trial.data, '--model', trial.model, 'rename', '--creator', 'ME'];
  const no = await atTerminal(args, [[/Rename 1 file\? \[y\/N\]/, '\n']]);
  expect(no).toMatchObject({ code: 0, shown: expect.stringContaining('Nothing was renamed.') as string });
  expect(files()).toEqual(before);
  const yes = await atTerminal(args, [[/Rename 1 file\?/, 'y\n']]);
  expect(yes).toMatchObject({ code: 0, shown: expect.stringContaining('1 file renamed.') as string });
  expect(files()).not.toEqual(before);
});

test('vocabularies: listed, checked, brought in and out', async () => {
  const { vocabularies, broken } = json<{ vocabularies: { id: string; shipped: boolean }[]; broken: unknown[] }>(
    await run('vocabularies'),
  );
  expect(vocabularies.map(({ id }) => id)).toEqual(expect.arrayContaining(['sfx', 'music-genre', 'music-mood']));
  expect(broken).toEqual([]);
  const bad = join(trial.folder, 'bad.json');
  writeFileSync(bad, JSON.stringify({ id: 'Doors!', name: 'Doors', version: 1 }));
  const checked = await run('vocabularies', 'check', bad);
  expect(checked.code).toBe(3);
  const { problems } = json<{ problems: string[] }>(checked);
  expect(problems.length).toBeGreaterThan(2);
  for (const problem of problems) expectSentence(problem.replaceAll(trial.folder, ''));
  expect((await run('vocabularies', 'import', bad)).code).toBe(1);
  const mine = join(trial.folder, 'mine.json');
  expect((await run('vocabularies', 'export', 'voice', mine)).code).toBe(0);
  expectRefused(await run('vocabularies', 'export', 'voice', mine), 'name-taken');
  writeFileSync(mine, JSON.stringify({ ...(JSON.parse(readFileSync(mine, 'utf8')) as object), id: 'my-voices' }));
  expect(json(await run('vocabularies', 'import', mine))).toMatchObject({ id: 'my-voices', shipped: false });
  expect(json(await run('tag', '--vocabulary', 'my-voices'))).toMatchObject({ files: 5 });
  expect((await run('vocabularies', 'remove', 'my-voices')).code).toBe(0);
  expectRefused(await run('vocabularies', 'remove', 'sfx'), 'bad-input', 2);
});

test('taught: a tag from examples, switched off, taken to a file and back; what makes no sense is refused', async () => {
  const names = async () => json<{ taught: { name: string }[] }>(await run('taught')).taught.map(({ name }) => name);
  expect(await names()).not.toContain('Wooden');
  // Under the names that other tests have left them with.
  const examples = files().filter((name) => /\.(wav|ogg)$/.test(name)).slice(0, 3).map((name) => join(trial.sounds, name)); // prettier-ignore
  expectRefused(await run('taught', 'make', 'Wooden', ...examples.slice(1)), 'bad-input', 2);
  const row = json<TagRow>(await run('taught', 'make', 'Wooden', ...examples));
  expect(row).toMatchObject({ vocabularyId: 'mine', labelId: 'wooden', accepted: 3, taught: { inUse: true } });
  expect(await names()).toContain('Wooden');
  expect(json(await run('taught', 'ignore', 'wooden'))).toMatchObject({ taught: [{ name: 'Wooden', inUse: false }] });
  expectRefused(await run('taught', 'use', 'Metallic'), 'not-found');
  const file = join(trial.folder, 'taught.json');
  expect(json<{ decisions: number }>(await run('taught', 'export', file)).decisions).toBeGreaterThanOrEqual(3);
  expectRefused(await run('taught', 'export', file), 'name-taken');
  expect(json(await run('taught', 'import', file))).toMatchObject({ decisions: 0 });
});

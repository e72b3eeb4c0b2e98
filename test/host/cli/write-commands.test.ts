/** write and undo, on sounds of the demo synthesiser in seven formats; the program itself at a terminal. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeDemoLibrary } from '../../../src/demo/library.ts';
import type { FilePlan, PlanSummary, WriteRun } from '../../../src/shared/calls/write.ts';
import { json } from '../../faults/program.ts';
import { CommandTrial } from '../../faults/command-trial.ts';
import { expectRefused, skipFor } from '../../faults/trial.ts';
import { atTerminal, NO_TERMINAL } from './terminal.ts';
import { inDatabase } from '../../kit/catalogue.ts';

const NAMES = ['DOORWood_slam_01.wav', 'wolf howl.ogg', 'Doorbell.mp3', 'crow_caw_x3.aif', 'sheep_bleat.flac', 'OCEAN-WAVES-beach.opus', 'New Recording 12.m4a']; // prettier-ignore

interface Answer {
  plan: PlanSummary;
  files: FilePlan[];
  run: WriteRun | null;
  notWritten: { path: string; outcome: string; reason: string }[];
}

const trial = new CommandTrial('shared');
trial.model = 'starter-1';
const paths: Record<string, string> = {};
let before: Record<string, string>;

beforeAll(async () => {
  for (const path of await writeDemoLibrary(trial.sounds, { names: NAMES })) paths[path.split('/').at(-1)!] = path;
  before = trial.fingerprint();
  await trial.index();
  // A person's decision, without waiting for what a model suggests: every file is an air jet.
  inDatabase(trial.data, (db) =>
    db.exec(`INSERT INTO tag (vocabulary_id, label_id, name) VALUES ('sfx', 'air-jet', 'air jet');
      INSERT INTO decision SELECT file.id, last_insert_rowid(), 1, 0, NULL, 1700000000000 FROM file;`),
  );
});
afterAll(() => trial.end());

const run = (...args: string[]) => trial.run(['--json', ...args]);
const write = async (...args: string[]) => json<Answer>(await run('write', '--profile', 'sfx', ...args));

test('without a terminal, --plan or --yes is required; a plan writes nothing', async () => {
  expectRefused(await run('write', '--profile', 'sfx'), 'bad-input', 2);
  const { plan, files, run: none } = await write('--plan');
  expect(plan).toMatchObject({ profileId: 'sfx', files: 7, change: 7, same: 0, refused: 0 });
  expect(none).toBeNull();
  expect(new Set(files.map(({ format }) => format))).toEqual(new Set(['wav', 'ogg', 'mp3', 'aiff', 'flac', 'opus', 'm4a'])); // prettier-ignore
  for (const { changes } of files) {
    expect(changes).toContainEqual(expect.objectContaining({ field: 'catId', before: null, after: 'AIRBlow' }));
    expect(changes.some(({ field }) => field === 'provenance')).toBe(true);
  }
  expect(trial.fingerprint()).toEqual(before);
  const shown = (await trial.run(['write', '--profile', 'sfx', '--plan'])).stdout;
  expect(shown).toMatch(/catId {2,}– → AIRBlow/);
  expect(shown).toMatch(/7 files to write/);
  for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('a profile for none of the accepted tags is reported as such, not as files being up to date', async () => {
  const { plan, files } = json<Answer>(await run('write', '--profile', 'music', '--plan'));
  expect(plan).toMatchObject({ change: 0, same: 7, untagged: 7, refused: 0 });
  expect(new Set(files.map(({ reason }) => reason))).toEqual(new Set(['No accepted tag of this file is for this profile.'])); // prettier-ignore
  const shown = (await trial.run(['write', '--profile', 'dj', '--plan'])).stdout;
  expect(shown).toContain('0 up to date, 7 without accepted tags for this profile, 0 refused.');
});

test('tempo and key are written where asked for, by what the catalogue has chosen', async () => {
  inDatabase(trial.data, (db) => db.exec("UPDATE file SET bpm_you = 92.5 WHERE relative_path LIKE '%crow_caw%'"));
  const { plan, files } = json<Answer>(await run('write', '--profile', 'music', '--tempo-and-key', '--plan'));
  expect(plan).toMatchObject({ files: 7, change: 1 });
  const crow = files.find(({ path }) => path.endsWith('crow_caw_x3.aif'))!;
  expect(crow.changes).toContainEqual({ field: 'bpm', nativeId: 'TBPM', before: null, after: '92.5', mode: 'replace', note: '' }); // prettier-ignore
  const shown = (await trial.run(['write', '--profile', 'music', '--tempo-and-key', '--plan'])).stdout;
  expect(shown).toMatch(/tempo {2,}– → 92\.5/);
});

test.skipIf(skipFor(NO_TERMINAL, 'write asks at a terminal'))('at a terminal it asks, and no is no', async () => {
  const args = ['--data', trial.data, '--model', trial.model, 'write', '--profile', 'sfx'];
  const { code, shown } = await atTerminal(args, [[/Write 7 files\? \[y\/N\]/, 'n\n']]);
  expect(code).toBe(0);
  expect(shown).toContain('Nothing was written.');
  expect(trial.fingerprint()).toEqual(before);
});

const noTool = existsSync('/usr/bin/exiftool') ? null : 'exiftool is not installed';

test('written, read back by another program, renamed meanwhile, undone: every byte as before', async () => {
  const { run: written, notWritten } = await write('--yes');
  expect(written).toMatchObject({ kind: 'write', written: 7, failed: 0, skipped: 0 });
  expect(notWritten).toEqual([]);
  if (!skipFor(noTool, 'tags read by exiftool')) {
    const read = execFileSync('/usr/bin/exiftool', ['-a', '-G1', ...Object.values(paths)], { encoding: 'utf8' });
    for (const name of NAMES.filter((each) => !/\.(opus|m4a)$/.test(each))) expect(read).toContain(paths[name]!);
    expect(read.match(/AIRBlow/g)!.length).toBeGreaterThanOrEqual(5);
  }
  // Nothing is analysed again, and a second time there is nothing to write.
  expect(await trial.index()).toMatchObject({ files: 7, unchanged: 7, indexed: 0, retagged: 0 });
  expect((await write('--yes')).plan).toMatchObject({ change: 0, same: 7 });

  expect((await run('rename', '--yes')).code).toBe(0);
  expect(existsSync(paths['wolf howl.ogg']!)).toBe(false);
  const undone = json<{ run: WriteRun }>(await run('undo', '--run', String(written!.runId), '--yes'));
  expect(undone.run).toMatchObject({ undone: 7, notRestored: 0 });
  const { runs } = json<{ runs: WriteRun[] }>(await run('undo'));
  expect(runs[0]!.kind).toBe('rename');
  expect((await run('undo', '--run', String(runs[0]!.runId), '--yes')).code).toBe(0);
  expect(trial.fingerprint()).toEqual(before);
});

test('a file that cannot be undone is reported with its reason, exit code 3; the others are restored', async () => {
  const { run: written } = await write('--yes');
  appendFileSync(paths['Doorbell.mp3']!, 'somebody else');
  const undo = await run('undo', '--run', String(written!.runId), '--yes');
  expect(undo.code).toBe(3);
  const { run: after, notRestored } = json<{ run: WriteRun; notRestored: { path: string; reason: string }[] }>(undo);
  expect(after).toMatchObject({ undone: 6, notRestored: 1 });
  expect(notRestored).toEqual([expect.objectContaining({ path: paths['Doorbell.mp3'], reason: expect.stringMatching(/\.$/) as string })]); // prettier-ignore
  const others = (prints: Record<string, string>) => Object.entries(prints).filter(([path]) => path !== paths['Doorbell.mp3']); // prettier-ignore
  expect(others(trial.fingerprint())).toEqual(others(before));
});

/** `earmark markers`: previewed, written, listed, undone; and what it refuses. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Marker } from '../../../src/shared/calls/markers.ts';
import type { FilePlan, PlanSummary, WriteRun } from '../../../src/shared/calls/write.ts';
import { CommandTrial } from '../../faults/command-trial.ts';
import { json } from '../../faults/program.ts';

let trial: CommandTrial;
let hum: string;
beforeAll(async () => {
  trial = new CommandTrial('shared');
  hum = trial.addTone('low/hum.wav', 110, 12);
  trial.addTone('high/whistle.wav', 2000, 3);
  writeFileSync(trial.at('low/empty.wav'), '');
  await trial.run(['index', trial.sounds]); // the empty one could not be analysed
  mkdirSync(`${trial.folder}/apart`);
  copyFileSync(hum, `${trial.folder}/apart/new.wav`);
});
afterAll(() => trial.end());

interface Written {
  plan: PlanSummary;
  files: FilePlan[];
  run: WriteRun | null;
  notWritten: unknown[];
}

const markersOf = async (path: string) =>
  json<{ files: { path: string; markers: Marker[] }[] }>(await trial.run(['--json', 'markers', path])).files;

test('a preview shows each marker and writes nothing; --yes writes, a second time there is nothing to do, undo restores', async () => {
  const before = readFileSync(hum);
  const args = ['--json', 'markers', hum, '--search', 'hum dur:>1'];
  const { plan, files } = json<Written>(await trial.run([...args, '--plan']));
  expect(plan).toMatchObject({ profileId: 'markers', files: 1, change: 1, refused: 0 });
  expect(files[0]!.changes.length).toBeGreaterThan(0);
  for (const { field, after } of files[0]!.changes) {
    expect(field).toBe('marker');
    expect(after).toMatch(/^\d+:\d\d\.\d{3}–\d+:\d\d\.\d{3} hum$/); // the filter is no part of the label
  }
  expect(readFileSync(hum)).toEqual(before);
  expect(await markersOf(hum)).toEqual([{ path: hum, markers: [] }]);

  const { run, notWritten } = json<Written>(await trial.run([...args, '--yes']));
  expect(run).toMatchObject({ kind: 'write', profileId: 'markers', written: 1 });
  expect(notWritten).toEqual([]);
  const markers = (await markersOf(hum))[0]!.markers;
  expect(markers).toHaveLength(files[0]!.changes.length);
  for (const { startSeconds, endSeconds, label } of markers) {
    expect(label).toBe('hum');
    expect(endSeconds).toBeGreaterThan(startSeconds);
    expect(endSeconds).toBeLessThanOrEqual(12);
  }
  expect(json<Written>(await trial.run([...args, '--yes']))).toMatchObject({ plan: { change: 0, same: 1 }, run: null });
  expect((await trial.run(['undo'])).stdout).toMatch(/markers/);
  await trial.run(['--json', 'undo', '--run', String(run!.runId), '--yes']);
  expect(readFileSync(hum)).toEqual(before);
});

test('points have no end, a label of one’s own is written, and tables say so in words', async () => {
  const args = ['markers', hum, '--search', 'hum', '--kind', 'point', '--label', 'Brumm'];
  const preview = await trial.run([...args, '--plan']);
  expect(preview.stdout).toMatch(/marker\s+– → 0:\d\d\.\d{3} Brumm/);
  expect(preview.stdout).toMatch(/1 file to write \(\d+ markers?\), 0 up to date, 0 refused\./);
  await trial.run([...args, '--yes']);
  const markers = (await markersOf(hum))[0]!.markers;
  expect(markers.every(({ endSeconds, label }) => endSeconds === null && label === 'Brumm')).toBe(true);
  expect((await trial.run(['markers', hum])).stdout).toMatch(/0:\d\d\.\d{3} +Brumm\n(.*\n)*\d+ markers?\.\n$/);
});

test.each([
  [['--search', 'dur:<4', '--plan'], 'Filters find files, not positions in them. Also describe the sound.'],
  [['--label', 'x'], 'Markers are written with --search. Describe the sound to mark.'],
  [['--search', 'hum'], 'Cannot ask for confirmation here. Use --plan to preview the changes, or --yes to make them.'],
])('%j: one message says what is wrong', async (options, sentence) => {
  const { code, stdout } = await trial.run(['--json', 'markers', hum, ...options]);
  expect(code).toBe(2);
  expect((JSON.parse(stdout) as { error: { message: string } }).error.message).toBe(sentence);
});

test('a label that is too long is an invalid option', async () => {
  const { code, stderr } = await trial.run(['markers', hum, '--search', 'hum', '--label', 'x'.repeat(201), '--plan']);
  expect(stderr).toContain('It must have at most 200 characters.');
  expect(code).toBe(2);
});

test('a named file that cannot be written: its reason, and an exit code that scripts notice', async () => {
  chmodSync(hum, 0o444);
  const { code, stdout } = await trial.run(['markers', hum, '--search', 'hum', '--yes']);
  chmodSync(hum, 0o644);
  expect(stdout).toContain('The file is read-only.');
  expect(stdout).toContain('0 files to write (0 markers), 0 up to date, 1 refused.');
  expect(code).toBe(3);
});

test.each([
  ['low/nope.wav', 'was not found. Check the spelling, or connect its drive.'],
  ['low/hum.wav/nope.wav', 'was not found. Check the spelling, or connect its drive.'],
  ['low', 'is a folder. Choose the files in it.'],
  ['low/empty.wav', 'is empty (0 bytes). Copy it again from its source.'],
  ['../apart/new.wav', 'is not in the catalogue. Index its folder first.'],
])('%s: why it is not known, and what to do', async (name, sentence) => {
  const { code, stdout } = await trial.run(['--json', 'markers', trial.at(name)]);
  expect(code).not.toBe(0);
  const { message } = (JSON.parse(stdout) as { error: { message: string } }).error;
  expect(message.replace(/^“[^”]*” /, '')).toBe(sentence);
});

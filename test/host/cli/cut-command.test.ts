/** `earmark cut`: pieces, refusals, and the program itself when it is stopped. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CutSummary } from '../../../src/shared/calls/cut.ts';
import { temporaryName } from '../../../src/main/files/temporary-files.ts';
import { sha256OfFile } from '../../kit/sha256.ts';
import { json } from '../../faults/program.ts';
import { CommandTrial } from '../../faults/command-trial.ts';

let trial: CommandTrial;
let out: string;
beforeAll(async () => {
  trial = new CommandTrial('shared');
  out = join(trial.folder, 'pieces');
  trial.addTone('low/hum.wav', 110, 12);
  trial.addTone('high/whistle.wav', 2000, 3);
  await trial.index();
});
afterAll(() => trial.end());

test('a piece of a file that is not indexed; a second one of its name gets a number, and the source stays', async () => {
  const source = join(trial.folder, 'new.wav');
  renameSync(trial.addTone('new.wav', 300, 2), source);
  const before = sha256OfFile(source);
  const args = ['--json', 'cut', source, '--from', '0:00.5', '--to', '1.25', '--out', out];
  const first = json<CutSummary>(await trial.run(args));
  expect(first).toEqual({
    pieces: [{ path: join(out, 'new_0m00.500s.wav'), source, startSeconds: 0.5, endSeconds: 1.25 }],
    failed: [],
  });
  const second = json<CutSummary>(await trial.run(args));
  expect(second.pieces[0]!.path).toBe(join(out, 'new_0m00.500s_2.wav'));
  expect(readFileSync(second.pieces[0]!.path)).toEqual(readFileSync(first.pieces[0]!.path));
  expect(sha256OfFile(source)).toBe(before);
  expect(readdirSync(out)).toHaveLength(2); // and nothing half written
  const rights = (path: string) => statSync(path).mode & 0o777;
  expect(rights(first.pieces[0]!.path)).toBe(rights(source)); // made under the same umask: readable by whoever else is
});

test('every match of a search in a folder becomes a piece', async () => {
  const barks = join(trial.folder, 'matches');
  const args = [
    '--json',
    'cut',
    '--search',
    'hum',
    trial.at('low'),
    '--out',
    barks,
    '--format',
    'flac',
    '--pad',
    '0.1',
  ];
  const { pieces, failed } = json<CutSummary>(await trial.run([...args, '--name', '{number} {stem}']));
  expect(failed).toEqual([]);
  expect(pieces.length).toBeGreaterThan(0);
  for (const { path, source, startSeconds, endSeconds } of pieces) {
    expect(source).toBe(trial.at('low/hum.wav'));
    expect(path).toMatch(/\d\d hum\.flac$/);
    expect(startSeconds).toBeLessThan(endSeconds);
    expect(endSeconds).toBeLessThanOrEqual(12);
    expect(existsSync(path)).toBe(true);
  }
});

test('a list of the ranges instead of audio files; an existing one is kept unless it is to be replaced', async () => {
  const list = join(trial.folder, 'hum.csv');
  const args = ['--json', 'cut', '--search', 'hum', trial.at('low'), '--list', 'csv', '--out', list];
  const { pieces, failed } = json<CutSummary>(await trial.run(args));
  expect(failed).toEqual([]);
  expect(pieces.length).toBeGreaterThan(0);
  const [header, ...rows] = readFileSync(list, 'utf8').slice(0, -2).split('\r\n');
  expect(header).toBe('\uFEFFpath,name,start_s,end_s,duration_s,band');
  expect(rows).toEqual(
    pieces.map(({ path, source, startSeconds, endSeconds }) => {
      expect([path, source]).toEqual([list, trial.at('low/hum.wav')]);
      const times = [startSeconds, endSeconds, endSeconds - startSeconds].map((seconds) => seconds.toFixed(6));
      return expect.stringMatching(
        new RegExp(`^${source},hum.wav,${times.join(',')},(strong|likely|maybe)$`),
      ) as string;
    }),
  );
  const again = await trial.run(args);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('already exists')]);
  expect((await trial.run([...args, '--replace'])).code).toBe(0);

  const edl = join(trial.folder, 'hum.edl');
  const cut = ['cut', trial.at('low/hum.wav'), '--from', '1', '--to', '2.5', '--list', 'edl', '--fps', '24', '--out', edl]; // prettier-ignore
  expect((await trial.run(cut)).stdout).toContain(`1 range written to ${edl}`);
  expect(readFileSync(edl, 'utf8')).toContain('00:00:01:00 00:00:02:12 01:00:00:00 01:00:01:12');
});

test.each([
  ['a name for a list', ['a.wav', '--list', 'csv', '--name', 'x'], 2, 'are for new audio files'],
  ['frames of no EDL', ['a.wav', '--list', 'm3u', '--fps', '25'], 2, '--fps requires --list edl'],
  ['replacing sounds', ['a.wav', '--replace'], 2, '--replace requires --list'],
  ['no file', [], 2, 'Specify one file to cut'],
  ['two files', ['a.wav', 'b.wav'], 2, 'Specify one file to cut'],
  ['a range with a search', ['--search', 'hum', '--from', '1'], 2, 'Use --from and --to with a file'],
  ['padding without one', ['a.wav', '--pad', '1'], 2, '--limit and --pad require --search.'],
  ['a time that is none', ['a.wav', '--from', 'soon'], 2, 'Use seconds (45.5)'],
  ['a time that no file reaches', ['a.wav', '--from', '9'.repeat(20)], 2, 'No file is that long.'],
  ['a format that is none', ['a.wav', '--format', 'ogg'], 2, 'Allowed choices are wav, flac, mp3'],
  [
    'an empty name',
    ['a.wav', '--name', ''],
    2,
    "option '--name <pattern>' argument '' is invalid. It must not be empty.",
  ],
  ['a long name', ['a.wav', '--name', 'x'.repeat(201)], 2, 'It must not be longer than 200 characters.'],
  ['a name with a folder', ['a.wav', '--name', 'x/y'], 2, 'contains a folder'],
  ['filters alone', ['--search', 'fmt:wav'], 2, 'Filters find files'],
  ['a file that is not there', ['/nowhere/a.wav'], 1, '“a.wav” was not found'],
])('%s is refused', async (_, args, code, sentence) => {
  const run = await trial.run(['cut', ...args, '--out', out]);
  expect([run.code, run.stderr]).toEqual([code, expect.stringContaining(sentence)]);
});

test('a terminal that is closed stops it, and nothing half written stays', async () => {
  const source = trial.addTone('low/long.wav', 110, 1);
  const [head, samples] = [readFileSync(source).subarray(0, 44), 1_800 * 96_000];
  head.writeUInt32LE(36 + samples, 4);
  head.writeUInt32LE(samples, 40);
  writeFileSync(source, head);
  truncateSync(source, 44 + samples); // silence
  const into = join(trial.folder, 'closed');
  const program = trial.start(['cut', source, '--out', into, '--format', 'mp3']);
  await program.until(
    'a piece is being written',
    () => (existsSync(into) && readdirSync(into).length === 1) || undefined,
  );
  program.signal('SIGHUP');
  expect((await program.ended).code).toBe(130);
  expect(existsSync(into)).toBe(false); // made for nothing
});

test('a clipped piece of a truncated file: both are reported', async () => {
  const samples = Float32Array.from({ length: 8000 }, (_, at) => 1.5 * Math.sin(at / 5));
  const header = readFileSync(trial.addTone('loud/tone.wav', 110, 1)).subarray(0, 44);
  const float = [[4, 100_000], [24, 8000], [28, 32_000], [40, 2 * samples.byteLength]] as const; // prettier-ignore
  for (const [at, value] of float) header.writeUInt32LE(value, at);
  header.set([3, 0, 1, 0], 20); // IEEE float, mono
  header.set([4, 0, 32, 0], 32);
  const loud = trial.at('loud/tone.wav');
  writeFileSync(loud, Buffer.concat([header, Buffer.from(samples.buffer)]));
  const into = join(trial.folder, 'notices');
  const { code, stderr } = await trial.run(['cut', loud, '--format', 'flac', '--out', into]);
  expect(stderr).toContain('“tone_0m00.000s.flac” is clipped: its source exceeds 0 dBFS, which FLAC cannot hold.');
  expect(stderr).toContain('“tone.wav” is truncated: “tone_0m00.000s.flac” ends where the file does.');
  expect(code).toBe(0);
});

test('what a killed cut left in the folder goes with the next one', async () => {
  const into = join(trial.folder, 'after a kill');
  mkdirSync(into);
  const { pid } = spawnSync(process.execPath, ['--version']); // over by now
  writeFileSync(join(into, temporaryName(pid)), 'half a piece');
  await trial.run(['cut', trial.at('high/whistle.wav'), '--to', '1', '--out', into]);
  expect(readdirSync(into)).toEqual(['whistle_0m00.000s.wav']);
});

test('a folder that was made for nothing goes again', async () => {
  const made = join(trial.folder, 'made for nothing');
  const run = await trial.run(['cut', trial.at('high/whistle.wav'), '--from', '50', '--out', made]);
  expect(run.stderr).toContain('is too short');
  expect(existsSync(made)).toBe(false);
});

test('folders where nothing can be written are refused', async () => {
  const source = trial.at('high/whistle.wav');
  const into = async (folder: string) => (await trial.run(['cut', source, '--out', folder])).stderr;
  expect(await into(join(trial.folder, 'a', 'b'))).toContain('does not exist. Create it first');
  expect(await into(source)).toContain('is a file. Choose a folder.');
  symlinkSync('/nowhere/at/all', join(trial.folder, 'dangling'));
  expect(await into(join(trial.folder, 'dangling'))).toContain('is a broken link. Choose another folder.');
  expect(await into(join(trial.data, 'new'))).toContain('Earmark’s data folder');
  expect(existsSync(join(trial.data, 'new'))).toBe(false);
  mkdirSync(join(trial.data, 'mine'));
  expect(await into(join(trial.data, 'mine'))).toContain('Earmark’s data folder');
});

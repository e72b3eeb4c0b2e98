/** Files that are not what their names say: each gets its message, all others are analysed, nothing is changed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeAudioFile, type DemoFormat } from '../../src/demo/encode.ts';
import type { DecodeWarningCode, FileFailure, IndexSummary } from '../../src/shared/types.ts';
import { json } from './program.ts';
import { put, tone, wav } from './sounds.ts';
import { CommandTrial } from './command-trial.ts';
import { expectFailure, expectOwnWords, expectRefused, expectSentence } from './trial.ts';

const trial = new CommandTrial();
const GOOD = ['good/a.wav', 'good/b.wav', 'zzz-last.wav'];
let summary: IndexSummary;
let before: Record<string, string>;
let after: Record<string, string>;
let stderr = '';

beforeAll(async () => {
  for (const [at, path] of GOOD.entries()) trial.addTone(path, 300 + 200 * at, 1.5 + at / 10);
  put(trial.at('empty.wav'), '');
  put(trial.at('empty.txt'), '');
  put(trial.at('forty.wav'), wav([tone(440, 1)]).subarray(0, 40));
  put(trial.at('forty.mp3'), Buffer.alloc(40, 0x5a));
  put(trial.at('garbage.wav'), noise(50_000));
  put(trial.at('garbage.flac'), noise(50_000));
  put(trial.at('head-only.wav'), Buffer.concat([wav([tone(440, 1)]).subarray(0, 12), noise(3000)]));
  put(trial.at('notes.txt'), 'Recorded on a windy day.\n');
  put(trial.at('picture.wav'), PNG);
  put(trial.at('silence.wav'), wav([new Float32Array(16_000)]));
  await encode('whole.mp3', 'mp3');
  writeFileSync(trial.at('mp3-inside.wav'), readFileSync(trial.at('whole.mp3')));
  put(trial.at('wav-inside.mp3'), wav([tone(700, 1.2)]));
  for (const format of ['flac', 'm4a', 'ogg', 'mp3', 'opus', 'aiff'] as const) {
    await encode(`cut.${format}`, format);
    const bytes = readFileSync(trial.at(`cut.${format}`));
    writeFileSync(trial.at(`cut.${format}`), bytes.subarray(0, Math.round(bytes.length * 0.6)));
  }
  const long = wav([tone(500, 3)]);
  put(trial.at('cut.wav'), long.subarray(0, 20_000));
  const scratched = Buffer.from(wav([tone(900, 3)]));
  await encode('scratched.flac', 'flac');
  const flac = readFileSync(trial.at('scratched.flac'));
  noise(400).copy(flac, Math.round(flac.length / 2));
  writeFileSync(trial.at('scratched.flac'), flac);
  scratched.writeUInt32LE(0xffff_ffff, 40); // what a program writes that streams and does not know the length
  put(trial.at('streamed.wav'), scratched);
  scratched.writeUInt32LE(256_000_000, 40);
  put(trial.at('claims-256mb.wav'), scratched);

  before = trial.fingerprint();
  // The program, for what its child processes say on stderr.
  const run = await trial.start(['--json', 'index', trial.sounds]).ended;
  after = trial.fingerprint();
  stderr = run.stderr;
  expectOwnWords(run);
  expect(run).toMatchObject({ code: 0, signal: null });
  summary = json(run);
});

afterAll(() => trial.remove());

test('the good files among them are analysed', () => {
  const rows = trial.rows();
  for (const path of GOOD)
    expect(rows.find((row) => row.path === path)).toMatchObject({ state: 'ready', offline: false });
  expect(rows.filter(({ state }) => state === 'pending')).toEqual([]);
});

test('no byte and no time of any file is changed', () => {
  expect(after).toEqual(before);
  expect(Object.keys(before).length).toBeGreaterThan(20);
});

test('stderr has only our own sentences, no words of FFmpeg', () => {
  expect(stderr).not.toMatch(/@ 0x|Invalid data|deprecat|Warning/i);
});

test.each([
  ['empty.wav', 'empty-file', /[Cc]opy it again/],
  ['forty.wav', 'undecodable-audio', /player|copy it again/],
  ['forty.mp3', 'not-audio', /Check where it came from/],
  ['garbage.wav', 'not-audio', /Check where it came from/],
  ['garbage.flac', 'not-audio', /Check where it came from/],
  ['head-only.wav', 'undecodable-audio', /player|copy it again/],
  ['picture.wav', 'not-audio', /image.*Check where it came from/],
] as const)('%s fails as %s with a message', (path, code, nextStep) => {
  expectFailure(summary, trial.at(path), code, nextStep);
  expect(trial.row(path)).toMatchObject({ state: 'failed', code, windowIds: [] });
});

test('files that do not pretend to be audio are passed over, not failed', () => {
  for (const path of ['notes.txt', 'empty.txt']) {
    expect(summary.failed.map((failure) => failure.path)).not.toContain(trial.at(path));
    expect(trial.row(path).state).toBe('other');
  }
  expect(summary.skipped).toBe(2);
});

test.each([
  ['mp3-inside.wav', 'wrong-extension'],
  ['wav-inside.mp3', 'wrong-extension'],
  ['silence.wav', 'silent'],
  ['cut.wav', 'partial'],
  ['cut.flac', 'partial'],
  ['scratched.flac', 'partial'],
  ['claims-256mb.wav', 'partial'],
] as const)('%s is used all the same, with the note “%s”', (path, code) => {
  expectNote(path, code);
  expect(trial.row(path).state).toBe('ready');
  if (code === 'silent') expect(trial.row(path).windowIds).toEqual([]);
  else expect(trial.row(path).windowIds).not.toEqual([]);
});

test('a streamed WAV of unstated length is no damage', () => {
  expect(trial.row('streamed.wav').windowIds).toHaveLength(3);
  expect(summary.warnings.filter(({ path }) => path === trial.at('streamed.wav'))).toEqual([]);
});

test.each(['cut.m4a', 'cut.ogg', 'cut.mp3', 'cut.opus', 'cut.aiff'])(
  '%s is used in part or fails, and never passes for whole',
  (path) => {
    const row = trial.row(path);
    if (row.state === 'failed') expectFailure(summary, trial.at(path), 'undecodable-audio', /player|copy it again/);
    else {
      expect(row.state).toBe('ready');
      expectNote(path, 'partial');
    }
  },
);

test('the counts of the summary add up', () => {
  const states = trial.rows().map(({ state }) => state);
  const count = (wanted: string) => states.filter((state) => state === wanted).length;
  expect(summary.failed).toHaveLength(count('failed'));
  expect(summary.indexed).toBe(count('ready'));
  expect(summary.files).toBe(count('ready') + count('failed'));
});

test('`earmark failures` lists the same, and a second run opens none of them again', async () => {
  const run = await trial.run(['--json', 'failures']);
  expect(run.code).toBe(0);
  const { failures } = json<{ failures: { path: string; code: string; attempts: number }[] }>(run);
  const named = (all: { path: string; code: string }[]) => all.map(({ path, code }) => `${code} ${path}`).sort();
  expect(named(failures)).toEqual(named(summary.failed));
  const again = await trial.index();
  expect(again).toMatchObject({ files: summary.files, indexed: 0, unchanged: summary.indexed, audioSeconds: 0 });
  expect(named(again.failed)).toEqual(named(summary.failed));
  const third = json<{ failures: { attempts: number }[] }>(await trial.run(['--json', 'failures']));
  expect(third.failures.map(({ attempts }) => attempts)).toEqual(failures.map(() => 1));
});

test('without --json every note and every failure names its file', async () => {
  const data = trial.data;
  trial.data = `${data}-2`;
  const run = await trial.run(['index', trial.sounds]);
  trial.data = data;
  expect(run.code).toBe(0);
  for (const { path } of [...summary.failed, ...summary.warnings])
    expect(run.stdout).toContain(path.split('/').at(-1)!);
});

test('`embed` uses the good ones, names the others and ends with 3', async () => {
  const paths = [trial.at('good/a.wav'), trial.at('empty.wav'), trial.at('notes.txt'), trial.at('is-not-there.wav')];
  const run = await trial.start(['--json', 'embed', ...paths]).ended;
  expect(run.code, run.stderr).toBe(3);
  expectOwnWords(run, [/^earmark: “/]);
  const { items, failed } = json<{ items: { path: string }[]; failed: FileFailure[] }>(run);
  expect(items.map(({ path }) => path)).toEqual([paths[0]]);
  expect(failed.map(({ path, code }) => [path, code]).sort()).toEqual(
    [[paths[1], 'empty-file'], [paths[2], 'not-audio'], [paths[3], 'vanished']].sort(), // prettier-ignore
  );
  for (const { message } of failed) expectSentence(message);
});

test.each([
  ['a sound that is empty', ['similar', 'empty.wav'], 'empty-file', 1],
  ['a sound that is none', ['similar', 'garbage.wav'], 'not-audio', 1],
  ['a sound that is not there', ['similar', 'is-not-there.wav'], 'not-found', 1],
  ['a sound that is silent', ['similar', 'silence.wav'], 'bad-input', 2],
  ['a moment after its end', ['similar', 'good/a.wav', '--at', '99'], 'bad-input', 2],
  ['a folder that is not there', ['index', 'is-not-there'], 'not-found', 1],
  ['a file instead of a folder', ['index', 'good/a.wav'], 'bad-input', 2],
] as const)('%s is refused with a message', async (_, [command, path, ...rest], code, exitCode) => {
  const message = expectRefused(await trial.run(['--json', command, trial.at(path), ...rest]), code, exitCode);
  expect(message).toContain(path.split('/').at(-1));
});

function expectNote(path: string, code: DecodeWarningCode): void {
  const notes = summary.warnings.filter((warning) => warning.path === trial.at(path));
  expect(
    notes.map((note) => note.code),
    JSON.stringify(notes),
  ).toContain(code);
  for (const note of notes) expectSentence(note.message);
}

async function encode(path: string, format: DemoFormat): Promise<void> {
  const sampleRate = format === 'opus' ? 48_000 : 32_000;
  const bitDepth = format === 'flac' || format === 'aiff' ? 16 : null;
  await encodeAudioFile(trial.at(path), [tone(600, 6, sampleRate)], { format, sampleRate, bitDepth, tags: {} });
}

/** Bytes that are nothing, the same in every run. */
function noise(length: number): Buffer {
  let state = 12_345;
  return Buffer.from(Array.from({ length }, () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) >>> 16));
}

const PNG = Buffer.from(
  '89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082',
  'hex',
);

/** Sound that is unusual and yet sound: very short, very long, odd rates, many channels, samples that are no numbers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IndexSummary } from '../../src/shared/types.ts';
import { json, NO_PROC, type Program } from './program.ts';
import { put, putLong, tone, wav } from './sounds.ts';
import { expectOwnWords, expectSentence, skipFor, Trial } from './trial.ts';
import { CommandTrial } from './command-trial.ts';
import { inDatabase } from '../kit/catalogue.ts';

const trial = new CommandTrial();
let summary: IndexSummary;

beforeAll(async () => {
  put(trial.at('20ms.wav'), wav([tone(1000, 0.02)]));
  put(trial.at('one-sample.wav'), wav([Float32Array.of(0.5)]));
  trial.addTone('192k.wav', 1000, 1.5, { sampleRate: 192_000 });
  trial.addTone('8k.wav', 1000, 1.5);
  trial.addTone('11025.wav', 1000, 1.5, { sampleRate: 11_025 });
  const channels = [300, 400, 500, 60, 600, 700].map((hertz) => tone(hertz, 1.5, 48_000));
  put(trial.at('5.1.wav'), wav(channels, { sampleRate: 48_000 }));
  const broken = tone(800, 2);
  for (let n = 4000; n < 4100; n++) broken[n] = [NaN, Infinity, -Infinity, 1e30][n % 4]!;
  put(trial.at('nan.wav'), wav([broken], { format: 'f32' }));
  put(trial.at('only-nan.wav'), wav([new Float32Array(8000).fill(NaN)], { format: 'f32' }));
  put(trial.at('loud.wav'), wav([tone(800, 1.2).map((value) => 8 * value)], { format: 'f32' }));
  summary = await trial.index();
});

afterAll(() => trial.remove());

test('all of them are analysed and found', async () => {
  expect(summary.failed).toEqual([]);
  const run = await trial.run(['--json', 'similar', trial.at('8k.wav'), '--all']);
  expectOwnWords(run);
  const { hits } = json<{ hits: { path: string }[] }>(run);
  // The same tone at other rates comes before the other sounds.
  const first = hits.slice(0, 2).map(({ path }) => path);
  expect(first).toContain(trial.at('192k.wav'));
  expect(first).toContain(trial.at('11025.wav'));
});

test('their facts are right', () => {
  const facts = inDatabase(trial.data, (db) =>
    db
      .prepare<[], { path: string }>(
        'SELECT relative_path AS path, round(duration_s, 3) AS seconds, sample_rate AS rate, channels FROM file ORDER BY path',
      )
      .all(),
  );
  expect(facts).toEqual([
    { path: '11025.wav', seconds: 1.5, rate: 11_025, channels: 1 },
    { path: '192k.wav', seconds: 1.5, rate: 192_000, channels: 1 },
    { path: '20ms.wav', seconds: 0.02, rate: 8000, channels: 1 },
    { path: '5.1.wav', seconds: 1.5, rate: 48_000, channels: 6 },
    { path: '8k.wav', seconds: 1.5, rate: 8000, channels: 1 },
    { path: 'loud.wav', seconds: 1.2, rate: 8000, channels: 1 },
    { path: 'nan.wav', seconds: 2, rate: 8000, channels: 1 },
    { path: 'one-sample.wav', seconds: 0, rate: 8000, channels: 1 },
    { path: 'only-nan.wav', seconds: 1, rate: 8000, channels: 1 },
  ]);
});

test('a file of 20 ms has one window; invalid samples are silence, with a warning', () => {
  expect(trial.row('20ms.wav').windowIds).toHaveLength(1);
  expect(trial.row('nan.wav').windowIds).toHaveLength(2);
  expect(trial.row('only-nan.wav').windowIds).toEqual([]);
  for (const path of ['nan.wav', 'only-nan.wav']) {
    const notes = summary.warnings.filter((warning) => warning.path === trial.at(path));
    expect(notes.map(({ code }) => code)).toContain('invalid-samples');
    for (const { message } of notes) expectSentence(message);
  }
  for (const path of ['192k.wav', '8k.wav', '5.1.wav', '11025.wav']) {
    expect(summary.warnings.filter((warning) => warning.path === trial.at(path))).toEqual([]);
  }
});

const noProc = skipFor(NO_PROC, 'memory of a long file');
test.skipIf(noProc)('three hours are capped with a warning and take no more memory than twenty minutes', async () => {
  const short = new Trial();
  const long = new Trial();
  try {
    putLong(short.at('minutes.wav'), 20 * 60);
    putLong(long.at('hours.wav'), 3 * 3600);
    const least = await peakBytes(short.start(['--json', 'index', short.sounds]));
    const program = long.start(['--json', 'index', long.sounds]);
    const most = await peakBytes(program);
    const run = await program.ended;
    await long.expectGone(program);
    expect(run.code, run.stderr).toBe(0);
    const { warnings, failed } = json(run);
    expect(failed).toEqual([]);
    expect(warnings.map(({ code }) => code)).toEqual(['capped']);
    expectSentence(warnings[0]!.message);
    // 7200 windows of a second are embedded; all alike, they may be kept as fewer.
    const { windowIds, state } = long.row('hours.wav');
    expect(state).toBe('ready');
    expect(windowIds.length).toBeGreaterThanOrEqual(1);
    expect(windowIds.length).toBeLessThanOrEqual(7200);
    // All its samples at once would be 345 MB.
    process.stderr.write(`memory: ${Math.round(least / 1e6)} MB for 20 min, ${Math.round(most / 1e6)} MB for 3 h\n`);
    expect(most - least).toBeLessThan(160e6);
    expect(most).toBeLessThan(900e6);
  } finally {
    short.remove();
    long.remove();
  }
});

async function peakBytes(program: Program): Promise<number> {
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, program.residentBytes())), 50);
  await program.ended;
  clearInterval(watch);
  return peak;
}

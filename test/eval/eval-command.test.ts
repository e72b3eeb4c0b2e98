/** `earmark eval`: what it prints, and the program itself when it is stopped. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { EvalReport } from '../../src/shared/eval-report.ts';
import { writeTinyPack } from '../fixtures/tiny-pack/make-tiny-pack.ts';
import { json, NO_PROC } from '../faults/program.ts';
import { put, putLong } from '../faults/sounds.ts';
import { CommandTrial } from '../faults/command-trial.ts';
import { expectRefused, skipFor } from '../faults/trial.ts';

const trial = new CommandTrial();
afterAll(() => trial.remove());

test('tables for people, the report for scripts; exit code 3 when clips were left out', async () => {
  trial.addTone('audio/low.wav', 605, 1);
  trial.addTone('audio/high.wav', 3245, 1);
  put(trial.at('few.csv'), 'filename,category\nlow.wav,low\nhigh.wav,high\n');
  put(trial.at('more.csv'), 'filename,category\nlow.wav,low\nhigh.wav,high\ngone.wav,low\n');
  const good = await trial.run(['eval', trial.at('few.csv')]);
  expect(good, good.stderr).toMatchObject({ code: 0 });
  expect(good.stdout).toContain('layout esc50 (recognised)');
  expect(good.stdout).toMatch(/^2 clips: 2 analysed now/m);
  expect(good.stdout).toMatch(/^model tiny · weights [0-9a-f]{12} · 16-d$/m);
  expect(good.stdout).toMatch(/^1\.000 ±0\.000\s+–\s+1\.000\s+"this is the sound of \{label\}"$/m);
  const run = await trial.run(['--json', 'eval', trial.at('more.csv'), '--audio', trial.at('audio'), '--prompt', '{label}', '--prompt', 'a {label} tone']); // prettier-ignore
  expect(run, run.stderr).toMatchObject({ code: 3 });
  const report = json<EvalReport>(run);
  expect(report).toMatchObject({ clipsNamed: 3, clips: 2, analysed: 0, fromCache: 2, cancelled: false });
  expect(report.leftOut).toEqual([expect.objectContaining({ path: trial.at('audio/gone.wav'), code: 'vanished' })]);
  expect(report.figures).toMatchObject({ kind: 'single-label', variants: [{ prompts: ['{label}', 'a {label} tone'], accuracy: 1 }] }); // prettier-ignore
});

test('two models on the same clips: differences with their intervals', async () => {
  const rows = ['filename,category'];
  for (const [i, [name, hertz]] of [
    ['low', 605],
    ['middle', 1805],
    ['high', 3245],
  ]
    .flatMap((one) => [one, one, one, one])
    .entries()) {
    // prettier-ignore
    trial.addTone(`pairs/${i}.wav`, Number(hertz) + i, 1);
    rows.push(`${i}.wav,${name}`);
  }
  put(trial.at('pairs/set.csv'), rows.join('\n'));
  // Its prompt is longer than its text encoder reads: all classes sound the same to it, and a tie is no hit.
  writeTinyPack(trial.at('deaf'), { id: 'deaf', extra: { promptTemplate: `${'low '.repeat(12)}{label}` } });
  const [tiny, deaf] = [trial.model, trial.at('deaf')];
  const shown = await trial.run(['eval', '--compare', tiny, deaf, trial.at('pairs')]);
  expect(shown, shown.stderr).toMatchObject({ code: 0 });
  expect(shown.stdout).toMatch(/^first tiny, with "this is the sound of \{label\}"; second deaf, with "low low/m);
  expect(shown.stdout).toMatch(/^accuracy +1\.000 +0\.000 +−1\.000 +−1\.000 to −1\.000 +12 clips$/m);
  expect(shown.stdout).toMatch(/^mAP .* 3 classes$/m);
  const { comparison, ...first } = json<EvalReport>(await trial.run(['--json', 'eval', trial.at('pairs'), '--compare', tiny, tiny])); // prettier-ignore
  expect(first).toMatchObject({ model: { id: 'tiny' }, fromCache: 12, cancelled: false });
  expect(comparison).toMatchObject({ resamples: 2000, second: { model: { id: 'tiny' }, comparison: null } });
  expect(comparison!.differences[0]).toMatchObject({ figure: 'accuracy', difference: 0, low: 0, high: 0, count: 12 });
});

test('--compare without two models, or with one that is not installed', async () => {
  put(trial.at('few.csv'), 'filename,category\nlow.wav,low\n');
  for (const words of [['--compare', 'tiny'], ['--compare', 'a', 'b', 'c', 'd'], []]) {
    const run = await trial.run(['eval', ...words]);
    expect(run, words.join(' ')).toMatchObject({ code: 2 });
    expect(run.stderr).toMatch(words.length > 0 ? /--compare takes two models/ : /Specify the folder of a data set/);
  }
  const run = await trial.run(['--json', 'eval', trial.at('few.csv'), '--compare', trial.model, 'nowhere']);
  expect(expectRefused(run, 'model-missing')).toContain('nowhere');
});

test('a file that is not a table: one message, exit code 2', async () => {
  put(trial.at('odd.csv'), 'name;sound\na.wav;dog\n');
  const sentence = expectRefused(await trial.run(['--json', 'eval', trial.at('odd.csv')]), 'bad-input', 2);
  expect(sentence).toContain('“odd.csv” cannot be used: its columns are name;sound.');
  expectRefused(await trial.run(['--json', 'eval', trial.at('nowhere')]), 'not-found');
});

test.skipIf(skipFor(NO_PROC, 'Ctrl-C during an evaluation'))(
  'Ctrl-C: it stops with a message and exit code 130, and the next run has the embeddings made so far',
  async () => {
    trial.addTone('long/short.wav', 605, 1);
    putLong(trial.at('long/hours.wav'), 40 * 3600);
    put(trial.at('long/set.csv'), 'filename,category\nshort.wav,low\nhours.wav,high\n');
    const program = trial.start(['--json', 'eval', trial.at('long')]);
    await program.until('the long file is being read', () => program.reads('decoder', trial.at('long/hours.wav')));
    program.signal('SIGINT');
    const run = await program.ended;
    await trial.expectGone(program);
    expect(run, run.stderr).toMatchObject({ code: 130, signal: null });
    expect(run.stderr).toContain('Stopping. Results so far are kept …');
    const stopped = json<EvalReport>(run);
    expect(stopped).toMatchObject({ cancelled: true, figures: null });
    put(trial.at('long/set.csv'), 'filename,category\nshort.wav,low\n');
    const next = json<EvalReport>(await trial.run(['--json', 'eval', trial.at('long')]));
    expect(next).toMatchObject({ cancelled: false, clips: 1, fromCache: stopped.clips });
  },
);

const corpus = fileURLToPath(new URL('../../../shared/audio/clips/esc10', import.meta.url));
test.skipIf(
  skipFor(existsSync(corpus) ? null : 'no recorded clips beside the repository', 'the shipped model on ESC-10'),
)('the shipped model tells ten everyday sounds apart', async () => {
  // Names end in the class: "4_100032_a_dog_bark.ogg". Fold 4 took no part in training.
  const rows = readdirSync(corpus).flatMap((name) => {
    const found = /^4_\d+_[a-z]_(.+)\.ogg$/.exec(name);
    return found ? [`${name},${found[1]!}`] : [];
  });
  expect(rows.length).toBeGreaterThan(20);
  const some = rows.filter((_, i) => i % 2 === 0);
  put(trial.at('esc10.csv'), ['filename,category', ...some].join('\n'));
  trial.model = 'starter';
  const run = await trial.run(['--json', 'eval', trial.at('esc10.csv'), '--audio', corpus]);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const { figures, clips } = json<EvalReport>(run);
  expect(clips).toBe(some.length);
  // Chance is 0.1; the model card says 0.91 of all 80 clips.
  if (figures?.kind !== 'single-label') throw new Error(run.stdout);
  for (const { accuracy } of figures.variants) expect(accuracy).toBeGreaterThan(0.75);
});

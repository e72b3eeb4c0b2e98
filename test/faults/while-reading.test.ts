/**
 * Files and folders that change or go under a running job. The inference process is held still with SIGSTOP: then the
 * decoder, whose windows nobody takes, stands in the middle of a long file for as long as the test needs.
 */
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { json, kill, NO_PROC, type Program, type Run } from './program.ts';
import { putLong, tone, wav } from './sounds.ts';
import { CommandTrial } from './command-trial.ts';
import { expectFailure, expectOwnWords, skipFor } from './trial.ts';

/** First in order, so that everything else waits behind it. */
const LONG = 'a-long.wav';
const LONG_SECONDS = 1200; // most of it still to come when the decoder is found at it, also on a busy machine

let trial: CommandTrial;

beforeEach(() => {
  trial = new CommandTrial();
  putLong(trial.at(LONG), LONG_SECONDS);
});

afterEach(() => trial.remove());

/** Starts indexing and does something while the long file is being read. */
async function indexWhile(happens: () => void): Promise<Run> {
  const program: Program = trial.start(['--json', 'index', trial.sounds]);
  await program.until('the decoder reads', () => program.reads('decoder', trial.at(LONG)));
  const inference = await program.until('the inference process', () => program.find('inference'));
  expect(kill(inference.pid, 'SIGSTOP')).toBe(true);
  expect(program.reads('decoder', trial.at(LONG)), 'the decoder is still in the middle').toBeDefined();
  happens();
  kill(inference.pid, 'SIGCONT');
  const run = await program.ended;
  await trial.expectGone(program);
  expect(run, run.stderr).toMatchObject({ code: 0, signal: null });
  expectOwnWords(run);
  return run;
}

describe.skipIf(skipFor(NO_PROC, 'files that change while they are read'))('while a file is being read', () => {
  test('it is deleted: reported, the others are analysed, the next run calls it offline', async () => {
    trial.addTone('b.wav', 500, 1.5);
    const summary = json(await indexWhile(() => rmSync(trial.at(LONG))));
    expectFailure(summary, trial.at(LONG), 'vanished', /moved or deleted|disconnected/);
    expect(trial.row('b.wav').state).toBe('ready');
    const again = await trial.index();
    expect(again.failed).toEqual([]);
    expect(again).toMatchObject({ indexed: 0, unchanged: 1 });
    expect(trial.row(LONG)).toMatchObject({ offline: true, windowIds: [] });
  });

  test('it is rewritten: reported, and the next run analyses the new audio', async () => {
    trial.addTone('b.wav', 500, 1.5);
    const summary = json(await indexWhile(() => writeFileSync(trial.at(LONG), wav([tone(900, 2)]))));
    expectFailure(summary, trial.at(LONG), 'changed-while-reading', /next run analyses it again/);
    const again = await trial.index();
    expect(again).toMatchObject({ indexed: 1, unchanged: 1, failed: [] });
    expect(trial.row(LONG)).toMatchObject({ state: 'ready' });
    expect(trial.row(LONG).windowIds).toHaveLength(2);
  });

  test('it is cut off: not taken for what it was', async () => {
    const summary = json(await indexWhile(() => truncateSync(trial.at(LONG), 30_000)));
    expectFailure(summary, trial.at(LONG), 'changed-while-reading', /next run analyses it again/);
    const again = await trial.index();
    expect(again.warnings.map(({ code }) => code)).toEqual(['partial']);
    expect(trial.row(LONG).windowIds.length).toBeLessThanOrEqual(4);
  });

  test('the folder of the files behind it goes: each is reported missing; when it is back they are analysed', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `tape/${at}.wav`);
    for (const [at, name] of names.entries()) trial.addTone(name, 300 + 50 * at, 1 + at / 10);
    const away = `${trial.folder}/away`;
    const summary = json(await indexWhile(() => renameSync(trial.at('tape'), away)));
    for (const name of names) expectFailure(summary, trial.at(name), 'vanished', /moved or deleted|disconnected/);
    expect(trial.row(LONG).state).toBe('ready');
    expect((await trial.index()).failed).toEqual([]);
    renameSync(away, trial.at('tape'));
    const back = await trial.index();
    expect(back).toMatchObject({ indexed: 8, returned: 8, unchanged: 1, failed: [] });
    for (const name of names) expect(trial.row(name)).toMatchObject({ state: 'ready', offline: false });
  });

  test('the whole drive goes: nothing that was known is lost', async () => {
    rmSync(trial.at(LONG));
    const known = ['b.wav', 'c.wav'];
    for (const [at, name] of known.entries()) trial.addTone(name, 300 + 90 * at, 1.2 + at / 10);
    await trial.index();
    const before = trial.rows();
    putLong(trial.at(LONG), LONG_SECONDS);
    const away = `${trial.folder}/away`;
    const run = await indexWhile(() => renameSync(trial.sounds, away));
    expectFailure(json(run), trial.at(LONG), 'vanished', /moved or deleted|disconnected/);
    renameSync(away, trial.sounds);
    const back = await trial.index();
    expect(back).toMatchObject({ indexed: 1, unchanged: 2, failed: [] });
    const after = trial.rows().filter(({ path }) => path !== LONG);
    expect(after).toEqual(before);
  });
});

/** What breaks in the middle of a run or under a question: the model's process, the model itself, the reader of the output. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { json, kill, NO_PROC, TINY_PACK } from './program.ts';
import { putLong } from './sounds.ts';
import { CommandTrial } from './command-trial.ts';
import { expectOwnWords, expectRefused, skipFor } from './trial.ts';

const RESTARTED = /^The inference process exited unexpectedly \(signal SIGKILL\) and is being restarted/;
const LONG = 'a-long.wav';
const LONG_SECONDS = 1200; // most of it still to come when the decoder is found at it, also on a busy machine

let trial: CommandTrial;
beforeEach(() => {
  trial = new CommandTrial();
  for (let at = 0; at < 4; at++) trial.addTone(`tones/${at}.wav`, 300 + 200 * at, 1.2 + at / 5);
});
afterEach(() => trial.remove());

/** A pack of the same graphs under another name: another embedding space. */
function otherPack(): string {
  const folder = join(trial.folder, 'other-pack');
  cpSync(TINY_PACK, folder, { recursive: true });
  const path = join(folder, 'model.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"id": "tiny"', '"id": "tiny-other"'));
  return folder;
}

/** Indexes with everything held still in the middle of the long file. */
async function indexHeld() {
  const program = trial.start(['--json', 'index', trial.sounds]);
  await program.until('the decoder reads', () => program.reads('decoder', trial.at(LONG)));
  const inference = await program.until('the inference process', () => program.find('inference'));
  kill(inference.pid, 'SIGSTOP');
  return { program, inference };
}

describe.skipIf(skipFor(NO_PROC, 'what breaks midway'))('midway', () => {
  test.each([
    ['search', 'low'],
    ['embed', '--text=low'],
    ['doctor', ''],
  ])('the process of the model is killed under `%s`: it is asked again', async (command, argument) => {
    await trial.index();
    const program = trial.start(['--json', command, ...(argument === '' ? [] : [argument])]);
    const inference = await program.until('the inference process', () => program.find('inference'));
    expect(kill(inference.pid, 'SIGKILL')).toBe(true);
    const run = await program.ended;
    await trial.expectGone(program);
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expectOwnWords(run, [RESTARTED]);
    if (command === 'search') expect(json<{ hits: unknown[] }>(run).hits.length).toBeGreaterThan(0);
  });

  test('the drive is unplugged while another model analyses: the analysis of the first one stays', async () => {
    putLong(trial.at(LONG), LONG_SECONDS);
    await trial.index();
    const before = trial.rows();
    trial.model = otherPack();
    const { program, inference } = await indexHeld();
    const away = join(trial.folder, 'away');
    renameSync(trial.sounds, away);
    kill(inference.pid, 'SIGCONT');
    const run = await program.ended;
    await trial.expectGone(program);
    expect(run.code, run.stderr).toBe(0);
    expect(new Set(json(run).failed.map(({ code }) => code))).toEqual(new Set(['vanished']));
    renameSync(away, trial.sounds);
    trial.model = TINY_PACK;
    expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: 5, failed: [], audioSeconds: 0 });
    expect(trial.rows()).toEqual(before);
  });

  test('the model is damaged and has to be loaded again: the job ends with that; no file is blamed', async () => {
    putLong(trial.at(LONG), LONG_SECONDS);
    trial.model = otherPack();
    const graph = join(trial.model, 'audio.onnx');
    const sound = readFileSync(graph);
    const { program, inference } = await indexHeld();
    writeFileSync(graph, 'no graph any more');
    kill(inference.pid, 'SIGKILL');
    const run = await program.ended;
    await trial.expectGone(program);
    const { error } = json<{ error: { code: string } }>(run);
    expect(error.code).toMatch(/^model-(damaged|unusable)$/);
    expect(run.code).toBe(1);
    expectOwnWords(run, [RESTARTED, /^earmark: /]);
    expect(trial.rows().filter(({ state }) => state === 'failed')).toEqual([]);
    expectRefused(await trial.run(['--json', 'index', trial.sounds]), 'model-damaged');
    writeFileSync(graph, sound);
    expect(await trial.index()).toMatchObject({ files: 5, failed: [] });
  });
});

const noShell = process.platform === 'win32' ? 'needs a POSIX shell' : null;
test.skipIf(skipFor(noShell, 'a reader that has seen enough'))(
  'output closed early by its reader (head) is not an error',
  async () => {
    // Their paths alone are more than a pipe holds (64 KiB): the program is still writing when nobody reads any more.
    const folders = `${'x'.repeat(200)}/`.repeat(6);
    for (let at = 0; at < 60; at++) trial.addTone(`${folders}${at}.wav`, 200 + 10 * at, 0.3);
    await trial.index();
    const program = fileURLToPath(new URL('../../bin/earmark', import.meta.url));
    const line = `"$0" "$1" --data "$2" --model "$3" --json search low --all -n 300 2>"$4" | head -c 10 >/dev/null; echo \${PIPESTATUS[0]}`;
    const stderr = join(trial.folder, 'stderr');
    const words = ['-c', line, process.execPath, program, trial.data, trial.model, stderr];
    expect(execFileSync('bash', words, { encoding: 'utf8', timeout: 60_000 }).trim()).toBe('0');
    expect(readFileSync(stderr, 'utf8')).toBe('');
  },
);

/** Two programs at one catalogue, and Ctrl-C. */
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { json, kill, NO_PROC } from './program.ts';
import { putLong } from './sounds.ts';
import { CommandTrial } from './command-trial.ts';
import { expectOwnWords, expectRefused, skipFor } from './trial.ts';
import { until } from '../kit/until.ts';

/** Any Node that is too old for Earmark: the distribution's, where bin/earmark starts the bundled one as a child. */
const OLD_NODE = '/usr/bin/node';
const SHORT = Array.from({ length: 40 }, (_, at) => `short/${String(at).padStart(2, '0')}.wav`);

let trial: CommandTrial;
beforeEach(() => {
  trial = new CommandTrial();
  for (const [at, name] of SHORT.entries()) trial.addTone(name, 200 + 40 * at, 0.6 + at / 25);
  putLong(trial.at('z/long.wav'), 1200);
});
afterEach(() => trial.remove());

/** Starts indexing and holds it still inside the long file, when all short ones are done or nearly so. */
async function startAndHold(ownGroup = false, node = process.execPath) {
  const program = trial.start(['--json', 'index', trial.sounds], { ownGroup, node });
  await program.until('the decoder reads', () => program.reads('decoder', trial.at('z/long.wav')));
  const inference = await program.until('the inference process', () => program.find('inference'));
  kill(inference.pid, 'SIGSTOP');
  return { program, goOn: () => kill(inference.pid, 'SIGCONT') };
}

describe.skipIf(skipFor(NO_PROC, 'two programs at one catalogue'))('two programs', () => {
  test('a second index run exits with a message; searching works meanwhile; the first one completes', async () => {
    const { program, goOn } = await startAndHold();
    const busy = expectRefused(await trial.run(['--json', 'index', trial.sounds]), 'catalogue-busy');
    expect(busy).toContain(String(program.pid));
    expect(busy).toMatch(/Wait for it to finish, or quit it/);
    expectRefused(await trial.run(['--json', 'failures', '--retry']), 'catalogue-busy');
    const run = await trial.run(['--json', 'similar', trial.at(SHORT[3]!), '-n', '3', '--all']);
    expect(run.code, run.stderr).toBe(0);
    expectOwnWords(run);
    expect(json<{ hits: unknown[] }>(run).hits).toHaveLength(3);
    expect((await trial.run(['--json', 'status'])).code).toBe(0);
    goOn();
    const first = await program.ended;
    await trial.expectGone(program);
    expect(first).toMatchObject({ code: 0 });
    expect(json(first)).toMatchObject({ indexed: SHORT.length + 1, failed: [] });
    expect(trial.rows()).toHaveLength(SHORT.length + 1);
    // The lock is free again.
    expect(await trial.index()).toMatchObject({ unchanged: SHORT.length + 1 });
  });
});

const noOldNode = existsSync(OLD_NODE) ? NO_PROC : `there is no ${OLD_NODE}`;
describe.skipIf(skipFor(NO_PROC, 'Ctrl-C'))('Ctrl-C', () => {
  test.each([
    ['a shell', process.execPath],
    ['a shell whose own Node is too old', OLD_NODE],
  ])('from %s: what was done is kept, running again continues and analyses nothing twice', async (_, node) => {
    if (node === OLD_NODE && skipFor(noOldNode, 'Ctrl-C through bin/earmark on an old Node')) return;
    const { program, goOn } = await startAndHold(true, node);
    program.signal('SIGINT', 'group'); // as a terminal does: to the program and all its children
    goOn();
    const run = await program.ended;
    await trial.expectGone(program);
    expect(run, run.stderr).toMatchObject({ code: 130, signal: null });
    expectOwnWords(run);
    expect(run.stderr).toContain('Stopping. Results so far are kept …');
    const stopped = json(run);
    expect(stopped.cancelled).toBe(true);
    expect(stopped.failed).toEqual([]);
    expect(stopped.indexed).toBeGreaterThan(0);

    const before = trial.rows();
    expect(before.filter(({ state }) => state === 'ready')).toHaveLength(stopped.indexed);
    const status = json<{ lastJob: { state: string } }>(await trial.run(['--json', 'status']));
    expect(status.lastJob.state).toBe('cancelled');
    const rest = await trial.index();
    expect(rest).toMatchObject({ files: SHORT.length + 1, unchanged: stopped.indexed, cancelled: false, failed: [] });
    expect(rest.indexed).toBe(SHORT.length + 1 - stopped.indexed);
    const after = trial.rows();
    for (const row of before.filter(({ state }) => state === 'ready')) expect(after).toContainEqual(row);
  });

  test('twice: exits at once; nothing is left behind, and the next run continues', async () => {
    const program = trial.start(['--json', 'index', trial.sounds]);
    // Held still before it has loaded the model, which the first Ctrl-C waits for.
    const inference = await program.until('the inference process', () => program.find('inference'));
    kill(inference.pid, 'SIGSTOP');
    await program.until('it scans', () => program.stderr.includes('Scanning folders') || undefined);
    program.signal('SIGINT');
    await program.until('it says that it stops', () => program.stderr.includes('Stopping') || undefined);
    // What comes soon after the first counts as the same Ctrl-C, whoever passes it on: pressed until it is another one.
    await until('it exits, although a process of its hangs', () => !kill(program.pid, 'SIGINT') || program.hasExited);
    kill(inference.pid, 'SIGCONT');
    const run = await program.ended;
    await trial.expectGone(program);
    expect(run.code).toBe(130);
    expect(await trial.index()).toMatchObject({ files: SHORT.length + 1, failed: [] });
  });

  test.each(['search', 'doctor'])('stops `%s` at once, too', async (command) => {
    await trial.index([trial.at('short')]);
    const program = trial.start(command === 'search' ? ['similar', trial.at('z/long.wav')] : ['doctor'], {
      ownGroup: true,
    });
    const inference = await program.until('the inference process', () => program.find('inference'));
    kill(inference.pid, 'SIGSTOP'); // it would take for ever
    program.signal('SIGINT', 'group');
    await program.exited; // it waits for no answer of what stands still
    kill(inference.pid, 'SIGCONT'); // now it may notice that nobody is there any more
    const run = await program.ended;
    expect(run, run.stderr).toMatchObject({ code: 130, stdout: '', stderr: '' });
    await trial.expectGone(program);
  });
});

describe.skipIf(skipFor(noOldNode, 'kill -9 of bin/earmark on an old Node'))('the launcher', () => {
  test('killed with signal 9 while it serves: the engine ends, too, and nothing is left', async () => {
    const program = trial.start(['--json', 'serve', '--no-open'], { node: OLD_NODE });
    await program.until('it listens', () => program.stdout.endsWith('}\n') || undefined);
    expect(program.members().length).toBeGreaterThan(1);
    kill(program.pid, 'SIGKILL');
    await expect.poll(() => program.members()).toEqual([]);
    expectOwnWords(await program.ended, [/^The window has not been built yet/]);
  });
});

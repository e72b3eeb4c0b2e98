/** `earmark serve` as a user starts it: a process of its own. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectHttp } from '../../../src/renderer/client/http-client.ts';
import { kill, type Program } from '../../faults/program.ts';
import { expectOwnWords, expectRefused, Trial } from '../../faults/trial.ts';

const OWN_LINES = [
  /^The window has not been built yet\. Run: npm run build:renderer$/,
  /^\d+ files?: \d+ analysed \(.*\)/,
  /^(Scanning folders|Matching known files|Analysing|Building the index) · /,
];

interface Announced {
  url: string;
  origin: string;
  port: number;
  token: string;
  windowBuilt: boolean;
}

/** Served from the background, at low priority: on a machine that is busy with other things this takes its time. */
const PATIENCE_MS = 500_000;

let trial: Trial;
const programs: Program[] = [];
beforeEach(() => {
  trial = new Trial();
  trial.addTone('hum_110.wav', 110);
  trial.addTone('whistle_2000.wav', 2000);
});
afterEach(() => {
  for (const program of programs.splice(0)) for (const { pid } of program.members()) kill(pid, 'SIGKILL');
  trial.remove();
});

function start(...args: string[]): Program {
  const program = trial.start(['--json', 'serve', ...args]);
  programs.push(program);
  return program;
}

async function announced(program: Program): Promise<Announced> {
  return program.until('it listens', () => (program.stdout.endsWith('}\n') ? (JSON.parse(program.stdout) as Announced) : undefined)); // prettier-ignore
}

test(
  'serve: analyses folders, answers, works beside a second one, and leaves nothing behind',
  { timeout: 2 * PATIENCE_MS },
  async () => {
    const first = start('--no-open', trial.sounds);
    const { url, origin, token, port } = await announced(first);
    expect(url).toBe(`http://127.0.0.1:${port}/#${token}`);
    const window = await connectHttp({ origin, key: token });
    await expect.poll(() => first.stderr, { timeout: PATIENCE_MS, interval: 100 }).toContain('2 analysed');

    const second = start('--no-open');
    const other = await announced(second);
    expect(other.token).not.toBe(token);
    const otherWindow = await connectHttp({ origin: other.origin, key: other.token });
    await expect(connectHttp({ origin: other.origin, key: token })).rejects.toMatchObject({ code: 'signed-out' });
    const query = { text: 'whistle', includeUnlikely: true };
    const hits = await window.client.call('search.query', query);
    expect(hits.hits.map(({ path }) => path)).toContain(trial.at('whistle_2000.wav'));
    expect((await otherWindow.client.call('search.query', query)).hits).toEqual(hits.hits);

    for (const { close } of [window, otherWindow]) close();
    for (const program of [first, second]) {
      program.signal('SIGINT');
      const run = await program.ended;
      expect(run).toMatchObject({ code: 130, signal: null });
      expectOwnWords(run, OWN_LINES);
      await trial.expectGone(program);
    }
  },
);

test('a port in use is reported, and the command ends', { timeout: PATIENCE_MS }, async () => {
  const { port } = await announced(start('--no-open'));
  const taken = await trial.run(['--json', 'serve', '--no-open', '--port', String(port)]);
  expect(expectRefused(taken, 'bad-input', 2)).toContain(`Port ${port} is in use`);
});

test(
  'Ctrl-C while it analyses a folder: the job is cancelled, what was analysed stays',
  { timeout: 2 * PATIENCE_MS },
  async () => {
    for (let n = 0; n < 30; n++) trial.addTone(`more/tone_${n}.wav`, 300 + 20 * n, 3);
    const program = start('--no-open');
    const { origin, token } = await announced(program);
    const { client, close, onState } = await connectHttp({ origin, key: token });
    await new Promise<void>((resolve) => {
      onState((state) => {
        if (state === 'connected') resolve();
      });
    });
    const underWay = new Promise<void>((resolve) => {
      client.on('job.progress', (progress) => {
        if (progress.kind === 'index' && progress.stage === 'analysing' && progress.done > 2) resolve();
      });
    });
    await client.call('index.start', { folders: [trial.sounds] });
    await underWay;
    program.signal('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 130, signal: null });
    close();
    await trial.expectGone(program);
    expect(trial.rows().filter(({ state }) => state === 'ready').length).toBeGreaterThan(2);
  },
);

test.skipIf(process.platform !== 'linux')('the browser gets an address that works once', async () => {
  // What xdg-open falls back to where there is no desktop: a browser of our own that writes down what it was given.
  const bin = join(trial.folder, 'bin');
  mkdirSync(bin);
  const seen = join(bin, 'seen');
  writeFileSync(join(bin, 'browser'), `#!/bin/sh\necho "$1" > '${seen}'\n`);
  chmodSync(join(bin, 'browser'), 0o755);
  const program = trial.start(['--json', 'serve'], { env: { BROWSER: join(bin, 'browser'), DISPLAY: '', WAYLAND_DISPLAY: '' } }); // prettier-ignore
  const { origin, token, windowBuilt } = await announced(program);
  if (windowBuilt) {
    const given = await program.until('the browser is opened', () => {
      try {
        return /#(\S+)\n/.exec(readFileSync(seen, 'utf8'))?.[1];
      } catch {
        return undefined; // not yet
      }
    });
    expect(given).not.toBe(token);
    const { close } = await connectHttp({ origin, key: given });
    close();
    await expect(connectHttp({ origin, key: given })).rejects.toMatchObject({ code: 'signed-out' });
  } else {
    await program.until('it says so', () => program.stderr.includes('npm run build:renderer') || undefined);
    process.stderr.write(
      'not checked: opening the browser: the window has not been built here (npm run build:renderer)\n',
    );
  }
  program.signal('SIGINT');
  await program.ended;
  await trial.expectGone(program);
});

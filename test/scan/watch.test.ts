import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CrashCount } from '../../src/main/process/crash-count.ts';
import { Watcher, type WatcherOptions, type WatchState } from '../../src/main/scan/watch.ts';
import { expectSentence, skipFor } from '../faults/trial.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';
import { until } from '../kit/until.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('watch-program.ts', import.meta.url));
const NO_WATCHER = new URL('no-watcher.mjs', import.meta.url).href;

let folder: string;
let watcher: Watcher | null = null;
let changes: number[];
beforeEach(() => {
  folder = temporaryFolder('watch');
  mkdirSync(join(folder, 'root'));
  changes = [];
});
afterEach(async () => {
  await watcher?.close();
  watcher = null;
});

function start(options: Partial<WatcherOptions> = {}): Watcher {
  watcher = new Watcher({ ignore: [], onChange: (rootId) => changes.push(rootId), onState: () => {}, ...options });
  return watcher;
}

function touch(relativePath: string): void {
  const path = join(folder, relativePath);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${performance.now()}`);
}

/** Does something that must be reported as a change. */
async function reported(what: string, act: () => void): Promise<void> {
  changes.length = 0;
  act();
  await until(what, () => changes.length > 0);
  // Its stragglers belong to it and not to what comes next.
  for (let before = -1; before !== changes.length;) {
    before = changes.length;
    await sleep(300);
  }
}

test('new, changed, renamed and deleted files and folders are reported, also deep below', async () => {
  mkdirSync(join(folder, 'root/a/b'), { recursive: true });
  await start().watchOnly(new Map([[7, join(folder, 'root')]]));
  expect(watcher!.stateOf(7)).toEqual({ watching: true, problem: null });
  await reported('a new file', () => touch('root/a/b/new.wav'));
  expect(new Set(changes)).toEqual(new Set([7]));
  await reported('a changed file', () => touch('root/a/b/new.wav'));
  await reported('a renamed folder', () => renameSync(join(folder, 'root/a/b'), join(folder, 'root/a/c')));
  await reported('a file in a new folder', () => touch('root/later/x/y.wav'));
  await reported('a deleted file', () => rmSync(join(folder, 'root/a/c/new.wav')));
});

test('changes in ignored folders and in the data folder are not reported', async () => {
  const quiet = ['root/[data]/catalogue.db-wal', 'root/.git/index', 'root/a/.hidden.wav', 'root/node_modules/x.wav'];
  for (const path of quiet) touch(path);
  mkdirSync(join(folder, 'other'));
  const roots = new Map([[7, join(folder, 'root')], [8, join(folder, 'other')]]); // prettier-ignore
  await start({ ignore: [join(folder, 'root/[data]')] }).watchOnly(roots);
  for (const path of quiet) touch(path);
  // What is reported of another folder afterwards has overtaken nothing.
  await reported('a file in the other root', () => touch('other/a.wav'));
  expect(new Set(changes)).toEqual(new Set([8]));
  await reported('what does matter', () => touch('root/a/new.wav'));
});

test('roots are added and removed; without roots there is no process', async () => {
  mkdirSync(join(folder, 'other'));
  await start().watchOnly(new Map([[1, join(folder, 'root')]]));
  const { pid } = watcher!;
  await watcher!.watchOnly(new Map([[2, join(folder, 'other')]]));
  expect(watcher!.pid).toBe(pid);
  expect(watcher!.stateOf(1)).toEqual({ watching: false, problem: null });
  await reported('the new root', () => {
    touch('root/a.wav');
    touch('other/a.wav');
  });
  expect(new Set(changes)).toEqual(new Set([2]));
  await watcher!.watchOnly(new Map());
  expect(watcher!.pid).toBeNull();
});

test('a missing folder is reported, and watched when it is back', async () => {
  const path = join(folder, 'drive');
  await start({ lookEveryMs: 50 }).watchOnly(new Map([[1, path]]));
  const { watching, problem } = watcher!.stateOf(1);
  expect(watching).toBe(false);
  expect(problem).toMatch(/is not available/);
  expectSentence(problem!);
  mkdirSync(path);
  await until('watching again', () => watcher!.stateOf(1).watching);
  await until('looked through again', () => changes.includes(1));
  expect(watcher!.stateOf(1).problem).toBeNull();
  await reported('a change in it', () => touch('drive/a.wav'));

  changes.length = 0;
  rmSync(path, { recursive: true });
  await until('its end', () => watcher!.stateOf(1).problem !== null && changes.includes(1));
  expect(watcher!.stateOf(1).problem).toMatch(/is not available/);
});

test('a folder that is available again is watched at the next scan, not a minute later', async () => {
  const roots = new Map([[7, join(folder, 'root')]]);
  renameSync(join(folder, 'root'), join(folder, 'away'));
  await start({ lookEveryMs: 1e9 }).watchOnly(roots);
  expect(watcher!.stateOf(7).watching).toBe(false);
  renameSync(join(folder, 'away'), join(folder, 'root'));
  await watcher!.watchOnly(roots);
  await until('it is watched', () => watcher!.stateOf(7).watching);
});

test('another folder at the same place is noticed', async () => {
  await start({ lookEveryMs: 50 }).watchOnly(new Map([[1, join(folder, 'root')]]));
  mkdirSync(join(folder, 'new'));
  renameSync(join(folder, 'root'), join(folder, 'old'));
  renameSync(join(folder, 'new'), join(folder, 'root'));
  await until('noticed', () => changes.includes(1));
  await until('watching', () => watcher!.stateOf(1).watching);
  changes.length = 0;
  const changed = () => {
    touch('root/a.wav');
    return changes.includes(1);
  };
  await until('a change in the new one', changed, { everyMs: 100 });
});

test('a killed process is restarted, and its roots are scanned', async () => {
  await start().watchOnly(new Map([[1, join(folder, 'root')]]));
  const pid = watcher!.pid!;
  process.kill(pid, 'SIGKILL');
  await until('another process', () => watcher!.pid !== null && watcher!.pid !== pid);
  await until('watching', () => watcher!.stateOf(1).watching);
  await until('looked through', () => changes.includes(1));
  await reported('a change', () => touch('root/a.wav'));
});

test('a watcher that keeps crashing pauses with a message and watches again afterwards', async () => {
  let nowMs = 0;
  const crashes = new CrashCount({ limit: 4, now: () => nowMs });
  await start({ lookEveryMs: 50, crashes }).watchOnly(new Map([[1, join(folder, 'root')]]));
  for (let crash = 0; crash < 4; crash++) {
    const pid = await until('a process', () => watcher!.stateOf(1).watching && watcher!.pid);
    process.kill(pid, 'SIGKILL');
    await until('its exit', () => watcher!.pid !== pid);
  }
  const problem = await until('a rest', () => watcher!.stateOf(1).problem);
  expect(problem).toMatch(/keeps crashing/);
  expectSentence(problem);
  changes.length = 0;
  nowMs = 120_000;
  await until('watching again', () => watcher!.stateOf(1).watching);
  await until('looked through', () => changes.includes(1));
  await reported('a change', () => touch('root/a.wav'));
});

async function stateIn(file: string, args: string[], env: Record<string, string> = {}): Promise<WatchState> {
  const { stdout } = await run(file, args, { env: { ...process.env, ...env }, timeout: 60_000 });
  return JSON.parse(stdout) as WatchState;
}

test('without the native module it reports so and keeps running', async () => {
  const state = await stateIn(process.execPath, [PROGRAM, join(folder, 'root')], {
    NODE_OPTIONS: `--import=${NO_WATCHER}`,
  });
  expect(state.watching).toBe(false);
  expect(state.problem).toMatch(/cannot be watched on this machine/);
  expectSentence(state.problem!);
});

// A user namespace has limits of its own: nothing of this machine is changed.
const POORER = ['-Ur', 'sh', '-c', 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"'];
const NO_NAMESPACE = await run('unshare', [...POORER, 'true']).then(
  () => null,
  () => 'needs `unshare` with user namespaces',
);

test.skipIf(skipFor(NO_NAMESPACE, 'the limit of watched folders'))(
  'at the system limit it reports a problem and keeps running',
  async () => {
    for (let i = 0; i < 10; i++) mkdirSync(join(folder, `root/${i}`));
    const state = await stateIn('unshare', [...POORER, process.execPath, PROGRAM, join(folder, 'root')]);
    expect(state.watching).toBe(false);
    expect(state.problem).toMatch(/system limit of watched folders is reached/);
    expectSentence(state.problem!);
  },
);

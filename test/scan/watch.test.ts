import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CrashCount } from '../../src/main/process/crash-count.ts';
import { Watcher, type WatcherOptions, type WatchState } from '../../src/main/scan/watch.ts';
import { until } from '../calls/engine-trial.ts';
import { expectSentence, skipFor } from '../faults/trial.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('watch-program.ts', import.meta.url));
const NO_WATCHER = new URL('no-watcher.mjs', import.meta.url).href;

let folder: string;
let watcher: Watcher | null = null;
let changes: number[];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'watch-')));
  mkdirSync(join(folder, 'root'));
  changes = [];
});
afterEach(async () => {
  await watcher?.close();
  watcher = null;
  rmSync(folder, { recursive: true, force: true });
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

/** Does something after which a change must be heard. */
async function heard(what: string, act: () => void): Promise<void> {
  changes.length = 0;
  act();
  await until(what, () => changes.length > 0);
  // Its stragglers belong to it and not to what comes next.
  for (let before = -1; before !== changes.length;) {
    before = changes.length;
    await sleep(300);
  }
}

test('new, changed, renamed and deleted files and folders are heard of, deep below, too', async () => {
  mkdirSync(join(folder, 'root/a/b'), { recursive: true });
  await start().watchOnly(new Map([[7, join(folder, 'root')]]));
  expect(watcher!.stateOf(7)).toEqual({ watching: true, problem: null });
  await heard('a new file', () => touch('root/a/b/new.wav'));
  expect(new Set(changes)).toEqual(new Set([7]));
  await heard('a changed file', () => touch('root/a/b/new.wav'));
  await heard('a renamed folder', () => renameSync(join(folder, 'root/a/b'), join(folder, 'root/a/c')));
  await heard('a file in a new folder', () => touch('root/later/x/y.wav'));
  await heard('a deleted file', () => rmSync(join(folder, 'root/a/c/new.wav')));
});

test('what a walk passes over and what is ours is nobody’s business', async () => {
  const quiet = ['root/[data]/catalogue.db-wal', 'root/.git/index', 'root/a/.hidden.wav', 'root/node_modules/x.wav'];
  for (const path of quiet) touch(path);
  await start({ ignore: [join(folder, 'root/[data]')] }).watchOnly(new Map([[7, join(folder, 'root')]]));
  for (const path of quiet) touch(path);
  await sleep(600); // that nothing comes can only be waited for
  expect(changes).toEqual([]);
  await heard('what does matter', () => touch('root/a/new.wav'));
});

test('roots come and go; without any there is no process', async () => {
  mkdirSync(join(folder, 'other'));
  await start().watchOnly(new Map([[1, join(folder, 'root')]]));
  const { pid } = watcher!;
  await watcher!.watchOnly(new Map([[2, join(folder, 'other')]]));
  expect(watcher!.pid).toBe(pid);
  expect(watcher!.stateOf(1)).toEqual({ watching: false, problem: null });
  await heard('the new root', () => {
    touch('root/a.wav');
    touch('other/a.wav');
  });
  expect(new Set(changes)).toEqual(new Set([2]));
  await watcher!.watchOnly(new Map());
  expect(watcher!.pid).toBeNull();
});

test('a missing folder is said to be missing, and watched when it is back', async () => {
  const path = join(folder, 'drive');
  await start({ lookEveryMs: 50 }).watchOnly(new Map([[1, path]]));
  const { watching, problem } = watcher!.stateOf(1);
  expect(watching).toBe(false);
  expect(problem).toMatch(/is not there now/);
  expectSentence(problem!);
  mkdirSync(path);
  await until('watching again', () => watcher!.stateOf(1).watching);
  await until('looked through again', () => changes.includes(1));
  expect(watcher!.stateOf(1).problem).toBeNull();
  await heard('a change in it', () => touch('drive/a.wav'));

  changes.length = 0;
  rmSync(path, { recursive: true });
  await until('its end', () => watcher!.stateOf(1).problem !== null && changes.includes(1));
  expect(watcher!.stateOf(1).problem).toMatch(/is not there now/);
});

test('a folder that came back is watched when the roots are looked through, not a minute later', async () => {
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
  await until('heard in the new one', () => {
    changes.length = 0;
    touch('root/a.wav');
    return sleep(200).then(() => changes.includes(1));
  });
});

test('a process that is killed is started again, and its roots are looked through', async () => {
  await start().watchOnly(new Map([[1, join(folder, 'root')]]));
  const pid = watcher!.pid!;
  process.kill(pid, 'SIGKILL');
  await until('another process', () => watcher!.pid !== null && watcher!.pid !== pid);
  await until('watching', () => watcher!.stateOf(1).watching);
  await until('looked through', () => changes.includes(1));
  await heard('a change', () => touch('root/a.wav'));
});

test('one that keeps crashing rests, with a sentence, and watches again afterwards', async () => {
  let nowMs = 0;
  const crashes = new CrashCount({ limit: 4, now: () => nowMs });
  await start({ lookEveryMs: 50, crashes }).watchOnly(new Map([[1, join(folder, 'root')]]));
  for (let death = 0; death < 4; death++) {
    const pid = await until('a process', () => watcher!.stateOf(1).watching && watcher!.pid);
    process.kill(pid, 'SIGKILL');
    await until('its death', () => watcher!.pid !== pid);
  }
  const problem = await until('a rest', () => watcher!.stateOf(1).problem);
  expect(problem).toMatch(/keeps crashing/);
  expectSentence(problem);
  changes.length = 0;
  nowMs = 120_000;
  await until('watching again', () => watcher!.stateOf(1).watching);
  await until('looked through', () => changes.includes(1));
  await heard('a change', () => touch('root/a.wav'));
});

async function stateIn(file: string, args: string[], env: Record<string, string> = {}): Promise<WatchState> {
  const { stdout } = await run(file, args, { env: { ...process.env, ...env }, timeout: 60_000 });
  return JSON.parse(stdout) as WatchState;
}

test('without the native part it says so, and lives', async () => {
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
  'at the limit of the system it says so, and lives',
  async () => {
    for (let i = 0; i < 10; i++) mkdirSync(join(folder, `root/${i}`));
    const state = await stateIn('unshare', [...POORER, process.execPath, PROGRAM, join(folder, 'root')]);
    expect(state.watching).toBe(false);
    expect(state.problem).toMatch(/allows no more folders to be watched/);
    expectSentence(state.problem!);
  },
);

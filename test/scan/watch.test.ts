import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Does something that must be reported as a change of this root. Stragglers of an earlier change belong to another root. */
async function reported(what: string, rootId: number, act: () => void): Promise<void> {
  changes.length = 0;
  act();
  await until(what, () => changes.includes(rootId));
}

test('new, changed, renamed and deleted files and folders are reported, also deep below', async () => {
  const at = (rootId: number) => `root ${String(rootId)}`;
  const roots = new Map([1, 2, 3, 4, 5].map((rootId) => [rootId, join(folder, at(rootId))]));
  for (const rootId of roots.keys()) mkdirSync(join(folder, at(rootId), 'a/b'), { recursive: true });
  for (const rootId of [2, 5]) touch(`${at(rootId)}/a/b/old.wav`);
  await start().watchOnly(roots);
  for (const rootId of roots.keys()) expect(watcher!.stateOf(rootId)).toEqual({ watching: true, problem: null });
  await reported('a new file', 1, () => touch(`${at(1)}/a/b/new.wav`));
  expect(new Set(changes)).toEqual(new Set([1]));
  await reported('a changed file', 2, () => touch(`${at(2)}/a/b/old.wav`));
  await reported('a renamed folder', 3, () => renameSync(join(folder, at(3), 'a/b'), join(folder, at(3), 'a/c')));
  await reported('a file in a new folder', 4, () => touch(`${at(4)}/later/x/y.wav`));
  await reported('a deleted file', 5, () => rmSync(join(folder, at(5), 'a/b/old.wav')));
});

test('changes in ignored folders and in the data folder are not reported', async () => {
  const quiet = ['root/[data]/catalogue.db-wal', 'root/.git/index', 'root/a/.hidden.wav', 'root/node_modules/x.wav'];
  for (const path of quiet) touch(path);
  for (const name of ['second', 'third']) mkdirSync(join(folder, name));
  const roots = new Map([[7, 'root'], [8, 'second'], [9, 'third']].map(([id, name]) => [id as number, join(folder, name as string)])); // prettier-ignore
  const seen: number[] = [];
  const onChange = (rootId: number) => changes.push(rootId) && seen.push(rootId);
  await start({ ignore: [join(folder, 'root/[data]')], onChange }).watchOnly(roots);
  for (const path of quiet) touch(path);
  // The system reports changes in order, and what one round of the watcher brings is delivered before the next.
  await reported('a file in the second root', 8, () => touch('second/a.wav'));
  await reported('a file in the third root', 9, () => touch('third/a.wav'));
  expect(seen).not.toContain(7);
  await reported('what does matter', 7, () => touch('root/a/new.wav'));
});

test('roots are added and removed; without roots there is no process', async () => {
  mkdirSync(join(folder, 'other'));
  await start().watchOnly(new Map([[1, join(folder, 'root')]]));
  const { pid } = watcher!;
  await watcher!.watchOnly(new Map([[2, join(folder, 'other')]]));
  expect(watcher!.pid).toBe(pid);
  expect(watcher!.stateOf(1)).toEqual({ watching: false, problem: null });
  await reported('the new root', 2, () => {
    touch('root/a.wav');
    touch('other/a.wav');
  });
  expect(new Set(changes)).toEqual(new Set([2]));
  await watcher!.watchOnly(new Map());
  expect(watcher!.pid).toBeNull();
});

test('a missing folder is reported, and watched when it is back', async () => {
  const path = join(folder, 'drive');
  // What counts is reported after the state.
  const onState = () => void (changes.length = 0);
  await start({ lookEveryMs: 50, onState }).watchOnly(new Map([[1, path]]));
  const { watching, problem } = watcher!.stateOf(1);
  expect(watching).toBe(false);
  expect(problem).toMatch(/is not available/);
  expectSentence(problem!);
  mkdirSync(path);
  await until('watching again', () => watcher!.stateOf(1).watching);
  await until('looked through again', () => changes.includes(1));
  expect(watcher!.stateOf(1).problem).toBeNull();
  await reported('a change in it', 1, () => touch('drive/a.wav'));

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
  await reported('a change', 1, () => touch('root/a.wav'));
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
  await reported('a change', 1, () => touch('root/a.wav'));
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

/** The engine in its own process, over the stub's port with real processes behind it: what it says, its crash, its end. */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlanSummary } from '../../../src/shared/calls/write.ts';
import { isLibraryJob, type JobProgress } from '../../../src/shared/jobs.ts';
import { EngineLink } from '../../../src/main/host/electron/engine-link.ts';
import { utilityProcesses } from '../../../src/main/host/electron/utility-processes.ts';
import { startProcessesBy, type StartProcess } from '../../../src/main/process/start-process.ts';
import { sine, writeWav } from '../../decode/make-audio.ts';
import { stubElectron } from './stub.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

const folder = temporaryFolder('el');
const dataFolder = join(folder, 'data');
const sounds = join(folder, 'sounds');
const TINY_PACK = fileURLToPath(new URL('../../fixtures/tiny-pack', import.meta.url));
const never = new AbortController().signal;

const stub = stubElectron();
const states: string[] = [];
const events: [name: string, payload: unknown][] = [];
let before: StartProcess;
let engine: EngineLink;

beforeAll(async () => {
  mkdirSync(sounds);
  cpSync(TINY_PACK, join(dataFolder, 'models', 'tiny-pack'), { recursive: true });
  for (let number = 1; number <= 40; number++) {
    writeWav(join(sounds, `tone ${number}.wav`), [sine(2, 32_000, 200 + 20 * number)], 32_000);
  }
  before = startProcessesBy(utilityProcesses(stub.electron.utilityProcess));
  await startEngine();
});
async function startEngine(): Promise<void> {
  engine = new EngineLink({
    utilityProcess: stub.electron.utilityProcess,
    dataFolder,
    idleSeconds: () => 3600,
    event: (name, payload) => void events.push([name, payload]),
    state: (state) => void states.push(state),
  });
  await engine.opened;
}
afterAll(async () => {
  await engine.close();
  startProcessesBy(before);
});

async function call<T>(name: string, input: unknown): Promise<T> {
  const reply = await engine.call(name as never, input);
  if (!reply.ok) throw new Error(`${reply.error.code}: ${reply.error.userMessage}`);
  return reply.value;
}
const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
async function read(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
const progress = () => events.filter(([name]) => name === 'job.progress').map(([, payload]) => payload as JobProgress);

test('it answers, refuses in words, tells events in order, and its processes are started by this one', async () => {
  expect(states).toEqual(['connected']);
  expect(engine.pid).not.toBe(process.pid);
  expect(isRunning(engine.pid)).toBe(true);
  await expect(call('status.get', 'nonsense')).rejects.toThrow(/^bad-input: /);
  await expect(call('toString', null)).rejects.toThrow(/^bad-input: /);
  await call('setting.set', { model: 'tiny-pack', lowPriority: false });
  const id = await call<number>('index.start', { folders: [sounds] });
  expect(engine.roots).toEqual([sounds]);
  expect(await call('job.wait', id)).toMatchObject({ summary: { files: 40, indexed: 40, failed: [] } });
  const told = progress().map(({ elapsedSeconds }) => elapsedSeconds);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(progress().at(-1)).toMatchObject({ id, state: 'done' });
  const names = stub.forks.map(({ serviceName }) => serviceName);
  expect(names).toEqual(
    expect.arrayContaining(['Earmark engine', 'Earmark decoder', 'Earmark inference', 'Earmark index']),
  );
});

test('audio files are read here, in parts; the engine gives the path of a decoded copy', async () => {
  const { hits } = await call<{ hits: { fileId: number; path: string }[] }>('search.query', { text: 'tone', includeUnlikely: true, limit: 1 }); // prettier-ignore
  const { fileId, path } = hits[0]!;
  const file = await engine.audio.open(fileId, {}, never);
  const bytes = readFileSync(path);
  expect(file).toMatchObject({ mimeType: 'audio/wav', bytes: bytes.length });
  expect((await read(file.read(100, 299))).equals(bytes.subarray(100, 300))).toBe(true);
  const copy = await engine.audio.open(fileId, { asWav: true }, never);
  const whole = await read(copy.read(0, copy.bytes - 1));
  expect(whole.length).toBe(copy.bytes);
  expect(whole.toString('latin1', 0, 4)).toBe('RIFF');
  await expect(engine.audio.open(999_999, {}, never)).rejects.toMatchObject({ code: 'not-found' });
  const given = new AbortController();
  const opening = engine.audio.open(fileId, { asWav: true }, given.signal);
  given.abort();
  await expect(opening).rejects.toThrow();
});

test('a crash is reported and ends its processes, and it answers again with all finished work', async () => {
  const asked = call('job.wait', await call<number>('index.start', { folders: [sounds], again: true }));
  const crashed = engine.pid;
  const pids = stub.pids.filter(isRunning);
  expect(pids.length).toBeGreaterThan(1);
  process.kill(crashed, 'SIGKILL');
  await expect(asked).rejects.toThrow(/^engine-broken: The engine crashed/);
  await expect.poll(() => states).toEqual(['connected', 'lost', 'connected']);
  await expect.poll(() => pids.filter(isRunning)).toEqual([]);
  expect(engine.pid).not.toBe(crashed);
  expect(await call('status.get', null)).toMatchObject({ files: 40 });
  expect(engine.roots).toEqual([sounds]);
  const notices = events.filter(([name]) => name === 'engine.notice').map(([, payload]) => payload);
  expect(notices).toContainEqual({ message: expect.stringMatching(/^The engine crashed .* was restarted/) as string });
});

test('closing while files are written: each is whole, and nothing is left to settle', async () => {
  const { hits } = await call<{ hits: { fileId: number }[] }>('search.query', { text: 'tone', includeUnlikely: true, limit: 40 }); // prettier-ignore
  const fileIds = hits.map(({ fileId }) => fileId);
  await call('tag.make', { name: 'test tone', fileIds });
  const planned = await call<number>('write.plan', { profileId: 'sfx', fileIds, folders: [] });
  const { planId, change } = (await call<{ summary: PlanSummary }>('job.wait', planned)).summary;
  expect(change).toBe(fileIds.length);
  const isWriting = () => progress().some((one) => isLibraryJob(one) && one.kind === 'write' && one.done > 0);
  await call('write.start', { planId, leaveOut: [] });
  await expect.poll(isWriting, { interval: 5 }).toBe(true);
  await engine.close();
  const noticesBefore = events.length;
  await startEngine();
  const [run] = await call<{ finishedMs: number | null; written: number; failed: number }[]>('write.runs', null);
  expect(run).toMatchObject({ finishedMs: expect.any(Number) as number, failed: 0 });
  expect(run!.written).toBeGreaterThan(0);
  expect(events.slice(noticesBefore).filter(([name]) => name === 'engine.notice')).toEqual([]);
});

test('cancelling reaches it, and closing waits until the work under way has ended in order', async () => {
  const cancelled = await call<number>('index.start', { folders: [sounds], again: true });
  await call('job.cancel', cancelled);
  await call('job.wait', cancelled).catch(() => undefined); // a cancel that was in time
  expect(progress().findLast(({ id }) => id === cancelled)!.state).toMatch(/cancelled|done/);
  await call('index.start', { folders: [sounds], again: true });
  const { pid } = engine;
  await engine.close();
  expect(isRunning(pid)).toBe(false);
  // Only a catalogue that was closed has no log beside it.
  expect(existsSync(join(dataFolder, 'catalogue.db'))).toBe(true);
  expect(existsSync(join(dataFolder, 'catalogue.db-wal'))).toBe(false);
  expect(states.at(-1)).toBe('connected');
  expect(await engine.call('status.get', null)).toMatchObject({ ok: false, error: { code: 'engine-broken' } });
});

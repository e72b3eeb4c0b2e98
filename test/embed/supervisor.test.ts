import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { EncoderSupervisor, type Patience } from '../../src/main/embed/supervisor.ts';
import { loadPack, type ModelPack } from '../../src/main/packs/pack.ts';
import { CrashCount } from '../../src/main/process/crash-count.ts';

let pack: ModelPack;
let supervisor: EncoderSupervisor;
const notices: string[] = [];

beforeAll(async () => {
  pack = await loadPack(fileURLToPath(new URL('../fixtures/tiny-pack', import.meta.url)));
});
afterEach(async () => {
  await supervisor.close();
  notices.length = 0;
});

function start(patience?: Patience, crashes?: CrashCount): EncoderSupervisor {
  supervisor = new EncoderSupervisor(pack, { encoders: 1 }, (message) => notices.push(message), patience, crashes);
  return supervisor;
}

async function crash(): Promise<void> {
  const { encoder } = await supervisor.running();
  process.kill(encoder.pid, 'SIGKILL');
  await encoder.exited;
}

const embedLow = () => supervisor.asking((encoder) => encoder.embedTexts(['low']));

test('a killed process is restarted, with a notice', async () => {
  const first = await start().running();
  process.kill(first.encoder.pid, 'SIGKILL');
  await first.encoder.exited;
  const second = await supervisor.running();
  expect(second.encoder.pid).not.toBe(first.encoder.pid);
  expect(await second.encoder.embedTexts(['low'])).toHaveLength(1);
  expect(notices).toEqual([expect.stringContaining('SIGKILL')]);
});

test('a process that keeps crashing without an answer rests, longer each time, and comes back by itself', async () => {
  let nowMs = 0;
  start(undefined, new CrashCount({ limit: 3, firstRestMs: 1_000, longestRestMs: 60_000, now: () => nowMs }));
  for (let crashes = 0; crashes < 3; crashes++) await crash();
  await expect(embedLow()).rejects.toMatchObject({ code: 'engine-broken' });
  await expect(embedLow()).rejects.toThrow(/Try again in a second/);
  nowMs = 1_001;
  await crash(); // the cause was not over
  nowMs = 2_500;
  await expect(embedLow()).rejects.toMatchObject({ code: 'engine-broken' });
  nowMs = 3_100;
  expect(await embedLow()).toHaveLength(1);
  // An answer: what was before does not count any more.
  for (let crashes = 0; crashes < 2; crashes++) await crash();
  expect(await embedLow()).toHaveLength(1);
});

test('crashes between answers to words are forgotten', async () => {
  start(undefined, new CrashCount({ limit: 2 }));
  for (let crashes = 0; crashes < 3; crashes++) {
    await crash();
    expect(await embedLow()).toHaveLength(1);
  }
});

test('an idle process gives its memory back and comes again when needed; no notice for that', async () => {
  const first = await start({ idleMs: 50, stuckMs: 60_000, checkMs: 20 }).running();
  await first.encoder.exited;
  const second = await supervisor.running();
  expect(second.alive).toBe(true);
  expect(notices).toEqual([]);
});

test('a process that waits for windows of a file is not idle', async () => {
  const patience = { idleMs: 50, stuckMs: 60_000, checkMs: 20 };
  const running = await start(patience).running();
  const collector = running.collect(1);
  // Another one, begun later and as patient, has been idle for long enough.
  const idle = new EncoderSupervisor(pack, { encoders: 1 }, (message) => notices.push(message), patience);
  await (
    await idle.running()
  ).encoder.exited;
  await idle.close();
  expect(running.alive).toBe(true);
  collector.forget();
  await running.encoder.exited;
});

test('a process that hangs over a file is killed, so that the file can be tried again or given up', async () => {
  const running = await start({ idleMs: 60_000, stuckMs: 200, checkMs: 20 }).running();
  process.kill(running.encoder.pid, 'SIGSTOP');
  const waiting = running.collect(1).complete(3);
  await expect(waiting).rejects.toThrow(/ended/);
  expect(notices).toHaveLength(1);
  expect((await supervisor.running()).alive).toBe(true);
});

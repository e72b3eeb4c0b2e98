/** Child processes the way the packaged app starts them, up to the port (stub.ts), with real processes behind it. */
import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { utilityProcesses } from '../../../src/main/host/electron/utility-processes.ts';
import { Child, ChildExitedError } from '../../../src/main/process/child.ts';
import { fromPortBytes, toPortBytes } from '../../../src/main/process/parent-channel.ts';
import { startProcessesBy, type StartProcess } from '../../../src/main/process/start-process.ts';
import { UserError } from '../../../src/shared/errors.ts';
import type { EchoMethods, EchoPushes } from '../../process/echo-process.ts';
import { stubElectron } from './stub.ts';

const stub = stubElectron();
let before: StartProcess;
beforeAll(() => {
  before = startProcessesBy(utilityProcesses(stub.electron.utilityProcess));
});
afterAll(() => void startProcessesBy(before));

const children: Child<EchoMethods, EchoPushes>[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
});
function start(
  options: { lowPriority?: boolean; maxOldSpaceMiB?: number; initialOldSpaceMiB?: number } = {},
): Child<EchoMethods, EchoPushes> {
  const entry = new URL('../../process/echo-process.ts', import.meta.url);
  const child = new Child<EchoMethods, EchoPushes>({ processName: 'echo', entry, ...options });
  children.push(child);
  return child;
}

test('calls, pushes, errors and the process id are as with a fork', async () => {
  const child = start({ lowPriority: true, maxOldSpaceMiB: 256, initialOldSpaceMiB: 32 });
  const ready = new Promise<number>((resolve) => child.on('ready', ({ pid }) => resolve(pid)));
  // Called before it runs: the message waits for it.
  expect(await child.call('echo', Float32Array.of(0.5, -1, NaN))).toEqual(Float32Array.of(0.5, -1, NaN));
  expect(await ready).toBe(child.pid);
  const refused = await child.call('refuse', 'a.wav').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect(refused).toMatchObject({ code: 'not-audio' });
  expect(stub.forks.at(-1)).toMatchObject({
    serviceName: 'Earmark echo',
    execArgv: ['--max-old-space-size=256', '--initial-old-space-size=32'],
    env: { ORT_DISABLE_TELEMETRY: '1' },
  });
});

test('one that crashes rejects its pending calls', async () => {
  const child = start();
  const waiting = child.call('never', null);
  await expect(child.call('die', null)).rejects.toThrow(ChildExitedError);
  await expect(waiting).rejects.toThrow('the echo process ended (code 9)');
  expect(child.alive).toBe(false);
  await expect(child.call('echo', new Float32Array(1))).rejects.toThrow(ChildExitedError);
});

test('one that is killed before it runs never does', async () => {
  const child = start();
  expect(child.pid).toBe(-1);
  await child.kill();
  expect(child.alive).toBe(false);
});

test('the engine is told why V8 crashed', () => {
  const events = new EventEmitter();
  const ended: string[] = [];
  const fork = () => Object.assign(events, { pid: undefined, postMessage: () => undefined, kill: () => true });
  utilityProcesses({ fork })(
    { processName: 'x', entry: new URL('file:///x.js'), env: {} },
    { started: () => undefined, message: () => undefined, ended: (how) => ended.push(how) },
  );
  events.emit('error', 'FatalError', 'Zone');
  events.emit('exit', 133);
  expect(ended).toEqual(['FatalError at Zone']);
});

test('a view travels without the memory behind it, a Buffer stays one, and nothing else is taken for a message', () => {
  const view = new Float32Array(1_000_000).subarray(10, 13);
  expect(toPortBytes({ view }).byteLength).toBeLessThan(200);
  expect(fromPortBytes(toPortBytes({ view }))).toEqual({ view: new Float32Array(3) });
  expect(Buffer.isBuffer(fromPortBytes(toPortBytes(Buffer.from('a'))))).toBe(true);
  expect(() => fromPortBytes({ reply: 1 })).toThrow(TypeError);
});

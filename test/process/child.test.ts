import { readdirSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { Child, ChildExitedError } from '../../src/main/process/child.ts';
import { UserError } from '../../src/shared/errors.ts';
import type { EchoMethods, EchoPushes } from './echo-process.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const children: Child<EchoMethods, EchoPushes>[] = [];

function start(env: Record<string, string> = {}): Child<EchoMethods, EchoPushes> {
  const child = new Child<EchoMethods, EchoPushes>({
    processName: 'echo',
    entry: new URL('./echo-process.ts', import.meta.url),
    env,
  });
  children.push(child);
  return child;
}

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
});

test('typed arrays cross unchanged, and pushes arrive', async () => {
  const child = start();
  const ready = new Promise<number>((resolve) => child.on('ready', ({ pid }) => resolve(pid)));
  expect(await child.call('echo', Float32Array.of(0.5, -1, NaN))).toEqual(Float32Array.of(0.5, -1, NaN));
  expect(await ready).toBe(child.pid);
});

test('a UserError keeps its code and message; a bug is reported with its stack', async () => {
  const child = start();
  const refused = await child.call('refuse', 'a.wav').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect(refused).toMatchObject({ code: 'not-audio', userMessage: '“a.wav” is not audio.' });
  await expect(child.call('break', null)).rejects.toThrow(/TypeError: a bug/);
});

test('when the child exits, calls in progress and later ones are rejected', async () => {
  const child = start();
  const waiting = child.call('never', null);
  const dying = child.call('die', null);
  await expect(dying).rejects.toThrow(ChildExitedError);
  await expect(waiting).rejects.toThrow(/SIGKILL/);
  expect(child.alive).toBe(false);
  await expect(child.call('echo', new Float32Array(1))).rejects.toThrow(ChildExitedError);
});

test('kill resolves when the process has exited', async () => {
  const child = start();
  await child.call('echo', new Float32Array(1));
  await child.kill();
  expect(() => process.kill(child.pid, 0)).toThrow(/ESRCH/);
});

test('a call to a process that was just killed is rejected when it is gone, not while it still counts as alive', async () => {
  const child = start();
  await child.call('echo', new Float32Array(1));
  process.kill(child.pid, 'SIGKILL');
  for (let at = 0; at < 20 && child.alive; at++) {
    const error = await child.call('echo', new Float32Array(1)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ChildExitedError);
    expect(String(error)).toContain('SIGKILL');
    expect(child.alive).toBe(false);
  }
});

test('a listener that throws ends the work it belongs to, not the program', async () => {
  const child = start();
  child.on('ready', () => {
    throw new UserError('disk-full', 'There is no room left.');
  });
  await expect(child.call('never', null)).rejects.toMatchObject({ code: 'disk-full' });
  expect(await child.exited).toBe('signal SIGKILL');
});

test('what a child has compiled is kept for the next one, also when it is killed', async () => {
  const folder = temporaryFolder('compiled');
  const child = start({ NODE_COMPILE_CACHE: folder });
  await child.call('echo', new Float32Array(1));
  await child.kill();
  const kept = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(kept.length).toBeGreaterThan(0);
});

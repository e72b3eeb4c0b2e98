import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { expect, test } from 'vitest';
import { lowerPriority } from '../../src/main/process/lower-priority.ts';
import { niceness } from '../kit/niceness.ts';

test.skipIf(process.platform !== 'linux')(
  'all threads of a process that runs already are below ours (Linux: /proc)',
  async () => {
    const child = spawn(process.execPath, ['-e', 'console.log("runs"); setInterval(() => {}, 1000)']);
    try {
      await once(child.stdout, 'data');
      lowerPriority(child.pid!);
      const threads = niceness(child.pid!);
      expect(threads.length).toBeGreaterThan(2);
      expect(Math.min(...threads)).toBeGreaterThan(os.getPriority());
    } finally {
      child.kill('SIGKILL');
    }
  },
);

test('a process that has ended is no error', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  expect(() => lowerPriority(child.pid!)).not.toThrow();
});

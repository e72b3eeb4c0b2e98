import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeStaleSockets } from '../../src/main/process/stale-sockets.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const onWindows = process.platform === 'win32';
if (onWindows) process.stderr.write('skipped: stale sockets: pipes are no files on Windows\n');

test.skipIf(onWindows)('sockets of dead processes go; young ones, living ones and files of others stay', async () => {
  const folder = temporaryFolder('es');
  const server = createServer();
  try {
    const dead = join(folder, 'earmark-1-0123abcd.sock');
    const code = `require('net').createServer().listen(process.argv[1], () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', code, dead], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    server.listen(join(folder, 'earmark-2-0123abcd.sock'));
    await once(server, 'listening');
    writeFileSync(join(folder, 'earmark-notes.txt'), 'mine');

    expect(await removeStaleSockets(folder)).toEqual([]);
    expect(await removeStaleSockets(folder, 0)).toEqual(['earmark-1-0123abcd.sock']);
    expect(readdirSync(folder).sort()).toEqual(['earmark-2-0123abcd.sock', 'earmark-notes.txt']);
  } finally {
    server.close();
  }
});

/**
 * Socket files that outlived their processes. An inference process removes its own, and the engine does it for one
 * that was killed; when both are killed at once nobody is left to do it but the next engine.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As {@link newSocketPath} (pcm-wire.ts) makes them. */
const OURS = /^earmark-\d+-[0-9a-f]{8}\.sock$/;
/** A younger one may belong to a process that has made it and does not listen yet. */
const YOUNG_MS = 60_000;

/**
 * @param folder where the sockets lie
 * @returns names of the removed ones
 * @throws the system's error when the folder cannot be listed
 */
export async function removeStaleSockets(folder: string = tmpdir(), youngMs = YOUNG_MS): Promise<string[]> {
  if (process.platform === 'win32') return []; // pipes are no files there
  const removed: string[] = [];
  for (const name of await readdir(folder)) {
    if (!OURS.test(name)) continue;
    const path = join(folder, name);
    const facts = await stat(path).catch(() => null); // its owner may have removed it meanwhile
    if (!facts || Date.now() - facts.mtimeMs < youngMs || !(await isAbandoned(path))) continue;
    await rm(path, { force: true });
    removed.push(name);
  }
  return removed;
}

/** Is no process listening on it? Anything but a clear refusal means that one may be. */
function isAbandoned(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

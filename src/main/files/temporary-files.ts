/** Names for what is being written beside its target, by which is known later whether whoever writes it is still there. */
import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

/** Machine, process, and what makes it unlike others: `.earmark-1a2b3c4d-4711-0123456789ab`. */
const NAME = /^\.earmark-([0-9a-f]{8})-(\d+)-[0-9a-f]{12}$/;
/** File systems round times. */
const ROUNDED_MS = 2000;

/** Process numbers mean something within one of these: folders can be shared between machines and containers. */
const MACHINE = createHash('sha256').update(`${hostname()}\0${numberSpace()}`).digest('hex').slice(0, 8);

/** @returns a path in the folder of `target`. A leading dot: a walk over the folder passes it over */
export function temporaryBeside(target: string): string {
  return join(dirname(target), temporaryName(process.pid));
}

export function temporaryName(pid: number, machine = MACHINE): string {
  return `.earmark-${machine}-${pid}-${randomBytes(6).toString('hex')}`;
}

/**
 * Takes away what killed processes left in a folder: files that {@link temporaryBeside} named on this machine, whose process does
 * not run any more; of folders all that is in them. Everything else stays, also what cannot be decided.
 */
export async function removeAbandoned(folder: string, kind: 'files' | 'folders' = 'files'): Promise<void> {
  const names = await readdir(folder).catch(() => []); // what is wrong with the folder, writing into it will say
  for (const name of names) {
    const [, machine, pid] = NAME.exec(name) ?? [];
    if (machine !== MACHINE || pid === undefined) continue;
    const path = join(folder, name);
    const facts = await lstat(path).catch(() => null); // somebody else was quicker
    const isOfKind = kind === 'files' ? facts?.isFile() : facts?.isDirectory();
    if (!facts || isOfKind !== true || !isAbandoned(Number(pid), facts.mtimeMs)) continue;
    await rm(path, { force: true, recursive: kind === 'folders' }).catch(() => undefined); // it stays until the next time
  }
}

/** @param mtimeMs when its process wrote into the file last */
function isAbandoned(pid: number, mtimeMs: number): boolean {
  // In a container the first process has the same number at every start.
  if (pid === process.pid) return mtimeMs + ROUNDED_MS < performance.timeOrigin;
  try {
    process.kill(pid, 0); // sends nothing
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function numberSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return ''; // systems without
  }
}

/**
 * The demo library: small, varied, in many formats and naming habits, rendered by our own synthesiser. Nothing is
 * downloaded or recorded, so it may be given away with anything.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Child } from '../main/process/child.ts';
import { PROCESS_ENTRIES } from '../main/process/entries.ts';
import { UserError } from '../shared/errors.ts';
import { partialPath, type DemoMethods } from './demo-methods.ts';
import { DEMO_SOUNDS } from './recipes.ts';

export type { DemoSound } from './recipe.ts';
export { DEMO_SOUNDS } from './recipes.ts';
export { DEMO_SEARCHES, type DemoSearch } from './searches.ts';

/** The long file in which something happens at one place only, and where, in seconds. */
export { GARDEN_BARKS } from './sounds/garden.ts';
export const LONG_DEMO_SOUND = 'garden_afternoon_long.flac';

export interface DemoProgress {
  done: number;
  total: number;
  /** Absolute path of the file just dealt with. */
  path: string;
  /** false: it was there already with the same content. */
  written: boolean;
}

export interface WriteDemoOptions {
  /** Only these, by file name; absent: all. */
  names?: readonly string[];
  onProgress?: (progress: DemoProgress) => void;
  signal?: AbortSignal;
}

/**
 * Renders the demo library into `folder` (made if missing), in a child process. A file that is there already with
 * the same content is left alone; one that an earlier version of the demo wrote is replaced; anything else of the
 * same name stops it.
 * @returns absolute paths of all files of the demo, in the order of {@link DEMO_SOUNDS}
 * @throws signal.reason when cancelled (no partial file stays); UserError 'bad-input' when a file of somebody else is
 *   in the way, 'no-permission' or 'disk-full' when the folder cannot be written
 */
export async function writeDemoLibrary(
  folder: string,
  { names, onProgress, signal }: WriteDemoOptions = {},
): Promise<string[]> {
  signal?.throwIfAborted();
  const wanted = DEMO_SOUNDS.map((sound, index) => ({ sound, index })).filter(
    ({ sound }) => names?.includes(sound.name) ?? true,
  );
  for (const part of new Set(wanted.map(({ sound }) => sound.folder)))
    await makeFolder(join(folder, ...part.split('/')));
  const child = new Child<DemoMethods>({ processName: 'demo', entry: PROCESS_ENTRIES.demo });
  const onAbort = () => void child.kill();
  signal?.addEventListener('abort', onAbort, { once: true });
  const paths: string[] = [];
  let current: string | null = null;
  try {
    for (const { sound, index } of wanted) {
      signal?.throwIfAborted();
      current = join(folder, ...sound.folder.split('/'), sound.name);
      const { written } = await child.call('writeSound', { index, path: current });
      paths.push(current);
      onProgress?.({ done: paths.length, total: wanted.length, path: current, written });
    }
    return paths;
  } catch (error) {
    await child.kill();
    if (current !== null) await rm(partialPath(current), { force: true });
    signal?.throwIfAborted(); // a cancel reads as a cancel, not as a process that crashed
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await child.kill();
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw folderError(path, error);
  }
}

function folderError(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new UserError(
      'no-permission',
      `“${path}” cannot be written to. Choose another folder for the demo sounds.`,
      error,
    );
  if (code === 'ENOSPC')
    return new UserError(
      'disk-full',
      `There is no room for the demo sounds in “${path}” (about 50 MB). Make room, or choose another folder.`,
      error,
    );
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return new UserError(
      'bad-input',
      `“${path}” cannot be a folder: a file of that name is there. Choose another folder for the demo sounds.`,
      error,
    );
  return error;
}

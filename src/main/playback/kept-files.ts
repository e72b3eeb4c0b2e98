/** Files in the data folder that can be made again, kept up to a limit: those that were not used for longest go first. */
import { createHash } from 'node:crypto';
import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** A part that nobody has written to for this long is left over from a program that was killed. */
const ABANDONED_MS = 60 * 60 * 1000;
const PART_ENDING = '.part';

export interface KeptFilesOptions {
  /** Absolute; may be missing. */
  folder: string;
  /** Of the finished ones: `.wav`. */
  ending: string;
  /** The newest one stays whatever its size. */
  limitBytes: number;
}

/** What a kept file was made of. */
export interface KeptSource {
  path: string;
  size: number;
  mtimeMs: number;
}

export class KeptFiles {
  readonly #options: KeptFilesOptions;
  #tidied: Promise<void> | null = null;

  constructor(options: KeptFilesOptions) {
    this.#options = options;
  }

  /** Absolute, of the finished file. */
  pathOf(key: string): string {
    return join(this.#options.folder, `${key}${this.#options.ending}`);
  }

  /** Absolute, of one that is being made. @param attempt distinguishes it from others of the same key */
  partPathOf(key: string, attempt: string): string {
    return join(this.#options.folder, `${key}-${attempt}${PART_ENDING}`);
  }

  /** Of a finished file that is used now. */
  async touch(key: string): Promise<void> {
    const now = new Date();
    await utimes(this.pathOf(key), now, now).catch(() => {}); // only the order of leaving depends on it
  }

  /** Once: removes files that a killed program left behind. */
  tidy(): Promise<void> {
    this.#tidied ??= this.#tidy();
    return this.#tidied;
  }

  /**
   * Takes away what is over the limit. Best effort: a file that cannot be removed now goes next time.
   * @param newest its key @param inUse whether a key is being read
   */
  async prune(newest: string, inUse: (key: string) => boolean): Promise<void> {
    const { folder, ending, limitBytes } = this.#options;
    const files = (await this.#list(ending)).sort((a, b) => a.mtimeMs - b.mtimeMs);
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size } of files) {
      if (total <= limitBytes) return;
      const key = name.slice(0, -ending.length);
      if (key === newest || inUse(key)) continue;
      await rm(join(folder, name), { force: true }).catch(() => {});
      total -= size;
    }
  }

  async #tidy(): Promise<void> {
    for (const { name, mtimeMs } of await this.#list(PART_ENDING)) {
      if (Date.now() - mtimeMs < ABANDONED_MS) continue;
      await rm(join(this.#options.folder, name), { force: true }).catch(() => {}); // goes next time
    }
  }

  async #list(ending: string): Promise<{ name: string; size: number; mtimeMs: number }[]> {
    const { folder } = this.#options;
    const names = await readdir(folder).catch(() => []); // there is none before the first file
    const found = names
      .filter((name) => name.endsWith(ending))
      .map(async (name) => {
        const facts = await stat(join(folder, name)).catch(() => null); // removed by another program meanwhile
        return facts ? [{ name, size: facts.size, mtimeMs: facts.mtimeMs }] : [];
      });
    return (await Promise.all(found)).flat();
  }
}

/**
 * Not the file's id: ids begin again in a new catalogue, kept files stay.
 * @param version of what the kept file looks like: a change makes the old ones unused
 * @returns 32 hex digits
 */
export function keyOf({ path, size, mtimeMs }: KeptSource, version: number): string {
  return createHash('sha256')
    .update(JSON.stringify([version, path, size, mtimeMs]))
    .digest('hex')
    .slice(0, 32);
}

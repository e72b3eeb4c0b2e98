/** Sounds that were lent to search by, each in a folder of its own below the data folder, until the engine ends. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { MOST_LENT, MOST_LENT_BYTES } from '../../shared/calls/sounds.ts';
import { UserError } from '../../shared/errors.ts';
import { removeAbandoned, temporaryName } from './temporary-files.ts';
import { describeWriteError } from './write-whole.ts';

const LONGEST_NAME = 120;

export class LentSounds {
  readonly #folder: string;
  /** Absolute, oldest first. */
  readonly #lent: string[] = [];
  #cleaned: Promise<void> | null = null;

  /** @param dataFolder absolute */
  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'lent');
  }

  /** @returns absolute path @throws UserError bad-input, disk-full, unwritable */
  async add(name: string, data: Buffer): Promise<string> {
    if (data.length === 0) throw new UserError('bad-input', `“${name}” is empty. Record or choose another sound.`);
    if (data.length > MOST_LENT_BYTES) {
      const megabytes = Math.floor(MOST_LENT_BYTES / 1e6);
      throw new UserError('bad-input', `“${name}” is larger than ${megabytes} MB. Add its folder to the library, or use the desktop app.`); // prettier-ignore
    }
    await (this.#cleaned ??= removeAbandoned(this.#folder, 'folders'));
    const own = join(this.#folder, temporaryName(process.pid));
    const path = join(own, fileName(name));
    try {
      await mkdir(own, { recursive: true, mode: 0o700 });
      await writeFile(path, data, { mode: 0o600 });
    } catch (error) {
      await rm(own, { recursive: true, force: true });
      throw describeWriteError(error, path) ?? error;
    }
    this.#lent.push(own);
    if (this.#lent.length > MOST_LENT) await rm(this.#lent.shift()!, { recursive: true, force: true });
    return path;
  }

  /** @throws UserError bad-input when one of the paths is lent: what names it would soon find nothing */
  refuseToKeep(paths: readonly string[]): void {
    const path = paths.find((one) => this.#lent.some((own) => one.startsWith(own + sep)));
    if (path !== undefined)
      throw new UserError('bad-input', `“${basename(path)}” is kept only until Earmark ends, so a search by it cannot be saved. Save the sound into a folder of the library, then search by that file.`); // prettier-ignore
  }

  async close(): Promise<void> {
    for (const own of this.#lent.splice(0)) await rm(own, { recursive: true, force: true });
  }
}

/** One that every file system takes. */
function fileName(name: string): string {
  const safe = name.replace(/[\p{Cc}\\/:*?"<>|]/gu, '_').replace(/^[. ]+/, '');
  return safe === '' ? 'sound' : safe.slice(-LONGEST_NAME);
}

/**
 * What the system hands to the app: named on its command line, chosen in a file manager (docs/file-managers.md), or dropped
 * on its icon. A folder is analysed; files are searched by.
 */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOST_REFERENCES, type ReferenceSound } from '../../../shared/types.ts';

/**
 * @param args of a start, without the program; options are Chromium's. File managers may give URLs
 * @param folder absolute; relative paths are of it
 * @returns absolute paths, whether or not something is there
 */
export function pathsAmong(args: readonly string[], folder: string): string[] {
  return args.flatMap((arg) => {
    if (arg === '' || arg.startsWith('-') || arg.includes('\0')) return [];
    if (!arg.startsWith('file:')) return [resolve(folder, arg)];
    try {
      return [fileURLToPath(arg)];
    } catch {
      return [resolve(folder, arg)]; // a file may be called so; if none is, that is said
    }
  });
}

export interface OpenedPathsDeps {
  /** Absolute paths of folders. */
  analyse: (folders: string[]) => void;
  /** Told to the window in front. @returns false when it does not listen yet */
  search: (like: ReferenceSound[]) => boolean;
  /** A sentence for the user. */
  notice: (message: string) => void;
}

export class OpenedPaths {
  readonly #deps: OpenedPathsDeps;
  /** Until a window listens: what was opened last, as there is one search at a time. */
  #waiting: ReferenceSound[] = [];

  constructor(deps: OpenedPathsDeps) {
    this.#deps = deps;
  }

  /** @param paths absolute */
  open(paths: readonly string[]): void {
    const folders: string[] = [];
    const like: ReferenceSound[] = [];
    for (const path of paths) {
      const there = statSync(path, { throwIfNoEntry: false });
      if (there === undefined)
        this.#deps.notice(`“${basename(path)}” was not found. Check the path, or connect its drive.`); // prettier-ignore
      else if (there.isDirectory()) folders.push(path);
      else like.push({ path });
    }
    if (folders.length > 0) this.#deps.analyse(folders);
    if (like.length === 0) return;
    if (like.length > MOST_REFERENCES) {
      this.#deps.notice(`Earmark searches by up to ${MOST_REFERENCES} files at a time. The others were left out.`);
    }
    this.#waiting = like.slice(0, MOST_REFERENCES);
    this.windowListens();
  }

  /** To be called when a window has begun to listen. */
  windowListens(): void {
    if (this.#waiting.length > 0 && this.#deps.search(this.#waiting)) this.#waiting = [];
  }
}

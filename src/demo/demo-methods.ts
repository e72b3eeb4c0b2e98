/** What the engine asks of the demo's child process. */
import { basename, dirname, join } from 'node:path';

// A type, not an interface: it has to fit the index signature of Methods.
export type DemoMethods = {
  /** Renders sound `index` of DEMO_SOUNDS and puts it at `path` unless the same file is there. */
  writeSound: { input: { index: number; path: string }; output: { written: boolean } };
};

/** In every file of the demo, as its comment: how an older version is told from somebody else's file. */
export const DEMO_MARK = 'Earmark demo library';

/** Where a file is written before it takes its name. In the same folder, so that renaming is one step. */
export function partialPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.partial`);
}

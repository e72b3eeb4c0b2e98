/** The demo's child process: synthesis keeps a core busy for seconds and FFmpeg is native code; neither runs in the engine. */
import { readFile, rename, rm } from 'node:fs/promises';
import { serveParent } from '../main/process/child.ts';
import { UserError } from '../shared/errors.ts';
import { DEMO_MARK, partialPath, type DemoMethods } from './demo-methods.ts';
import { encodeAudioFile } from './encode.ts';
import { DEMO_SOUNDS } from './library.ts';

serveParent<DemoMethods>({ writeSound: ({ index, path }) => writeSound(index, path) });

async function writeSound(index: number, path: string): Promise<{ written: boolean }> {
  const sound = DEMO_SOUNDS[index];
  if (!sound) throw new RangeError(`no demo sound ${index}`);
  const partial = partialPath(path);
  try {
    await encodeAudioFile(partial, sound.render(), { ...sound, tags: { ...sound.tags, comment: DEMO_MARK } });
    const [fresh, present] = [await readFile(partial), await readIfThere(path)];
    if (present?.equals(fresh)) {
      await rm(partial);
      return { written: false };
    }
    if (present && !present.includes(DEMO_MARK)) {
      throw new UserError(
        'bad-input',
        `“${path}” is in the way: it is not one of the demo sounds. Choose another folder for them.`,
      );
    }
    await rename(partial, path);
    return { written: true };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Sounds from elsewhere to search by: recorded in the window, dropped on it, or named by another program. */
import type { ReferenceSound } from '../types.ts';

/** Of one sound, bytes. */
export const MOST_LENT_BYTES = 24 * 2 ** 20;
/** Of the name, characters. */
export const LONGEST_LENT_NAME = 200;

export interface SoundCalls {
  /**
   * Keeps a file until the engine ends, for `likePath` and its like; of several, the {@link MOST_LENT} lent last. Nothing
   * is added to the library, and what a crashed engine left is removed at the next start.
   * @property name of the file: `Recording.wav`
   * @property data its bytes, base64
   * @returns absolute path
   * @throws UserError bad-input for nothing, or for too much; disk-full and its like
   */
  'sound.lend': { input: { name: string; data: string }; output: { path: string } };
}

export interface SoundEvents {
  /** A script of a DAW or a file manager asks for files like these, indexed or not; 1 to {@link MOST_REFERENCES}. */
  'search.wanted': { like: ReferenceSound[] };
}

export const MOST_LENT = 16;

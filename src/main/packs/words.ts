/** The words that a pack's model was trained on. */
import { z } from 'zod';
import { UserError } from '../../shared/errors.ts';
import { readRegularFile } from '../files/regular-file.ts';
import type { ModelPack } from './pack.ts';

const MAX_BYTES = 64 * 2 ** 20;
const WORDS = z.array(z.string().min(1));

/** @throws UserError 'model-damaged' for a list of words that cannot be read */
export async function readWords({ folder, text }: ModelPack): Promise<string[]> {
  if (text.wordsPath === null) return [];
  try {
    return WORDS.parse(JSON.parse((await readRegularFile(text.wordsPath, MAX_BYTES)).toString('utf8')));
  } catch (error) {
    throw new UserError(
      'model-damaged',
      `The vocabulary of the model pack in “${folder}” cannot be read. Reinstall the pack.`,
      error,
    );
  }
}

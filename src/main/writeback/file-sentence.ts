/** The message for one file that failed; the others continue. */
import { UserError } from '../../shared/errors.ts';
import { isDatabaseError } from '../catalogue/database-errors.ts';
import { writeError } from './atomic-write.ts';

/** @throws the error itself when no file is to blame for it: the journal's disk, or that the work was to end */
export function sentenceAbout(error: unknown): string {
  const known = writeError(error);
  if (known instanceof UserError) return known.userMessage;
  const isOurs = isDatabaseError(error) || (error instanceof Error && error.name === 'AbortError');
  if (isOurs) throw error;
  const detail = error instanceof Error ? error.message : String(error);
  return `Internal error; the file was not changed (${detail}).`;
}

/** What is said about one file that something went wrong with; the others go on. */
import Database from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';
import { writeError } from './atomic-write.ts';

/** @throws the error itself when no file is to blame for it: the journal's disk, or that the work was to end */
export function sentenceAbout(error: unknown): string {
  const known = writeError(error);
  if (known instanceof UserError) return known.userMessage;
  const isOurs = error instanceof Database.SqliteError || (error instanceof Error && error.name === 'AbortError');
  if (isOurs) throw error;
  const detail = error instanceof Error ? error.message : String(error);
  return `Something went wrong inside Earmark with this file, and it was left as it is (${detail}).`;
}

/** Names that the user gives to collections and searches. */
import Database from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';

/** As kept and shown: composed, single spaces. */
export function tidyName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

/**
 * Two names with one key are one name: case does not count, nor do quotes, which cannot be typed inside `col:"…"`.
 * @throws UserError bad-input when nothing is left
 */
export function nameKey(name: string): string {
  const key = tidyName(tidyName(name).replace(/["“”„«»]/g, '')).toLowerCase();
  if (key === '') throw new UserError('bad-input', 'A name must contain at least one letter or digit.');
  return key;
}

/** By name as a person expects it: "Take 2" before "Take 10". */
export function byName(a: { name: string }, b: { name: string }): number {
  return ORDER.compare(a.name, b.name);
}
const ORDER = new Intl.Collator(undefined, { numeric: true });

/** Runs a statement that writes a name; a unique index decides whether it is free. @throws UserError name-taken */
export function claimName<T>(name: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
    throw new UserError('name-taken', `The name “${tidyName(name)}” is already in use. Choose another name.`, error);
  }
}

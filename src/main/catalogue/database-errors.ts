/** Turns errors of SQLite and of the file system into sentences, by what the user can do about them. */
import Database from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';

/**
 * @param error whatever a catalogue call threw
 * @param where path of the catalogue, for the sentence
 * @returns null when the error is not about the state of the catalogue or its disk (a bug, a constraint): throw it on
 */
export function classify(error: unknown, where = 'the catalogue'): UserError | null {
  if (error instanceof UserError) return error;
  const code = codeOf(error);
  if (code === null) return null;
  const name = where === 'the catalogue' ? where : `the catalogue “${where}”`;
  const Name = name.charAt(0).toUpperCase() + name.slice(1);
  // SHMSIZE: the index of the write-ahead log could not grow (https://sqlite.org/rescode.html#ioerr_shmsize).
  if (code === 'ENOSPC' || code === 'EDQUOT' || code.startsWith('SQLITE_FULL') || code === 'SQLITE_IOERR_SHMSIZE') {
    return new UserError('disk-full', `The disk of ${name} is full. Free some space and try again.`, error);
  }
  // CANTOPEN is listed before: a folder that cannot be entered shows as "unable to open database file".
  if (
    /^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH|IOERR_(ACCESS|LOCK))|EACCES$|EPERM$|EROFS$|ENOTDIR$|EEXIST$|EISDIR$)/.test(
      code,
    )
  ) {
    const message = `${Name} cannot be written. Check the permissions of its folder, or choose another data folder.`;
    return new UserError('catalogue-unwritable', message, error);
  }
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code)) {
    const message = `${Name} is damaged. Move it to another folder and index again. Your audio files are not affected.`;
    return new UserError('catalogue-damaged', message, error);
  }
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) {
    return new UserError(
      'catalogue-busy',
      `Another program is using ${name}. Wait for it to finish, or quit it, then try again.`,
      error,
    );
  }
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') {
    const message = `Disk error while accessing ${name}. Check the disk, then run “earmark doctor”.`;
    return new UserError('catalogue-unwritable', message, error);
  }
  return null;
}

/** Runs `work`; errors that {@link classify} knows come out as their UserError, others unchanged. */
export function withDatabaseErrors<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw classify(error, where) ?? error;
  }
}

/** Whether SQLite gave it: of the catalogue or of another database of ours. */
export function isDatabaseError(error: unknown): boolean {
  return error instanceof Database.SqliteError;
}

function codeOf(error: unknown): string | null {
  if (error instanceof Database.SqliteError) return error.code;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return null;
}

/** Ids as they come from outside: which of them are files. */
import type { Database } from 'better-sqlite3';
import { fileMissing } from '../../../shared/refusals.ts';

export type KnownFileStore = ReturnType<typeof knownFileStore>;

export function knownFileStore(db: Database) {
  const unknown = db
    .prepare<[string], number>(
      'SELECT value FROM json_each(?) AS given WHERE NOT EXISTS (SELECT 1 FROM file WHERE file.id = given.value)',
    )
    .pluck();
  return {
    /** @throws UserError file-missing when one of them is not in the catalogue */
    requireAll(fileIds: readonly number[]): void {
      const missing = unknown.get(JSON.stringify(fileIds));
      if (missing !== undefined) throw fileMissing(missing);
    },
    /** Those that are in the catalogue, in their order. */
    among(fileIds: readonly number[]): number[] {
      const missing = new Set(unknown.all(JSON.stringify(fileIds)));
      return missing.size === 0 ? [...fileIds] : fileIds.filter((id) => !missing.has(id));
    },
  };
}

/** Table `scored`: with which vocabulary, in which state, each file was scored; and which files are due. */
import type { Database } from 'better-sqlite3';
import { joined, type Condition } from '../queries/condition.ts';
import { folderCondition, type Root } from '../queries/folder-filter.ts';
import { LISTED } from '../queries/listed.ts';

export type ScoredStore = ReturnType<typeof scoredStore>;

export function scoredStore(db: Database) {
  const roots = db.prepare<[], Root>('SELECT id, path FROM root');
  const used = db.prepare<[], string>('SELECT DISTINCT vocabulary_id FROM scored').pluck();
  const count = db
    .prepare<[string, number, string], number>(
      'SELECT count(*) FROM scored WHERE vocabulary_id = ? AND space_id = ? AND scoring_hash = ?',
    )
    .pluck();
  return {
    /** Vocabularies that files were ever scored with. */
    vocabularies: (): string[] => used.all(),
    /** Files that are up to date with a vocabulary, hidden ones too. */
    files: (vocabularyId: string, spaceId: number, hash: string): number => count.get(vocabularyId, spaceId, hash)!,
    /**
     * Files in lists that a model has been through, by id.
     * @param wanted.folders absolute; none: everything
     * @param wanted.notWith only files that were not scored with every one of these in this state; null: all files
     */
    due(
      spaceId: number,
      { folders, notWith }: { folders: readonly string[]; notWith: readonly { id: string; hash: string }[] | null },
    ): number[] {
      const conditions: Condition[] = [{ sql: LISTED, parameters: [] }];
      if (folders.length > 0) {
        const all = roots.all();
        conditions.push(joined(folders.map((folder) => folderCondition(folder, all)), 'OR')); // prettier-ignore
      }
      if (notWith) {
        const outOfDate = notWith.map(({ id, hash }) => ({
          sql: `NOT EXISTS (SELECT 1 FROM scored WHERE scored.file_id = file.id AND scored.space_id = ?
                  AND scored.vocabulary_id = ? AND scored.scoring_hash = ?)`,
          parameters: [spaceId, id, hash],
        }));
        conditions.push(joined(outOfDate, 'OR'));
      }
      const { sql, parameters } = joined(conditions, 'AND');
      // The index covers what decides whether a file is listed, so that rows with their waveforms are not read.
      return db
        .prepare<(string | number)[], number>(
          `SELECT file.id FROM file INDEXED BY file_by_name
            WHERE ${sql} AND EXISTS (SELECT 1 FROM analysed WHERE analysed.file_id = file.id AND analysed.space_id = ?)`,
        )
        .pluck()
        .all(...parameters, spaceId)
        .sort((a, b) => a - b);
    },
  };
}

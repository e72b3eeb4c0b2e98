/** Columns of table `file` with what its tags, its name and the user say of kind, tempo, key and root note. */
import type Database from 'better-sqlite3';
import {
  chosenFacts,
  FACT_NAMES,
  FACT_SOURCES,
  type Fact,
  type FactName,
  type Sources,
} from '../../../shared/facts.ts';
import { STATING_FIELDS, statedByName, statedByTags } from '../../text/stated-facts.ts';

export type StatedFactStore = ReturnType<typeof statedFactStore>;

export function statedFactStore(db: Database.Database) {
  const pathOf = db.prepare<[number], string>('SELECT relative_path FROM file WHERE id = ?').pluck();
  const tagsOf = db.prepare<[number, string], { field: string; value: string }>(
    'SELECT field, value FROM file_tag WHERE file_id = ? AND field IN (SELECT value FROM json_each(?)) ORDER BY rowid',
  );
  const stated = FACT_NAMES.flatMap((fact) => [
    { column: `${fact}_file`, value: `:${fact}File` },
    { column: `${fact}_name`, value: `:${fact}Name` },
  ]);
  // Most files state nothing, before as after: their row is not written once more.
  const set = db.prepare(
    `UPDATE file SET ${stated.map(({ column, value }) => `${column} = ${value}`).join(', ')}
      WHERE id = :fileId AND (${stated.map(({ column, value }) => `${column} IS NOT ${value}`).join(' OR ')})`,
  );
  const decide = Object.fromEntries(
    FACT_NAMES.map((fact) => [
      fact,
      db.prepare<[number | null, string]>(
        `UPDATE file SET ${fact}_you = ? WHERE id IN (SELECT value FROM json_each(?))`,
      ),
    ]),
  ) as Record<FactName, ReturnType<typeof db.prepare<[number | null, string]>>>;
  const columns = FACT_NAMES.flatMap((fact) => [...FACT_SOURCES, 'confidence'].map((of) => `${fact}_${of}`));
  const sources = db.prepare<[number], Record<string, number | null>>(`SELECT ${columns.join(', ')} FROM file WHERE id = ?`); // prettier-ignore

  const known = Object.fromEntries(
    FACT_NAMES.map((fact) => [
      fact,
      db
        .prepare<[number], number>(
          `SELECT id FROM file INDEXED BY file_by_${fact} WHERE ${fact} IS NOT NULL AND duration_s IS NOT NULL AND state = 'ready'
              AND (coalesce(${fact}_you, ${fact}_file, ${fact}_name) IS NOT NULL OR ${fact}_confidence >= ?)`,
        )
        .pluck(),
    ]),
  ) as Record<FactName, Database.Statement<[number], number>>;

  function sourcesOf(fileId: number): Record<FactName, Sources> {
    const row = sources.get(fileId) ?? {};
    const said = (fact: FactName) => [...FACT_SOURCES, 'confidence'].map((of) => [of, row[`${fact}_${of}`] ?? null]);
    return Object.fromEntries(FACT_NAMES.map((fact) => [fact, Object.fromEntries(said(fact))])) as Record<FactName, Sources>; // prettier-ignore
  }

  return {
    /** Reads its tags and its path as they are in the catalogue; in the transaction that changed them. */
    set(fileId: number): void {
      const path = pathOf.get(fileId)!;
      const file = statedByTags(tagsOf.all(fileId, JSON.stringify(STATING_FIELDS)));
      const name = statedByName(path.slice(path.lastIndexOf('/') + 1));
      const values = FACT_NAMES.flatMap((fact) => [
        [`${fact}File`, file[fact]] as const,
        [`${fact}Name`, name[fact]] as const,
      ]);
      set.run({ ...Object.fromEntries(values), fileId });
    },
    /** @param value as a number; −1: it has none; null: what the others say counts again */
    decide: (fileIds: readonly number[], fact: FactName, value: number | null): void =>
      void decide[fact].run(value, JSON.stringify(fileIds)),
    /** Ids of files that can be read and have one, measured or not. @param leastConfidence of what is measured alone */
    filesWith: (fact: FactName, leastConfidence: number): number[] => known[fact].all(leastConfidence),
    /** What each source says; nothing of an unknown file. */
    sources: sourcesOf,
    /** null where nothing is said. */
    of: (fileId: number): Record<FactName, Fact | null> => chosenFacts(sourcesOf(fileId)),
  };
}

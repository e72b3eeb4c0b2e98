/** The few tags that a row of a list has room for: what the user accepted, then what the file says of itself. */
import type { Database } from 'better-sqlite3';

const TAGS_PER_ROW = 3;
/** What is longer is a sentence, and a row has no room for it. */
const MAX_CHARACTERS = 32;
/** Characters. A row shows one line of it. */
const MAX_DESCRIPTION = 500;
/** One value often holds several: `door, wood; slam`. */
const SEPARATORS = /[,;|\n]/;

interface Said {
  fileId: number;
  name: string;
}

export type RowTagStore = ReturnType<typeof rowTagStore>;

export function rowTagStore(db: Database) {
  const accepted = db.prepare<[string], Said>(
    `SELECT decision.file_id AS fileId, tag.name
       FROM json_each(?) AS wanted
            CROSS JOIN decision ON decision.file_id = wanted.value AND decision.accepted = 1
            JOIN tag ON tag.id = decision.tag_id
      ORDER BY wanted.key, decision.decided_ms, tag.id`,
  );
  const native = db.prepare<[string], Said>(
    `SELECT file_tag.file_id AS fileId, substr(file_tag.value, 1, 200) AS name
       FROM json_each(?) AS wanted CROSS JOIN file_tag ON file_tag.file_id = wanted.value
      WHERE file_tag.field IN ('category', 'keywords', 'genre')
      ORDER BY wanted.key, CASE file_tag.field WHEN 'category' THEN 0 WHEN 'keywords' THEN 1 ELSE 2 END, file_tag.rowid`,
  );

  const described = db.prepare<[string], Said>(
    `SELECT file_tag.file_id AS fileId, substr(file_tag.value, 1, ${MAX_DESCRIPTION}) AS name
       FROM json_each(?) AS wanted CROSS JOIN file_tag ON file_tag.file_id = wanted.value
      WHERE file_tag.field = 'description' ORDER BY wanted.key, file_tag.rowid DESC`,
  );

  return {
    /** The first description of each file, as its tags have it; files without one are missing. */
    descriptions: (ids: readonly number[]): Map<number, string> =>
      new Map(described.all(JSON.stringify(ids)).map(({ fileId, name }) => [fileId, name])),
    /** At most three names a file, none twice whatever its case; files without any are missing. */
    of(ids: readonly number[]): Map<number, string[]> {
      const wanted = JSON.stringify(ids);
      const tags = new Map<number, string[]>();
      const say = (fileId: number, name: string) => {
        const said = tags.get(fileId) ?? [];
        if (said.length >= TAGS_PER_ROW || name === '' || name.length > MAX_CHARACTERS) return;
        if (said.some((one) => one.toLowerCase() === name.toLowerCase())) return;
        tags.set(fileId, [...said, name]);
      };
      for (const { fileId, name } of accepted.all(wanted)) say(fileId, name);
      for (const { fileId, name } of native.all(wanted)) {
        for (const part of name.split(SEPARATORS)) say(fileId, part.trim());
      }
      return tags;
    },
  };
}

/** Classes of points, by which the map is coloured. */
import type { Database } from 'better-sqlite3';
import type { MapColouring, MapLegend } from '../../shared/calls/map.ts';
import { folderClasses, type PlacedPath } from './folder-classes.ts';
import { tagClasses } from './tag-classes.ts';

export const MOST_CLASSES = 12;
const NO_CLASS = 255;
/** Points looked up at a time: some ms. */
const AT_ONCE = 4000;
/** Fields whose values say what a sound is; a title or a comment is nobody else's. */
const TAG_FIELDS = JSON.stringify(['category', 'genre', 'keywords', 'mood', 'instrument']);

/** @param fileIds of the points, in their order */
export async function legendOf(db: Database, colouring: MapColouring, fileIds: Int32Array): Promise<MapLegend> {
  switch (colouring) {
    case 'format':
      return fromNames(await lookedUp(db, fileIds, formatsOf));
    case 'folder':
      return fromNames(folderClasses(await lookedUp(db, fileIds, pathsOf)));
    case 'tag':
      return fromNames(tagClasses(await lookedUp(db, fileIds, tagsOf)));
  }
}

/**
 * @param names of the class of each point; null: in none
 * @returns the classes with most points; equal ones by name
 */
export function fromNames(names: readonly (string | null)[]): MapLegend {
  const points = new Map<string, number>();
  for (const name of names) if (name !== null) points.set(name, (points.get(name) ?? 0) + 1);
  const classes = [...points]
    .map(([name, count]) => ({ name, points: count }))
    .sort((a, b) => b.points - a.points || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_CLASSES);
  const numbers = new Map(classes.map(({ name }, number) => [name, number]));
  const classOfPoint = Uint8Array.from(names, (name) => (name === null ? NO_CLASS : (numbers.get(name) ?? NO_CLASS)));
  return { classes, classOfPoint: Buffer.from(classOfPoint).toString('base64') };
}

/** In the order of the ids, some thousand at a time; null for a file that is gone. */
async function lookedUp<T>(
  db: Database,
  fileIds: Int32Array,
  ask: (db: Database) => (ids: string) => Map<number, T>,
): Promise<(T | null)[]> {
  const look = ask(db);
  const found: (T | null)[] = [];
  for (let from = 0; from < fileIds.length; from += AT_ONCE) {
    const ids = Array.from(fileIds.subarray(from, from + AT_ONCE));
    const values = look(JSON.stringify(ids));
    for (const id of ids) found.push(values.get(id) ?? null);
    await new Promise(setImmediate);
  }
  return found;
}

const WANTED = 'json_each(?) AS wanted CROSS JOIN file ON file.id = wanted.value';

function formatsOf(db: Database): (ids: string) => Map<number, string> {
  const rows = db.prepare<[string], { id: number; format: string | null }>(`SELECT file.id, format FROM ${WANTED}`);
  return (ids) => new Map(rows.all(ids).flatMap(({ id, format }) => (format === null ? [] : [[id, format]])));
}

function pathsOf(db: Database): (ids: string) => Map<number, PlacedPath> {
  const rows = db.prepare<[string], PlacedPath & { id: number }>(
    `SELECT file.id, root.path AS rootPath, relative_path AS relativePath FROM ${WANTED} JOIN root ON root.id = root_id`,
  );
  return (ids) => new Map(rows.all(ids).map(({ id, ...path }) => [id, path]));
}

/** What the user accepted, then what the files say of themselves. */
function tagsOf(db: Database): (ids: string) => Map<number, string[]> {
  const accepted = db.prepare<[string], { id: number; value: string }>(
    `SELECT decision.file_id AS id, tag.name AS value
       FROM json_each(?) AS wanted CROSS JOIN decision ON decision.file_id = wanted.value AND accepted = 1
            JOIN tag ON tag.id = decision.tag_id ORDER BY decision.tag_id`,
  );
  const native = db.prepare<[string, string], { id: number; value: string }>(
    `SELECT file_id AS id, file_tag.value FROM json_each(?) AS wanted CROSS JOIN file_tag ON file_id = wanted.value
      WHERE field IN (SELECT value FROM json_each(?)) ORDER BY file_tag.rowid`,
  );
  return (ids) => {
    const tags = new Map<number, string[]>();
    for (const { id, value } of [...accepted.all(ids), ...native.all(ids, TAG_FIELDS)]) {
      const known = tags.get(id);
      if (known) known.push(value);
      else tags.set(id, [value]);
    }
    return tags;
  };
}

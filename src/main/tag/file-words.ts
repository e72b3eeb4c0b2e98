/** What files are called and tagged with, as evidence for labels. */
import type { Database } from 'better-sqlite3';
import { PROVENANCE_FIELD } from '../decode/tag-fields.ts';
import { parseProvenance } from '../writeback/provenance.ts';
import type { FileWords } from './word-evidence.ts';

/** Tags that say what a file is; artists, albums and years do not. */
const TELLING = [
  'title',
  'genre',
  'mood',
  'category',
  'keywords',
  'description',
  'comment',
  'subcategory',
  'instrument',
];
/** Between several values in one. */
const SEPARATORS = /\s*[,;/\0\n]\s*/u;
/** Longer values are documents. */
const LONGEST = 500;

/** @returns reads one file; statements are prepared once */
export function fileWords(db: Database): (fileId: number) => FileWords | null {
  const place = db.prepare<[number], { rootPath: string; relativePath: string }>(
    `SELECT root.path AS rootPath, file.relative_path AS relativePath
       FROM file JOIN root ON root.id = file.root_id WHERE file.id = ?`,
  );
  const renamed = db.prepare<[number], { path: string; newPath: string }>(
    `SELECT write_journal.path, new_path AS newPath
       FROM write_journal JOIN write_run ON write_run.id = run_id AND write_run.kind = 'rename'
      WHERE file_id = ? AND state IN ('written', 'not-restored') ORDER BY write_journal.id DESC`,
  );
  const tags = db
    .prepare<[number, number, string], [nativeId: string, field: string, value: string]>(
      `SELECT native_id, field, value FROM file_tag WHERE file_id = ? AND (length(value) <= ? OR field = ?)`,
    )
    .raw();
  return (fileId) => {
    const found = place.get(fileId);
    if (!found) return null;
    const relativePath = nameOfOthers(found.relativePath, renamed.all(fileId));
    return wordsOfFile(found.rootPath, relativePath, tags.all(fileId, LONGEST, PROVENANCE_FIELD));
  };
}

/**
 * Names that Earmark gave are made of accepted tags: they would be evidence for themselves. The name before them counts;
 * one that somebody has given the file since counts as it is.
 * @param renames of the file, the last first
 */
function nameOfOthers(relativePath: string, renames: readonly { path: string; newPath: string }[]): string {
  const folder = relativePath.slice(0, relativePath.lastIndexOf('/') + 1);
  let name = relativePath.slice(folder.length);
  for (const { path, newPath } of renames) if (lastPart(newPath) === name) name = lastPart(path);
  return folder + name;
}

function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/**
 * @param rootPath absolute; only its last part is used
 * @param relativePath '/' between folders
 * @param tags as read: native id, our field, value
 */
export function wordsOfFile(
  rootPath: string,
  relativePath: string,
  tags: readonly (readonly [nativeId: string, field: string, value: string])[],
): FileWords {
  const parts = relativePath.split('/');
  const fileName = parts.pop() ?? '';
  const rootName = rootPath.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  const isCatId = (nativeId: string) => /(?:^|[:/])catid$/i.test(nativeId);
  const others = notOurs(tags);
  return {
    name: fileName.replace(/(?<=.)\.[\p{L}\p{N}]{1,8}$/u, ''),
    folders: [rootName, ...parts],
    tags: [
      ...new Set(others.filter(([id, field]) => !isCatId(id) && TELLING.includes(field)).map(([, , value]) => value)),
    ],
    catIds: others.filter(([id]) => isCatId(id)).map(([, , value]) => value),
  };
}

type TagRow = readonly [nativeId: string, field: string, value: string];

/**
 * Without what Earmark wrote itself: it would be evidence for its own suggestions. A value to which it only added
 * something keeps what others wrote.
 */
function notOurs(tags: readonly TagRow[]): readonly TagRow[] {
  const records = tags.flatMap(([, field, value]) => (field === PROVENANCE_FIELD ? [parseProvenance(value)] : []));
  const ours = new Set(records.flatMap((record) => Object.values(record?.wrote ?? {}).flat()));
  if (ours.size === 0) return tags;
  return tags.flatMap(([id, field, value]): TagRow[] => {
    if (field === PROVENANCE_FIELD || ours.has(value)) return [];
    const parts = value.split(SEPARATORS);
    const kept = parts.filter((part) => !ours.has(part));
    if (kept.length === parts.length) return [[id, field, value]];
    return kept.length === 0 ? [] : [[id, field, kept.join(', ')]];
  });
}

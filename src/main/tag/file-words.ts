/** What files are called and tagged with, as evidence for labels. */
import type { Catalogue } from '../catalogue/open.ts';
import type { TagValue } from '../catalogue/stores/tags-words.ts';
import { PROVENANCE_FIELD } from '../text/provenance-field.ts';
import { parseProvenance } from '../text/provenance.ts';
import type { FileWords } from './word-evidence.ts';

type TagRow = Readonly<TagValue>;

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

/** @returns null for a file that is not in the catalogue */
export function fileWords(
  { filePlaces, renameJournal, tags }: Pick<Catalogue, 'filePlaces' | 'renameJournal' | 'tags'>,
  fileId: number,
): FileWords | null {
  const place = filePlaces.ofFile(fileId);
  if (!place) return null;
  const relativePath = nameOfOthers(place.relativePath, renameJournal.ofFile(fileId));
  return wordsOfFile(place.rootPath, relativePath, tags.short(fileId, LONGEST, PROVENANCE_FIELD));
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
export function wordsOfFile(rootPath: string, relativePath: string, tags: readonly TagRow[]): FileWords {
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

/** A table of labels, one a row, as a vocabulary. Columns may stand in any order; unknown ones are passed over. */
import { UserError } from '../../shared/errors.ts';
import type { VocabularyContent } from '../../shared/calls/vocabularies.ts';

export const LABEL_COLUMNS = [
  'id', // may be left out: made from the name
  'name',
  'group', // may be left out: one group for all
  'kind', // of the group: exclusive or multi, which it is when left out
  'prompts', // with " | " between two; may be left out: the name
  'keywords', // with ";" between them
  'catId',
  'category',
  'subCategory',
] as const;
export const PROMPT_SEPARATOR = ' | ';
export const KEYWORD_SEPARATOR = '; ';

/** Rows of a table with the number of their line in the file. */
export interface TableRow {
  line: number;
  fields: string[];
}

/** @returns which column has which of the names; case, spaces and "_" do not count */
export function columnsOf(header: readonly string[]): Map<string, number> {
  return new Map(header.map((name, at) => [folded(name), at]));
}

export function folded(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * @param rows the header first
 * @param called name for the vocabulary, from its file
 * @returns content to be checked like any other
 * @throws UserError vocabulary-damaged for a table without names, or rows without one
 */
export function vocabularyOfTable(rows: readonly TableRow[], called: string): VocabularyContent {
  const columns = columnsOf(rows[0]?.fields ?? []);
  if (!columns.has('name')) {
    throw new UserError('vocabulary-damaged', `The table “${called}” has no column “name”. Its first line must list the columns: ${LABEL_COLUMNS.join(', ')}; only “name” is required.`); // prettier-ignore
  }
  const groups = new Map<string, VocabularyContent['groups'][number]>();
  const taken = new Set<string>();
  const labels = rows.slice(1).flatMap(({ line, fields }): VocabularyContent['labels'] => {
    const of = (column: string): string => fields[columns.get(column) ?? -1]?.trim() ?? '';
    if (fields.every((field) => field.trim() === '')) return [];
    const name = of('name');
    if (name === '') throw new UserError('vocabulary-damaged', `In the table “${called}”, line ${String(line)} has no name. Add one, or remove the line.`); // prettier-ignore
    const groupName = of('group') || 'Tags';
    const group = slug(groupName, new Set());
    const kind = of('kind').toLowerCase() === 'exclusive' ? 'exclusive' : 'multi';
    if (!groups.has(group)) groups.set(group, { id: group, name: groupName, kind });
    const prompts = listOf(of('prompts'), '|');
    const catId = of('catid');
    const id = of('id') || slug(name, taken);
    taken.add(id);
    return [
      {
        id,
        name,
        group,
        prompts: prompts.length > 0 ? prompts : [name],
        keywords: listOf(of('keywords'), ';'),
        ...(catId === '' ? {} : { ucs: { catId, category: of('category'), subCategory: of('subcategory') } }),
      },
    ];
  });
  return {
    id: slug(called, new Set()),
    name: called,
    version: 1,
    language: 'en',
    licence: '',
    description: '',
    profile: 'sfx',
    groups: [...groups.values()],
    labels,
  };
}

function listOf(cell: string, separator: string): string[] {
  const parts = cell.split(separator).map((part) => part.trim()).filter((part) => part !== ''); // prettier-ignore
  return [...new Set(parts)];
}

/** An id made from a name: a-z, 0-9 and "-". @param taken ids that it must not be */
export function slug(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  const base = plain === '' ? 'tags' : plain;
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${String(number)}`;
    if (!taken.has(id)) return id;
  }
}

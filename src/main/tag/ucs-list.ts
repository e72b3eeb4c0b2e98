/**
 * The list of the Universal Category System as its authors publish it, as a vocabulary. Nothing of it is shipped with
 * Earmark: the user brings it. Columns: Category, SubCategory, CatID, CatShort, Explanation(s), Synonyms.
 * @see https://universalcategorysystem.com
 */
import type { VocabularyContent } from '../../shared/calls/vocabularies.ts';
import { UserError } from '../../shared/errors.ts';
import { columnsOf, folded, slug, type TableRow } from './vocabulary-table.ts';

/** Titles and notes above the header at most. */
const ROWS_ABOVE = 30;
const MOST_KEYWORDS = 50;
const MOST_KEYWORD_CHARACTERS = 60;
const MOST_PROMPT_CHARACTERS = 200;
/** A synonym of more rows than this says nothing about any of them ("hit", "move"). */
const TOO_COMMON = 25;
/** Synonyms put into a prompt. */
const IN_PROMPT = 3;

/** @returns index of the header of a UCS list; −1 when this is none */
export function ucsHeader(rows: readonly TableRow[]): number {
  return rows.slice(0, ROWS_ABOVE).findIndex(({ fields }) => {
    const columns = columnsOf(fields);
    const isUcs = columns.has('catid') && columns.has('category') && columns.has('subcategory');
    return isUcs && !columns.has('name') && !columns.has('prompts');
  });
}

interface UcsEntry {
  catId: string;
  category: string;
  subCategory: string;
  explanation: string;
  synonyms: string[];
}

/**
 * MISC subcategories and what is only kept for later (ARCHIVED) are left out: neither describes a sound.
 * @param rows from the header on
 * @throws UserError vocabulary-damaged when no row is left
 */
export function vocabularyOfUcs(rows: readonly TableRow[], called: string): VocabularyContent {
  const entries = entriesOf(rows).filter(
    ({ category, subCategory }) => subCategory !== 'MISC' && !/^ARCHIVE/.test(category),
  );
  if (entries.length === 0) {
    throw new UserError('vocabulary-damaged', `“${called}” has the columns of a UCS list but no rows with a CatID. Save the sheet that contains the full list.`); // prettier-ignore
  }
  const frequency = new Map<string, number>();
  for (const { synonyms } of entries) for (const word of synonyms) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const groups = new Map<string, VocabularyContent['groups'][number]>();
  const ids = new Set<string>();
  const prompts = new Set<string>();
  const labels = entries.map((entry) => {
    const { catId, category, subCategory } = entry;
    const group = slug(category, new Set());
    if (!groups.has(group)) groups.set(group, { id: group, name: titled(category), kind: 'multi' as const });
    const id = slug(catId, ids);
    ids.add(id);
    const own = promptsOf(entry).filter((prompt) => !prompts.has(prompt.toLowerCase()));
    if (own.length === 0) own.push(`${nameOf(entry)}, ${catId}`);
    for (const prompt of own) prompts.add(prompt.toLowerCase());
    const keywords = entry.synonyms.filter((word) => frequency.get(word)! <= TOO_COMMON).slice(0, MOST_KEYWORDS);
    return { id, name: `${titled(category)}: ${subCategory.toLowerCase()}`, group, prompts: own, keywords, ucs: { catId, category, subCategory } }; // prettier-ignore
  });
  return {
    id: 'ucs',
    name: 'Universal Category System',
    version: 1,
    language: 'en',
    licence: 'as stated by its authors',
    description: `Imported from “${called}”. MISC and archive rows are omitted.`.slice(0, 1000),
    profile: 'sfx',
    groups: [...groups.values()],
    labels,
  };
}

function entriesOf(rows: readonly TableRow[]): UcsEntry[] {
  const columns = columnsOf(rows[0]!.fields);
  const startingWith = (name: string) => [...columns].find(([column]) => column.startsWith(name))?.[1] ?? -1;
  const at = {
    catId: columns.get('catid')!,
    category: columns.get('category')!,
    subCategory: columns.get('subcategory')!,
    explanation: startingWith('explanation'),
    synonyms: startingWith('synonym'),
  };
  const seen = new Set<string>();
  return rows.slice(1).flatMap(({ fields }): UcsEntry[] => {
    const of = (column: keyof typeof at) => fields[at[column]]?.replace(/\s+/g, ' ').trim() ?? '';
    const catId = of('catId');
    const [category, subCategory] = [of('category').toUpperCase(), of('subCategory').toUpperCase()];
    if (!/^[A-Za-z0-9]{2,20}$/.test(catId) || category === '' || subCategory === '' || seen.has(catId)) return [];
    if (folded(catId) === 'catid') return []; // the header once more, on another page
    seen.add(catId);
    const synonyms = of('synonyms')
      .toLowerCase()
      .split(/[,;]/)
      .map((word) => word.trim())
      .filter((word) => word.length > 1 && word.length <= MOST_KEYWORD_CHARACTERS);
    return [{ catId, category, subCategory, explanation: of('explanation'), synonyms: [...new Set(synonyms)] }];
  });
}

/** "doors wood" → how one would say it: the narrower word first, "wood doors". */
function nameOf({ category, subCategory }: UcsEntry): string {
  const [wide, narrow] = [category.toLowerCase(), subCategory.toLowerCase()];
  return narrow === 'general' || narrow === wide ? wide : `${narrow} ${wide}`;
}

/** What it is called with the synonyms that its explanation names too, and the explanation itself. */
function promptsOf(entry: UcsEntry): string[] {
  const { explanation, synonyms } = entry;
  const told = new Set(explanation.toLowerCase().match(/\p{L}+/gu) ?? []);
  const apt = synonyms.filter((word) => word.split(' ').every((part) => told.has(part))).slice(0, IN_PROMPT);
  const first = [nameOf(entry), ...apt.filter((word) => !nameOf(entry).split(' ').includes(word))].join(', ');
  const sentence = (explanation.split(/(?<=[.!?])\s(?=\p{Lu})/u)[0] ?? '').replace(/[.!?\s]+$/, '');
  const second = sentence.slice(0, MOST_PROMPT_CHARACTERS).trim();
  const all = [first.slice(0, MOST_PROMPT_CHARACTERS), second].filter((prompt) => prompt !== '');
  return all.filter((prompt, at) => all.findIndex((other) => other.toLowerCase() === prompt.toLowerCase()) === at);
}

function titled(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1).toLowerCase();
}

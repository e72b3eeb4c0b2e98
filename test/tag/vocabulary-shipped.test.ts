import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCsv } from '../../src/main/csv/parse-csv.ts';
import { readVocabularies, SHIPPED_VOCABULARIES_FOLDER } from '../../src/main/tag/installed.ts';
import { vocabularyHash, type Label, type UcsRow, type Vocabulary } from '../../src/main/tag/vocabulary.ts';

/** The published list of the Universal Category System; it is not part of this repository. */
const UCS_LIST = process.env['EARMARK_UCS_CSV'] ?? join(import.meta.dirname, '../../../shared/data/ucs.csv');

/** Labels in a MISC row, because UCS has no other for them; docs/vocabularies.md tells why. */
const ONLY_MISC = ['cuckoo-call', 'gargling', 'golf-swing', 'hot-air-balloon-burner', 'stomach-growl', 'woodpecker'];

/** Folders and files are called so whatever is in them, so these are evidence for nothing. */
const NAMES_OF_FILES = new Set(
  'audio clip collection data file files music sample samples sound sounds track tracks wav'.split(' '),
);

const { found, broken } = await readVocabularies({ dataFolder: join(import.meta.dirname, 'no-such-folder') });
const shipped = new Map(found.map(({ vocabulary }) => [vocabulary.id, vocabulary]));
const sfx = shipped.get('sfx')?.labels ?? [];
const rowOf = (label: Label): UcsRow => label.ucs!;

test('every shipped file is a vocabulary, named by its id', () => {
  expect(broken).toStrictEqual([]);
  const files = readdirSync(SHIPPED_VOCABULARIES_FOLDER).sort();
  expect(files).toStrictEqual([...shipped.keys()].map((id) => `${id}.json`).sort());
  expect(new Set([...shipped.values()].map(vocabularyHash)).size).toBe(files.length);
});

test.each([
  ['sfx', 330, 'sfx'],
  ['music-genre', 60, 'music'],
  ['music-mood', 35, 'music'],
  ['instrument', 90, 'music'],
  ['voice', 30, 'sfx'],
  ['general', 60, 'sfx'],
])('%s has at least %i labels', (id, least, profile) => {
  expect(shipped.get(id)).toMatchObject({ profile, language: 'en', licence: 'MIT' });
  expect(shipped.get(id)!.labels.length).toBeGreaterThanOrEqual(least);
  expect(shipped.get(id)!.labels.some((label) => label.ucs)).toBe(id === 'sfx');
});

describe.each([...shipped])('%s', (_, { groups, labels }: Vocabulary) => {
  test('no prompt is longer than 12 words, empty of words, or wrapped in a template', () => {
    const prompts = labels.flatMap((label) => label.prompts);
    expect(prompts.filter((prompt) => prompt.split(/\s+/).length > 12)).toStrictEqual([]);
    expect(
      prompts.filter((prompt) => /[{}]|^(?:this is )?(?:a |the )?(?:sound|recording|audio) of\b/i.test(prompt)),
    ).toStrictEqual([]);
    expect(prompts.filter((prompt) => !/^[a-z0-9][a-z0-9 ,'&-]*$/.test(prompt))).toStrictEqual([]);
    expect(new Set(prompts).size).toBe(prompts.length);
  });

  test('keywords are there, in lower case, and none is repeated', () => {
    for (const { id, keywords } of labels) {
      expect(keywords.length, id).toBeGreaterThan(0);
      expect(keywords, id).toStrictEqual([...new Set(keywords.map((keyword) => keyword.toLowerCase()))]);
      expect(
        keywords.filter((keyword) => NAMES_OF_FILES.has(keyword)),
        id,
      ).toStrictEqual([]);
    }
  });

  test('every group has labels, an exclusive one has several', () => {
    for (const { id, kind } of groups) {
      const members = labels.filter((label) => label.group === id);
      expect(members.length, id).toBeGreaterThan(kind === 'exclusive' ? 1 : 0);
    }
  });
});

test('sound effects: no row of archived material, and no MISC row but where UCS has no other', () => {
  expect(sfx.filter((label) => rowOf(label).category === 'ARCHIVED')).toStrictEqual([]);
  const misc = sfx.filter((label) => rowOf(label).subCategory === 'MISC');
  expect(misc.map((label) => label.id).sort()).toStrictEqual(ONLY_MISC);
});

const hasList = existsSync(UCS_LIST);
if (!hasList) process.stderr.write(`skipped: comparison with UCS: its list is not at ${UCS_LIST} (EARMARK_UCS_CSV)\n`);
describe.skipIf(!hasList)('against the list of UCS', () => {
  const rows = new Map<string, UcsRow>();
  if (hasList) {
    for (const { fields } of parseCsv(readFileSync(UCS_LIST, 'utf8'), UCS_LIST).slice(1)) {
      const [catId = '', category = '', subCategory = ''] = fields;
      rows.set(catId, { catId, category, subCategory });
    }
  }

  test('the list is the whole one', () => {
    expect(rows.size).toBe(753);
  });

  test('every label has a real row', () => {
    expect(sfx.map(rowOf)).toStrictEqual(sfx.map((label) => rows.get(rowOf(label).catId)));
  });

  test('every sound category has a label: all categories but ARCHIVED, all subcategories but MISC', () => {
    const audible = [...rows.values()].filter((row) => row.category !== 'ARCHIVED');
    const categories = new Set(sfx.map((label) => rowOf(label).category));
    expect(new Set(audible.map((row) => row.category))).toStrictEqual(categories);
    const catIds = new Set(sfx.map((label) => rowOf(label).catId));
    const missing = audible.filter((row) => row.subCategory !== 'MISC' && !catIds.has(row.catId));
    expect(missing).toStrictEqual([]);
  });
});

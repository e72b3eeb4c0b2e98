import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/shared/errors.ts';
import { checkVocabulary, parseVocabulary, vocabularyHash, type Vocabulary } from '../../src/main/tag/vocabulary.ts';
import { sha256 } from '../kit/sha256.ts';

/** A vocabulary as a person writes it: optional fields left out where they may be. */
function written(): Written {
  return {
    id: 'mine',
    name: 'My sounds',
    version: 1,
    language: 'en',
    profile: 'sfx',
    groups: [
      { id: 'doors', name: 'Doors', kind: 'multi' },
      { id: 'rain', name: 'Rain', kind: 'exclusive' },
    ],
    labels: [
      { id: 'door-slam', name: 'Door slam', group: 'doors', prompts: ['a door slams', 'a slamming door'], ucs: door() },
      {
        id: 'drizzle',
        name: 'Drizzle',
        group: 'rain',
        prompts: ['a light drizzle'],
        keywords: ['drizzle'],
        ucs: rain(),
      },
    ],
  };
}
interface Written extends Record<string, unknown> {
  groups: Record<string, unknown>[];
  labels: [Record<string, unknown>, Record<string, unknown>];
}
const door = (): object => ({ catId: 'DOORWood', category: 'DOORS', subCategory: 'WOOD' });
const rain = (): object => ({ catId: 'RAIN', category: 'RAIN', subCategory: 'GENERAL' });

/** The sentences about a vocabulary that was changed. */
function problemsAfter(change: (vocabulary: Written) => void): string[] {
  const vocabulary = written();
  change(vocabulary);
  const checked = checkVocabulary(JSON.stringify(vocabulary), 'mine.json');
  return 'problems' in checked ? checked.problems : [];
}

test('a good one is read: texts trimmed, optional fields filled in', () => {
  const vocabulary = written();
  vocabulary.labels[0]['name'] = '  Door slam ';
  const read = parseVocabulary(JSON.stringify(vocabulary), 'mine.json');
  expect(read).toMatchObject({ id: 'mine', profile: 'sfx', licence: '', description: '' });
  expect(read.labels[0]).toStrictEqual({ ...written().labels[0], keywords: [] });
  expect(read.labels[1]?.keywords).toStrictEqual(['drizzle']);
  expect(read.groups).toStrictEqual(written().groups);
});

test('ucs may be left out of all labels', () => {
  expect(problemsAfter(({ labels }) => labels.forEach((label) => delete label['ucs']))).toStrictEqual([]);
});

describe('errors are one message that names file, position and remedy', () => {
  test.each<[string, (vocabulary: Written) => void, string, string]>([
    ['a duplicate id', ({ labels }) => (labels[1]['id'] = 'door-slam'), 'label “door-slam”', 'change one of them'],
    [
      'a name that differs in case only',
      ({ labels }) => (labels[1]['name'] = 'DOOR  slam'),
      'label “drizzle”',
      '“door-slam” has the same name',
    ],
    ['an id in upper case', ({ labels }) => (labels[1]['id'] = 'Drizzle'), 'label “Drizzle”, “id”', 'a-z, 0-9'],
    ['an unknown group', ({ labels }) => (labels[1]['group'] = 'gates'), 'label “drizzle”', 'no group “gates”; add it'],
    [
      'missing prompts',
      ({ labels }) => delete labels[1]['prompts'],
      'label “drizzle”, “prompts”',
      'is missing; it must be a list',
    ],
    ['no prompts', ({ labels }) => (labels[1]['prompts'] = []), 'label “drizzle”, “prompts”', 'one or two phrases'],
    [
      '3 prompts',
      ({ labels }) => (labels[1]['prompts'] = ['a', 'b', 'c']),
      'label “drizzle”, “prompts”',
      'one or two phrases',
    ],
    ['prompts as text', ({ labels }) => (labels[1]['prompts'] = 'a'), 'label “drizzle”, “prompts”', 'must be a list'],
    [
      'a long prompt',
      ({ labels }) => (labels[1]['prompts'] = ['a', 'x'.repeat(300)]),
      'label “drizzle”, entry 2 of “prompts”',
      'at most 200 characters',
    ],
    [
      'a prompt of another label',
      ({ labels }) => (labels[1]['prompts'] = ['A door slams']),
      'label “drizzle”',
      'prompt of “door-slam”; reword',
    ],
    [
      'the same prompt twice',
      ({ labels }) => (labels[1]['prompts'] = ['fog', 'Fog ']),
      'label “drizzle”',
      'is used twice',
    ],
    ['an empty name', ({ labels }) => (labels[1]['name'] = ' '), 'label “drizzle”, “name”', 'must not be empty'],
    ['a line break in a name', ({ labels }) => (labels[1]['name'] = 'a\nb'), 'label “drizzle”, “name”', 'line breaks'],
    ['a label without id', ({ labels }) => delete labels[1]['id'], 'label “Drizzle”, “id”', 'is missing'],
    ['a label that is none', ({ labels }) => (labels[1] = 7 as never), 'label no. 2', 'must be an object'],
    [
      'an unknown field',
      ({ labels }) => (labels[1]['prompt'] = 'a'),
      'label “drizzle”',
      'unknown field “prompt”; remove it',
    ],
    [
      'a keyword that is no text',
      ({ labels }) => (labels[1]['keywords'] = ['a', 1]),
      'label “drizzle”, entry 2 of “keywords”',
      'must be text',
    ],
    [
      'ucs missing',
      ({ labels }) => delete labels[1]['ucs'],
      'label “drizzle”',
      '“ucs” is missing, but “door-slam” has it',
    ],
    [
      'half a ucs',
      ({ labels }) => (labels[1]['ucs'] = { catId: 'RAIN', category: 'RAIN' }),
      'label “drizzle”, “ucs.subCategory”',
      'is missing',
    ],
    [
      'one CatID for two rows',
      ({ labels }) => (labels[1]['ucs'] = { ...rain(), catId: 'DOORWood' }),
      'label “drizzle”',
      '“DOORS, WOOD” and “RAIN, GENERAL”; correct one',
    ],
    [
      'a wrong kind',
      ({ groups }) => (groups[1]!['kind'] = 'single'),
      'group “rain”, “kind”',
      'one of “exclusive”, “multi”',
    ],
    ['a duplicate group', ({ groups }) => (groups[1]!['name'] = 'doors'), 'group “rain”', '“doors” has the same name'],
    ['a wrong profile', (v) => (v['profile'] = 'video'), '“profile”', 'one of “sfx”, “music”, “dj”'],
    ['a version as text', (v) => (v['version'] = '1'), '“version”', 'a whole number, 1 or greater'],
    ['half a version', (v) => (v['version'] = 1.5), '“version”', 'a whole number, 1 or greater'],
    ['a language as a word', (v) => (v['language'] = 'English'), '“language”', 'a language code'],
    ['no labels', (v) => (v.labels = [] as never), '“labels”', '1 to 5000 labels'],
    ['an unknown field at the top', (v) => (v['author'] = 'me'), 'the top level', 'unknown field “author”'],
  ])('%s', (_, change, place, remedy) => {
    const problems = problemsAfter(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^In the vocabulary “mine\.json”, [^\n]+\.$/u);
    expect(problems[0]).toContain(place);
    expect(problems[0]).toContain(remedy);
  });

  test('ucs where the profile writes none', () => {
    const problems = problemsAfter((vocabulary) => (vocabulary['profile'] = 'music'));
    expect(problems).toHaveLength(2); // one a label
    expect(problems[1]).toContain('label “drizzle”: “ucs” is only valid');
  });

  test.each(['', '{"id": ', '{\n  "id": "mine",\n  oops\n}'])('text that is no JSON: %j', (text) => {
    const checked = checkVocabulary(text, 'mine.json');
    expect(checked).toStrictEqual({
      problems: [expect.stringMatching(/^The vocabulary “mine\.json” is not valid JSON .*editor\.$/u)],
    });
  });

  test.each(['null', '[1]', '"sfx"', '7'])('JSON that is no vocabulary: %s', (text) => {
    const problem = 'In the vocabulary “mine.json”, the top level: must be an object, in { }.';
    expect(checkVocabulary(text, 'mine.json')).toStrictEqual({ problems: [problem] });
  });
});

test('all problems are listed, the first is thrown', () => {
  const vocabulary = written();
  vocabulary.labels[0]['prompts'] = [];
  vocabulary.labels[1]['name'] = '';
  const text = JSON.stringify(vocabulary);
  expect(checkVocabulary(text, 'mine.json')).toStrictEqual({
    problems: [expect.stringContaining('door-slam'), expect.stringContaining('drizzle')],
  });
  let thrown: unknown;
  try {
    parseVocabulary(text, 'mine.json');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UserError);
  expect(thrown).toMatchObject({
    code: 'vocabulary-damaged',
    userMessage: expect.stringMatching(/label “door-slam”.*1 more problem/u) as string,
  });
});

describe('the hash', () => {
  const hashAfter = (change: (vocabulary: Vocabulary) => void): string => {
    const vocabulary = parseVocabulary(JSON.stringify(written()), 'mine.json');
    change(vocabulary);
    return vocabularyHash(vocabulary);
  };
  const unchanged = hashAfter(() => undefined);

  test('is the same in every release, or all calibration would be lost', () => {
    const content = '["door-slam","a door slams","a slamming door"]\n["drizzle","a light drizzle"]';
    expect(unchanged).toBe(sha256(content));
  });

  test.each<[string, (vocabulary: Vocabulary) => void]>([
    ['the order of labels', ({ labels }) => labels.reverse()],
    ['the order of prompts', ({ labels }) => labels[0]!.prompts.reverse()],
    ['keywords', ({ labels }) => labels[0]!.keywords.push('wham')],
    ['names', ({ labels }) => (labels[0]!.name = 'bang')],
    ['groups and version', (vocabulary) => Object.assign(vocabulary, { groups: [], version: 2 })],
  ])('does not depend on %s', (_, change) => {
    expect(hashAfter(change)).toBe(unchanged);
  });

  test.each<[string, (vocabulary: Vocabulary) => void]>([
    ['a prompt', ({ labels }) => (labels[0]!.prompts[0] = 'a door is slammed')],
    ['the number of prompts', ({ labels }) => labels[0]!.prompts.pop()],
    ['an id', ({ labels }) => (labels[0]!.id = 'slam')],
    ['the number of labels', ({ labels }) => labels.pop()],
    ['which label has a prompt', ({ labels }) => labels[1]!.prompts.push(labels[0]!.prompts.pop()!)],
  ])('depends on %s', (_, change) => {
    expect(hashAfter(change)).not.toBe(unchanged);
  });
});

import { expect, test } from 'vitest';
import { parseQuery } from '../../src/main/search/parse-query.ts';

test.each<[string, string, string[]]>([
  ['dog without rain', 'dog', ['rain']],
  ['dog without rain and wind', 'dog', ['rain', 'wind']],
  ['dog without the heavy rain in a park', 'dog in a park', ['heavy rain']],
  ['birds, no traffic', 'birds', ['traffic']],
  ['birds no cars or people', 'birds', ['cars', 'people']],
  ['no traffic, birds singing', 'birds singing', ['traffic']],
  ['birds but not crows', 'birds', ['crows']],
  ['birds but no crows, and a river', 'birds a river', ['crows']],
  ['city at night except cars', 'city at night', ['cars']],
  ['city except for the cars', 'city', ['cars']],
  ['drum loop excluding cymbals', 'drum loop', ['cymbals']],
  ['not a dog but a cat', 'a cat', ['dog']],
  ['Not a dog', '', ['dog']],
  ['rain without wind and without thunder', 'rain', ['wind', 'thunder']],
  ['rain without "distant thunder" on a roof', 'rain on a roof', ['distant thunder']],
  ['rain -wind no thunder', 'rain', ['wind', 'thunder']],
])('%j leaves out', (input, text, without) => {
  const query = parseQuery(input);
  expect([query.text, query.minus]).toEqual([text, without]);
  expect(query.without).toBeDefined();
});

test.each([
  'a man says no',
  'a man shouting no to a dog',
  'no one speaks',
  'not too loud rain',
  'rain or not',
  'why not',
  'no 3 train',
  'no, a dog',
  'rain AND NOT wind',
  '"no traffic"',
  'knot being tied',
  'notification',
  'rain without',
  'whether rain or no',
])('%j stays as it is', (input) => {
  const { text, minus, without } = parseQuery(input);
  expect([text, minus, without]).toEqual([input.replaceAll('"', ''), [], undefined]);
});

test('quotes mean that the words stand together', () => {
  expect(parseQuery('loud "door slam" hall').phrases).toEqual(['door slam']);
  expect(parseQuery('loud door slam').phrases).toBeUndefined();
});

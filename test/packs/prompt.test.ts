import { expect, test } from 'vitest';
import { queryTexts, zeroShotPrompt } from '../../src/main/packs/prompt.ts';

const pack = { promptTemplate: 'this is the sound of {label}' };

test('search text is embedded as typed and inside the template', () => {
  expect(queryTexts('  dog barks ', pack)).toEqual(['dog barks', 'this is the sound of dog barks']);
});

test('a pack without a template of its own gets the text once', () => {
  expect(queryTexts('dog', { promptTemplate: '{label}' })).toEqual(['dog']);
});

test('signs that mean something to String.replace stay as they are', () => {
  expect(zeroShotPrompt("cash $& register $' $1", pack)).toBe("this is the sound of cash $& register $' $1");
});

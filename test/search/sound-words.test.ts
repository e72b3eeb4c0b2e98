import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readVocabularies } from '../../src/main/tag/installed.ts';
import { isAboutSound, soundWords, type SoundWords } from '../../src/main/search/sound-words.ts';
import { learntWords } from '../../src/main/search/known-words.ts';
import { backdrop, SoundLibrary } from './sound-library.ts';

let known: SoundWords;
beforeAll(async () => {
  const { found } = await readVocabularies({ dataFolder: import.meta.dirname });
  known = soundWords(found.flatMap(({ vocabulary }) => vocabulary.labels));
});

test.each(['SELECT * FROM file', 'a photo of an invoice', 'quarterly tax report spreadsheet', 'import numpy as np', 'a recipe for lasagne', 'terms and conditions apply', 'GDP growth forecast 2027', '42'])('%j is about something else', (text) => {
  expect(isAboutSound(text, known)).toBe(false);
}); // prettier-ignore

test.each(['heavy wooden doors slam', 'DOORWood', 'glass breaking', 'a dog barks in a hall', 'sad piano', 'whoosh', '808 kick', 'footsteps on gravel', 'crowd cheering'])('%j is about sound', (text) => {
  expect(isAboutSound(text, known)).toBe(true);
}); // prettier-ignore

test('words that the model has learnt in other languages describe sounds', () => {
  const labels = [{ name: 'Rain', prompts: [], keywords: [] }];
  expect(isAboutSound('Hund bellt laut', soundWords(labels))).toBe(false);
  expect(isAboutSound('Hund bellt laut', soundWords(labels, learntWords(['hund', 'bellt'])))).toBe(true);
});

describe('a search', () => {
  const saidOfSounds = (name: string) => soundWords([{ name, prompts: [], keywords: [] }]);

  const library = new SoundLibrary();
  beforeAll(() => {
    library.add(...backdrop(20), { path: 'storm.wav', windows: [{ wind: 1 }] });
  });
  afterAll(() => {
    library.close();
  });

  test('for something else has no strong result by sound, in the order it had', async () => {
    const trust = await library.search({ soundWords: saidOfSounds('wind') }).run({ text: 'wind' });
    const doubt = await library.search({ soundWords: saidOfSounds('invoice') }).run({ text: 'wind' });
    expect(trust.hits[0]).toMatchObject({ path: '/sounds/storm.wav', band: 'strong' });
    expect(doubt.hits[0]).toMatchObject({ path: '/sounds/storm.wav', band: 'likely' });
    expect(doubt.hits.map(({ path }) => path)).toEqual(trust.hits.map(({ path }) => path));
  });
});

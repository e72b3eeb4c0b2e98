import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { DEFAULT_PACK, SHIPPED_MODELS_FOLDER } from '../../src/main/packs/installed.ts';
import { loadPack } from '../../src/main/packs/pack.ts';
import { loadTokenizer } from '../../src/main/packs/tokenizer.ts';
import { readWords } from '../../src/main/packs/words.ts';
import {
  knownWords,
  knowsNone,
  learntWords,
  type PiecesPerLetter,
  type WordCheck,
} from '../../src/main/search/known-words.ts';
import { backdrop, SoundLibrary } from './sound-library.ts';

let piecesPerLetter: PiecesPerLetter;
let isKnown: WordCheck;
beforeAll(async () => {
  const pack = await loadPack(join(SHIPPED_MODELS_FOLDER, DEFAULT_PACK));
  const tokenize = await loadTokenizer(pack);
  const special = tokenize('').ids.length;
  piecesPerLetter = (word) => (tokenize(word).ids.length - special) / Array.from(word).length;
  isKnown = knownWords(piecesPerLetter, learntWords(await readWords(pack)));
});

test.each(['ฝนตกหนัก', 'बारिश', 'باب', 'xqzjkwv', 'zxcvbnm lkjhg', 'asdfghjkl', 'mnbvcxz'])('nothing of %j is known', (text) => {
  expect(knowsNone(text, isKnown)).toBe(true);
}); // prettier-ignore

test.each(['heavy wooden door slam', 'campfire guitar', 'zxcvbnm door', 'whoosh', 'bd kick', 'tr808', '303', 'didgeridoo', 'kookaburra', 'theremin', 'ukulele', 'foley', 'glockenspiel', 'doppler', 'vuvuzela', 'hi-hat', '???', ''])('something of %j is known', (text) => {
  expect(knowsNone(text, isKnown)).toBe(false);
}); // prettier-ignore

test.each(['Hund bellt', 'żaba', 'SŁOŃ', 'ドアが閉まる', '雨', '关门声', '문 닫는 소리', 'дождь по крыше'])('%j is of another language that the pack lists', (text) => {
  expect(knowsNone(text, isKnown)).toBe(false);
}); // prettier-ignore

test('without a list the tokenizer decides alone: words of a script that it has hardly read are not known', () => {
  const byPieces = knownWords(piecesPerLetter, learntWords([]));
  expect(knowsNone('雨', byPieces)).toBe(true);
  expect(knowsNone('rain', byPieces)).toBe(false);
});

describe('a search for them', () => {
  const library = new SoundLibrary();
  beforeAll(() => {
    library.add(...backdrop(20), { path: 'ฝนตกหนัก.wav', windows: [{ wind: 1 }] }, { path: 'x.wav', windows: [{ nothing: 1 }] }); // prettier-ignore
  });
  afterAll(() => {
    library.close();
  });

  test('finds names alone, with a notice; random letters match no audio', async () => {
    const rain = await library.search({ isKnown }).run({ text: 'ฝนตก' });
    expect(rain.hits.map(({ path }) => path)).toEqual(['/sounds/ฝนตกหนัก.wav']);
    expect(rain.notices).toEqual([expect.stringContaining('does not know “ฝนตก”')]);
    const { hits, notices } = await library.search({ isKnown }).run({ text: 'xqzjkwv' });
    expect(hits).toEqual([]);
    expect(notices[0]).toContain('does not know “xqzjkwv”');
    // Without the measure the words without a meaning are near to what is like nothing else.
    expect((await library.search().run({ text: 'xqzjkwv' })).hits[0]!.band).toBe('strong');
  });
});

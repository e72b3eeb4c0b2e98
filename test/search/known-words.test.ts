import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { DEFAULT_PACK, SHIPPED_MODELS_FOLDER } from '../../src/main/models/installed.ts';
import { loadPack } from '../../src/main/models/pack.ts';
import { loadTokenizer } from '../../src/main/models/tokenizer.ts';
import { isAllStrange, type PiecesPerLetter } from '../../src/main/search/known-words.ts';
import { backdrop, SoundLibrary } from './sound-library.ts';

let piecesPerLetter: PiecesPerLetter;
beforeAll(async () => {
  const tokenize = await loadTokenizer(await loadPack(join(SHIPPED_MODELS_FOLDER, DEFAULT_PACK)));
  const special = tokenize('').ids.length;
  piecesPerLetter = (word) => (tokenize(word).ids.length - special) / Array.from(word).length;
});

test.each(['ドアが閉まる', '关门声', 'ฝนตกหนัก', 'дождь по крыше', 'बारिश', '문닫힘', 'xqzjkwv', 'zxcvbnm lkjhg', 'asdfghjkl'])('%j is strange', (text) => {
  expect(isAllStrange(text, piecesPerLetter)).toBe(true);
}); // prettier-ignore

test.each(['heavy wooden door slam', 'campfire guitar', 'zxcvbnm door', 'whoosh', 'bd kick', 'tr808', '303', 'didgeridoo', 'kookaburra', 'theremin', 'ukulele', 'foley', 'glockenspiel', 'doppler', 'vuvuzela', 'hi-hat', '???', ''])('%j is not', (text) => {
  expect(isAllStrange(text, piecesPerLetter)).toBe(false);
}); // prettier-ignore

describe('a search for them', () => {
  const library = new SoundLibrary();
  beforeAll(() => {
    library.add(...backdrop(20), { path: 'ドアが閉まる.wav', windows: [{ wind: 1 }] }, { path: 'x.wav', windows: [{ nothing: 1 }] }); // prettier-ignore
  });
  afterAll(() => {
    library.close();
  });

  test('finds names alone and says so; no sound is what random letters are', async () => {
    const door = await library.search({ piecesPerLetter }).run({ text: 'ドア' });
    expect(door.hits.map(({ path }) => path)).toEqual(['/sounds/ドアが閉まる.wav']);
    expect(door.notices).toEqual([expect.stringContaining('does not know “ドア”')]);
    const { hits, notices } = await library.search({ piecesPerLetter }).run({ text: 'xqzjkwv' });
    expect(hits).toEqual([]);
    expect(notices[0]).toContain('does not know “xqzjkwv”');
    // Without the measure the words without a meaning are near to what is like nothing else.
    expect((await library.search().run({ text: 'xqzjkwv' })).hits[0]!.band).toBe('strong');
  });
});

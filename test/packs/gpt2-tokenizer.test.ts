import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gpt2Tokenizer } from '../../src/main/packs/gpt2-tokenizer.ts';
import { golden, skipWithoutGolden } from '../models/import/golden.ts';

const tokenize = gpt2Tokenizer(1024);

test('the suffix, and exclamation marks as padding', () => {
  expect(tokenize('wow!!! really ! yes').ids).toEqual([42773, 0, 0, 0, 1107, 220, 0, 3763, 220, 50256]);
  expect(tokenize('!').ids).toEqual([0, 220, 50256]);
  expect(tokenize('').ids).toEqual([220, 50256]);
  expect(tokenize('rain').ids).toEqual([3201, 220, 50256]);
  expect(tokenize('a<|endoftext|>b').ids).toEqual([64, 50256, 65, 220, 50256]);
});

test('a text that is too long loses its last words, not its end', () => {
  const { ids } = tokenize('rain and wind '.repeat(600));
  expect(ids).toHaveLength(1024);
  expect(ids.slice(-2)).toEqual([220, 50256]);
  const whole = gpt2Tokenizer(10_000)('rain and wind '.repeat(600)).ids;
  expect(whole.length).toBeGreaterThan(1800);
  expect(ids.slice(0, 1022)).toEqual(whole.slice(0, 1022));
  expect(gpt2Tokenizer(2)('rain and wind').ids).toEqual([220, 50256]);
});

test.skipIf(skipWithoutGolden('the ids of the reference'))('the ids of the reference', () => {
  for (const { text, ids } of golden().text) expect(tokenize(text).ids, text).toEqual(ids);
});

/** Odd texts, against byte pair encoding written down plainly over the published table of ranks. */
test.each([
  'this is the sound of a dog barking',
  "A MAN’S voice; it's \"fine\", they'll've said: don't",
  '  two spaces first,   three inside, one last ',
  'tabs\tand\nnew\r\nlines\n\n\nmany',
  'no-break\u00a0space, narrow\u202fone, ideographic\u3000one, next\u0085line, byte\ufefforder',
  'café and cafe\u0301, ÅNGSTRÖM, ﬁne ligatures',
  '👩‍👩‍👧 family, 🎸🥁 band, ☂️ rain, 🇫🇷',
  '日本語の音、雨が降る；大雨。',
  'дверь скрипит, дождь',
  'رعد بعيد מים זורמים',
  '1234567890 3.14159 ½ ²³ Ⅷ ٣',
  '<|endoftext|> <|endoftext|><|startoftext|> <|',
  'lone \ud800 surrogate',
  'zero\u0000byte \u200bwidth \u200djoiner',
  '-----------------------------------------------------------------------------------------------',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'snake_case camelCase path/to/file.wav user@host #42 50% $9 ~^`|\\',
  'trailing !',
  ' ! ',
])('%j', (text) => {
  expect(tokenize(text).ids).toEqual(plainly(`${text} <|endoftext|>`));
});

function plainly(text: string): number[] {
  return text.split(/(<\|endoftext\|>|!)/).flatMap((part) => {
    if (part === '!') return [0];
    if (part === '<|endoftext|>') return [50256];
    return piecesOf(Array.from(part)).flatMap((piece) => merged(Buffer.from(piece)));
  });
}

/** GPT-2's pre-tokenisation, character by character. */
function piecesOf(characters: string[]): string[] {
  const pieces: string[] = [];
  const kindOf = (at: number): string => {
    const character = characters[at];
    if (character === undefined) return 'end';
    if (/\p{White_Space}/u.test(character)) return 'space';
    if (/\p{L}/u.test(character)) return 'letter';
    return /\p{N}/u.test(character) ? 'number' : 'other';
  };
  for (let at = 0; at < characters.length;) {
    const contraction = /^'(s|t|re|ve|m|ll|d)/.exec(characters.slice(at, at + 3).join(''));
    let end = at;
    if (contraction) end = at + contraction[0].length;
    else if (kindOf(at) === 'space') {
      while (kindOf(end) === 'space') end++;
      const word = kindOf(end) !== 'end';
      // The last of several white spaces before a word is left over: a plain space goes to the word.
      if (word && end - at > 1) end--;
      else if (word && characters[at] === ' ') {
        end = at + 1;
        for (const kind = kindOf(end); kindOf(end) === kind;) end++;
      }
    } else for (const kind = kindOf(at); kindOf(end) === kind;) end++;
    pieces.push(characters.slice(at, end).join(''));
    at = end;
  }
  return pieces;
}

const table = new Map(
  readFileSync('node_modules/gpt-tokenizer/data/r50k_base.tiktoken', 'utf8')
    .trim()
    .split('\n')
    .map((line): [string, number] => {
      const [token, rank] = line.split(' ');
      return [Buffer.from(token!, 'base64').toString('hex'), Number(rank)];
    }),
);

/** The pair of lowest rank is joined until none can be. */
function merged(bytes: Buffer): number[] {
  const parts = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  for (;;) {
    let best = -1;
    let lowest = Infinity;
    for (let i = 0; i + 1 < parts.length; i++) {
      const rank = table.get(parts[i]! + parts[i + 1]!) ?? Infinity;
      if (rank < lowest) [best, lowest] = [i, rank];
    }
    if (best < 0) return parts.map((part) => table.get(part)!);
    parts.splice(best, 2, parts[best]! + parts[best + 1]!);
  }
}

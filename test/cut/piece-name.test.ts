/** What pieces are called. */
import { expect, test } from 'vitest';
import { checkPattern, pieceName } from '../../src/main/cut/piece-name.ts';

const range = { stem: 'take 7', startSeconds: 45, endSeconds: 3723.25 };
const named = (pattern: string, stem = range.stem) => pieceName(pattern, { ...range, stem }, { number: 3, of: 120 });

test.each([
  ['{stem}_{start}', 'take 7_0m45.000s'],
  ['{number} {stem} {start}-{end}', '003 take 7 0m45.000s-1h02m03.250s'],
  ['door: open?', 'door- open'],
  ['  ', 'Untitled'],
  ['con', 'con_'],
  ['.hidden', '_hidden'],
])('%j becomes %j', (pattern, name) => {
  expect(named(pattern)).toBe(name);
});

test('long and odd names stay within what file systems take', () => {
  const name = named('{stem}_{start}', 'ä'.repeat(300));
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  expect(name).toMatch(/_0m45\.000s$/);
  expect(named('{stem}', 'a/b<c>|"')).toBe("a-b(c)-'");
});

test.each([
  ['{stem}_{begin}', '{begin}'],
  ['sub/{stem}', 'contains a folder'],
  ['sub\\{stem}', 'contains a folder'],
])('%j is refused', (pattern, why) => {
  expect(() => checkPattern(pattern)).toThrow(why);
});

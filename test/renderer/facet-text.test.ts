/** Bars of facets as text of a search, and back. */
import { expect, test } from 'vitest';
import { isChosen, withBar } from '../../src/renderer/query/facet-text.ts';
import { FACETS, type FacetKey } from '../../src/shared/facets.ts';
import { describeValue } from '../../src/shared/query/values.ts';

function barOf(key: FacetKey, name: string) {
  const facet = FACETS.find((one) => one.key === key)!;
  return [facet, facet.bars.find((bar) => bar.name === name)!] as const;
}
const toggled = (text: string, key: FacetKey, name: string) => withBar(text, ...barOf(key, name));

test.each<[text: string, key: FacetKey, bar: string, result: string]>([
  ['', 'bpm', '120–125 BPM', 'bpm:120..124.99'],
  ['drum bpm:90 loop', 'bpm', '120–125 BPM', 'drum loop bpm:120..124.99'],
  ['drum bpm:120..124.99', 'bpm', '120–125 BPM', 'drum'],
  ['', 'bpm', 'below 60 BPM', 'bpm:<59.99'],
  ['', 'bpm', '200 BPM or more', 'bpm:>200'],
  ['', 'lufs', '−18 to −15 LUFS', 'lufs:-18..-15.01'],
  ['door', 'dur', '1 s to 2 s', 'door dur:>=1 dur:<2'],
  ['door dur:>=1 dur:<2', 'dur', '1 s to 2 s', 'door'],
  ['door dur:<4', 'dur', '5:00 or longer', 'door dur:>=300'],
  ['key:8A', 'key', 'C · 8B', 'key:Am,C'],
  ['key:Am,C', 'key', 'Am · 8A', 'key:C'],
  ['rain kind:loop', 'kind', 'loop', 'rain'],
  ['kind:x', 'kind', 'loop', 'kind:loop'],
])('“%s” and the bar %s %s', (text, key, name, result) => {
  expect(toggled(text, key, name)).toBe(result);
});

test('a bar is chosen where the text asks for just its files, or for its key among others', () => {
  expect(isChosen('bpm:120-124.99', ...barOf('bpm', '120–125 BPM'))).toBe(true);
  expect(isChosen('bpm:120-130', ...barOf('bpm', '120–125 BPM'))).toBe(false);
  expect(isChosen('key:8A,C', ...barOf('key', 'Am · 8A'))).toBe(true);
  expect(isChosen('', ...barOf('kind', 'loop'))).toBe(false);
});

test('every bar is chosen by its own text, which makes sense on a chip, and is one bar of its facet only', () => {
  for (const facet of FACETS) {
    for (const bar of facet.bars) {
      const text = withBar('', facet, bar);
      expect(
        facet.bars.filter((each) => isChosen(text, facet, each)),
        text,
      ).toEqual([bar]);
      expect(withBar(text, facet, bar)).toBe('');
      for (const value of bar.values) expect(describeValue(facet.key, value)).not.toMatch(/“|NaN|undefined/);
    }
  }
});

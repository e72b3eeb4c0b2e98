import { describe, expect, test } from 'vitest';
import { timelineParts } from '../../src/renderer/frame/window-parts.ts';
import type { WindowRelevance } from '../../src/shared/types.ts';

const windows = Array.from({ length: 7 }, (_, at) => ({ startSeconds: 5 * at, endSeconds: 5 * at + 5 }));
const relevance = windows.map((window, at): WindowRelevance => {
  const fits = at === 4;
  return { ...window, relevance: fits ? 0.9 : 0.01, band: fits ? 'strong' : 'unlikely' };
});

describe('the parts of a timeline', () => {
  test('one for each window while there is room; without a question none is better than another', () => {
    const parts = timelineParts(windows, [], 10);
    expect(parts.map(({ startSeconds, endSeconds }) => ({ startSeconds, endSeconds }))).toEqual(windows);
    expect(parts.every((part) => part.relevance === null && part.band === null)).toBe(true);
    expect(timelineParts(windows, relevance, 10)[4]).toEqual({ startSeconds: 20, endSeconds: 25, relevance: 0.9, band: 'strong' }); // prettier-ignore
    expect(timelineParts([], [], 10)).toEqual([]);
  });

  test('neighbours that stand together are as relevant as the best of them, and nothing is left out', () => {
    const parts = timelineParts(windows, relevance, 3);
    expect(parts.map(({ startSeconds, endSeconds, band }) => [startSeconds, endSeconds, band])).toEqual([
      [0, 15, 'unlikely'],
      [15, 30, 'strong'],
      [30, 35, 'unlikely'],
    ]);
  });
});

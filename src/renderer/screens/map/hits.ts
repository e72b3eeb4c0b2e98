/** What the current search found, on the map. */
import type { Answer } from '../../query/answer.ts';
import { count, counted } from '../../words/units.ts';
import { POINT } from './plot.ts';

export interface HitsOnMap {
  /** Files found, those that a result stands for as well; some may not be on the map. */
  found: number;
  /** Points. */
  points: ReadonlySet<number>;
}

/**
 * @param fileIds of the points, in their order
 * @returns null when nothing is looked for: a list or the whole library is no search
 */
export function hitsOnMap(
  fileIds: readonly number[],
  answer: (Pick<Answer, 'kind' | 'ids'> & { hits: ReadonlyMap<number, unknown> }) | null,
): HitsOnMap | null {
  if (answer?.kind !== 'found') return null;
  const found = new Set([...answer.ids, ...answer.hits.keys()]);
  return { found: found.size, points: new Set(fileIds.flatMap((id, point) => (found.has(id) ? [point] : []))) };
}

export function hitsLine({ found, points }: HitsOnMap): string {
  if (found === 0) return 'The search found no files';
  const onMap = points.size === 0 ? 'None' : count(points.size);
  return `${onMap} of ${counted(found, 'file')} found ${found === 1 ? 'is' : 'are'} on the map`;
}

/** What is to stand out. */
export interface Standing {
  chosen: ReadonlySet<number>;
  /** Hits that are lit; null: no search dims anything. */
  hits: ReadonlySet<number> | null;
  /** Whether a point is in the class that is highlighted; null when none is. */
  inClass: ((point: number) => boolean) | null;
}

/** @param points how many there are @returns one of {@link POINT} for each */
export function pointStates(points: number, { chosen, hits, inClass }: Standing): Uint8Array {
  return Uint8Array.from({ length: points }, (_, point) => {
    if (chosen.has(point)) return POINT.chosen;
    if (inClass?.(point) === false) return POINT.dimmed;
    if (hits?.has(point) === true) return POINT.hit;
    return hits !== null || chosen.size > 0 ? POINT.dimmed : POINT.plain;
  });
}

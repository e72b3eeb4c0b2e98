/** How sounds that do not exist are spread over facets; words and filters are left out of it. */
import { FACETS, type Facet, type FacetKey } from '../../src/shared/facets.ts';
import type { FakeSound } from './fake-library.ts';

const FIELDS = { bpm: 'bpm', key: 'key', kind: 'kind', lufs: 'loudnessLufs', dur: 'durationSeconds' } as const;

export function fakeFacets(sounds: ReadonlyMap<number, FakeSound>): Record<FacetKey, number[]> {
  const counts = (facet: Facet) => {
    const bars = [...sounds.values()].map((sound) => barOf(facet, sound[FIELDS[facet.key]]));
    return facet.bars.map((_, at) => bars.filter((bar) => bar === at).length);
  };
  return Object.fromEntries(FACETS.map((facet) => [facet.key, counts(facet)])) as Record<FacetKey, number[]>;
}

function barOf({ edges }: Facet, value: number | null): number | null {
  if (value === null || edges === null) return value;
  const at = edges.findIndex((edge) => value < edge);
  return at < 0 ? edges.length : at;
}

/** Lists that stand beside words, and what is found. */
import type { HitGroup, SearchHit, SearchQuery } from '../../shared/types.ts';
import type { ListInUse } from './shown-search.ts';

/** A list that was put together elsewhere. */
export type GivenSounds = {
  /** Where, as it stands on the chip after "from": `the map`, `“Night train”`. */
  from: string;
} & (
  | { /** These, as they are. */ fileIds: readonly number[] }
  | { /** A list of the engine's: however long, up to date, and one can look for something in it. */ of: ListInUse }
);

export interface Answer {
  kind: 'found' | 'given' | 'library';
  /** It was found by filters alone: no part of a sound is a match, and none is surer than another. */
  byFilterAlone: boolean;
  /** What it answers; empty when nothing was looked for. */
  query: SearchQuery;
  /** In the order shown. */
  ids: readonly number[];
  /** By file id, those in groups too; empty when nothing was looked for. */
  hits: ReadonlyMap<number, SearchHit>;
  /** What a file of `ids` stands for besides itself, by its id. */
  groups: ReadonlyMap<number, HitGroup>;
  /** Position of the first less likely result; null when there is none or the order is another. */
  maybeFrom: number | null;
  notices: readonly string[];
}

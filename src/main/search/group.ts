/**
 * Results that are one thing to a user: exact copies, and variants of one series (names of one series in
 * one folder that sound alike). The best of them stands for all.
 */
import type { SearchHit } from '../../shared/types.ts';
import type { WindowStore } from '../catalogue/stores/windows.ts';
import { cosineSimilarity } from '../vectors/normalise.ts';
import type { Candidate } from './rank.ts';
import { BACKGROUND_CURVE, BAND_FROM, logistic, zScore, type LogisticCurve } from './relevance.ts';
import { seriesKey } from './series.ts';
import type { WindowSearch } from './window-search.ts';

/** A variant has to be at least a "maybe" for somebody who searched by the sound that stands for it. */
const ALIKE_FROM = BAND_FROM.maybe;

/** How one model compares sounds. */
export interface Comparison {
  /** Whose windows. */
  spaceId: number;
  index: Pick<WindowSearch, 'background'>;
  /** The pack's calibration for a sound as query; null: it has none. */
  curve: LogisticCurve | null;
}
type Windows = Pick<WindowStore, 'firstPlaces' | 'embeddingsOf'>;
interface Row {
  hit: SearchHit;
  copies: number;
  variants: number;
  others: SearchHit[];
}

/** How many rows files make at least, counted without their audio: copies and series are one each. */
export function rowsAtLeast(files: Iterable<{ path: string; contentId: string | null }>): number {
  const rows = new Set<string>();
  const contents = new Set<string>();
  for (const { path, contentId } of files) {
    if (contentId !== null && contents.has(contentId)) continue;
    if (contentId !== null) contents.add(contentId);
    rows.add(seriesKey(path));
  }
  return rows.size;
}

/**
 * @param hits in the order in which they are shown
 * @param candidates at least those of the hits
 * @param models in the order of the candidates' windows; two files are compared by the first that has analysed both
 * @returns a hit per row, in their order; those with others say so in `group`
 */
export async function grouped(
  hits: readonly SearchHit[],
  candidates: readonly Candidate[],
  windows: Windows,
  models: readonly Comparison[],
): Promise<SearchHit[]> {
  const byId = new Map(candidates.map((candidate) => [candidate.file.id, candidate]));
  const keys = new Map(hits.map((hit) => [hit.fileId, seriesKey(hit.path)]));
  const embeddings = models.map(({ spaceId }, model) => embeddingsOf(hits, keys, byId, windows, model, spaceId));
  const rows: Row[] = [];
  const byContent = new Map<string, Row>();
  const bySeries = new Map<string, Row[]>();
  const alikeIn = models.map(alikeBy);
  const alike = async (one: number, other: number): Promise<boolean> => {
    const model = embeddings.findIndex((own) => own.has(one) && own.has(other));
    return model >= 0 && alikeIn[model]!(embeddings[model]!.get(one)!, embeddings[model]!.get(other)!);
  };
  for (const hit of hits) {
    const contentId = byId.get(hit.fileId)?.file.contentId ?? null;
    const copyOf = contentId === null ? undefined : byContent.get(contentId);
    if (copyOf) {
      copyOf.copies++;
      copyOf.others.push(hit);
      continue;
    }
    const key = keys.get(hit.fileId)!;
    const series = bySeries.get(key) ?? [];
    let row = await firstOf(series, (known) => alike(known.hit.fileId, hit.fileId));
    if (row) {
      row.variants++;
      row.others.push(hit);
    } else {
      row = { hit, copies: 0, variants: 0, others: [] };
      rows.push(row);
      bySeries.set(key, [...series, row]);
    }
    // A copy of a variant belongs to the row of the variant.
    if (contentId !== null) byContent.set(contentId, row);
  }
  return rows.map(({ hit, copies, variants, others }) =>
    others.length === 0 ? hit : { ...hit, group: { copies, variants, others } },
  );
}

async function firstOf<T>(items: readonly T[], fits: (item: T) => Promise<boolean>): Promise<T | undefined> {
  for (const item of items) if (await fits(item)) return item;
  return undefined;
}

/** Of the files that share a series with another: the window that makes them a hit, or their first. */
function embeddingsOf(
  hits: readonly SearchHit[],
  keys: ReadonlyMap<number, string>,
  candidates: ReadonlyMap<number, Candidate>,
  windows: Windows,
  model: number,
  spaceId: number,
): Map<number, Float32Array> {
  const members = Map.groupBy(hits, ({ fileId }) => keys.get(fileId)!);
  const ids = hits.map(({ fileId }) => fileId).filter((id) => members.get(keys.get(id)!)!.length > 1);
  const placeless = ids.filter((id) => candidates.get(id)?.windowIds[model] == null);
  const first = windows.firstPlaces(placeless, spaceId);
  const windowOf = new Map(
    ids.flatMap((id) => {
      const windowId = candidates.get(id)?.windowIds[model] ?? first.get(id)?.windowId;
      return windowId === undefined ? [] : [[id, windowId] as const];
    }),
  );
  const read = windows.embeddingsOf([...windowOf.values()]);
  return new Map(
    [...windowOf].flatMap(([id, windowId]) => {
      const embedding = read.get(windowId);
      return embedding ? [[id, embedding] as const] : [];
    }),
  );
}

/** @returns whether two windows sound alike */
function alikeBy({ index, curve }: Comparison) {
  const backgrounds = new Map<Float32Array, ReturnType<WindowSearch['background']>>();
  return async (one: Float32Array, other: Float32Array): Promise<boolean> => {
    const cosine = cosineSimilarity(one, other);
    if (curve) return logistic(curve, cosine) >= ALIKE_FROM;
    const background = backgrounds.get(one) ?? index.background(one);
    backgrounds.set(one, background);
    return logistic(BACKGROUND_CURVE, zScore(cosine, await background)) >= ALIKE_FROM;
  };
}

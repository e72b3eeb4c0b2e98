/** Candidates to hits: evidence weighed, minus terms applied, put in order, explained. */
import type { SearchHit } from '../../shared/types.ts';
import type { FoundFile } from '../catalogue/stores/found-files.ts';
import type { WindowStore } from '../catalogue/stores/windows.ts';
import { explain } from './explain.ts';
import { takesAmong, type Lookups, type Sides } from './gather.ts';
import type { NameEvidence, QueryWord } from './name-evidence.ts';
import type { Place, QuerySide } from './query-side.ts';
import type { Question } from './question.ts';
import {
  bandOf,
  BELOW_CUT,
  both,
  each,
  either,
  minusProbability,
  nameProbability,
  unlikeFactor,
  withoutStrong,
} from './relevance.ts';

/** A minus term that counts at least this much is named among the reasons. */
const WORTH_SAYING = 0.15;

interface SideMatch {
  cosine: number;
  probability: number;
}
/** A file with all evidence for it. */
export interface Candidate {
  file: FoundFile;
  text: SideMatch | null;
  /** All sounds to resemble together. */
  like: SideMatch | null;
  names: NameEvidence | null;
  place: Pick<Place, 'startSeconds' | 'seconds'> | null;
  /** null when no window was compared with the query. */
  windowId: number | null;
  /** Before minus terms. */
  plus: number;
}

/**
 * How likely each file is what was asked for, minus terms aside, and by what evidence.
 * @param files all of them with their places on each side, where they have windows
 * @param aboutSound whether the words are said of sounds; else no sound is a strong answer to them
 */
export function weigh(
  files: ReadonlyMap<number, FoundFile>,
  question: Question,
  sides: Sides,
  words: readonly QueryWord[],
  { names: lookup }: Lookups,
  aboutSound: boolean,
): Candidate[] {
  const bySound = aboutSound ? (probability: number) => probability : withoutStrong;
  const evidence = lookup.evidence(words, [...files.keys()]);
  // Who quotes words means them as they stand: a name with some of them elsewhere says nothing.
  const holding = lookup.holding(question.phrases, [...evidence.keys()]);
  return [...files.values()].map((file): Candidate => {
    const text = matchOf(sides.text, file.id);
    const like = matchOfAll(sides, file.id);
    const names = holding.has(file.id) ? (evidence.get(file.id) ?? null) : null;
    const byText = either(bySound(text?.probability ?? 0), nameProbability(names?.share ?? 0));
    // Where words count, they say what is meant; the place is where they fit best.
    const byWords = question.balance > 0 ? sides.text?.places.get(file.id) : undefined;
    const place = byWords ?? bestPlace(sides.like, file.id);
    const plus = question.byFilterAlone ? 1 : both(byText, like?.probability ?? 0, question.balance);
    return {
      file,
      text,
      like,
      names,
      place: place ?? null,
      windowId: place?.windowId ?? null,
      plus,
    };
  });
}

/**
 * @param unlike names of the sounds to be unlike, as `sides` has them
 * @returns a hit per candidate, by falling score, then path
 */
export async function rank(
  candidates: readonly Candidate[],
  question: Question,
  sides: Sides,
  unlike: readonly string[],
  { windows, names: lookup }: Lookups,
): Promise<SearchHit[]> {
  const ids = candidates.map(({ file }) => file.id);
  const called = lookup.calledLike(question.minus, ids);
  const against = [
    ...sides.minus.map((side, at) => ({ side, term: question.minus[at]!, cuts: true })),
    ...sides.unlike.map((side, at) => ({ side, term: unlike[at]!, cuts: false })),
  ];
  const terms = await minusProbabilitiesOf(candidates, against, windows);
  const hits = candidates.map((candidate): SearchHit => {
    const { file, place, plus, text, like, names } = candidate;
    const minus: { term: string; by: 'sound' | 'name' }[] = [];
    let score = plus;
    for (const { term, cuts, found } of terms) {
      const probability = found.get(file.id);
      if (probability === undefined) continue;
      // Filters alone say nothing about sound: a minus term then counts as soon as it is likelier than not.
      const rival = question.byFilterAlone ? 0.5 : plus;
      const loss = cuts ? minusProbability(probability, rival) : 1 - unlikeFactor(probability);
      score *= 1 - loss;
      if (cuts && probability > rival) score = Math.min(score, BELOW_CUT);
      if (loss >= WORTH_SAYING) minus.push({ term, by: 'sound' });
    }
    const calledTerm = called.get(file.id);
    if (calledTerm !== undefined) {
      score = Math.min(score, BELOW_CUT);
      minus.unshift({ term: calledTerm, by: 'name' });
    }
    const startSeconds = place?.startSeconds ?? 0;
    // The index keeps lengths as float32: to the millisecond, so that 2.3 s does not end at 2.2999999.
    const placeEnd = place ? Math.round((startSeconds + place.seconds) * 1000) / 1000 : file.durationSeconds;
    return {
      fileId: file.id,
      path: file.path,
      score,
      startSeconds,
      endSeconds: Math.max(startSeconds, Math.min(placeEnd, file.durationSeconds)),
      band: bandOf(score),
      why: explain({ text, like, sounds: sides.like.length, names, tags: question.filters.tags ?? [], minus }),
      durationSeconds: file.durationSeconds,
      format: file.format,
      offline: file.offline,
    };
  });
  return hits.sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}

/**
 * How much each file sounds like each minus term: at the place of the hit, for an hour of rain may thunder once
 * elsewhere; anywhere in the file when there is no such place.
 * @returns per minus term, `found`: file id → probability that it is what must not be there
 */
async function minusProbabilitiesOf<T extends { side: QuerySide }>(
  candidates: readonly Candidate[],
  terms: readonly T[],
  stored: WindowStore,
): Promise<(T & { found: Map<number, number> })[]> {
  if (terms.length === 0) return [];
  const placed = candidates.filter(({ windowId }) => windowId !== null);
  const unplaced = candidates.filter(({ windowId }) => windowId === null).map(({ file }) => file);
  await Promise.all(
    terms.map(async ({ side }) => {
      await side.score(unplaced.map(({ id }) => id));
      await side.weighTakes(takesAmong(unplaced));
    }),
  );
  const windows = stored.embeddingsOf(placed.map(({ windowId }) => windowId!));
  return terms.map((term) => {
    const { side } = term;
    const found = new Map([...side.places].map(([id, place]) => [id, side.probabilityOfFile(id, place)]));
    for (const { file, windowId } of placed) {
      const embedding = windows.get(windowId!);
      if (embedding) found.set(file.id, side.probabilityOf(embedding));
    }
    return { ...term, found };
  });
}

/** null where there is no such sound, or a file has no windows. */
function matchOfAll({ like, between }: Sides, fileId: number): SideMatch | null {
  const matches = like.flatMap((side) => matchOf(side, fileId) ?? []);
  if (matches.length === 0) return null;
  const middle = between?.places.get(fileId);
  return {
    cosine: matches.reduce((sum, { cosine }) => sum + cosine, 0) / matches.length,
    probability: Math.max(
      each(matches.map(({ probability }) => probability)),
      middle && between ? between.standing(middle) : 0,
    ),
  };
}

/** Of several sounds, where the one is that the file resembles most. */
function bestPlace(sides: readonly QuerySide[], fileId: number): Place | undefined {
  const places = sides.flatMap((side) => {
    const place = side.places.get(fileId);
    return place ? [{ place, probability: side.probability(place.cosine, place.embedding) }] : [];
  });
  return places.toSorted((a, b) => b.probability - a.probability)[0]?.place;
}

function matchOf(side: QuerySide | null, fileId: number): SideMatch | null {
  const place = side?.places.get(fileId);
  return side && place ? { cosine: place.cosine, probability: side.probabilityOfFile(fileId, place) } : null;
}

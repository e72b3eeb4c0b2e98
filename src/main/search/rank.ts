/** Candidates to hits: evidence weighed, minus terms applied, put in order, explained. */
import type { SearchHit } from '../../shared/types.ts';
import { cosineSimilarity } from '../embed/normalise.ts';
import { explain } from './explain.ts';
import { takesAmong, type Lookups, type Sides } from './gather.ts';
import type { FoundFile, Library } from './library.ts';
import type { NameEvidence, QueryWord } from './name-evidence.ts';
import type { Place, QuerySide } from './query-side.ts';
import type { Question } from './question.ts';
import { bandOf, BELOW_CUT, both, either, minusProbability, nameProbability, withoutStrong } from './relevance.ts';

/** A minus term that counts at least this much is named among the reasons. */
const WORTH_SAYING = 0.15;

interface Heard {
  cosine: number;
  probability: number;
}
/** A file with all that speaks for it. */
export interface Candidate {
  file: FoundFile;
  text: Heard | null;
  like: Heard | null;
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
    const text = heard(sides.text, file.id);
    const like = heard(sides.like, file.id);
    const names = holding.has(file.id) ? (evidence.get(file.id) ?? null) : null;
    const byText = either(bySound(text?.probability ?? 0), nameProbability(names?.share ?? 0));
    // With words, they say what is meant; the place is where they fit best.
    const place = sides.text?.places.get(file.id) ?? sides.like?.places.get(file.id);
    let plus = 1;
    if (question.text !== '') plus = question.like ? both(byText, like?.probability ?? 0) : byText;
    else if (question.like) plus = like?.probability ?? 0;
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

/** @returns a hit per candidate, by falling score, then path */
export async function rank(
  candidates: readonly Candidate[],
  question: Question,
  sides: Sides,
  { library, names: lookup }: Lookups,
): Promise<SearchHit[]> {
  const ids = candidates.map(({ file }) => file.id);
  const called = lookup.calledLike(question.minus, ids);
  const minusProbabilities = await minusProbabilitiesOf(candidates, sides.minus, library);
  const hits = candidates.map((candidate): SearchHit => {
    const { file, place, plus, text, like, names } = candidate;
    const minus: { term: string; by: 'sound' | 'name' }[] = [];
    let score = plus;
    sides.minus.forEach((_, at) => {
      const probability = minusProbabilities[at]!.get(file.id);
      if (probability === undefined) return;
      // Filters alone say nothing about sound: a minus term then counts as soon as it is likelier than not.
      const rival = question.byFilterAlone ? 0.5 : plus;
      const against = minusProbability(probability, rival);
      score *= 1 - against;
      if (probability > rival) score = Math.min(score, BELOW_CUT);
      if (against >= WORTH_SAYING) minus.push({ term: question.minus[at]!, by: 'sound' });
    });
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
      why: explain({ text, like, names, tags: question.filters.tags ?? [], minus }),
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
 * @returns per minus term: file id → probability that it is what must not be there
 */
async function minusProbabilitiesOf(
  candidates: readonly Candidate[],
  minus: readonly QuerySide[],
  library: Library,
): Promise<Map<number, number>[]> {
  if (minus.length === 0) return [];
  const placed = candidates.filter(({ windowId }) => windowId !== null);
  const unplaced = candidates.filter(({ windowId }) => windowId === null).map(({ file }) => file);
  await Promise.all(
    minus.map(async (side) => {
      await side.score(unplaced.map(({ id }) => id));
      await side.weighTakes(takesAmong(unplaced));
    }),
  );
  const windows = library.embeddings(placed.map(({ windowId }) => windowId!));
  return minus.map((side) => {
    const found = new Map([...side.places].map(([id, place]) => [id, side.probabilityOfFile(id, place)]));
    for (const { file, windowId } of placed) {
      const embedding = windows.get(windowId!);
      if (embedding) found.set(file.id, side.probability(cosineSimilarity(side.embedding, embedding)));
    }
    return found;
  });
}

function heard(side: QuerySide | null, fileId: number): Heard | null {
  const place = side?.places.get(fileId);
  return side && place ? { cosine: place.cosine, probability: side.probabilityOfFile(fileId, place) } : null;
}

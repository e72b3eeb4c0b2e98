/** Candidates to hits: evidence weighed, minus terms applied, put in order, explained. */
import type { SearchHit } from '../../shared/types.ts';
import type { FoundFile } from '../catalogue/stores/found-files.ts';
import type { WindowStore } from '../catalogue/stores/windows.ts';
import { combined } from './combine.ts';
import { explain, type SoundEvidence } from './explain.ts';
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
/** What one model says to a question. */
export interface Opinion {
  /** Pack id. */
  model: string;
  sides: Sides;
  /** Whether the words are said of sounds; else no sound is a strong answer to them. */
  aboutSound: boolean;
}
/** What one model says of one file. */
interface FileOpinion {
  text: SideMatch | null;
  like: SideMatch | null;
  place: Place | undefined;
  /** By sound alone, 0..1. */
  relevance: number;
}
/** A file with all evidence for it. */
export interface Candidate {
  file: FoundFile;
  text: SoundEvidence | null;
  /** All sounds to resemble together. */
  like: SoundEvidence | null;
  names: NameEvidence | null;
  place: Pick<Place, 'startSeconds' | 'seconds'> | null;
  /** One a model; null where no window was compared with the query. */
  windowIds: (number | null)[];
  /** Before minus terms. */
  plus: number;
}

/**
 * How likely each file is what was asked for, minus terms aside, and by what evidence.
 * @param files all of them with their places on each side, where they have windows
 * @param opinions of the model in use, then of the one that is searched with beside it; combine.ts makes one of both
 */
export function weigh(
  files: ReadonlyMap<number, FoundFile>,
  question: Question,
  opinions: readonly Opinion[],
  words: readonly QueryWord[],
  { names: lookup }: Lookups,
): Candidate[] {
  const evidence = lookup.evidence(words, [...files.keys()]);
  // Who quotes words means them as they stand: a name with some of them elsewhere says nothing.
  const holding = lookup.holding(question.phrases, [...evidence.keys()]);
  return [...files.values()].map((file): Candidate => {
    const found = opinions.map((opinion) => opinionOf(opinion, file.id, question));
    const text = oneOf(opinions, found.map((one) => one.text)); // prettier-ignore
    const like = oneOf(opinions, found.map((one) => one.like)); // prettier-ignore
    const names = holding.has(file.id) ? (evidence.get(file.id) ?? null) : null;
    const byText = either(text?.probability ?? 0, nameProbability(names?.share ?? 0));
    return {
      file,
      text,
      like,
      names,
      place: surest(found)?.place ?? null,
      windowIds: found.map(({ place }) => place?.windowId ?? null),
      plus: question.byFilterAlone ? 1 : both(byText, like?.probability ?? 0, question.balance),
    };
  });
}

function opinionOf({ sides, aboutSound }: Opinion, fileId: number, { balance }: Question): FileOpinion {
  const found = matchOf(sides.text, fileId);
  const text = found && !aboutSound ? { ...found, probability: withoutStrong(found.probability) } : found;
  const like = matchOfAll(sides, fileId);
  // Where words count, they say what is meant; the place is where they fit best.
  const byWords = balance > 0 ? sides.text?.places.get(fileId) : undefined;
  const place = byWords ?? bestPlace(sides.like, fileId);
  return { text, like, place, relevance: both(text?.probability ?? 0, like?.probability ?? 0, balance) };
}

/** The model that is surer of its place; of equals the one in use. */
function surest(opinions: readonly FileOpinion[]): FileOpinion | undefined {
  return opinions
    .filter(({ place }) => place !== undefined)
    .toSorted((one, other) => other.relevance - one.relevance)[0];
}

/** @param matches one a model */
function oneOf(opinions: readonly Opinion[], matches: readonly (SideMatch | null)[]): SoundEvidence | null {
  const probability = combined(matches.map((match) => match?.probability ?? null));
  if (probability === null) return null;
  const byModel = matches.flatMap((match, at) => (match ? [{ model: opinions[at]!.model, cosine: match.cosine }] : []));
  return { probability, cosine: byModel[0]!.cosine, ...(opinions.length > 1 && { byModel }) };
}

/**
 * @param unlike names of the sounds to be unlike, as `sides` has them
 * @returns a hit per candidate, by falling score, then path
 */
export async function rank(
  candidates: readonly Candidate[],
  question: Question,
  opinions: readonly Opinion[],
  unlike: readonly string[],
  { windows, names: lookup }: Lookups,
): Promise<SearchHit[]> {
  const ids = candidates.map(({ file }) => file.id);
  const called = lookup.calledLike(question.minus, ids);
  const terms = await minusTerms(candidates, question, opinions, unlike, windows);
  const sounds = Math.max(...opinions.map(({ sides }) => sides.like.length));
  const hits = candidates.map((candidate): SearchHit => {
    const { file, place, plus, text, like, names } = candidate;
    const minus: { term: string; by: 'sound' | 'name' }[] = [];
    let score = plus;
    for (const { term, cuts, found } of terms) {
      const probability = combined(found.map((byFile) => byFile.get(file.id) ?? null));
      if (probability === null) continue;
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
      why: explain({ text, like, sounds, names, tags: question.filters.tags ?? [], minus }),
      durationSeconds: file.durationSeconds,
      format: file.format,
      offline: file.offline,
    };
  });
  return hits.sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}

/** Something that counts against a file. */
interface MinusTerm {
  term: string;
  /** It takes files out of the results; else they come later. */
  cuts: boolean;
  /** One a model: file id → probability that the file is that. */
  found: Map<number, number>[];
}

/** The minus terms, then the sounds to be unlike; models without an opinion on a term are left out of it. */
async function minusTerms(
  candidates: readonly Candidate[],
  { minus }: Question,
  opinions: readonly Opinion[],
  unlike: readonly string[],
  windows: WindowStore,
): Promise<MinusTerm[]> {
  const byModel = await Promise.all(
    opinions.map(async ({ sides }, model) => ({
      minus: await minusProbabilitiesOf(candidates, model, sides.minus, windows),
      unlike: await minusProbabilitiesOf(candidates, model, sides.unlike, windows),
    })),
  );
  const foundBy = (kind: 'minus' | 'unlike', at: number) => byModel.flatMap((one) => one[kind][at] ?? []);
  return [
    ...minus.map((term, at) => ({ term, cuts: true, found: foundBy('minus', at) })),
    ...unlike.map((term, at) => ({ term, cuts: false, found: foundBy('unlike', at) })),
  ];
}

/**
 * How much each file sounds like each of these: at the place of the hit, for an hour of rain may thunder once elsewhere;
 * anywhere in the file when there is no such place.
 * @param model whose place and windows count: its position among the opinions
 * @returns one for each side: file id → probability that it is what must not be there
 */
async function minusProbabilitiesOf(
  candidates: readonly Candidate[],
  model: number,
  sides: readonly QuerySide[],
  stored: WindowStore,
): Promise<Map<number, number>[]> {
  if (sides.length === 0) return [];
  const placed = candidates.flatMap(({ file, windowIds }) => {
    const windowId = windowIds[model] ?? null;
    return windowId === null ? [] : [{ fileId: file.id, windowId }];
  });
  const unplaced = candidates.filter(({ windowIds }) => windowIds[model] == null).map(({ file }) => file);
  await Promise.all(
    sides.map(async (side) => {
      await side.score(unplaced.map(({ id }) => id));
      await side.weighTakes(takesAmong(unplaced));
    }),
  );
  const windows = stored.embeddingsOf(placed.map(({ windowId }) => windowId));
  return sides.map((side) => {
    const found = new Map([...side.places].map(([id, place]) => [id, side.probabilityOfFile(id, place)]));
    for (const { fileId, windowId } of placed) {
      const embedding = windows.get(windowId);
      if (embedding) found.set(fileId, side.probabilityOf(embedding));
    }
    return found;
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

/** Which files are worth ranking: by sound and by name, all of which pass the filters. */
import { restricts, type FilterLookup } from './filters.ts';
import type { Coverage, FoundFile, Library } from './library.ts';
import type { NameLookup, QueryWord } from './name-evidence.ts';
import type { QuerySide } from './query-side.ts';
import { rowsAtLeast } from './group.ts';
import type { Question } from './question.ts';
import { BAND_FROM } from './relevance.ts';

/** Windows asked for at first: enough that names and sounds meet among them. */
const MIN_WINDOWS = 200;
/** Several windows of one file make one hit, so more windows than hits are asked for. */
const WINDOWS_PER_HIT = 3;
/** Each time that too few files came together, so many times more windows are asked for. */
const GROWTH = 4;
const MAX_ROUNDS = 5;
/** Files looked at because of their names. */
const MIN_NAME_CANDIDATES = 200;
/** Filters that let less of the library through are handed to the index; others are applied to what it finds. */
const SELECTIVE_BELOW = 0.2;
/** Shorter files are not asked about: their windows are few. */
const TAKE_FROM_SECONDS = 60;
/** With filters alone so many times more files than hits are looked at when minus terms will take some away. */
const SPARE_FOR_MINUS = 5;

export interface Lookups {
  library: Library;
  filters: FilterLookup;
  names: NameLookup;
}
export interface Sides {
  text: QuerySide | null;
  like: QuerySide | null;
  minus: QuerySide[];
}
/** What the catalogue alone can say to a question: ready before its words are embedded. */
export interface Field {
  words: QueryWord[];
  /** Files that pass the filters; null: no filters. */
  allowed: number[] | null;
  /** Files whose names speak for them, the likeliest first. */
  nameIds: number[];
  /** The query sound itself, or a copy of it. */
  isSelf: (file: FoundFile) => boolean;
}

/** Those that may have many windows, however long a window is. */
export function takesAmong(files: Iterable<FoundFile>): number[] {
  return [...files].filter(({ durationSeconds }) => durationSeconds >= TAKE_FROM_SECONDS).map(({ id }) => id);
}

/** @param likePath absolute path of the query sound, in the catalogue or not */
export function surveyCatalogue(question: Question, likePath: string | undefined, lookups: Lookups): Field {
  const { library, filters, names } = lookups;
  const self = likePath === undefined ? null : library.identify(likePath, filters.roots());
  const words = names.words(question.text);
  return {
    words,
    allowed: restricts(question.filters) && !question.byFilterAlone ? filters.fileIds(question.filters) : null,
    nameIds: names.candidates(words, Math.max(MIN_NAME_CANDIDATES, 2 * question.limit), question.phrases),
    isSelf: ({ id, contentId }) =>
      self !== null && (id === self.id || (contentId !== null && contentId === self.contentId)),
  };
}

/**
 * Asks the index for more and more windows until enough files came together, or what is left cannot be a hit.
 * Afterwards every file has its place on each side of the query, if it has windows at all.
 */
export async function gather(
  { minus, filters, limit, includeUnlikely, byFilterAlone, grouped }: Question,
  sides: Sides,
  field: Field,
  { library, filters: filterLookup }: Lookups,
  coverage: Coverage,
  signal: AbortSignal | undefined,
): Promise<Map<number, FoundFile>> {
  if (byFilterAlone) {
    await Promise.all(sides.minus.map((side) => side.measure()));
    const wanted = minus.length === 0 ? limit : SPARE_FOR_MINUS * limit;
    for (let many = wanted; ; many *= GROWTH) {
      const files = library.files(filterLookup.firstFileIds(filters, many));
      if (!grouped || files.size < many || rowsAtLeast(files.values()) >= wanted) return files;
    }
  }
  const asked = [sides.text, sides.like].filter((side) => side !== null);
  // Minus terms take hits away again.
  const wanted = minus.length === 0 ? limit : 2 * limit;
  let { allowed } = field;
  let allowedSet = allowed && new Set(allowed);
  const nameIds = field.nameIds.filter((id) => allowedSet?.has(id) ?? true);

  const files = new Map<number, FoundFile>();
  const hitsIn = (ids: ReadonlySet<number>): number => {
    const found = [...ids].flatMap((id) => files.get(id) ?? []);
    return grouped ? rowsAtLeast(found) : found.length;
  };
  const looked = new Set<number>();
  let k = Math.max(MIN_WINDOWS, WINDOWS_PER_HIT * wanted);
  for (let round = 0; round < MAX_ROUNDS && allowed?.length !== 0; round++) {
    const share = allowed === null ? 1 : Math.min(1, allowed.length / coverage.listened);
    const few = allowed !== null && share < SELECTIVE_BELOW ? Float64Array.from(allowed) : undefined;
    const depth = few ? k : Math.ceil(k / share);
    // One batch: the index process is waited for once. Scoring names that are also near costs less than a second wait.
    const batch = asked.map((side) => side.nearest(depth, few));
    if (round === 0) {
      batch.push(...[...asked, ...sides.minus].map((side) => side.measure()));
      if (sides.text) batch.push(sides.text.score(nameIds));
    }
    await Promise.all(batch);
    signal?.throwIfAborted();

    const found = new Set([...nameIds, ...asked.flatMap((side) => [...side.places.keys()])]);
    const fresh = [...found].filter((id) => !looked.has(id) && (allowedSet?.has(id) ?? true));
    for (const id of fresh) looked.add(id);
    for (const [id, file] of library.files(fresh)) {
      if ((filters.includeOffline || !file.offline) && !field.isSelf(file)) files.set(id, file);
    }
    const open = asked.filter((side) => !side.exhausted);
    const hopeless = !includeUnlikely && open.every((side) => side.unseenProbability() < BAND_FROM.maybe);
    if (hopeless || asked.every((side) => side.exhausted || hitsIn(side.near) >= wanted)) break;
    if (allowed === null && 2 * files.size < looked.size) {
      // Most of what was found is not here (an unplugged drive): look only among what is.
      allowed = filterLookup.fileIds(filters);
      allowedSet = new Set(allowed);
    }
    k *= GROWTH;
  }
  const ids = [...files.keys()];
  await Promise.all(asked.map((side) => side.score(ids)));
  const takes = takesAmong(files.values());
  await Promise.all(asked.map((side) => side.weighTakes(takes)));
  return files;
}

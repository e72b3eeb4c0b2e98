/** Which files are worth ranking: by sound and by name, all of which pass the filters. */
import { restricts, type FilterLookup } from '../catalogue/queries/filters.ts';
import { UserError } from '../../shared/errors.ts';
import { referencesOf } from '../../shared/query/references.ts';
import type { SearchQuery } from '../../shared/types.ts';
import { FileSet } from '../catalogue/file-set.ts';
import type { FoundFile, FoundFileStore } from '../catalogue/stores/found-files.ts';
import type { Coverage } from '../catalogue/stores/totals.ts';
import type { WindowStore } from '../catalogue/stores/windows.ts';
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
  found: FoundFileStore;
  windows: WindowStore;
  filters: FilterLookup;
  names: NameLookup;
}
export interface Sides {
  text: QuerySide | null;
  /** One a sound to resemble. */
  like: QuerySide[];
  /** Of several sounds to resemble: brings candidates, and shows as less likely what stands out between them. */
  between: QuerySide | null;
  minus: QuerySide[];
  /** One a sound to be unlike. */
  unlike: QuerySide[];
}
/** What the catalogue alone can say to a question: ready before its words are embedded. */
export interface Field {
  words: QueryWord[];
  /** Files that pass the filters; null: no filters. */
  allowed: FileSet | null;
  /** Files whose names match, the likeliest first. */
  nameIds: number[];
  /** A sound of the query, or a copy of it. */
  isSelf: (file: FoundFile) => boolean;
}

/** Those that may have many windows, however long a window is. */
export function takesAmong(files: Iterable<FoundFile>): number[] {
  return [...files].filter(({ durationSeconds }) => durationSeconds >= TAKE_FROM_SECONDS).map(({ id }) => id);
}

/**
 * @param query the files it names are in the catalogue or not
 * @throws UserError 'not-found' when it is to be searched in and is not in the catalogue
 */
export function surveyCatalogue(question: Question, query: SearchQuery, lookups: Lookups): Field {
  const { found, filters, names } = lookups;
  const { likePath, inSameFile = false } = query;
  const { like, unlike } = referencesOf(query);
  const known = [...like, ...unlike].flatMap(({ path }) => found.identify(path, filters.roots()) ?? []);
  const words = names.words(question.text);
  const allowed = restricts(question.filters) && !question.byFilterAlone ? filters.passing(question.filters) : null;
  if (inSameFile) {
    const self = likePath === undefined ? null : found.identify(likePath, filters.roots());
    if (self === null)
      throw new UserError('not-found', `“${likePath}” is not in the catalogue. Index its folder first.`);
    return {
      words,
      allowed: new FileSet(allowed?.has(self.id) === false ? [] : [self.id]),
      nameIds: [],
      isSelf: () => false,
    };
  }
  return {
    words,
    allowed,
    nameIds: names.candidates(words, Math.max(MIN_NAME_CANDIDATES, 2 * question.limit), question.phrases),
    isSelf: ({ id, contentId }) =>
      known.some((self) => id === self.id || (contentId !== null && contentId === self.contentId)),
  };
}

/**
 * Asks the index of one model for more and more windows until enough files came together, or what is left cannot be a
 * hit. Their places are known where the index said so; {@link place} finds the others.
 */
export async function gather(
  { minus, filters, limit, includeUnlikely, byFilterAlone, grouped }: Question,
  sides: Sides,
  field: Field,
  { found: foundFiles, filters: filterLookup }: Lookups,
  coverage: Coverage,
  signal: AbortSignal | undefined,
): Promise<Map<number, FoundFile>> {
  const against = [...sides.minus, ...sides.unlike];
  if (byFilterAlone) {
    await Promise.all(against.map((side) => side.measure()));
    const wanted = minus.length + sides.unlike.length === 0 ? limit : SPARE_FOR_MINUS * limit;
    for (let many = wanted; ; many *= GROWTH) {
      const files = foundFiles.files(filterLookup.firstFileIds(filters, many));
      if (!grouped || files.size < many || rowsAtLeast(files.values()) >= wanted) return files;
    }
  }
  const asked = askedOf(sides);
  const bringing = sides.between === null ? asked : [...asked, sides.between];
  // Minus terms take hits away again.
  const wanted = minus.length + sides.unlike.length === 0 ? limit : 2 * limit;
  let { allowed } = field;
  const nameIds = field.nameIds.filter((id) => allowed?.has(id) ?? true);

  const files = new Map<number, FoundFile>();
  const hitsIn = (ids: ReadonlySet<number>): number => {
    const found = [...ids].flatMap((id) => files.get(id) ?? []);
    return grouped ? rowsAtLeast(found) : found.length;
  };
  const looked = new Set<number>();
  let k = Math.max(MIN_WINDOWS, WINDOWS_PER_HIT * wanted);
  for (let round = 0; round < MAX_ROUNDS && allowed?.size !== 0; round++) {
    const share = allowed === null ? 1 : Math.min(1, allowed.size / coverage.analysed);
    const few = share < SELECTIVE_BELOW ? allowed?.ids : undefined;
    const depth = few ? k : Math.ceil(k / share);
    // One batch: the index process is waited for once. Scoring names that are also near costs less than a second wait.
    const batch = bringing.map((side) => side.nearest(depth, few));
    if (round === 0) {
      batch.push(...[...bringing, ...against].map((side) => side.measure()));
      if (sides.text) batch.push(sides.text.score(nameIds));
    }
    await Promise.all(batch);
    signal?.throwIfAborted();

    const found = new Set([...nameIds, ...bringing.flatMap((side) => [...side.places.keys()])]);
    const fresh = [...found].filter((id) => !looked.has(id) && (allowed?.has(id) ?? true));
    for (const id of fresh) looked.add(id);
    for (const [id, file] of foundFiles.files(fresh)) {
      if ((filters.includeOffline || !file.offline) && !field.isSelf(file)) files.set(id, file);
    }
    const open = asked.filter((side) => !side.exhausted);
    const noneRelevant = !includeUnlikely && open.every((side) => side.unseenProbability() < BAND_FROM.maybe);
    if (noneRelevant || asked.every((side) => side.exhausted || hitsIn(side.near) >= wanted)) break;
    if (allowed === null && 2 * files.size < looked.size) {
      // Most of what was found is not here (an unplugged drive): look only among what is.
      allowed = filterLookup.passing(filters);
    }
    k *= GROWTH;
  }
  return files;
}

/** Afterwards every file has its place on each side of the query that asks for something, if it has windows at all. */
export async function place(sides: Sides, files: ReadonlyMap<number, FoundFile>): Promise<void> {
  const asked = askedOf(sides);
  const bringing = sides.between === null ? asked : [...asked, sides.between];
  const ids = [...files.keys()];
  await Promise.all(bringing.map((side) => side.score(ids)));
  const takes = takesAmong(files.values());
  await Promise.all(asked.map((side) => side.weighTakes(takes)));
}

function askedOf({ text, like }: Sides): QuerySide[] {
  return [text, ...like].filter((side) => side !== null);
}

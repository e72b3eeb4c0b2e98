/** Every match of a search as a range of a file. */
import type { ListedRange } from '../../shared/calls/cut.ts';
import { isFileError, UserError, type FileError } from '../../shared/errors.ts';
import { hasReference } from '../../shared/query/references.ts';
import type { FileFailure, SearchHit, SearchQuery } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { withCompany, type Company, type SecondModelAccess } from '../search/beside.ts';
import { aboveCut, merged } from '../search/file-matches.ts';
import { parseQuery } from '../search/parse-query.ts';
import type { Search } from '../search/search.ts';
import { locateMatch, queryWindows, type QueryEncoders } from '../search/locate-match.ts';
import type { ReferenceWindows } from '../search/reference-windows.ts';

interface Span {
  startSeconds: number;
  endSeconds: number;
}

export interface MatchSearch {
  /** `limit` is of matches. */
  query: SearchQuery;
  /** Absolute; none: wherever the query looks. */
  folders: readonly string[];
  /** Added at both ends, as far as the file goes, s. */
  paddingSeconds: number;
  encoders: QueryEncoders;
  second: SecondModelAccess;
  catalogue: Catalogue | null;
}

export interface MatchListener {
  /** @param path absolute, of the file that is looked through */
  looking(path: string): void;
  failed(failure: FileFailure): void;
  notice(sentence: string): void;
}

/** More files than any library has. */
const ALL = 100_000;

/**
 * @returns the matches ("maybe" and better) of each hit, best file first, in a file in order of time; what overlaps is one
 * @throws UserError as a search does, bad-input for filters alone; signal.reason
 */
export async function rangesOf(
  search: MatchSearch,
  signal: AbortSignal,
  listener: MatchListener,
): Promise<ListedRange[]> {
  const { encoders, second, catalogue, query } = search;
  const index = await encoders.model.search();
  const references = await queryWindows(query, encoders, catalogue);
  return withCompany(query, index, catalogue, second, (company) =>
    rangesBy({ index, references, company }, search, signal, listener),
  );
}

/** What a query is asked of. */
interface Asked {
  index: Search;
  references: ReferenceWindows;
  company: Company;
}

async function rangesBy(
  asked: Asked,
  search: MatchSearch,
  signal: AbortSignal,
  listener: MatchListener,
): Promise<ListedRange[]> {
  const { encoders, catalogue, query, paddingSeconds } = search;
  const { index, references, company } = asked;
  const hits = await hitsIn(search, asked, signal, listener);
  const limit = query.limit ?? ALL;
  const ranges: ListedRange[] = [];
  for (const hit of hits) {
    if (ranges.length >= limit) break;
    listener.looking(hit.path);
    try {
      const above = aboveCut(await index.windows(hit.fileId, query, references, company.beside));
      // A file that its name brought in may have no window of its own above the cut.
      const windows = above.length > 0 ? above : [hit];
      const refine = refining(hit, query, encoders, catalogue, signal);
      const spans = await refinedSpans(windows, limit - ranges.length, paddingSeconds, hit, refine);
      ranges.push(...spans.map((span) => ({ path: hit.path, ...span, band: hit.band })));
    } catch (error) {
      if (!isFileError(error)) throw error;
      listener.failed(failureOf(hit.path, error));
    }
  }
  return ranges.slice(0, limit);
}

/** A file in which matches are looked for. */
interface Searched {
  fileId: number;
  durationSeconds: number;
}

/** The refined matches of files, each looked through as {@link rangesOf} does. @throws UserError bad-input for filters alone */
export async function matchesIn(
  {
    query,
    fileIds,
    encoders,
    second,
    catalogue,
  }: Pick<MatchSearch, 'query' | 'encoders' | 'second' | 'catalogue'> & { fileIds: number[] },
  signal: AbortSignal,
  looking: (path: string) => void,
): Promise<Map<number, Span[]>> {
  if (parseQuery(query.text ?? '').text === '' && !hasReference(query)) throw filtersAlone();
  const index = await encoders.model.search();
  const references = await queryWindows(query, encoders, catalogue);
  return withCompany(query, index, catalogue, second, async ({ beside }) => {
    const found = new Map<number, Span[]>();
    for (const file of catalogue?.fileRows.rows(fileIds) ?? []) {
      signal.throwIfAborted();
      looking(file.path);
      const windows = aboveCut(await index.windows(file.fileId, query, references, beside));
      const refine = refining(file, query, encoders, catalogue, signal);
      found.set(file.fileId, await refinedSpans(windows, Infinity, 0, file, refine));
    }
    return found;
  });
}

type Refine = (window: Span) => Promise<Span | null>;

function refining(
  { fileId }: Searched,
  query: SearchQuery,
  encoders: QueryEncoders,
  catalogue: Catalogue | null,
  signal: AbortSignal,
): Refine {
  return (window) => locateMatch({ fileId, query, ...window }, encoders, catalogue, signal);
}

/**
 * @param windows in order of time
 * @param most so many are enough: each is decoded once more
 */
async function refinedSpans(
  windows: readonly Span[],
  most: number,
  paddingSeconds: number,
  { durationSeconds }: Searched,
  refine: Refine,
): Promise<Span[]> {
  const spans: Span[] = [];
  for (const { startSeconds, endSeconds } of windows) {
    const window = { startSeconds, endSeconds: Math.min(endSeconds, durationSeconds) };
    // One more may still be one with the last.
    if (merged(spans).length > most) break;
    spans.push(padded((await refine(window)) ?? window, paddingSeconds, durationSeconds));
  }
  return merged(spans);
}

/** Best first, each file once. */
async function hitsIn(
  { query, folders }: MatchSearch,
  { index, references, company }: Asked,
  signal: AbortSignal,
  listener: MatchListener,
): Promise<SearchHit[]> {
  const hits = new Map<number, SearchHit>();
  const notices = new Set(company.notice === null ? [] : [company.notice]);
  for (const folder of folders.length === 0 ? [query.filters?.folder] : folders) {
    const filters = { ...query.filters, ...(folder === undefined ? {} : { folder }) };
    const found = await index.run(
      { ...query, filters, includeUnlikely: false, grouped: false, limit: ALL },
      references,
      signal,
      company.beside,
    );
    if (found.query.text === undefined && !hasReference(found.query)) {
      throw filtersAlone();
    }
    for (const hit of found.hits) hits.set(hit.fileId, hit);
    for (const sentence of found.notices) notices.add(sentence);
  }
  for (const sentence of notices) listener.notice(sentence);
  return [...hits.values()].sort((a, b) => b.score - a.score);
}

function filtersAlone(): UserError {
  return new UserError('bad-input', 'Filters find files, not positions in them. Also describe the sound.');
}

function padded({ startSeconds, endSeconds }: Span, by: number, durationSeconds: number): Span {
  return { startSeconds: Math.max(0, startSeconds - by), endSeconds: Math.min(durationSeconds, endSeconds + by) };
}

function failureOf(path: string, { code, userMessage }: FileError): FileFailure {
  return { path, code, message: userMessage };
}

/** Which markers each file should have: places that were named, or the matches of a search. */
import { basename, extname } from 'node:path';
import type { Marker, MarkerRequest } from '../../shared/calls/markers.ts';
import { referencesOf } from '../../shared/query/references.ts';
import type { SearchQuery } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { parseQuery } from '../search/parse-query.ts';
import type { WantedMarkers } from './protocol.ts';

/** Characters; editors show little more. */
const LONGEST_LABEL = 200;

interface Span {
  startSeconds: number;
  endSeconds: number;
}

/**
 * @param find the matches of files, by id
 * @returns files in the order of the request; without those that are not in the catalogue, or could not be analysed
 */
export async function wantedMarkers(
  { from, kind, label = labelOf(from) }: MarkerRequest,
  { filePlaces }: Catalogue,
  find: (query: SearchQuery, fileIds: number[]) => Promise<Map<number, Span[]>>,
): Promise<WantedMarkers[]> {
  const spans = 'query' in from ? await find(from.query, from.fileIds) : spansByFile(from.ranges);
  const fileIds = 'query' in from ? [...new Set(from.fileIds)] : [...spans.keys()];
  const marker = ({ startSeconds, endSeconds }: Span): Marker => ({
    startSeconds,
    endSeconds: kind === 'region' ? endSeconds : null,
    label,
  });
  return filePlaces.ready(fileIds).map((file) => ({ ...file, markers: (spans.get(file.fileId) ?? []).map(marker) }));
}

function labelOf(from: MarkerRequest['from']): string {
  if (!('query' in from)) return '';
  const { text = '' } = from.query;
  const [like] = referencesOf(from.query).like;
  const words = parseQuery(text).text;
  const name = words !== '' || like === undefined ? words : basename(like.path, extname(like.path));
  return name.slice(0, LONGEST_LABEL);
}

function spansByFile(ranges: readonly (Span & { fileId: number })[]): Map<number, Span[]> {
  const spans = new Map<number, Span[]>();
  for (const { fileId, ...span } of ranges) spans.set(fileId, [...(spans.get(fileId) ?? []), span]);
  return spans;
}

/** Places in files as one list with in and out points, for editors and players: which format, which name, what to refuse. */
import { basename, extname } from 'node:path';
import type { FrameRate, ListedRange, ListFormat } from '../../../shared/calls/cut.ts';
import { UserError } from '../../../shared/errors.ts';
import { csvLine } from '../../csv/csv-line.ts';
import { writeOutput, type OutputDeps } from '../output-file.ts';
import type { GrantedOutput } from '../output-grants.ts';
import { editDecisionList } from './edit-decision-list.ts';
import { shownName } from './shown-name.ts';

const ENDINGS: Record<ListFormat, readonly string[]> = {
  csv: ['.csv'],
  m3u: ['.m3u', '.m3u8'],
  edl: ['.edl'],
  reaper: ['.csv'],
};
/** A microsecond: less than half a sample up to 384 kHz. */
const DIGITS = 6;

export interface RangeListOptions {
  format: ListFormat;
  output: GrantedOutput;
  /** Of an EDL. */
  framesPerSecond: FrameRate;
  /** Of a table: Excel takes it for UTF-8 only then. */
  byteOrderMark: boolean;
}

/**
 * @param ranges in the order of the list
 * @returns those that are in the list, and those that are not, with the reason
 * @throws UserError bad-input for what such a list cannot hold at all, and what {@link writeOutput} throws: nothing was written then
 */
export async function writeRangeList(
  ranges: readonly ListedRange[],
  { format, output, framesPerSecond, byteOrderMark }: RangeListOptions,
  deps: OutputDeps,
): Promise<{ listed: ListedRange[]; leftOut: { path: string; reason: string }[] }> {
  const nameable = (path: string) => format === 'csv' || format === 'reaper' || !/[\r\n]/.test(path);
  const listed = ranges.filter(({ path }) => nameable(path));
  const leftOut = [...new Set(ranges.map(({ path }) => path).filter((path) => !nameable(path)))].map((path) => ({
    path,
    reason: `“${shownName(path)}” has a line break in its path, which such a list cannot hold. Use CSV.`,
  }));
  const text = {
    csv: () => table(listed, byteOrderMark),
    m3u: () => playlist(listed),
    edl: () => editDecisionList(listed, framesPerSecond),
    reaper: () => regions(listed),
  }[format]();
  await writeOutput({ ...output, endings: ENDINGS[format] }, [text], deps);
  return { listed, leftOut };
}

/** CSV: a place a row. docs/exports.md lists the columns. */
function table(ranges: readonly ListedRange[], byteOrderMark: boolean): string {
  const rows = ranges.map(
    ({ path, startSeconds, endSeconds, band }) =>
    csvLine([path, basename(path), fixed(startSeconds), fixed(endSeconds), fixed(endSeconds - startSeconds), band ?? '']), // prettier-ignore
  );
  const header = csvLine(['path', 'name', 'start_s', 'end_s', 'duration_s', 'band']);
  return `${byteOrderMark ? '\uFEFF' : ''}${header}${rows.join('')}`;
}

/** Extended M3U in UTF-8; in and out points as VLC reads them (https://wiki.videolan.org/M3U). Others play the files whole. */
function playlist(ranges: readonly ListedRange[]): string {
  const entries = numbered(ranges).map(({ path, startSeconds, endSeconds, name }) =>
    [
      `#EXTINF:${Math.max(1, Math.round(endSeconds - startSeconds))},${name}`,
      `#EXTVLCOPT:start-time=${fixed(startSeconds)}`,
      `#EXTVLCOPT:stop-time=${fixed(endSeconds)}`,
      path,
      '',
    ].join('\n'),
  );
  return `#EXTM3U\n${entries.join('')}`;
}

/**
 * Regions as REAPER's Region/Marker Manager exports and imports them
 * (https://www.reaper.fm/userguide.php, "Region/Marker Manager"): they are of one timeline, that of the recording.
 */
function regions(ranges: readonly ListedRange[]): string {
  const files = new Set(ranges.map(({ path }) => path)).size;
  if (files > 1) throw new UserError('bad-input', `REAPER’s regions are positions in one recording, but these are in ${files} files. Search in one of them, or choose CSV or EDL.`); // prettier-ignore
  const rows = numbered(ranges).map(({ name, startSeconds, endSeconds }, at) =>
    csvLine([`R${at + 1}`, name, clock(startSeconds), clock(endSeconds), clock(endSeconds - startSeconds)]),
  );
  return `${csvLine(['#', 'Name', 'Start', 'End', 'Length'])}${rows.join('')}`;
}

/** `dogs in the yard 3`: which place of its file it is. */
function numbered(ranges: readonly ListedRange[]): (ListedRange & { name: string })[] {
  const count = new Map<string, number>();
  return ranges.map((range) => {
    const number = (count.get(range.path) ?? 0) + 1;
    count.set(range.path, number);
    return { ...range, name: `${shownName(range.path, extname(range.path))} ${number}` };
  });
}

function fixed(seconds: number): string {
  return seconds.toFixed(DIGITS);
}

/** `1:02:03.250000`, `2:03.250000` */
function clock(seconds: number): string {
  const [whole, fraction] = fixed(seconds).split('.') as [string, string];
  const all = Number(whole);
  const pad = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  return `${hours > 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(all % 60)}.${fraction}`;
}

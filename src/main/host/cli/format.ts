/** How numbers and paths look to a human. Pure functions. */
import { basename } from 'node:path';
import { shownText } from '../../../shared/shown-text.ts';

/** Seconds as m:ss.s below an hour, h:mm:ss above: "0:03.4", "12:07.0", "1:02:03". */
export function formatTime(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  const hours = Math.floor(tenths / 36_000);
  const minutes = Math.floor((tenths % 36_000) / 600);
  const rest = (tenths % 600) / 10;
  if (hours > 0) return `${hours}:${pad(minutes)}:${pad(Math.floor(rest))}`;
  return `${minutes}:${rest < 10 ? '0' : ''}${rest.toFixed(1)}`;
}

/** A duration to wait or of a whole library: "42 s", "3 min", "2 h 05 min", "61 h". */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${pad(minutes % 60)} min` : `${hours.toLocaleString('en-US')} h`;
}

/** Bytes as "812 B", "3.4 MB", "1.2 GB" (powers of ten, as disks are sold). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** 12480 → "12,480" */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** "1 file", "2 files" */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A path on one line of a terminal: control characters (a newline in a name is legal) shown, not obeyed. */
export function printable(path: string): string {
  return shownText(path);
}

const MOMENT = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
});

/** "22 Nov 2026, 20:15", as in the window; local time */
export function formatMoment(epochMs: number): string {
  return MOMENT.format(epochMs);
}

/** Paths shown of files with the same reason. */
const PATHS_SHOWN = 3;

/**
 * Files that something was not done with: each reason once, and below it the first files that have it. What a reason
 * says of the file's own name is left out where several files share it.
 * @param what happened to them, as it stands before their number: `skipped`
 * @param all how all of them are listed, such as `--all shows them`; null: all of them are
 */
export function byReason(
  what: string,
  files: readonly { path: string; reason: string }[],
  all: string | null,
): string[] {
  const groups = new Map<string, { path: string; reason: string }[]>();
  for (const file of files) {
    const key = file.reason.replaceAll(basename(file.path), '…');
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups].flatMap(([shared, alike]) => {
    const shown = all === null ? alike : alike.slice(0, PATHS_SHOWN);
    const rest = alike.length - shown.length;
    return [
      `${what}: ${plural(alike.length, 'file')}. ${printable(alike.length === 1 ? alike[0]!.reason : shared)}`,
      ...shown.map(({ path }) => `  ${printable(path)}`),
      ...(rest > 0 ? [`  … and ${plural(rest, 'file')} more (${all})`] : []),
    ];
  });
}

/** Rows as aligned columns. @param rightAligned indexes of columns with numbers */
export function columns(rows: string[][], rightAligned: number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (rightAligned.includes(at) ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

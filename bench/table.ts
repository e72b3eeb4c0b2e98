/** What was measured, and how it is shown. */

export interface Row {
  what: string;
  value: number;
  /** '' for shares and recall. */
  unit: string;
  /** What the figure is compared with. */
  against?: Target | Peer;
  /** Smallest and largest of the rounds or queries that `value` is the median of. */
  range?: Range;
  /** 95 of 100 single queries are below. */
  p95?: number;
  note?: string;
}
export interface Range {
  from: number;
  to: number;
}
/** A number to reach. */
export interface Target {
  kind: 'at least' | 'at most';
  value: number;
}
/** Another figure of the same run, in the same unit. */
export interface Peer {
  kind: 'peer';
  value: number;
  /** What it is: "encoder alone". */
  what: string;
}

export const atLeast = (value: number): Target => ({ kind: 'at least', value });
export const atMost = (value: number): Target => ({ kind: 'at most', value });
export const peer = (value: number, what: string): Peer => ({ kind: 'peer', value, what });

export function rangeOf(values: readonly number[]): Range {
  return { from: Math.min(...values), to: Math.max(...values) };
}

/** Divided by what it is compared with; null without that. */
export function ratioOf({ value, against }: Row): number | null {
  return against ? value / against.value : null;
}

/** Is the target reached? null where there is no target. */
export function isReached({ value, against }: Row): boolean | null {
  if (!against || against.kind === 'peer') return null;
  return against.kind === 'at least' ? value >= against.value : value <= against.value;
}

/** Lines of a table for people: figure, rounds, what it is compared with, ratio, verdict; notes below. */
export function tableLines(rows: readonly Row[]): string[] {
  const cells = rows.map((row) => {
    const ratio = ratioOf(row);
    const reached = isReached(row);
    return [
      row.what,
      `${digits(row.value)} ${row.unit}`.trim(),
      row.range ? `${digits(row.range.from)}–${digits(row.range.to)}` : '',
      row.p95 === undefined ? '' : digits(row.p95),
      describeAgainst(row),
      ratio === null ? '' : `${ratio.toFixed(2)} x`,
      reached === null ? '' : reached ? 'ok' : 'MISSED',
    ];
  });
  const heads = ['', 'median', 'from–to', 'p95', 'against', 'ratio', ''];
  const widths = heads.map((head, at) => Math.max(head.length, ...cells.map((line) => line[at]!.length)));
  const lines: string[] = [heads, ...cells].map((line) =>
    line.map((cell, at) => (at === 0 || at === 4 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ').trimEnd(),
  ); // prettier-ignore
  return lines.flatMap((line, at) => {
    const note = rows[at - 1]?.note;
    return note === undefined ? [line] : [line, `    ${note}`];
  });
}

function describeAgainst({ against, unit }: Row): string {
  if (!against) return '';
  if (against.kind === 'peer') return `${digits(against.value)} ${unit}`.trim() + ` ${against.what}`;
  return `${against.kind === 'at least' ? '≥' : '≤'} ${digits(against.value)} ${unit}`.trim();
}

/** Three digits that matter, whole numbers from 100 on. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB');
  if (Math.abs(value) >= 10) return value.toFixed(1);
  return value.toFixed(Math.abs(value) < 1 && value !== 0 ? 3 : 2);
}

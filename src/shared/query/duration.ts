/** Durations as people type them: `3`, `1.5s`, `500ms`, `1m30`, `2h`, `1:02:03`, and ranges of them. */
import { UserError } from '../errors.ts';
import { clock } from '../units.ts';

/** Seconds; an end that is absent is open. */
export interface DurationRange {
  /** This long or longer. */
  minSeconds?: number;
  /** This long or shorter. */
  maxSeconds?: number;
  /** Longer than this. */
  aboveSeconds?: number;
  /** Shorter than this. */
  belowSeconds?: number;
}

/** The comparisons that a value may begin with. */
const COMPARED = { '<': 'belowSeconds', '>': 'aboveSeconds', '<=': 'maxSeconds', '>=': 'minSeconds' } as const;

const NUMBER = String.raw`\d+(?:\.\d*)?|\.\d+`;
const CLOCK = /^(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)$/;
const MILLISECONDS = new RegExp(`^(${NUMBER})ms$`);
// The last unit may be left away where a larger one stands before it: 1m30 = 1m30s, 1h5 = 1h5m.
const UNITS = new RegExp(`^(?:(${NUMBER})h)?(?:(${NUMBER})m(?:in)?)?(?:(${NUMBER})(?:s|sec)?)?$`);
const HOURS_MINUTES = new RegExp(`^(${NUMBER})h(${NUMBER})$`);

/** All digits of a number, none of them as a power of ten. */
const DIGITS = new Intl.NumberFormat('en', { useGrouping: false, maximumSignificantDigits: 21 });

/**
 * @param text a number of seconds; numbers with h, m, s or ms; or a clock time m:ss or h:mm:ss. Case and spaces do not matter.
 * @returns seconds, finite, ≥ 0; null when it is none of these
 */
export function parseDuration(text: string): number | null {
  const value = text.toLowerCase().replace(/\s+/g, '');
  const clock = CLOCK.exec(value);
  if (clock) {
    const [hours, minutes, seconds] = [Number(clock[1] ?? 0), Number(clock[2]), Number(clock[3])];
    if (seconds >= 60 || (clock[1] !== undefined && minutes >= 60)) return null;
    return finite(3600 * hours + 60 * minutes + seconds);
  }
  const milliseconds = MILLISECONDS.exec(value);
  if (milliseconds) return finite(Number(milliseconds[1]) / 1000);
  const hoursMinutes = HOURS_MINUTES.exec(value);
  if (hoursMinutes) return finite(3600 * Number(hoursMinutes[1]) + 60 * Number(hoursMinutes[2]));
  const units = UNITS.exec(value);
  if (!units || value === '') return null;
  const [hours, minutes, seconds] = [units[1], units[2], units[3]].map((part) => Number(part ?? 0));
  return finite(3600 * hours! + 60 * minutes! + seconds!);
}

/**
 * The value of a `dur:` filter: `<3`, `>=1.5`, `2-10`, `2..10`, `2-`, `-10`, or one duration, which stands for "about
 * that long": 10 % to either side, at least half a second. Both ends of `2-10` belong to the range.
 * @returns null when it is none of these
 * @throws UserError bad-input for a range that ends before it begins
 */
export function parseDurationRange(text: string): DurationRange | null {
  const value = text.trim().replace(/[–—]/g, '-');
  const compared = /^([<>]=?)(.*)$/su.exec(value.replace(/^([≤≥])=?/u, (_, sign) => (sign === '≤' ? '<=' : '>=')));
  if (compared) {
    const seconds = parseDuration(compared[2]!);
    return seconds === null ? null : { [COMPARED[compared[1] as keyof typeof COMPARED]]: seconds };
  }
  const range = /^(.*?)(?:-|\.\.)(.*)$/s.exec(value);
  if (range) {
    const from = range[1]!.trim();
    const to = range[2]!.trim();
    const minSeconds = parseDuration(from);
    const maxSeconds = parseDuration(to);
    if ((from !== '' && minSeconds === null) || (to !== '' && maxSeconds === null) || (from === '' && to === '')) {
      return null;
    }
    if (minSeconds !== null && maxSeconds !== null && minSeconds > maxSeconds) {
      throw new UserError('bad-input', `“dur:${text}” is reversed. Write the shorter duration first: dur:2-10.`);
    }
    return { ...(minSeconds !== null && { minSeconds }), ...(maxSeconds !== null && { maxSeconds }) };
  }
  const about = parseDuration(value);
  if (about === null) return null;
  const tolerance = Math.max(0.5, 0.1 * about);
  return { minSeconds: Math.max(0, about - tolerance), maxSeconds: about + tolerance };
}

/** What is in both ranges; one that every file is in is open. */
export function narrowed(a: DurationRange, b: DurationRange): DurationRange {
  const minSeconds = Math.max(a.minSeconds ?? 0, b.minSeconds ?? 0);
  const maxSeconds = Math.min(a.maxSeconds ?? Infinity, b.maxSeconds ?? Infinity);
  const aboveSeconds = Math.max(a.aboveSeconds ?? -Infinity, b.aboveSeconds ?? -Infinity);
  const belowSeconds = Math.min(a.belowSeconds ?? Infinity, b.belowSeconds ?? Infinity);
  return {
    ...(minSeconds > 0 && { minSeconds }),
    ...(maxSeconds < Infinity && { maxSeconds }),
    ...(aboveSeconds > -Infinity && { aboveSeconds }),
    ...(belowSeconds < Infinity && { belowSeconds }),
  };
}

/** The range as `dur:` has it, a value an end or both ends in one; none where both are open. */
export function writeDuration({ minSeconds, maxSeconds, aboveSeconds, belowSeconds }: DurationRange): string[] {
  const written = (sign: string, end?: number) => (end === undefined ? [] : [`${sign}${DIGITS.format(end)}`]);
  // No file has such a length, but a range may not end before it begins.
  const isOne = minSeconds !== undefined && maxSeconds !== undefined && minSeconds <= maxSeconds;
  const closed = isOne
    ? [`${DIGITS.format(minSeconds)}-${DIGITS.format(maxSeconds)}`]
    : [...written('>=', minSeconds), ...written('<=', maxSeconds)];
  return [...closed, ...written('>', aboveSeconds), ...written('<', belowSeconds)];
}

/** `shorter than 4 s`, `2 to 10 s`, `about 1:30` @param range what was parsed of the value @param value as it was typed */
export function durationInWords(range: DurationRange, value: string): string {
  const { minSeconds, maxSeconds, aboveSeconds, belowSeconds } = range;
  const about = parseDuration(value);
  if (about !== null) return `about ${length(about)}`;
  if (belowSeconds !== undefined) return `shorter than ${length(belowSeconds)}`;
  if (aboveSeconds !== undefined) return `longer than ${length(aboveSeconds)}`;
  if (minSeconds === undefined) return `up to ${length(maxSeconds!)}`;
  if (maxSeconds === undefined) return `${length(minSeconds)} or longer`;
  const [from, to] = [length(minSeconds), length(maxSeconds)];
  return `${to.endsWith(' s') ? from.replace(' s', '') : from} to ${to}`;
}

/** `0.25 s`, `4 s`, `1:30` */
function length(seconds: number): string {
  return seconds < 60 ? `${Number(seconds.toFixed(3))} s` : clock(Math.round(seconds));
}

function finite(seconds: number): number | null {
  return Number.isFinite(seconds) ? seconds : null;
}

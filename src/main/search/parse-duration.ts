/** Durations as people type them: `3`, `1.5s`, `500ms`, `1m30`, `2h`, `1:02:03`, and ranges of them. */
import { UserError } from '../../shared/errors.ts';

/** Both ends belong to the range; an end that is absent is open. Seconds. */
export interface DurationRange {
  minSeconds?: number;
  maxSeconds?: number;
}

const NUMBER = String.raw`\d+(?:\.\d*)?|\.\d+`;
const CLOCK = /^(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)$/;
const MILLISECONDS = new RegExp(`^(${NUMBER})ms$`);
// The last unit may be left away where a larger one stands before it: 1m30 = 1m30s, 1h5 = 1h5m.
const UNITS = new RegExp(`^(?:(${NUMBER})h)?(?:(${NUMBER})m(?:in)?)?(?:(${NUMBER})(?:s|sec)?)?$`);
const HOURS_MINUTES = new RegExp(`^(${NUMBER})h(${NUMBER})$`);

const RANGE_FORM = 'Write dur:<3, dur:>1.5, dur:2-10 or dur:1m30.';

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
 * The value of a `dur:` filter: `<3`, `>1.5`, `2-10`, `2..10`, `2-`, `-10`, or one duration, which stands for "about
 * that long": 10 % to either side, at least half a second. `<` and `<=` mean the same: a file's duration is a
 * measured number, so nobody can ask for "not exactly 3".
 * @throws UserError 'bad-input' with the forms that are understood
 */
export function parseDurationRange(text: string): DurationRange {
  const value = text.trim().replace(/[–—]/g, '-');
  const bad = () => new UserError('bad-input', `“dur:${text}” is not understood. ${RANGE_FORM}`);
  const compared = /^([<>≤≥])=?(.*)$/su.exec(value);
  if (compared) {
    const seconds = parseDuration(compared[2]!);
    if (seconds === null) throw bad();
    return compared[1] === '<' || compared[1] === '≤' ? { maxSeconds: seconds } : { minSeconds: seconds };
  }
  const range = /^(.*?)(?:-|\.\.)(.*)$/s.exec(value);
  if (range) {
    const from = range[1]!.trim();
    const to = range[2]!.trim();
    const minSeconds = parseDuration(from);
    const maxSeconds = parseDuration(to);
    if ((from !== '' && minSeconds === null) || (to !== '' && maxSeconds === null) || (from === '' && to === '')) {
      throw bad();
    }
    if (minSeconds !== null && maxSeconds !== null && minSeconds > maxSeconds) {
      throw new UserError(
        'bad-input',
        `“dur:${text}” ends before it begins. Write the shorter duration first: dur:2-10.`,
      );
    }
    return { ...(minSeconds !== null && { minSeconds }), ...(maxSeconds !== null && { maxSeconds }) };
  }
  const about = parseDuration(value);
  if (about === null) throw bad();
  const tolerance = Math.max(0.5, 0.1 * about);
  return { minSeconds: Math.max(0, about - tolerance), maxSeconds: about + tolerance };
}

function finite(seconds: number): number | null {
  return Number.isFinite(seconds) ? seconds : null;
}

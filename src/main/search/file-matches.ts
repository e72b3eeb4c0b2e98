/** All matches of one file: which of its windows count, and which of them are one match. Pure. */
import type { WindowRelevance } from '../../shared/types.ts';

/** Windows side by side that go on for longer are one match: it rains for half an hour. Shorter, each is one of its own. */
const CONTINUOUS_SECONDS = 60;

interface Span {
  startSeconds: number;
  endSeconds: number;
}

/** "Maybe" and better: what a search lists. */
export function aboveCut(windows: readonly WindowRelevance[]): WindowRelevance[] {
  return windows.filter(({ band }) => band !== 'unlikely');
}

/**
 * @param windows of one file, in order of time
 * @returns its matches, in order of time, without overlaps; each with the score of its best window
 */
export function matchesAmong(windows: readonly WindowRelevance[]): WindowRelevance[] {
  const apart = runs(aboveCut(windows), (last, next) => next.startSeconds < last.endSeconds);
  const lasting = runs(apart, (last, next) => next.startSeconds <= last.endSeconds);
  return lasting.flatMap((run) =>
    run.endSeconds - run.startSeconds > CONTINUOUS_SECONDS ? [run] : apart.filter((one) => isWithin(one, run)),
  );
}

/** In order of time, what overlaps or touches as one. */
export function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { startSeconds, endSeconds } of spans.toSorted((a, b) => a.startSeconds - b.startSeconds)) {
    const last = result.at(-1);
    if (last && startSeconds <= last.endSeconds) last.endSeconds = Math.max(last.endSeconds, endSeconds);
    else result.push({ startSeconds, endSeconds });
  }
  return result;
}

function runs(windows: readonly WindowRelevance[], isOne: (last: Span, next: Span) => boolean): WindowRelevance[] {
  const result: WindowRelevance[] = [];
  for (const window of windows) {
    const last = result.at(-1);
    if (last === undefined || !isOne(last, window)) {
      result.push(window);
      continue;
    }
    const { relevance, band } = window.relevance > last.relevance ? window : last;
    const endSeconds = Math.max(last.endSeconds, window.endSeconds);
    result[result.length - 1] = { startSeconds: last.startSeconds, endSeconds, relevance, band };
  }
  return result;
}

function isWithin(one: Span, run: Span): boolean {
  return one.startSeconds >= run.startSeconds && one.endSeconds <= run.endSeconds;
}

/** The analysed windows of a file, as the timeline shows them. */
import type { FileWindow } from '../../shared/calls/files.ts';
import type { Band, WindowRelevance } from '../../shared/types.ts';

export interface TimelinePart extends FileWindow {
  /** How well it fits what is looked for, 0..1; null when nothing is. */
  relevance: number | null;
  band: Band | null;
}

/**
 * One part for each window. Where there are more than `most`, neighbours stand together, as relevant as the best of
 * them: a moment in an hour must not be lost.
 * @param windows of the file, by their start
 * @param relevance of the same windows in the same order; empty when nothing is looked for
 */
export function timelineParts(
  windows: readonly FileWindow[],
  relevance: readonly WindowRelevance[],
  most: number,
): TimelinePart[] {
  const together = Math.max(1, Math.ceil(windows.length / most));
  const parts: TimelinePart[] = [];
  for (let first = 0; first < windows.length; first += together) {
    const own = windows.slice(first, first + together);
    const best = relevance
      .slice(first, first + together)
      .reduce<WindowRelevance | null>(
        (high, one) => (high === null || one.relevance > high.relevance ? one : high),
        null,
      );
    parts.push({
      startSeconds: own[0]!.startSeconds,
      endSeconds: Math.max(...own.map(({ endSeconds }) => endSeconds)),
      relevance: best?.relevance ?? null,
      band: best?.band ?? null,
    });
  }
  return parts;
}

/** Progress on stderr: one line that rewrites itself on a terminal, a line now and then elsewhere. */
import { shownLines } from '../../../shared/shown-text.ts';
import type { JobProgress } from '../../../shared/types.ts';
import { formatCount, formatDuration, printable } from './format.ts';

/** Without a terminal (logs, scripts) a line this often is enough. */
const LOG_INTERVAL_MS = 10_000;

const STAGE_WORDS: Record<JobProgress['stage'], string> = {
  walking: 'Looking for sounds',
  recognising: 'Recognising moved and changed files',
  listening: 'Listening',
  indexing: 'Building the index',
  comparing: 'Comparing sounds',
  arranging: 'Drawing the map',
  tagging: 'Tagging',
  planning: 'Working out what would change',
  writing: 'Writing',
  undoing: 'Undoing',
  renaming: 'Renaming',
};

export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #lastLoggedMs = -Infinity;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(progress: JobProgress): void {
    this.write(describeProgress(progress));
  }

  /** @param text one line, without control characters */
  write(text: string): void {
    if (this.#stream.isTTY) {
      const width = this.#stream.columns;
      this.#stream.write(`\r\u001b[2K${text.slice(0, Math.max(20, width - 1))}`);
      this.#drawn = true;
      return;
    }
    const now = performance.now();
    if (now - this.#lastLoggedMs < LOG_INTERVAL_MS) return;
    this.#lastLoggedMs = now;
    this.#stream.write(`${text}\n`);
  }

  /** A line that stays. */
  say(message: string): void {
    this.clear();
    this.#stream.write(`${shownLines(message)}\n`);
  }

  clear(): void {
    if (this.#drawn) this.#stream.write('\r\u001b[2K');
    this.#drawn = false;
  }
}

/** "Listening · 1,204 of 12,480 · 612 x real time · 38 min left · 3 failed · kick_03.wav" */
export function describeProgress(progress: JobProgress): string {
  const parts = [STAGE_WORDS[progress.stage]];
  if (progress.nextModel !== undefined) parts.push(`with ${progress.nextModel}`);
  const done = formatCount(progress.done);
  parts.push(progress.total === null ? `${done} so far` : `${done} of ${formatCount(progress.total)}`);
  if (progress.realTimeFactor !== null) parts.push(`${formatCount(Math.round(progress.realTimeFactor))} x real time`);
  if (progress.etaSeconds !== null) parts.push(`${formatDuration(progress.etaSeconds)} left`);
  if (progress.failed > 0) parts.push(`${formatCount(progress.failed)} failed`);
  if (progress.currentPath !== null) parts.push(printable(progress.currentPath.split(/[\\/]/).at(-1) ?? ''));
  return parts.join(' · ');
}

/** Progress on stderr: one line that rewrites itself on a terminal, a line now and then elsewhere. */
import { basename } from 'node:path';
import { inWords } from '../../../shared/analysis.ts';
import { shownLines } from '../../../shared/shown-text.ts';
import type { CutProgress } from '../../../shared/calls/cut.ts';
import type { EvalProgress } from '../../../shared/eval-report.ts';
import { isLibraryJob, type JobProgress } from '../../../shared/jobs.ts';
import type { LibraryJobProgress } from '../../../shared/types.ts';
import { formatCount, formatDuration, printable } from './format.ts';
import { describeDownload, describeImport } from './models-words.ts';

/** Without a terminal (logs, scripts) a line this often is enough. */
const LOG_INTERVAL_MS = 10_000;

const STAGE_WORDS: Record<LibraryJobProgress['stage'], string> = {
  walking: 'Scanning folders',
  recognising: 'Matching known files',
  analysing: 'Analysing',
  indexing: 'Building the index',
  refreshing: 'Updating file information',
  comparing: 'Comparing sounds',
  arranging: 'Drawing the map',
  tagging: 'Tagging',
  planning: 'Planning changes',
  writing: 'Writing',
  undoing: 'Undoing',
  renaming: 'Renaming',
  receiving: 'Receiving from the studio',
  sending: 'Sending to the studio',
  matching: 'Looking for near-duplicates',
};

export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #lastLoggedMs = -Infinity;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(progress: JobProgress): void {
    this.write(describeJob(progress));
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

function describeJob(progress: JobProgress): string {
  if (isLibraryJob(progress)) return describeProgress(progress);
  switch (progress.kind) {
    case 'cut':
      return describeCutting(progress);
    case 'evaluation':
      return describeEvalProgress(progress);
    case 'import':
      return describeImport(progress);
    case 'download':
      return describeDownload(progress);
  }
}

/** "Analysing · 1,204 of 12,480 · 612 x real time · 38 min left · 3 failed · kick_03.wav" */
export function describeProgress(progress: LibraryJobProgress): string {
  const { stage, kinds } = progress;
  const parts = [kinds && stage === 'refreshing' ? `Updating ${inWords(kinds)}` : STAGE_WORDS[stage]];
  if (progress.nextModel !== undefined) parts.push(`with ${progress.nextModel}`);
  const done = formatCount(progress.done);
  parts.push(progress.total === null ? `${done} so far` : `${done} of ${formatCount(progress.total)}`);
  if (progress.realTimeFactor !== null) parts.push(`${formatCount(Math.round(progress.realTimeFactor))} x real time`);
  if (progress.etaSeconds !== null) parts.push(`${formatDuration(progress.etaSeconds)} left`);
  if (progress.failed > 0) parts.push(`${formatCount(progress.failed)} failed`);
  if (progress.currentPath !== null) parts.push(printable(progress.currentPath.split(/[\\/]/).at(-1) ?? ''));
  return parts.join(' · ');
}

/** "Cutting · 12 of 40 · 1 failed · take_07.wav" */
function describeCutting({ stage, done, total, failed, currentPath }: CutProgress): string {
  const parts = [stage === 'finding' ? 'Finding matches' : 'Cutting'];
  if (total !== null) parts.push(`${formatCount(done)} of ${formatCount(total)}`);
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  if (currentPath !== null) parts.push(printable(basename(currentPath)));
  return parts.join(' · ');
}

/** "Analysing · 120 of 2,000 · 84 x real time · 3 min left · 1 skipped · 1-17367-A-10.wav" */
export function describeEvalProgress(progress: EvalProgress): string {
  const { stage, done, total, failed, realTimeFactor, etaSeconds, currentPath } = progress;
  const parts = [
    stage === 'analysing' ? 'Analysing' : 'Reading texts',
    `${formatCount(done)} of ${formatCount(total)}`,
  ];
  if (realTimeFactor !== null) parts.push(`${formatCount(Math.round(realTimeFactor))} x real time`);
  if (etaSeconds !== null) parts.push(`${formatDuration(etaSeconds)} left`);
  if (failed > 0) parts.push(`${formatCount(failed)} skipped`);
  if (currentPath !== null) parts.push(printable(basename(currentPath)));
  return parts.join(' · ');
}

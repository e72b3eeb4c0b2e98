/** What a job does or did, as one sentence. */
import type { LibraryJobProgress } from '../../shared/types.ts';
import { inWords } from '../../shared/analysis.ts';
import { count, counted, timeLeft } from './units.ts';

/**
 * `Analysing 12,480 files · 38 min left · 3 could not be read`
 * @param listener name of the model that analyses, where it is not the one in use: `Analysing 12,480 files with …`
 */
export function jobSentence(job: LibraryJobProgress, listener: string | null = null): string {
  const by = listener === null ? '' : `${job.stage === 'analysing' ? ' with' : ' for'} ${listener}`;
  return [`${whatHappens(job)}${by}`, ...timeAndSpeed(job), ...failures(job)].join(' · ');
}

/** Once, when a job has ended; null when there is nothing worth saying. */
export function jobEnding(job: LibraryJobProgress): string | null {
  if (job.kind === 'map') return mapEnding(job);
  if (job.kind === 'sync') return syncEnding(job);
  if (job.kind === 'duplicates') return comparisonEnding(job);
  if (job.kind === 'work' && job.state === 'failed') return null; // reported with its reason
  const files = counted(job.done - job.failed, 'file');
  switch (job.state) {
    case 'done':
      if (job.total === 0) return null;
      if (job.failed > 0 && job.done === job.failed) return `No file was analysed: ${failures(job).join('')}`;
      return [job.stage === 'refreshing' ? updated(job) : `Analysed ${files}`, ...failures(job)].join(' · ');
    case 'cancelled':
      return `Stopped after ${files}. Results so far are kept; the next run continues from here.`;
    case 'failed':
      return `Analysis stopped early, after ${files}. Results so far are kept.`;
    case 'running':
    case 'paused':
    case 'interrupted':
      return null;
  }
}

/** What was analysed for the first time before that, the library shows. */
function updated({ kinds = [], done, failed }: LibraryJobProgress): string {
  return `Analysis finished. ${sentenceCase(inWords(kinds))} of ${counted(done - failed, 'file')} updated`;
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A failed one has been reported with its reason. */
function mapEnding({ state }: LibraryJobProgress): string | null {
  if (state === 'done') return 'Map updated.';
  return state === 'cancelled' ? 'Cancelled. The map is unchanged.' : null;
}

/** A failed one has been reported with its reason. */
function syncEnding({ state }: LibraryJobProgress): string | null {
  return state === 'done' ? 'The studio and this library know the same now.' : null;
}

/** A failed one has been reported with its reason. */
function comparisonEnding({ state, done, failed }: LibraryJobProgress): string | null {
  const files = counted(done, 'file');
  if (state === 'cancelled')
    return `Stopped after ${files}. Results so far are kept; the next run continues from here.`;
  if (state !== 'done' || done === 0) return null;
  return `Compared ${files} for near-duplicates${failed > 0 ? ` · ${count(failed)} could not be read` : ''}`;
}

/** 0..1; null while still counting. */
export function jobShare({ done, total }: LibraryJobProgress): number | null {
  if (total === null) return null;
  return total === 0 ? 1 : Math.min(1, done / total);
}

const DOING = {
  tagging: 'Tagging',
  planning: 'Planning changes',
  writing: 'Writing tags',
  undoing: 'Undoing',
  renaming: 'Renaming',
  receiving: 'Receiving from the studio',
  sending: 'Sending to the studio',
  matching: 'Looking for near-duplicates',
} as const;

function whatHappens({ state, stage, done, total, kinds = [] }: LibraryJobProgress): string {
  const verb = state === 'paused' ? 'Paused' : null;
  const left = total === null ? null : counted(Math.max(0, total - done), 'file');
  switch (stage) {
    case 'walking':
      return `${verb ?? 'Scanning folders'}: ${counted(done, 'file')} found`;
    case 'recognising':
      return `${verb ?? 'Matching known files'}: ${count(done)} of ${total === null ? '…' : count(total)}`;
    case 'analysing':
      return verb === null ? `Analysing ${left ?? 'files'}` : `${verb}: ${left ?? 'files'} to go`;
    case 'indexing':
      return verb ?? 'Updating the search index';
    case 'refreshing':
      return `${verb ?? `Updating ${inWords(kinds)}`}: ${count(done)} of ${total === null ? '…' : count(total)}`;
    case 'comparing':
    case 'arranging': {
      const share = total === null || total === 0 ? null : Math.floor((100 * done) / total);
      const what = stage === 'comparing' ? 'Comparing files for the map' : 'Drawing the map';
      return `${verb === null ? what : `${verb}: ${what.toLowerCase()}`}${share === null ? '' : `, ${share} %`}`;
    }
    case 'tagging':
    case 'planning':
    case 'writing':
    case 'undoing':
    case 'renaming':
    case 'receiving':
    case 'sending':
    case 'matching':
      return `${verb ?? DOING[stage]}: ${count(done)} of ${total === null ? '…' : count(total)}`;
  }
}

function timeAndSpeed({ state, etaSeconds }: LibraryJobProgress): string[] {
  return state === 'running' && etaSeconds !== null ? [`${timeLeft(etaSeconds)} left`] : [];
}

function failures({ failed }: LibraryJobProgress): string[] {
  return failed > 0 ? [`${count(failed)} could not be analysed`] : [];
}

/** What a job does or did, as one sentence. */
import type { JobProgress } from '../../shared/types.ts';
import { count, counted, timeLeft } from './units.ts';

/**
 * `Listening to 12,480 sounds · 38 min left · 3 could not be read`
 * @param listener name of the model that listens, where it is not the one in use: `Listening to 12,480 sounds with …`
 */
export function jobSentence(job: JobProgress, listener: string | null = null): string {
  const by = listener === null ? '' : `${job.stage === 'listening' ? ' with' : ' for'} ${listener}`;
  return [`${whatHappens(job)}${by}`, ...timeAndSpeed(job), ...failures(job)].join(' · ');
}

/** Once, when a job has ended; null when there is nothing worth saying. */
export function jobEnding(job: JobProgress): string | null {
  if (job.kind === 'map') return mapEnding(job);
  const heard = counted(job.done - job.failed, 'sound');
  switch (job.state) {
    case 'done':
      if (job.total === 0) return null;
      if (job.failed > 0 && job.done === job.failed) return `Nothing new was heard: ${failures(job).join('')}`;
      return [`Ready: ${heard} looked through`, ...failures(job)].join(' · ');
    case 'cancelled':
      return `Stopped after ${heard}. What has been heard stays; the rest waits for the next time.`;
    case 'failed':
      return `Listening ended early, after ${heard}. What has been heard stays.`;
    case 'running':
    case 'paused':
    case 'interrupted':
      return null;
  }
}

/** A failed one has been told of with its reason. */
function mapEnding({ state }: JobProgress): string | null {
  if (state === 'done') return 'The map is ready.';
  return state === 'cancelled' ? 'The map stays as it was.' : null;
}

/** 0..1; null while still counting. */
export function jobShare({ done, total }: JobProgress): number | null {
  if (total === null) return null;
  return total === 0 ? 1 : Math.min(1, done / total);
}

const DOING = {
  tagging: 'Tagging',
  planning: 'Working out what would change',
  writing: 'Writing tags',
  undoing: 'Undoing',
  renaming: 'Renaming',
} as const;

function whatHappens({ state, stage, done, total }: JobProgress): string {
  const verb = state === 'paused' ? 'Paused' : null;
  const left = total === null ? null : counted(Math.max(0, total - done), 'sound');
  switch (stage) {
    case 'walking':
      return `${verb ?? 'Looking through folders'}: ${counted(done, 'sound')} so far`;
    case 'recognising':
      return `${verb ?? 'Recognising'}: ${count(done)} of ${total === null ? 'still counting' : count(total)}`;
    case 'listening':
      return verb === null ? `Listening to ${left ?? 'sounds'}` : `${verb}: ${left ?? 'sounds'} to go`;
    case 'indexing':
      return verb ?? 'Making sounds findable';
    case 'comparing':
    case 'arranging': {
      const share = total === null || total === 0 ? null : Math.floor((100 * done) / total);
      const what = stage === 'comparing' ? 'Comparing sounds for the map' : 'Drawing the map';
      return `${verb === null ? what : `${verb}: ${what.toLowerCase()}`}${share === null ? '' : `, ${share} %`}`;
    }
    case 'tagging':
    case 'planning':
    case 'writing':
    case 'undoing':
    case 'renaming':
      return `${verb ?? DOING[stage]}: ${count(done)} of ${total === null ? 'still counting' : count(total)}`;
  }
}

function timeAndSpeed({ state, etaSeconds }: JobProgress): string[] {
  return state === 'running' && etaSeconds !== null ? [`${timeLeft(etaSeconds)} left`] : [];
}

function failures({ failed }: JobProgress): string[] {
  return failed > 0 ? [`${count(failed)} could not be read`] : [];
}

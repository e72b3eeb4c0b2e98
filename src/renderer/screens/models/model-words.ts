/** What a check found, in words. */
import type { ImportProgress, ModelCheck } from '../../../shared/calls/models.ts';
import type { Status } from '../../../shared/types.ts';
import { count, counted, timeLeft } from '../../words/units.ts';

/**
 * Which hardware runs the model.
 * @param provider in the engine's words; '' gives ''
 * @param reason why this one; '' where that is not known
 */
export function providerWords(provider: string, reason = ''): string {
  if (provider === '') return '';
  if (!provider.startsWith('CPU')) return `Runs on ${provider}.`;
  return `Runs on ${provider}${reason === '' ? '' : `: ${reason.replace(/\.$/, '')}`}.`;
}

/** `one hour of audio in 8 s` */
export function hourIn(realTimeFactor: number): string {
  const seconds = 3600 / realTimeFactor;
  if (seconds >= 3600) return `one hour of audio in ${timeLeft(seconds)}, slower than real time`;
  return `one hour of audio in ${seconds < 58 ? `${Math.max(1, Math.round(seconds))} s` : timeLeft(seconds)}`;
}

/** `12 ms to embed a query` */
export function textSpeed(milliseconds: number): string {
  return `${milliseconds >= 10 ? count(milliseconds) : milliseconds.toFixed(1)} ms to embed a query`;
}

/** What is known of the speed, in one line; '' when it was not measured. */
export function speedWords({ realTimeFactor, textMs }: ModelCheck): string {
  return [realTimeFactor === null ? null : hourIn(realTimeFactor), textMs === null ? null : textSpeed(textMs)]
    .filter((part) => part !== null)
    .join(', ');
}

/** How much of the library the model in use has analysed. @param status null while unknown: '' */
export function analysedWords(status: Status | null): string {
  if (status === null || status.files === 0) return '';
  const { files, ready } = status;
  if (ready === files) return `All ${counted(files, 'file')} in the library analysed.`;
  return `${count(ready)} of ${counted(files, 'file')} in the library analysed.`;
}

const IMPORT_STAGES: Record<ImportProgress['stage'], string> = {
  reading: 'Reading the file',
  building: 'Building the model',
  checking: 'Testing the model',
};

/** `Building the model: 42 %`; a stage whose end is unknown has no number. */
export function importWords({ stage, share }: Pick<ImportProgress, 'stage' | 'share'>): string {
  const words = IMPORT_STAGES[stage];
  return stage === 'checking' ? `${words}…` : `${words}: ${Math.floor(100 * share)} %`;
}

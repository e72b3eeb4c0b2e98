/** What a check found, in words. */
import type { ImportProgress, ModelCheck } from '../../../shared/calls/models.ts';
import type { Status } from '../../../shared/types.ts';
import { count, counted, timeLeft } from '../../words/units.ts';

/**
 * Is it the processor or the graphics card that listens?
 * @param provider in the engine's words; '' gives ''
 * @param reason why this one; '' where that is not known
 */
export function providerWords(provider: string, reason = ''): string {
  if (provider === '') return '';
  if (!provider.startsWith('CPU')) return `It runs on the graphics processor: ${provider}.`;
  return `It runs on the processor (${provider})${reason === '' ? '' : `: ${reason.replace(/\.$/, '')}`}.`;
}

/** `an hour of sound in 8 s` */
export function hourIn(realTimeFactor: number): string {
  const seconds = 3600 / realTimeFactor;
  if (seconds >= 3600) return `an hour of sound in ${timeLeft(seconds)}, slower than it plays`;
  return `an hour of sound in ${seconds < 58 ? `${Math.max(1, Math.round(seconds))} s` : timeLeft(seconds)}`;
}

/** `12 ms for the words of a search` */
export function textSpeed(milliseconds: number): string {
  return `${milliseconds >= 10 ? count(milliseconds) : milliseconds.toFixed(1)} ms for the words of a search`;
}

/** What is known of the speed, in one line; '' when it was not measured. */
export function speedWords({ realTimeFactor, textMs }: ModelCheck): string {
  return [realTimeFactor === null ? null : hourIn(realTimeFactor), textMs === null ? null : textSpeed(textMs)]
    .filter((part) => part !== null)
    .join(', ');
}

/** How much of the library the model in use has heard. @param status null while unknown: '' */
export function heardWords(status: Status | null): string {
  if (status === null || status.files === 0) return '';
  const { files, ready } = status;
  if (ready === files) return `It has heard all ${counted(files, 'sound')} of the library.`;
  return `It has heard ${count(ready)} of the ${counted(files, 'sound')} in the library.`;
}

const IMPORT_STAGES: Record<ImportProgress['stage'], string> = {
  reading: 'Checking the file',
  building: 'Building the model',
  checking: 'Trying it out',
};

/** `Building the model: 42 %`; a stage whose end cannot be told has no number. */
export function importWords({ stage, share }: Pick<ImportProgress, 'stage' | 'share'>): string {
  const words = IMPORT_STAGES[stage];
  return stage === 'checking' ? `${words}…` : `${words}: ${Math.floor(100 * share)} %`;
}

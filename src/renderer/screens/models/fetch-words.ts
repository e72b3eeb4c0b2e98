/** Fetching a model, in words. */
import type { DownloadProgress, ImportProgress, KnownModel } from '../../../shared/calls/models.ts';
import { bytes, timeLeft } from '../../words/units.ts';
import { importWords } from './model-words.ts';

/** `123 of 690 MB`, `980 kB of 690 MB`: the unit once where it is the same. */
export function bytesOf(done: number, total: number): string {
  const [number, unit] = bytes(done).split(' ');
  const whole = bytes(total);
  return whole.endsWith(` ${unit}`) ? `${number} of ${whole}` : `${number} ${unit} of ${whole}`;
}

/** The stage alone, for screen readers: it changes four times, not with every byte. */
export const STAGE_WORDS: Record<DownloadProgress['stage'], string> = {
  connecting: 'Connecting…',
  fetching: 'Downloading…',
  verifying: 'Verifying…',
  importing: 'Installing…',
};

/**
 * `123 of 690 MB · 5.2 MB a second · about 2 min left`; before and after that the step.
 * @param importing what the import has said so far; null before it has said anything
 */
export function downloadWords(
  { stage, bytes: done, total, bytesPerSecond }: DownloadProgress,
  importing: Pick<ImportProgress, 'stage' | 'share'> | null,
): string {
  switch (stage) {
    case 'connecting':
      return done > 0 ? `Connecting… ${bytesOf(done, total)} already downloaded` : 'Connecting…';
    case 'fetching': {
      const speed = bytesPerSecond === null || bytesPerSecond <= 0 ? null : bytesPerSecond;
      return [
        bytesOf(done, total),
        ...(speed === null ? [] : [`${bytes(speed)}/s`, leftWords((total - done) / speed)]),
      ].join(' · ');
    }
    case 'verifying':
      return 'Verifying…';
    case 'importing':
      return importing === null ? 'Installing…' : importWords(importing);
  }
}

function leftWords(seconds: number): string {
  const words = timeLeft(Math.max(0, seconds));
  return words.startsWith('a few') ? `${words} left` : `about ${words} left`;
}

/** 0..1 of the step; null where its end is unknown. */
export function downloadShare(
  { stage, bytes: done, total }: DownloadProgress,
  importing: Pick<ImportProgress, 'stage' | 'share'> | null,
): number | null {
  if (stage === 'fetching') return total === 0 ? null : Math.min(1, done / total);
  if (stage === 'importing' && importing !== null && importing.stage !== 'checking') return importing.share;
  return null;
}

/** What an earlier try left; '' when there is nothing. */
export function partialWords({ partialBytes, bytes: total }: Pick<KnownModel, 'partialBytes' | 'bytes'>): string {
  return partialBytes === 0 ? '' : `${bytesOf(partialBytes, total)} already downloaded.`;
}

/** Who is asked for a model. @param mirror of the settings; null: the publisher */
export function sourceWords(page: string, mirror: string | null): { who: string; address: string } {
  return mirror === null ? { who: 'Publisher', address: page } : { who: 'Mirror from Settings', address: mirror };
}

/** Near-duplicates in words, for the command line and the window. */
import type { BestBy, Difference, NearDuplicateFile, NearDuplicateGroup } from './calls/duplicates.ts';
import { channels, sampleRate } from './units.ts';

const BEST_BY_WORDS: Record<BestBy, string> = {
  lossless: 'lossless format',
  bandwidth: 'higher bandwidth',
  'bit-depth': 'more bits per sample',
  channels: 'more channels',
  length: 'longer',
  clipping: 'not clipped',
  level: 'louder',
  'sample-rate': 'higher sample rate',
  'bit-rate': 'higher bit rate',
  silence: 'less silence',
  metadata: 'more tags',
};

/** `lossless, longer`; '' where the copies are equally good. */
export function bestWords({ bestBy }: Pick<NearDuplicateGroup, 'bestBy'>): string {
  return bestBy.map((by) => BEST_BY_WORDS[by]).join(', ');
}

/** `MP3, 44.1 kHz, −6.0 dB, 1.20 s cut at the start` */
export function differenceWords({ differences, isSameAudio }: Pick<NearDuplicateFile, 'differences' | 'isSameAudio'>): string {
  if (isSameAudio) return 'same audio';
  return differences.length === 0 ? 'encoded again' : differences.map(inWords).join(', ');
} // prettier-ignore

function inWords(difference: Difference): string {
  switch (difference.kind) {
    case 'format':
      return difference.format.toUpperCase();
    case 'sample-rate':
      return sampleRate(difference.hertz);
    case 'bit-depth':
      return `${difference.bits} bits`;
    case 'channels':
      return channels(difference.channels);
    case 'level':
      return `${difference.db > 0 ? '+' : '−'}${Math.abs(difference.db).toFixed(1)} dB`;
    case 'trimmed':
      return `${seconds(difference.seconds)} ${difference.seconds > 0 ? 'cut' : 'more'} at the ${difference.where}`;
    case 'silence':
      return `${seconds(difference.seconds)} ${difference.seconds > 0 ? 'more' : 'less'} silence at the ${difference.where}`;
  }
}

function seconds(length: number): string {
  const size = Math.abs(length);
  return `${size.toFixed(size < 10 ? 2 : 0)} s`;
}

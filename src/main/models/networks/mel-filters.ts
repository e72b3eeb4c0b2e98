/** Mel filter banks as ClapFeatureExtractor makes them (transformers, audio_utils.mel_filter_bank). */
import type { LogMelSettings } from './log-mel-graph.ts';

interface Scale {
  toMel: (hertz: number) => number;
  toHertz: (mel: number) => number;
}

const LOGARITHMIC_FROM_HZ = 1000;
const LOGARITHMIC_FROM_MEL = 15;
const LOGARITHMIC_STEP = Math.log(6.4) / 27;

const SCALES: Record<LogMelSettings['melScale'], Scale> = {
  /** Straight below 1000 Hz, logarithmic above (Slaney, Auditory Toolbox, 1998). */
  slaney: {
    toMel: (hertz) =>
      hertz < LOGARITHMIC_FROM_HZ
        ? (3 * hertz) / 200
        : LOGARITHMIC_FROM_MEL + Math.log(hertz / LOGARITHMIC_FROM_HZ) / LOGARITHMIC_STEP,
    toHertz: (mel) =>
      mel < LOGARITHMIC_FROM_MEL
        ? (200 * mel) / 3
        : LOGARITHMIC_FROM_HZ * Math.exp(LOGARITHMIC_STEP * (mel - LOGARITHMIC_FROM_MEL)),
  },
  htk: {
    toMel: (hertz) => 2595 * Math.log10(1 + hertz / 700),
    toHertz: (mel) => 700 * (10 ** (mel / 2595) - 1),
  },
};

/** @returns [fftLength / 2 + 1][nMels], the weight of each frequency in each band */
export function melFilters(settings: LogMelSettings): Float64Array[] {
  const { sampleRate, fftLength, nMels, minFrequency, maxFrequency, melScale } = settings;
  const { toMel, toHertz } = SCALES[melScale];
  const low = toMel(minFrequency);
  const step = (toMel(maxFrequency) - low) / (nMels + 1);
  const corners = Array.from({ length: nMels + 2 }, (_, i) => toHertz(low + i * step));
  const bins = fftLength / 2 + 1;
  // Up to half of the rate, rounded down: that is how the original spreads its frequencies.
  const top = Math.floor(sampleRate / 2);
  return Array.from({ length: bins }, (_, bin) => {
    const frequency = (top * bin) / (bins - 1);
    return Float64Array.from({ length: nMels }, (_, band) => {
      const [from, peak, to] = [corners[band]!, corners[band + 1]!, corners[band + 2]!];
      const height = Math.max(0, Math.min((frequency - from) / (peak - from), (to - frequency) / (to - peak)));
      return melScale === 'slaney' ? (2 * height) / (to - from) : height;
    });
  });
}

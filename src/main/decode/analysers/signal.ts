/** What is odd about a signal, whatever it is of: levels between samples, offset, channels, silent ends, missing highs. */
import { SILENT_DB } from '../warnings.ts';
import type { LevelMeter } from '../levels.ts';
import type { Analyser } from './analyser.ts';
import { BandwidthMeter } from './bandwidth.ts';
import { TruePeakMeter } from './true-peak.ts';

const QUIET = 10 ** (-60 / 20);
const QUIET_BELOW_PEAK = 10 ** (-40 / 20);
/** Channels of a mean power below it are silent as a whole, whatever their peaks are measured to be. */
const SILENT_POWER = 10 ** (SILENT_DB / 10);

export const signal: Analyser<'signal'> = {
  input: 'channels',
  begin({ sampleRate, channels, bitDepth }, levels) {
    const truePeak = new TruePeakMeter(channels);
    const bandwidth = new BandwidthMeter(sampleRate);
    return {
      push(planes, numberOfSamples) {
        truePeak.push(planes, numberOfSamples);
        const loudest = levels.energies.indexOf(Math.max(...levels.energies));
        bandwidth.push(planes[loudest]!.subarray(0, numberOfSamples));
      },
      finish(totalSamples) {
        const { highest, edge } = bandwidth.finish();
        return {
          truePeakDb: 20 * Math.log10(truePeak.finish()),
          dcOffset: offsetOf(levels),
          ...stereoOf(levels),
          deadChannels: deadChannelsOf(levels),
          ...silentEndsOf(levels, totalSamples, sampleRate),
          bandwidthHz: highest,
          cutoffHz: bitDepth === null ? 0 : edge,
        };
      },
    };
  },
};

/** @returns % of full scale */
function offsetOf({ sums, numberOfSamples }: LevelMeter): number | null {
  if (numberOfSamples === 0) return null;
  const means = Array.from(sums, (sum) => (100 * sum) / numberOfSamples);
  return means.reduce((farthest, mean) => (Math.abs(mean) > Math.abs(farthest) ? mean : farthest));
}

/** Of a channel, Σx² without its offset. */
function variance(square: number, sum: number, numberOfSamples: number): number {
  return square - (sum * sum) / numberOfSamples;
}

function stereoOf({ sums, squares, crossProduct, numberOfSamples }: LevelMeter) {
  const [left, right] = squares;
  if (squares.length !== 2 || left! + right! === 0) return { stereoWidth: null, correlation: null };
  const both = left! + right!;
  const variances = [variance(left!, sums[0]!, numberOfSamples), variance(right!, sums[1]!, numberOfSamples)] as const;
  const covariance = crossProduct - (sums[0]! * sums[1]!) / numberOfSamples;
  return {
    stereoWidth: Math.max(0, Math.min(100, (50 * (both - 2 * crossProduct)) / both)),
    correlation:
      Math.min(...variances) < SILENT_POWER * numberOfSamples
        ? null
        : Math.max(-1, Math.min(1, covariance / Math.sqrt(variances[0] * variances[1]))),
  };
}

function deadChannelsOf({ sums, squares, peakDb, numberOfSamples }: LevelMeter): number {
  const dead = squares.filter(
    (square, c) => variance(square, sums[c]!, numberOfSamples) < SILENT_POWER * numberOfSamples,
  ).length;
  return peakDb <= SILENT_DB || dead === squares.length ? 0 : dead;
}

function silentEndsOf(levels: LevelMeter, totalSamples: number, sampleRate: number) {
  if (levels.peakDb <= SILENT_DB) return { silentHead: null, silentTail: null };
  const { head, tail } = levels.quietEnds(Math.min(QUIET, QUIET_BELOW_PEAK * levels.peak));
  // Half a second: lengths that a container declares are not exact to the sample.
  const isWhole = totalSamples - levels.numberOfSamples < sampleRate / 2;
  return { silentHead: head / sampleRate, silentTail: isWhole ? tail / sampleRate : null };
}

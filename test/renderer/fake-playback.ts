/** The player's calls over sounds that do not exist: a tone as loud as the sound's shape says, the right side quieter. */
import { SPECTRUM_BANDS, shareOf } from '../../src/shared/spectrum.ts';
import type { PeakRequest, Peaks, SpectrumColumns, SpectrumQuestion } from '../../src/shared/calls/playback.ts';
import type { Engine } from '../../src/shared/contract.ts';
import { peaksOf, type FakeSound } from './fake-library.ts';

const HERTZ = 220;
/** Longer parts have the whole of a swing in them. */
const SWING_SAMPLES = 256;

export function fakePlayback(
  known: (fileId: number) => FakeSound,
): Pick<Engine, 'file.levels' | 'file.peaks' | 'file.spectrum' | 'file.markers'> {
  return {
    // As loud as all of it.
    'file.levels': ({ fileId }) => {
      const { loudnessLufs, peakDb } = known(fileId);
      return Promise.resolve({ loudnessLufs, peakDb });
    },
    'file.peaks': (request) => Promise.resolve(peaks(known(request.fileId), request)),
    'file.spectrum': (question) => Promise.resolve(spectrum(known(question.fileId), question)),
    'file.markers': (fileId) => {
      const { format, durationSeconds } = known(fileId);
      const region = { startSeconds: durationSeconds / 4, endSeconds: durationSeconds / 2, label: 'latch' };
      const point = { startSeconds: (3 * durationSeconds) / 4, endSeconds: null, label: 'squeak' };
      return Promise.resolve(format === 'wav' ? [region, point] : []);
    },
  };
}

/** The band of the tone and those beside it are loud, all others are silent. */
function spectrum({ sampleRate, durationSeconds }: FakeSound, question: SpectrumQuestion): SpectrumColumns {
  const { startSample, samplesEach, columns } = question;
  const left = Math.ceil((Math.round(durationSeconds * sampleRate) - startSample) / samplesEach);
  const levels = new Uint8Array(Math.max(0, Math.min(columns, left)) * SPECTRUM_BANDS);
  const band = Math.floor(shareOf(HERTZ, sampleRate) * SPECTRUM_BANDS);
  for (let at = band; at < levels.length; at += SPECTRUM_BANDS) levels.fill(230, at - 1, at + 2);
  return { data: btoa(String.fromCharCode(...levels)) };
}

function peaks(sound: FakeSound, { startSample, samplesEach, parts }: PeakRequest): Peaks {
  const { sampleRate, channels } = sound;
  const numberOfSamples = Math.round(sound.durationSeconds * sampleRate);
  const loudness = peaksOf(sound);
  const loud = (sample: number) =>
    loudness[Math.min(loudness.length - 1, Math.floor((sample / numberOfSamples) * loudness.length))]! / 255;
  const count = Math.max(0, Math.min(parts, Math.ceil((numberOfSamples - startSample) / samplesEach)));
  const values = new Float32Array(count * channels * 2);
  for (let part = 0; part < count; part++) {
    const from = startSample + part * samplesEach;
    let [low, high] = [-loud(from), loud(from)];
    if (samplesEach < SWING_SAMPLES) {
      const swing = Array.from({ length: samplesEach }, (_, step) => Math.sin((2 * Math.PI * HERTZ * (from + step)) / sampleRate)); // prettier-ignore
      [low, high] = [loud(from) * Math.min(...swing), loud(from) * Math.max(...swing)];
    }
    for (let channel = 0; channel < channels; channel++) {
      const share = channel === 0 ? 1 : 0.6;
      values.set([share * low, share * high], (part * channels + channel) * 2);
    }
  }
  const bytes = new Uint8Array(values.buffer);
  let data = '';
  for (let at = 0; at < bytes.length; at += 8192) data += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { channels, data: btoa(data) };
}

/** Sounds made here, small and quick. */

import { wavFile } from '../test/kit/wav.ts';

const SAMPLE_RATE = 8000;
/** Of full scale. */
const LOUDNESS = 3000 / 32_767;

/** Three seconds of a quiet tone: 8 kHz, 16 bit, mono. */
export function tone(hertz: number): Uint8Array {
  const samples = new Float32Array(3 * SAMPLE_RATE);
  return written(samples.map((_, index) => LOUDNESS * Math.sin((2 * Math.PI * hertz * index) / SAMPLE_RATE)));
}

/** Hiss that comes and goes, another one for each seed: 8 kHz, 16 bit, mono. */
export function hiss(seconds: number, seed: number): Uint8Array {
  const samples = new Float32Array(seconds * SAMPLE_RATE);
  let state = seed;
  return written(
    samples.map((_, index) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      const loudness = LOUDNESS * (2 / 3 + Math.sin((index / SAMPLE_RATE) * (0.2 + seed / 40)) / 2);
      return (state / 2 ** 31) * loudness;
    }),
  );
}

function written(samples: Float32Array): Uint8Array {
  return wavFile([samples], { sampleRate: SAMPLE_RATE });
}

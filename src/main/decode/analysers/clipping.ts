/** Samples cut off at full scale: what a recording that was too loud leaves behind. */
import type { Analyser } from './analyser.ts';

/** Just below the highest value of 16 bits, 1 − 2⁻¹⁵. */
const FULL_SCALE = 0.9999;
/** One or two samples that touch full scale are what a normalised sound has; more in a row are a flat top. */
const SHORTEST_RUN = 3;

/** Counts samples of all channels that stand at full scale or beyond, three or more in a row. */
export const clipping: Analyser<'clipping'> = {
  input: 'channels',
  begin({ channels }, levels) {
    /** Length of the run that each channel is in, samples. */
    const runs = new Uint32Array(channels);
    let clippedSamples = 0;
    return {
      push(planes, numberOfSamples) {
        if (levels.peak < FULL_SCALE) return; // no sample so far: most sounds, and another pass costs as much as demuxing
        for (const [c, plane] of planes.entries()) {
          let run = runs[c]!;
          for (let i = 0; i < numberOfSamples; i++) {
            if (Math.abs(plane[i]!) < FULL_SCALE) run = 0;
            else if (++run === SHORTEST_RUN) clippedSamples += SHORTEST_RUN;
            else if (run > SHORTEST_RUN) clippedSamples++;
          }
          runs[c] = run;
        }
      },
      finish: () => ({ clippedSamples }),
    };
  },
};

/** The highest sample. */
import type { Analyser } from './analyser.ts';

/** It has been measured when a block is pushed. */
export const levels: Analyser<'levels'> = {
  input: 'channels',
  begin: (_source, meter) => ({ push() {}, finish: () => ({ peakDb: meter.peakDb }) }),
};

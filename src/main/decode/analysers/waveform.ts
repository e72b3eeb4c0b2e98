/** What is drawn of a sound: the peaks of equal parts. */
import type { Analyser } from './analyser.ts';

/** They have been measured when a block is pushed. */
export const waveform: Analyser<'waveform'> = {
  input: 'channels',
  begin: (_source, meter) => ({
    push() {},
    finish: (totalSamples) => ({ waveform: meter.waveform(totalSamples) }),
  }),
};

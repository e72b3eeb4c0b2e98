/** For invented files: a new analysis needs no edit in tests that do not ask for its figures. */
import { COLUMNS, FIGURES, type Figures, type SampleFacts } from '../../src/shared/analysis.ts';

/** Nothing is known that analyses find. */
export const NO_FIGURES = Object.fromEntries(FIGURES.map(({ field }) => [field, null])) as {
  [F in keyof Figures]: null;
};

/** Nothing was found in the samples; the waveform is the caller's. */
export const NO_SAMPLE_FACTS = {
  ...(Object.fromEntries(COLUMNS.filter(({ type }) => type !== 'BLOB').map(({ field }) => [field, null])) as {
    [F in Exclude<keyof SampleFacts, 'waveform' | 'fingerprint'>]: null;
  }),
  fingerprint: new Uint8Array(0),
};

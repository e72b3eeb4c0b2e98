/** How each kind of analysis of samples is done (shared/analysis.ts says what it gives). */
import type { SampleKind } from '../../../shared/analysis.ts';
import { NOT_APPLICABLE } from '../../../shared/facts.ts';
import type { Analyser, TraceAnalyser } from './analyser.ts';
import { clipping } from './clipping.ts';
import { levels } from './levels.ts';
import { loudness } from './loudness.ts';
import { signal } from './signal.ts';
import { waveform } from './waveform.ts';

export type Analysers = { readonly [K in SampleKind]: Analyser<K> | TraceAnalyser<K> };

/** Of what is found, or that the sound has none. */
function traced<K extends SampleKind>(of: TraceAnalyser<K>['of']): TraceAnalyser<K> {
  return { input: 'trace', of };
}

export const ANALYSERS: Analysers = {
  loudness,
  levels,
  waveform,
  clipping,
  signal,
  'kind of sound': traced(({ kind }) => ({
    soundKind: kind?.value ?? NOT_APPLICABLE,
    soundKindConfidence: kind?.confidence ?? null,
  })),
  tempo: traced(({ bpm }) => ({ soundBpm: bpm?.value ?? NOT_APPLICABLE, soundBpmConfidence: bpm?.confidence ?? null })),
  key: traced(({ key }) => ({ soundKey: key?.value ?? NOT_APPLICABLE, soundKeyConfidence: key?.confidence ?? null })),
  'root note': traced(({ root }) => ({
    soundRoot: root?.value ?? NOT_APPLICABLE,
    soundRootConfidence: root?.confidence ?? null,
  })),
  fingerprint: traced(({ fingerprint }) => ({ fingerprint })),
};

/** What finds out something about a sound while it is decoded, block by block. */
import type { FactsOf, SampleKind } from '../../../shared/analysis.ts';
import type { SourceFacts } from '../audio-source.ts';
import type { LevelMeter } from '../levels.ts';
import type { Findings } from './findings.ts';

/**
 * Which samples an analyser is given. 'channels': all of them as decoded, at the file's own rate. monoAt: one channel
 * (mixdown.ts) at this rate, Hz, resampled once for all that ask for it; a rate of their own, so that no figure depends
 * on the model in use.
 */
export type AnalyserInput = 'channels' | { monoAt: number };

export interface Listener<K extends SampleKind> {
  /** @param channels planes of equal length ≥ numberOfSamples, finite, −1..1 nominally; not kept, not changed */
  push(channels: readonly Float32Array[], numberOfSamples: number): void;
  /**
   * Once, behind the last block.
   * @param totalSamples per channel at the rate of the input; more than were pushed where decoding a long file stopped
   *   early
   */
  finish(totalSamples: number): FactsOf<K>;
}

/** What reads its facts off what is found in the trace of a sound, which is taken once for all of these. */
export interface TraceAnalyser<K extends SampleKind> {
  input: 'trace';
  of(findings: Findings): FactsOf<K>;
}

export interface Analyser<K extends SampleKind> {
  input: AnalyserInput;
  /**
   * @param source rate and channels of the input
   * @param levels of the file, measured on each block before it is pushed: every analysis needs the file without what
   *   is no sample
   */
  begin(source: SourceFacts, levels: LevelMeter): Listener<K>;
}

/** Analyses of some kinds in one pass over a sound, each with the samples that it asks for. */
import type { SampleFacts, SampleKind } from '../../../shared/analysis.ts';
import type { Resampler, SourceFacts } from '../audio-source.ts';
import type { LevelMeter } from '../levels.ts';
import type { Analyser, Listener } from './analyser.ts';
import { ANALYSERS, type Analysers } from './analysers.ts';
import { findingsOf, type Findings } from './findings.ts';
import { TRACE_RATE } from './landmarks.ts';
import { TraceRecorder } from './trace.ts';

/** Of any kind. */
interface AnyListener extends Pick<Listener<SampleKind>, 'push'> {
  /** It wants no more: where nobody does, nothing is resampled. @default never */
  isFull?: () => boolean;
  finish(totalSamples: number): Partial<SampleFacts>;
}

/** Analysers with the same input. */
interface Group {
  /** Hz */
  sampleRate: number;
  /** null: every channel. */
  mono: { resampler: Resampler | null } | null;
  listeners: AnyListener[];
}

export class Analysing {
  readonly #sourceRate: number;
  readonly #groups: Group[] = [];

  /** @param resampler made for each rate that is asked for and is not the source's; closed by {@link close} */
  constructor(
    kinds: readonly SampleKind[],
    source: SourceFacts,
    levels: LevelMeter,
    resampler: (fromRate: number, toRate: number) => Resampler,
    analysers: Analysers = ANALYSERS,
  ) {
    this.#sourceRate = source.sampleRate;
    for (const analyser of streamed(kinds.map((kind) => analysers[kind]))) {
      const { input } = analyser;
      const sampleRate = input === 'channels' ? source.sampleRate : input.monoAt;
      const isMono = input !== 'channels';
      let group = this.#groups.find((known) => known.sampleRate === sampleRate && (known.mono !== null) === isMono);
      if (!group) {
        const resampled = isMono && sampleRate !== source.sampleRate;
        const mono = isMono ? { resampler: resampled ? resampler(source.sampleRate, sampleRate) : null } : null;
        group = { sampleRate, mono, listeners: [] };
        this.#groups.push(group);
      }
      const given = isMono ? { ...source, sampleRate, channels: 1, channelMask: 0n } : source;
      group.listeners.push(analyser.begin(given, levels));
    }
  }

  /**
   * @param channels as {@link Listener.push}
   * @param mono the same block as one channel
   */
  async push(channels: readonly Float32Array[], numberOfSamples: number, mono: Float32Array): Promise<void> {
    for (const group of this.#groups) {
      if (group.listeners.every(({ isFull }) => isFull?.() ?? false)) continue;
      if (group.mono === null) for (const listener of group.listeners) listener.push(channels, numberOfSamples);
      else pushMono(group, group.mono.resampler ? await group.mono.resampler.push(mono) : mono);
    }
  }

  /** Behind the last block. */
  async end(): Promise<void> {
    for (const group of this.#groups) if (group.mono?.resampler) pushMono(group, await group.mono.resampler.finish());
  }

  /**
   * Once, after {@link end}.
   * @param totalSamples per channel at the source's rate, as {@link Listener.finish}
   * @returns the fields of the kinds asked for
   */
  finish(totalSamples: number): Partial<SampleFacts> {
    const facts = this.#groups.flatMap(({ sampleRate, listeners }) =>
      listeners.map((listener) => listener.finish(Math.round((totalSamples * sampleRate) / this.#sourceRate))),
    );
    return Object.assign({}, ...facts) as Partial<SampleFacts>;
  }

  async close(): Promise<void> {
    for (const { mono } of this.#groups) await mono?.resampler?.close();
  }
}

/** Analysers of one kind or several. */
interface AnyAnalyser extends Pick<Analyser<SampleKind>, 'input'> {
  begin(...given: Parameters<Analyser<SampleKind>['begin']>): AnyListener;
}
interface AnyTraceAnalyser {
  input: 'trace';
  of(findings: Findings): Partial<SampleFacts>;
}

/** Those that read a trace as one, which takes it. */
function streamed(analysers: readonly (AnyAnalyser | AnyTraceAnalyser)[]): AnyAnalyser[] {
  const reading = analysers.filter((one) => 'of' in one);
  const others = analysers.filter((one) => 'begin' in one);
  if (reading.length === 0) return others;
  const begin = (): AnyListener => {
    const recorder = new TraceRecorder();
    return {
      push: ([samples]) => recorder.push(samples!),
      isFull: () => recorder.isFull,
      finish(totalSamples) {
        const findings = findingsOf(recorder.finish(totalSamples));
        return Object.assign({}, ...reading.map((one) => one.of(findings))) as Partial<SampleFacts>;
      },
    };
  };
  return [...others, { input: { monoAt: TRACE_RATE }, begin }];
}

function pushMono({ listeners }: Group, samples: Float32Array): void {
  if (samples.length > 0) for (const listener of listeners) listener.push([samples], samples.length);
}

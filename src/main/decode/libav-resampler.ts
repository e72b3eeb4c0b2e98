/** Rate and layout conversion by FFmpeg's swresample, through node-av. */
import type { Frame, SoftwareResampleContext } from 'node-av/lib';
import type { Resampler, SourceFacts } from './audio-source.ts';
import { FILTER_SIZE, resampledLength, resamplingMargin } from './resampling.ts';
import { FLTP } from './sample-formats.ts';

/** node-av's classes and constants. Loaded at run time, as its binary may be missing; hence no ordinary import. */
export type Libav = typeof import('node-av/lib') & typeof import('node-av/constants');

const FLT = 3;
/**
 * Contexts that are free, by their two rates, least recently used first. Making the filter of one takes a millisecond or
 * two, as long as decoding a short file; initialised again, a context keeps it and forgets its samples.
 */
const spare = new Map<string, SoftwareResampleContext>();
const MOST_SPARE = 8;

/** Mono resampling with silence around the input, so that clips shorter than the filter come out whole. */
export class LibavResampler implements Resampler {
  readonly #key: string;
  readonly #context: SoftwareResampleContext;
  readonly #from: number;
  readonly #to: number;
  /** Silent input before the first sample and behind the last. */
  readonly #lead: number;
  #toDrop: number;
  #consumed = 0;
  #produced = 0;
  #started = false;
  #out = new Float32Array(0);

  constructor(libav: Libav, fromRate: number, toRate: number) {
    this.#from = fromRate;
    this.#to = toRate;
    const margin = resamplingMargin(fromRate, toRate);
    this.#lead = margin.input;
    this.#toDrop = margin.output;
    this.#key = `${fromRate} → ${toRate}`;
    const mono = libav.avChannelLayoutDefault(1);
    this.#context = takeSpare(this.#key) ?? openContext(libav, mono, FLT, toRate, mono, FLT, fromRate);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface also serves a resampler in another process
  async push(samples: Float32Array): Promise<Float32Array> {
    this.#consumed += samples.length;
    if (!this.#started) {
      this.#started = true;
      const led = new Float32Array(this.#lead + samples.length);
      led.set(samples, this.#lead);
      return this.#convert(led);
    }
    return this.#convert(samples);
  }

  async finish(): Promise<Float32Array> {
    const due = resampledLength(this.#consumed, this.#from, this.#to) - this.#produced;
    const silence = new Float32Array(this.#lead);
    const rest = await this.push(silence);
    this.#consumed -= silence.length;
    if (rest.length < due)
      throw new Error(`resampling ${this.#from} → ${this.#to} Hz lost ${due - rest.length} samples`);
    return rest.subarray(0, due);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async close(): Promise<void> {
    spare.get(this.#key)?.free();
    spare.delete(this.#key);
    spare.set(this.#key, this.#context);
    for (const [key, context] of spare) {
      if (spare.size <= MOST_SPARE) break;
      spare.delete(key);
      context.free();
    }
  }

  #convert(samples: Float32Array): Float32Array {
    const capacity = this.#context.getOutSamples(samples.length);
    if (this.#out.length < capacity) this.#out = new Float32Array(capacity);
    const count = this.#context.convertSync([bytes(this.#out)], capacity, [bytes(samples)], samples.length);
    if (count < 0) throw new Error(`resampling ${this.#from} → ${this.#to} Hz failed (${count})`);
    const dropped = Math.min(this.#toDrop, count);
    this.#toDrop -= dropped;
    this.#produced += count - dropped;
    return this.#out.subarray(dropped, count);
  }
}

/** Brings frames that changed rate or channels in mid-stream (chained or badly joined files) back to those of the first. */
export class PlanarConverter {
  readonly #context: SoftwareResampleContext;
  readonly #input: { sampleRate: number; channels: number; sampleFormat: number };
  readonly #channels: number;

  constructor(libav: Libav, frame: Frame, facts: SourceFacts) {
    this.#input = { sampleRate: frame.sampleRate, channels: frame.channels, sampleFormat: frame.format };
    this.#channels = facts.channels;
    const target = libav.avChannelLayoutDefault(facts.channels);
    const source = libav.avChannelLayoutDefault(frame.channels);
    this.#context = openContext(libav, target, FLTP, facts.sampleRate, source, frame.format, frame.sampleRate);
  }

  takes(frame: Frame): boolean {
    const { sampleRate, channels, sampleFormat } = this.#input;
    return frame.sampleRate === sampleRate && frame.channels === channels && (frame.format as number) === sampleFormat;
  }

  /** @returns planes of float32 at the first frame's rate; its filter keeps a millisecond back, which a change drops */
  convert(
    planes: readonly Buffer[],
    numberOfSamples: number,
  ): { planes: Uint8Array[]; sampleFormat: number; numberOfSamples: number } {
    const capacity = this.#context.getOutSamples(numberOfSamples);
    const out = Array.from({ length: this.#channels }, () => bytes(new Float32Array(capacity)));
    const count = this.#context.convertSync(out, capacity, [...planes], numberOfSamples);
    if (count < 0) throw new Error(`converting a change of sample rate or channels failed (${count})`);
    return { planes: out, sampleFormat: FLTP, numberOfSamples: count };
  }

  close(): void {
    this.#context.free();
  }
}

/** @returns null where there is none that can be used again */
function takeSpare(key: string): SoftwareResampleContext | null {
  const context = spare.get(key);
  if (!context) return null;
  spare.delete(key);
  if (context.init() >= 0) return context;
  context.free();
  return null;
}

type Layout = Parameters<SoftwareResampleContext['allocSetOpts2']>[0];
type SampleFormat = Parameters<SoftwareResampleContext['allocSetOpts2']>[1];

function openContext(
  libav: Libav,
  toLayout: Layout,
  toFormat: number,
  toRate: number,
  fromLayout: Layout,
  fromFormat: number,
  fromRate: number,
): SoftwareResampleContext {
  const context = new libav.SoftwareResampleContext();
  const allocated = context.allocSetOpts2(
    toLayout,
    toFormat as SampleFormat,
    toRate,
    fromLayout,
    fromFormat as SampleFormat,
    fromRate,
  );
  const configured = allocated < 0 ? allocated : context.setOption('filter_size', FILTER_SIZE);
  const ready = configured < 0 ? configured : context.init();
  if (ready < 0) throw new Error(`no resampler for ${fromRate} → ${toRate} Hz (${ready})`);
  return context;
}

function bytes(samples: Float32Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

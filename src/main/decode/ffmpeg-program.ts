/**
 * The other back end: `ffmpeg` and `ffprobe` on PATH, for machines where node-av's binary does not load. Slower (a
 * few processes a file), same results: the same packets are hashed and the same resampler runs.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { PICTURE_CODECS, isLossless } from './audio-source.ts';
import type {
  AudioLibrary,
  AudioSource,
  OpenOptions,
  PlanarBlock,
  Plane,
  Resampler,
  SourceFacts,
} from './audio-source.ts';
import { inputUrl, PROTOCOLS } from './ffmpeg-input.ts';
import { ContentHash } from './content-id.ts';
import type { Sniffed } from './sniff.ts';
import { FfmpegPipe } from './ffmpeg-pipe.ts';
import { noAudioStream, undecodableAudio, unsupportedFormat } from './file-errors.ts';
import { FILTER_SIZE, resampledLength, resamplingMargin } from './resampling.ts';

const run = promisify(execFile);
const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** In which width samples come through the pipe. */
interface Width<P extends Plane> {
  coding: 'f32le' | 'f64le';
  bytes: number;
  plane: (length: number) => P;
}
const SINGLE: Width<Float32Array> = { coding: 'f32le', bytes: 4, plane: (length) => new Float32Array(length) };
const DOUBLE: Width<Float64Array> = { coding: 'f64le', bytes: 8, plane: (length) => new Float64Array(length) };

const LONGEST_PROBE_ANSWER = 16 << 20;

const count = z.coerce.number().catch(0);
const ProbeAnswer = z.object({
  streams: z
    .array(
      z.object({
        index: z.number(),
        codec_type: z.string().catch(''),
        codec_name: z.string().catch('none'),
        sample_rate: count,
        channels: count,
        channel_layout: z.string().catch(''),
        bits_per_sample: count,
        bits_per_raw_sample: count,
        sample_fmt: z.string().catch(''),
        duration: count,
        disposition: z.object({ attached_pic: count }).catch({ attached_pic: 0 }),
      }),
    )
    .catch([]),
  format: z.object({ duration: count }).catch({ duration: 0 }),
});
type ProbedStream = z.infer<typeof ProbeAnswer>['streams'][number];

/** @throws Error when one of the two programs cannot be run */
export async function loadFfmpegProgram(): Promise<AudioLibrary> {
  const { stdout } = await run('ffmpeg', ['-hide_banner', '-version']);
  await run('ffprobe', ['-hide_banner', '-version']);
  const version = /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? 'of unknown version';
  return {
    name: `ffmpeg ${version} on PATH`,
    open: (options) => FfmpegSource.open(options, SINGLE),
    openExact: (options) => FfmpegSource.open({ ...options, decode: true }, DOUBLE),
    encoder: null,
    resampler: (fromRate, toRate) => new FfmpegResampler(fromRate, toRate),
  };
}

class FfmpegSource<P extends Plane> implements AudioSource<P> {
  readonly facts: SourceFacts;
  readonly isFloat: boolean;
  readonly declaredSeconds: number | null;
  readonly hasVideo: boolean;
  failedPackets = 0;

  readonly #options: OpenOptions;
  readonly #streamIndex: number;
  readonly #decoding: FfmpegPipe | null;
  readonly #width: Width<P>;
  readonly #planes: P[];
  #first: PlanarBlock<P> | null = null;
  #skipped = false;
  #contentId: string | null = null;

  static async open<P extends Plane>(options: OpenOptions, width: Width<P>): Promise<FfmpegSource<P>> {
    const { path, decode } = options;
    const { streams, declared } = await probe(options);
    const stream = streams.find(({ codec_type }) => codec_type === 'audio');
    if (!stream) throw noAudioStream(path);
    if (stream.codec_name === 'none' || stream.codec_name === 'unknown') {
      throw unsupportedFormat(path, 'encoded with an unknown codec');
    }
    const source = new FfmpegSource(options, width, { streams, stream, declared });
    if (!decode) return source;
    source.#first = await source.#readBlock();
    if (source.#first) return source;
    const complaint = source.#decoding?.complaints ?? '';
    await source.close();
    throw undecodableAudio(path, complaint);
  }

  private constructor(
    options: OpenOptions,
    width: Width<P>,
    { streams, stream, declared }: { streams: ProbedStream[]; stream: ProbedStream; declared: number },
  ) {
    this.#options = options;
    this.#width = width;
    this.isFloat = /^(flt|dbl)p?$/.test(stream.sample_fmt);
    this.#streamIndex = stream.index;
    const depth = stream.bits_per_raw_sample || stream.bits_per_sample;
    this.facts = {
      codec: stream.codec_name,
      sampleRate: stream.sample_rate,
      channels: stream.channels,
      channelMask: CHANNEL_MASKS[stream.channel_layout] ?? 0n,
      bitDepth: isLossless(stream.codec_name) && depth > 0 ? depth : null,
    };
    this.declaredSeconds = stream.duration || declared || null;
    this.hasVideo = streams.some(isMovingPicture);
    this.#planes = Array.from({ length: stream.channels }, () => width.plane(stream.sample_rate));
    this.#decoding = options.decode
      ? new FfmpegPipe([
          ...this.#input(),
          '-c:a',
          `pcm_${width.coding}`,
          '-ar',
          String(stream.sample_rate),
          '-f',
          width.coding,
          'pipe:1',
        ])
      : null;
  }

  async read(): Promise<PlanarBlock<P> | null> {
    const block = this.#first ?? (await this.#readBlock());
    this.#first = null;
    if (!block) await this.skipToEnd();
    return block;
  }

  async skipTo(sample: number): Promise<void> {
    this.#skipped = true;
    for (let position = 0; position < sample;) {
      const block = this.#first ?? (await this.#readBlock());
      this.#first = null;
      if (!block) return;
      position += block.numberOfSamples;
      const beyond = position - sample;
      // The planes are used again by the next read, not by this one.
      if (beyond > 0) this.#first = lastOf(block, beyond);
      await this.#options.beat();
    }
  }

  async skipToEnd(): Promise<void> {
    if (this.#skipped || this.#contentId !== null) return;
    await this.#decoding?.stop();
    this.failedPackets = this.#decoding?.failedPackets ?? 0;
    const hash = new ContentHash(this.#options.path);
    const copying = new FfmpegPipe([...this.#input(), '-c', 'copy', '-f', 'data', 'pipe:1']);
    try {
      for await (const chunk of copying.chunks()) {
        hash.update(chunk);
        await this.#options.beat();
      }
    } finally {
      await copying.stop();
    }
    const { codec, sampleRate, channels } = this.facts;
    this.#contentId = hash.contentId(codec, sampleRate, channels);
  }

  contentId(): string {
    if (this.#contentId === null) throw new Error('the content identity is known only at the end of the file');
    return this.#contentId;
  }

  async close(): Promise<void> {
    await this.#decoding?.stop();
  }

  #input(): string[] {
    const { path, sniffed } = this.#options;
    return [...inputOptions(sniffed, path), '-map', `0:${this.#streamIndex}`];
  }

  async #readBlock(): Promise<PlanarBlock<P> | null> {
    const { sampleRate, channels } = this.facts;
    const frameBytes = channels * this.#width.bytes;
    const bytes = (await this.#decoding?.read(sampleRate * frameBytes)) ?? Buffer.alloc(0);
    const numberOfSamples = Math.floor(bytes.length / frameBytes);
    const interleaved = this.#width.plane(numberOfSamples * channels);
    Buffer.from(interleaved.buffer).set(bytes.subarray(0, interleaved.byteLength));
    for (const [channel, plane] of this.#planes.entries()) {
      for (let i = 0; i < numberOfSamples; i++) plane[i] = interleaved[i * channels + channel]!;
    }
    return numberOfSamples === 0 ? null : { channels: this.#planes, numberOfSamples };
  }
}

/** Mono through a second ffmpeg, as the mix is made in between. */
class FfmpegResampler implements Resampler {
  readonly #program: FfmpegPipe;
  readonly #from: number;
  readonly #to: number;
  readonly #lead: number;
  #toDrop: number;
  #started = false;
  #consumed = 0;
  #produced = 0;

  constructor(fromRate: number, toRate: number) {
    this.#from = fromRate;
    this.#to = toRate;
    const margin = resamplingMargin(fromRate, toRate);
    this.#lead = margin.input;
    this.#toDrop = margin.output;
    const raw = ['-f', 'f32le', '-ar', String(fromRate), '-ac', '1', '-i', 'pipe:0'];
    this.#program = new FfmpegPipe([
      ...raw,
      '-af',
      `aresample=${toRate}:filter_size=${FILTER_SIZE}`,
      '-f',
      'f32le',
      'pipe:1',
    ]);
  }

  async push(samples: Float32Array): Promise<Float32Array> {
    if (!this.#started) await this.#program.write(new Float32Array(this.#lead));
    this.#started = true;
    await this.#program.write(samples);
    this.#consumed += samples.length;
    return this.#taken(this.#program.readAvailable(BYTES));
  }

  async finish(): Promise<Float32Array> {
    await this.#program.write(new Float32Array(this.#lead));
    this.#program.endInput();
    const due = resampledLength(this.#consumed, this.#from, this.#to) - this.#produced;
    const rest = this.#taken(await this.#program.read(Infinity));
    if (rest.length < due) throw new Error(`resampling lost ${due - rest.length} samples: ${this.#program.complaints}`);
    return rest.subarray(0, due);
  }

  close(): Promise<void> {
    return this.#program.stop();
  }

  #taken(bytes: Buffer): Float32Array {
    const samples = new Float32Array(Math.floor(bytes.length / BYTES));
    Buffer.from(samples.buffer).set(bytes.subarray(0, samples.byteLength));
    const dropped = Math.min(this.#toDrop, samples.length);
    this.#toDrop -= dropped;
    this.#produced += samples.length - dropped;
    return samples.subarray(dropped);
  }
}

/** AV_CH_* bits of the layouts whose channels do not all weigh the same in loudness. */
const CHANNEL_MASKS: Readonly<Record<string, bigint>> = {
  mono: 0x4n,
  stereo: 0x3n,
  quad: 0x33n,
  '5.0': 0x37n,
  '5.1': 0x3fn,
  '5.0(side)': 0x607n,
  '5.1(side)': 0x60fn,
  '7.1': 0x63fn,
};

function lastOf<P extends Plane>({ channels, numberOfSamples }: PlanarBlock<P>, count: number): PlanarBlock<P> {
  return { channels: channels.map((plane) => plane.subarray(numberOfSamples - count) as P), numberOfSamples: count };
}

function inputOptions(sniffed: Sniffed, path: string): string[] {
  const options = Object.entries(sniffed.options ?? {}).flatMap(([name, value]) => [`-${name}`, value]);
  const url = inputUrl(path, sniffed);
  return ['-protocol_whitelist', `${PROTOCOLS},pipe`, ...options, '-f', sniffed.demuxer, '-i', url];
}

async function probe({ path, sniffed }: OpenOptions): Promise<{ streams: ProbedStream[]; declared: number }> {
  const options = ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', ...inputOptions(sniffed, path)];
  let answer: string;
  try {
    answer = (await run('ffprobe', options, { maxBuffer: LONGEST_PROBE_ANSWER })).stdout;
  } catch (error) {
    throw undecodableAudio(path, error);
  }
  const { streams, format } = ProbeAnswer.parse(JSON.parse(answer));
  return { streams, declared: format.duration };
}

function isMovingPicture({ codec_type, codec_name, disposition }: ProbedStream): boolean {
  return codec_type === 'video' && disposition.attached_pic === 0 && !PICTURE_CODECS.has(codec_name);
}

/** FFmpeg's encoders in this process, through node-av: FLAC and MP3 for pieces of sound. */
import { constants } from 'node:os';
import type { FFEncoderCodec } from 'node-av/constants';
import type { CodecContext, FormatContext, Packet, Stream } from 'node-av/lib';
import type { Encoder, EncoderOptions, Plane } from './audio-source.ts';
import type { Libav } from './libav-resampler.ts';
import { floatSample, integerSample } from './sample-formats.ts';

const ENCODERS = { flac: 'flac' as FFEncoderCodec, mp3: 'libmp3lame' as FFEncoderCodec };
/** bit/s: the most that MPEG-1 has, and MPEG-2, which lower rates are. */
const MP3_BIT_RATE = 320_000n;
const MP3_LOW_RATE_BIT_RATE = 160_000n;
const LOWEST_MPEG1_RATE = 32_000;

type SampleFormat = CodecContext['sampleFormat'];
const S16 = 1 as SampleFormat;
const S32 = 2 as SampleFormat;
const FLTP = 8 as SampleFormat;

export class LibavEncoder implements Encoder {
  readonly #libav: Libav;
  readonly #options: EncoderOptions;
  readonly #codec: CodecContext;
  readonly #output: FormatContext;
  readonly #stream: Stream;
  readonly #packet: Packet;
  /** Samples that do not fill a frame yet, a plane a channel. */
  readonly #waiting: Float64Array[];
  #waitingSamples = 0;
  #encodedSamples = 0;

  /** @throws Error when FFmpeg cannot encode it, or the file cannot be made */
  constructor(libav: Libav, options: EncoderOptions) {
    this.#libav = libav;
    this.#options = options;
    const { format, path, tags } = options;
    const codec = libav.Codec.findEncoderByName(ENCODERS[format]);
    if (!codec) throw new Error(`this FFmpeg has no encoder ${ENCODERS[format]}`);
    this.#codec = openEncoder(libav, codec, options);
    this.#output = new libav.FormatContext();
    this.#packet = new libav.Packet();
    this.#packet.alloc();
    this.#waiting = Array.from({ length: options.channels }, () => new Float64Array(this.#codec.frameSize));
    check(this.#output.allocOutputContext2(null, format, `file:${path}`), `the container ${format}`);
    this.#stream = this.#output.newStream(codec);
    check(this.#stream.codecpar.fromContext(this.#codec), 'the stream');
    this.#stream.timeBase = this.#codec.timeBase;
    this.#output.metadata = libav.Dictionary.fromObject(tags);
    check(this.#output.openOutputSync(), `opening ${path}`);
    check(this.#output.writeHeaderSync(), `the beginning of ${path}`);
  }

  write(channels: readonly Plane[], numberOfSamples: number): void {
    const { frameSize } = this.#codec;
    for (let done = 0; done < numberOfSamples;) {
      const count = Math.min(numberOfSamples - done, frameSize - this.#waitingSamples);
      for (const [c, plane] of this.#waiting.entries()) {
        plane.set(channels[c]!.subarray(done, done + count), this.#waitingSamples);
      }
      this.#waitingSamples += count;
      done += count;
      if (this.#waitingSamples === frameSize) this.#encode();
    }
  }

  finish(): void {
    if (this.#waitingSamples > 0) this.#encode();
    check(this.#codec.sendFrameSync(null), 'the last frame');
    this.#writePackets();
    check(this.#output.writeTrailerSync(), 'the end of the file');
  }

  close(): void {
    this.#packet.free();
    this.#codec.freeContext();
    this.#output.closeOutputSync();
    this.#output.freeContext();
  }

  #encode(): void {
    const count = this.#waitingSamples;
    const frame = new this.#libav.Frame();
    frame.alloc();
    try {
      frame.format = this.#codec.sampleFormat;
      frame.nbSamples = count;
      frame.sampleRate = this.#options.sampleRate;
      frame.channelLayout = this.#codec.channelLayout;
      frame.pts = BigInt(this.#encodedSamples);
      check(frame.getBuffer(0), 'memory for a frame');
      this.#fill(frame.data ?? [], count);
      check(this.#codec.sendFrameSync(frame), 'a frame');
    } finally {
      frame.free();
    }
    this.#encodedSamples += count;
    this.#waitingSamples = 0;
    this.#writePackets();
  }

  #fill(data: readonly Buffer[], count: number): void {
    const { format, bitsPerSample, channels } = this.#options;
    for (const [c, plane] of this.#waiting.entries()) {
      if (format === 'mp3') {
        for (let i = 0; i < count; i++) data[c]!.writeFloatLE(floatSample(plane[i]!), i * 4);
      } else if (bitsPerSample === 16) {
        for (let i = 0; i < count; i++) data[0]!.writeInt16LE(integerSample(plane[i]!, 16), (i * channels + c) * 2);
      } else {
        // 24 bits lie at the top of 32.
        for (let i = 0; i < count; i++) data[0]!.writeInt32LE(integerSample(plane[i]!, 24) * 256, (i * channels + c) * 4); // prettier-ignore
      }
    }
  }

  #writePackets(): void {
    const { sampleRate } = this.#options;
    while (this.#codec.receivePacketSync(this.#packet) >= 0) {
      this.#packet.streamIndex = this.#stream.index;
      this.#packet.rescaleTs({ num: 1, den: sampleRate }, this.#stream.timeBase);
      check(this.#output.interleavedWriteFrameSync(this.#packet), 'writing');
    }
  }
}

function openEncoder(
  libav: Libav,
  codec: NonNullable<ReturnType<Libav['Codec']['findEncoderByName']>>,
  { format, sampleRate, channels, channelMask, bitsPerSample }: EncoderOptions,
): CodecContext {
  const context = new libav.CodecContext();
  context.allocContext3(codec);
  const usual = libav.avChannelLayoutDefault(channels);
  context.sampleRate = sampleRate;
  context.channelLayout = channelMask === 0n ? usual : { ...usual, mask: channelMask };
  context.timeBase = new libav.Rational(1, sampleRate);
  context.setFlags(libav.AV_CODEC_FLAG_GLOBAL_HEADER);
  if (format === 'mp3') {
    context.sampleFormat = FLTP;
    context.bitRate = sampleRate < LOWEST_MPEG1_RATE ? MP3_LOW_RATE_BIT_RATE : MP3_BIT_RATE;
  } else {
    context.sampleFormat = bitsPerSample === 16 ? S16 : S32;
    context.bitsPerRawSample = bitsPerSample;
  }
  check(context.open2Sync(codec, null), `the encoder ${codec.name ?? format}`);
  return context;
}

function check(code: number, what: string): void {
  if (code >= 0) return;
  const error = new Error(`encoding failed at ${what} (${code})`);
  throw -code === constants.errno.ENOSPC ? Object.assign(error, { code: 'ENOSPC' }) : error;
}

/**
 * PCM to audio files in the formats a real library has, by FFmpeg (through node-av). Native code: only ever loaded in
 * the demo's child process. Output is bit-exact for one FFmpeg build: no dates, no encoder versions, fixed serials.
 */
import type { CodecContext, FormatContext, Frame, Packet, Stream } from 'node-av/lib';
import type { AVChannelOrder, AVCodecFlag, AVFormatFlag, AVLogLevel, AVSampleFormat } from 'node-av/constants';

export type DemoFormat = 'wav' | 'aiff' | 'flac' | 'mp3' | 'ogg' | 'opus' | 'm4a';

export interface EncodeOptions {
  format: DemoFormat;
  /** Hz; Opus takes 48 000 only */
  sampleRate: number;
  /** 16, 24, or 32 (float, wav only); null for the lossy formats */
  bitDepth: 16 | 24 | 32 | null;
  /** FFmpeg's generic keys: title, artist, album, genre, comment. */
  tags: Readonly<Record<string, string>>;
}

/** Numbers of FFmpeg's public headers, stable since version 4. */
const S16 = 1;
const S32 = 2;
const FLT = 3;
const FLTP = 8;
const CODEC_FLAG_BITEXACT = 1 << 23;
const CODEC_FLAG_GLOBAL_HEADER = 1 << 22;
const FORMAT_FLAG_BITEXACT = 0x400;
const AVERROR_EOF = -541_478_725;
const AVERROR_EAGAIN = -11;
const CHANNEL_ORDER_NATIVE = 1 as unknown as AVChannelOrder;
const LOG_ERROR = 16;

interface Encoder {
  muxer: string;
  codec: string;
  sampleFormat: typeof S16 | typeof S32 | typeof FLT | typeof FLTP;
  /** bit/s per channel */
  bitRate?: number;
}

function encoderFor({ format, bitDepth }: EncodeOptions): Encoder {
  switch (format) {
    case 'wav':
      if (bitDepth === 32) return { muxer: 'wav', codec: 'pcm_f32le', sampleFormat: FLT };
      return bitDepth === 24
        ? { muxer: 'wav', codec: 'pcm_s24le', sampleFormat: S32 }
        : { muxer: 'wav', codec: 'pcm_s16le', sampleFormat: S16 };
    case 'aiff':
      return bitDepth === 24
        ? { muxer: 'aiff', codec: 'pcm_s24be', sampleFormat: S32 }
        : { muxer: 'aiff', codec: 'pcm_s16be', sampleFormat: S16 };
    case 'flac':
      return { muxer: 'flac', codec: 'flac', sampleFormat: bitDepth === 24 ? S32 : S16 };
    case 'mp3':
      return { muxer: 'mp3', codec: 'libmp3lame', sampleFormat: FLTP, bitRate: 96_000 };
    case 'ogg':
      return { muxer: 'ogg', codec: 'libvorbis', sampleFormat: FLTP, bitRate: 80_000 };
    case 'opus':
      return { muxer: 'opus', codec: 'libopus', sampleFormat: FLT, bitRate: 64_000 };
    case 'm4a':
      return { muxer: 'ipod', codec: 'aac', sampleFormat: FLTP, bitRate: 80_000 };
  }
}

/**
 * Writes one file, overwriting what is there.
 * @param channels one Float32Array a channel, equally long, −1..1; 1 or 2 channels
 * @throws RangeError for samples outside −1..1 or not numbers, before anything is written; Error naming the FFmpeg
 *   call that failed and its code
 */
export async function encodeAudioFile(
  path: string,
  channels: readonly Float32Array[],
  options: EncodeOptions,
): Promise<void> {
  for (const channel of channels) {
    for (let n = 0; n < channel.length; n++) {
      // Turned round so that NaN fails it too.
      if (!(Math.abs(channel[n]!) <= 1)) throw new RangeError(`sample ${n} is ${channel[n]!}, for ${path}`);
    }
  }
  const libav = await import('node-av/lib');
  libav.Log.setLevel(LOG_ERROR as AVLogLevel); // some encoders print statistics otherwise
  const wanted = encoderFor(options);
  const codec = libav.Codec.findEncoderByName(wanted.codec as Parameters<typeof libav.Codec.findEncoderByName>[0]);
  if (!codec) throw new Error(`this FFmpeg has no ${wanted.codec} encoder`);

  await using output = new libav.FormatContext();
  check(output.allocOutputContext2(null, wanted.muxer, path), 'allocOutputContext2');
  using context = new libav.CodecContext();
  context.allocContext3(codec);
  context.sampleRate = options.sampleRate;
  context.sampleFormat = wanted.sampleFormat as AVSampleFormat;
  context.channelLayout = {
    nbChannels: channels.length,
    order: CHANNEL_ORDER_NATIVE,
    mask: channels.length === 1 ? 0x4n : 0x3n,
  };
  context.timeBase = new libav.Rational(1, options.sampleRate);
  if (wanted.bitRate !== undefined) context.bitRate = BigInt(wanted.bitRate * channels.length);
  if (options.bitDepth === 24) context.bitsPerRawSample = 24;
  context.threadCount = 1;
  context.setFlags((CODEC_FLAG_BITEXACT | CODEC_FLAG_GLOBAL_HEADER) as AVCodecFlag);
  check(context.open2Sync(codec, null), `opening ${wanted.codec}`);

  const stream = output.newStream(codec);
  stream.timeBase = context.timeBase;
  check(stream.codecpar.fromContext(context), 'codec parameters');
  output.metadata = libav.Dictionary.fromObject({ ...options.tags });
  output.setFlags(FORMAT_FLAG_BITEXACT as AVFormatFlag);
  check(output.openOutputSync(), `opening ${path}`);
  check(
    output.writeHeaderSync(libav.Dictionary.fromObject(options.format === 'mp3' ? { id3v2_version: 3 } : {})),
    'writing the header',
  );

  using packet = new libav.Packet();
  packet.alloc();
  const numberOfSamples = channels[0]!.length;
  const frameSamples = context.frameSize > 0 ? context.frameSize : 4096;
  for (let at = 0; at < numberOfSamples; at += frameSamples) {
    using frame = new libav.Frame();
    fillFrame(frame, context, channels, at, Math.min(frameSamples, numberOfSamples - at), options);
    check(context.sendFrameSync(frame), 'encoding');
    drain(context, output, stream, packet);
  }
  check(context.sendFrameSync(null), 'finishing the encoder');
  drain(context, output, stream, packet);
  check(output.writeTrailerSync(), 'writing the trailer');
  output.closeOutputSync();
}

function drain(context: CodecContext, output: FormatContext, stream: Stream, packet: Packet): void {
  for (;;) {
    const result = context.receivePacketSync(packet);
    if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return;
    check(result, 'encoding');
    packet.streamIndex = stream.index;
    packet.rescaleTs(context.timeBase, stream.timeBase); // the muxer may have chosen its own time base
    check(output.interleavedWriteFrameSync(packet), 'writing');
  }
}

function fillFrame(
  frame: Frame,
  context: CodecContext,
  channels: readonly Float32Array[],
  at: number,
  count: number,
  options: EncodeOptions,
): void {
  frame.alloc();
  frame.format = context.sampleFormat;
  frame.nbSamples = count;
  frame.sampleRate = options.sampleRate;
  frame.channelLayout = context.channelLayout;
  frame.pts = BigInt(at);
  check(frame.allocBuffer(), 'allocating a frame');
  const planes = frame.data;
  if (!planes) throw new Error('FFmpeg gave a frame without memory');
  if ((context.sampleFormat as number) === FLTP) {
    for (const [c, channel] of channels.entries()) {
      const samples = channel.subarray(at, at + count);
      Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).copy(planes[c]!);
    }
    return;
  }
  const interleaved = planes[0]!;
  for (let n = 0; n < count; n++) {
    for (const [c, channel] of channels.entries()) {
      const value = channel[at + n]!;
      const index = n * channels.length + c;
      if ((context.sampleFormat as number) === S16) interleaved.writeInt16LE(toInteger(value, 16), 2 * index);
      // FFmpeg keeps 24-bit samples in the upper bits of 32.
      else if ((context.sampleFormat as number) === S32)
        interleaved.writeInt32LE(toInteger(value, 24) * 256, 4 * index);
      else interleaved.writeFloatLE(value, 4 * index);
    }
  }
}

/** −1..1 to a signed integer of `bits` bits, rounded and clipped. */
function toInteger(value: number, bits: number): number {
  const scale = 2 ** (bits - 1);
  return Math.max(-scale, Math.min(scale - 1, Math.round(value * scale)));
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`${what} failed (FFmpeg code ${result})`);
}

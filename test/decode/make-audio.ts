/** Small audio files for tests: WAV by hand, the rest by FFmpeg's encoders. */
import { writeFileSync } from 'node:fs';
import type { AVChannelOrder, AVSampleFormat, FFEncoderCodec } from 'node-av/constants';
import {
  AVMEDIA_TYPE_AUDIO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_ID_MPEG4,
  AV_CODEC_ID_PCM_S16LE,
  AV_LOG_QUIET,
  AV_PIX_FMT_YUV420P,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Dictionary,
  FormatContext,
  Frame,
  Log,
  Packet,
  Rational,
  SoftwareResampleContext,
  avChannelLayoutDefault,
} from 'node-av/lib';
import { wavFile, type SampleFormat, type WavOptions } from '../kit/wav.ts';

type WavChunks = Pick<WavOptions, 'before' | 'after'>;

Log.setLevel(AV_LOG_QUIET);

/** Sine of full length; starts at 0. */
export function sine(seconds: number, sampleRate: number, hertz: number, amplitude = 0.5): Float32Array {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  return samples.map((_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / sampleRate));
}

/** The same noise for the same seed. */
export function noise(seconds: number, sampleRate: number, amplitude = 0.5, seed = 1): Float32Array {
  let state = seed >>> 0;
  return new Float32Array(Math.round(seconds * sampleRate)).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return amplitude * (state / 2 ** 31 - 1);
  });
}

export function wavBytes(
  channels: readonly Float32Array[],
  sampleRate: number,
  format: SampleFormat,
  options: WavChunks = {},
): Buffer {
  return wavFile(channels, { sampleRate, format, ...options });
}

export function writeWav(
  path: string,
  channels: readonly Float32Array[],
  sampleRate: number,
  format: SampleFormat = 's16',
  options: WavChunks = {},
): void {
  writeFileSync(path, wavBytes(channels, sampleRate, format, options));
}

export interface EncodeOptions {
  muxer: string;
  encoder: string;
  /** FFmpeg's own names: title, artist, genre, … */
  metadata?: Record<string, string>;
  muxerOptions?: Record<string, string>;
}

/** @throws Error naming what failed */
export function encode(
  path: string,
  channels: readonly Float32Array[],
  sampleRate: number,
  options: EncodeOptions,
): void {
  const codec = Codec.findEncoderByName(options.encoder as FFEncoderCodec);
  if (!codec) throw new Error(`this FFmpeg has no ${options.encoder} encoder`);
  const layout = avChannelLayoutDefault(channels.length);
  const sampleFormat = codec.sampleFormats?.[0] ?? (3 as AVSampleFormat);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = sampleRate;
  context.channelLayout = layout;
  context.sampleFormat = sampleFormat;
  context.timeBase = new Rational(1, sampleRate);
  context.bitRate = 96_000n * BigInt(channels.length);
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  ok(context.open2Sync(codec, null), `opening ${options.encoder}`);

  const output = new FormatContext();
  ok(output.allocOutputContext2(null, options.muxer, path), options.muxer);
  const stream = output.newStream(codec);
  ok(stream.codecpar.fromContext(context), 'parameters');
  stream.timeBase = context.timeBase;
  output.metadata = Dictionary.fromObject(options.metadata ?? {});
  ok(output.openOutputSync(), `opening ${path}`);
  ok(output.writeHeaderSync(Dictionary.fromObject(options.muxerOptions ?? {})), 'header');

  const packet = new Packet();
  packet.alloc();
  const receive = () => {
    while (context.receivePacketSync(packet) >= 0) {
      packet.streamIndex = stream.index;
      packet.rescaleTs({ num: 1, den: sampleRate }, stream.timeBase);
      ok(output.interleavedWriteFrameSync(packet), 'writing');
    }
  };
  const convert = new SoftwareResampleContext();
  convert.allocSetOpts2(layout, sampleFormat, sampleRate, layout, 8 as AVSampleFormat, sampleRate);
  ok(convert.init(), 'conversion');
  const frameSamples = context.frameSize > 0 ? context.frameSize : 1024;
  const total = channels[0]!.length;
  for (let at = 0; at < total; at += frameSamples) {
    const count = Math.min(frameSamples, total - at);
    const planes = channels.map((channel) => Buffer.from(channel.slice(at, at + count).buffer));
    const frame = new Frame();
    frame.alloc();
    frame.format = sampleFormat;
    frame.nbSamples = count;
    frame.sampleRate = sampleRate;
    frame.channelLayout = { ...layout, order: 1 as AVChannelOrder };
    frame.pts = BigInt(at);
    ok(frame.getBuffer(0), 'frame');
    ok(convert.convertSync(frame.data, count, planes, count), 'converting');
    ok(context.sendFrameSync(frame), 'encoding');
    frame.free();
    receive();
  }
  context.sendFrameSync(null);
  receive();
  ok(output.writeTrailerSync(), 'trailer');
  output.closeOutputSync();
  output.freeContext();
  convert.free();
  packet.free();
  context.freeContext();
}

/** The same packets in a new container with other tags, as a tag editor leaves them. */
export function retag(from: string, to: string, muxer: string, metadata: Record<string, string>): void {
  const input = new FormatContext();
  ok(input.openInputSync(from), 'opening');
  ok(input.findStreamInfoSync(), 'reading');
  const source = input.streams[0]!;
  const output = new FormatContext();
  ok(output.allocOutputContext2(null, muxer, to), muxer);
  const stream = output.newStream(null);
  ok(source.codecpar.copy(stream.codecpar), 'parameters');
  stream.codecpar.codecTag = 0;
  stream.timeBase = source.timeBase;
  output.metadata = Dictionary.fromObject(metadata);
  ok(output.openOutputSync(), `opening ${to}`);
  ok(output.writeHeaderSync(), 'header');
  const packet = new Packet();
  packet.alloc();
  const timeBase = { num: source.timeBase.num, den: source.timeBase.den };
  while (input.readFrameSync(packet) >= 0) {
    packet.rescaleTs(timeBase, stream.timeBase);
    packet.streamIndex = 0;
    ok(output.interleavedWriteFrameSync(packet), 'writing');
  }
  ok(output.writeTrailerSync(), 'trailer');
  output.closeOutputSync();
  output.freeContext();
  input.closeInputSync();
  packet.free();
}

/** A second of moving picture, in Matroska, with or without sound (silence) beside it. */
export function encodeFilm(path: string, withSound: boolean): void {
  const output = new FormatContext();
  ok(output.allocOutputContext2(null, 'matroska', path), 'matroska');
  const video = openVideo();
  const picture = output.newStream(null);
  ok(picture.codecpar.fromContext(video), 'parameters');
  picture.timeBase = new Rational(1, 25);
  const sound = withSound ? output.newStream(null) : null;
  if (sound) {
    sound.codecpar.codecType = AVMEDIA_TYPE_AUDIO;
    sound.codecpar.codecId = AV_CODEC_ID_PCM_S16LE;
    sound.codecpar.sampleRate = 8000;
    sound.codecpar.bitsPerCodedSample = 16;
    sound.codecpar.channelLayout = avChannelLayoutDefault(1);
    sound.timeBase = new Rational(1, 8000);
  }
  ok(output.openOutputSync(), `opening ${path}`);
  ok(output.writeHeaderSync(), 'header');
  const packet = new Packet();
  packet.alloc();
  for (let n = 0; n < 25; n++) {
    using frame = new Frame();
    frame.alloc();
    frame.format = AV_PIX_FMT_YUV420P;
    frame.width = 32;
    frame.height = 32;
    frame.pts = BigInt(n);
    ok(frame.getBuffer(0), 'frame');
    for (const plane of frame.data ?? []) plane.fill(n * 10);
    ok(video.sendFrameSync(frame), 'encoding');
    while (video.receivePacketSync(packet) >= 0) {
      packet.streamIndex = 0;
      packet.rescaleTs({ num: 1, den: 25 }, picture.timeBase);
      ok(output.interleavedWriteFrameSync(packet), 'writing');
    }
  }
  if (sound) {
    using silence = new Packet();
    silence.alloc();
    silence.data = Buffer.alloc(16_000, 50);
    silence.streamIndex = 1;
    silence.pts = 0n;
    silence.dts = 0n;
    silence.rescaleTs({ num: 1, den: 8000 }, sound.timeBase);
    ok(output.interleavedWriteFrameSync(silence), 'writing');
  }
  ok(output.writeTrailerSync(), 'trailer');
  output.closeOutputSync();
  output.freeContext();
  video.freeContext();
}

function openVideo(): CodecContext {
  const codec = Codec.findEncoder(AV_CODEC_ID_MPEG4);
  if (!codec) throw new Error('this FFmpeg has no MPEG-4 video encoder');
  const video = new CodecContext();
  video.allocContext3(codec);
  video.width = 32;
  video.height = 32;
  video.pixelFormat = AV_PIX_FMT_YUV420P;
  video.timeBase = new Rational(1, 25);
  video.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  ok(video.open2Sync(codec, null), 'opening mpeg4');
  return video;
}

function ok(code: number, what: string): void {
  if (code < 0) throw new Error(`${what} failed (${code})`);
}

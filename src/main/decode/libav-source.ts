/** FFmpeg in this process, through node-av. Synchronous calls: this process has nothing else to do meanwhile. */
import type { CodecContext, FormatContext, Frame, Packet, Stream } from 'node-av/lib';
import { fromFileSystem, noAudioStream, undecodableAudio, unsupportedFormat } from './file-errors.ts';
import {
  PICTURE_CODECS,
  isLossless,
  type AudioLibrary,
  type AudioSource,
  type OpenOptions,
  type PlanarBlock,
  type Plane,
  type SourceFacts,
} from './audio-source.ts';
import { inputUrl, PROTOCOLS } from './ffmpeg-input.ts';
import { ContentHash } from './content-id.ts';
import { copyPlanar, isFloatFormat } from './sample-formats.ts';
import { LibavEncoder } from './libav-encoder.ts';
import { LibavResampler, PlanarConverter, type Libav } from './libav-resampler.ts';

/** FFmpeg's AV_NOPTS_VALUE. */
const NO_TIMESTAMP = -(2n ** 63n);
/** `data` holds this many planes; asking for `extendedData` costs more, 80 ms in nine minutes of mp3. */
const POINTERS_IN_FRAME = 8;
/**
 * Where FFmpeg's timestamps lead to the very sample (test/decode/read-samples.test.ts compares). Elsewhere, what lies
 * before is decoded.
 */
const EXACT_DEMUXERS: ReadonlySet<string> = new Set(['flac', 'wv', 'ogg', 'mp3', 'mov']);
/** The same, of plain PCM alone: timestamps of blocks of ADPCM are not exact. */
const EXACT_PCM_DEMUXERS: ReadonlySet<string> = new Set(['wav', 'w64', 'aiff', 'caf']);
/**
 * Codecs of which a second of preroll makes every bit what it would have been. Others (AAC, Opus) carry noise generators
 * or predictions along from their first packet: right to the ear, not to the bit.
 */
const EXACT_CODECS = /^(pcm_|flac$|alac$|wavpack$|vorbis$|mp3)/;
/** Decoding less than this takes no longer than seeking, s. */
const SEEK_BEYOND_SECONDS = 5;
/** Decoded and dropped before a place that was sought: codecs begin with what they do not know yet. */
const PREROLL_SECONDS = 1;
/** Packets between two signs of life while nothing is decoded. */
const PACKETS_A_BEAT = 512;

/**
 * Loads node-av.
 * @throws Error when its binary is missing or does not fit this machine
 */
export async function loadLibav(): Promise<AudioLibrary> {
  const libav: Libav = { ...(await import('node-av/constants')), ...(await import('node-av/lib')) };
  // FFmpeg speaks on stderr, which belongs to the host; what matters comes as error codes.
  libav.Log.setLevel(libav.AV_LOG_QUIET);
  return {
    name: `node-av, FFmpeg ${libav.getFFmpegInfo().version}`,
    open: (options) => LibavSource.open(libav, options, ROUGHLY),
    openExact: (options) => LibavSource.open(libav, { ...options, decode: true }, EXACTLY),
    encoder: (options) => new LibavEncoder(libav, options),
    resampler: (fromRate, toRate) => new LibavResampler(libav, fromRate, toRate),
  };
}

interface Precision<P extends Plane> {
  newPlane: (length: number) => P;
  /** What comes after a skip is, bit by bit, what a decode from the beginning gives. */
  keepsBits: boolean;
}
const ROUGHLY: Precision<Float32Array> = { newPlane: (length) => new Float32Array(length), keepsBits: false };
const EXACTLY: Precision<Float64Array> = { newPlane: (length) => new Float64Array(length), keepsBits: true };

class LibavSource<P extends Plane> implements AudioSource<P> {
  facts: SourceFacts;
  isFloat = false;
  readonly declaredSeconds: number | null;
  readonly hasVideo: boolean;
  failedPackets = 0;

  readonly #libav: Libav;
  readonly #path: string;
  readonly #format: FormatContext;
  readonly #stream: Stream;
  readonly #decoder: CodecContext | null;
  readonly #packet: Packet;
  readonly #frame: Frame;
  readonly #beat: () => Promise<void>;
  readonly #demuxer: string;
  readonly #hash: ContentHash;
  /** As the demuxer says: the same whether or not something is decoded. */
  readonly #identity: { codec: string; sampleRate: number; channels: number };
  #converter: PlanarConverter | null = null;
  readonly #newPlane: (length: number) => P;
  readonly #keepsBits: boolean;
  #planes: P[] = [];
  #current: { planes: readonly Uint8Array[]; sampleFormat: number; numberOfSamples: number; at: number } | null = null;
  #draining = false;
  #ended = false;
  #skipped = false;
  /** Of the first frame, in the time base of the stream. */
  #firstTimestamp = 0n;

  static async open<P extends Plane>(
    libav: Libav,
    { path, sniffed, decode, beat }: OpenOptions,
    precision: Precision<P>,
  ): Promise<LibavSource<P>> {
    const format = new libav.FormatContext();
    try {
      const inputFormat = libav.InputFormat.findInputFormat(sniffed.demuxer);
      if (!inputFormat) throw unsupportedFormat(path, `${sniffed.format} audio`);
      // Named demuxer and local files only: a playlist in disguise must not lead elsewhere.
      // Few probe packets: they look for other codecs inside PCM (DTS in WAV), and 2500 of them cost 40 ms a file.
      const options = libav.Dictionary.fromObject({
        protocol_whitelist: PROTOCOLS,
        max_probe_packets: '8',
        ...sniffed.options,
      });
      check(libav, path, format.openInputSync(inputUrl(path, sniffed), inputFormat, options));
      check(libav, path, format.findStreamInfoSync());
      const source = new LibavSource(libav, path, format, sniffed.demuxer, { decode, beat, ...precision });
      if (decode) source.#readFirstFrame();
      await beat();
      return source;
    } catch (error) {
      format.closeInputSync();
      throw error;
    }
  }

  private constructor(
    libav: Libav,
    path: string,
    format: FormatContext,
    demuxer: string,
    { decode, beat, newPlane, keepsBits }: Pick<OpenOptions, 'decode' | 'beat'> & Precision<P>,
  ) {
    this.#libav = libav;
    this.#path = path;
    this.#demuxer = demuxer;
    this.#hash = new ContentHash(path);
    this.#format = format;
    this.#beat = beat;
    this.#newPlane = newPlane;
    this.#keepsBits = keepsBits;
    const streams = format.streams;
    this.hasVideo = streams.some((stream) => isMovingPicture(libav, stream));
    const best = format.findBestStream(libav.AVMEDIA_TYPE_AUDIO);
    const stream = streams[best];
    if (best < 0 || !stream) throw noAudioStream(path);
    for (const other of streams) if (other.index !== best) other.discard = libav.AVDISCARD_ALL;
    this.#stream = stream;
    const parameters = stream.codecpar;
    const codec = libav.avGetCodecName(parameters.codecId) ?? 'unknown';
    const depth = parameters.bitsPerRawSample || parameters.bitsPerCodedSample;
    this.#identity = { codec, sampleRate: parameters.sampleRate, channels: parameters.channelLayout.nbChannels };
    this.facts = { ...this.#identity, channelMask: 0n, bitDepth: isLossless(codec) && depth > 0 ? depth : null };
    this.declaredSeconds = declaredSeconds(format, stream);
    this.#packet = new libav.Packet();
    this.#packet.alloc();
    this.#frame = new libav.Frame();
    this.#frame.alloc();
    this.#decoder = decode ? openDecoder(libav, path, stream, codec) : null;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface also serves a source that must wait
  async read(): Promise<PlanarBlock<P> | null> {
    const blockSamples = this.facts.sampleRate;
    let filled = 0;
    while (filled < blockSamples) {
      if (!this.#current || this.#current.at === this.#current.numberOfSamples) {
        if (!this.#nextFrame()) break;
        continue;
      }
      const frame = this.#current;
      const take = Math.min(blockSamples - filled, frame.numberOfSamples - frame.at);
      copyPlanar(frame.sampleFormat, frame.planes, frame.at, take, this.#planes, filled);
      frame.at += take;
      filled += take;
    }
    return filled === 0 ? null : { channels: this.#planes, numberOfSamples: filled };
  }

  async skipTo(sample: number): Promise<void> {
    this.#skipped = true;
    let position = this.#seek(sample);
    while (position < sample) {
      if (!this.#current || this.#current.at === this.#current.numberOfSamples) {
        if (!this.#nextFrame()) return;
        await this.#beat();
        continue;
      }
      const dropped = Math.min(sample - position, this.#current.numberOfSamples - this.#current.at);
      this.#current.at += dropped;
      position += dropped;
    }
  }

  async skipToEnd(): Promise<void> {
    for (let packets = 1; this.#nextPacket(); packets++) {
      this.#packet.unref();
      if (packets % PACKETS_A_BEAT === 0) await this.#beat();
    }
  }

  contentId(): string {
    if (!this.#ended || this.#skipped) throw new Error('the content identity is known only at the end of the file');
    return this.#hash.contentId(this.#identity.codec, this.#identity.sampleRate, this.#identity.channels);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async close(): Promise<void> {
    this.#converter?.close();
    this.#frame.free();
    this.#packet.free();
    this.#decoder?.freeContext();
    this.#format.closeInputSync();
  }

  #readFirstFrame(): void {
    // Only the first frame tells for certain what comes out of the decoder (HE-AAC doubles its rate, for one).
    const first = this.#receive();
    if (!first)
      throw undecodableAudio(this.#path, `not one frame could be decoded (${this.failedPackets} packets failed)`);
    const layout = this.#frame.channelLayout;
    const channelMask = layout.order === this.#libav.AV_CHANNEL_ORDER_NATIVE ? layout.mask : 0n;
    this.facts = { ...this.facts, sampleRate: this.#frame.sampleRate, channels: layout.nbChannels, channelMask };
    this.#planes = Array.from({ length: layout.nbChannels }, () => this.#newPlane(this.#frame.sampleRate));
    this.#firstTimestamp = this.#frame.pts;
    this.isFloat = isFloatFormat(this.#frame.format);
    this.#takeFrame();
  }

  /**
   * Seeks to somewhat before a sample, where the format leads to the very sample and it is worth it.
   * @returns the position of the next sample
   * @throws UserError undecodable-audio where the container leads elsewhere
   */
  #seek(sample: number): number {
    const { sampleRate } = this.facts;
    if (!this.#seeksExactly() || sample < SEEK_BEYOND_SECONDS * sampleRate) return 0;
    if (this.#firstTimestamp === NO_TIMESTAMP) return 0;
    const { num, den } = this.#stream.timeBase;
    const ticks = BigInt(Math.floor(((sample / sampleRate - PREROLL_SECONDS) * den) / num));
    const found = this.#format.seekFrameSync(this.#stream.index, this.#firstTimestamp + ticks, this.#libav.AVSEEK_FLAG_BACKWARD); // prettier-ignore
    if (found < 0) return 0; // nothing has moved
    this.#decoder?.flushBuffers();
    this.#current = null;
    if (!this.#nextFrame()) return sample; // behind the end
    const seconds = (Number(this.#frame.pts - this.#firstTimestamp) * num) / den;
    const position = Math.round(seconds * sampleRate);
    if (this.#frame.pts === NO_TIMESTAMP || position > sample)
      throw undecodableAudio(this.#path, `seeking sample ${sample} led to ${position}`);
    return position;
  }

  #seeksExactly(): boolean {
    if (this.#keepsBits && !EXACT_CODECS.test(this.facts.codec)) return false;
    const isPcm = this.facts.codec.startsWith('pcm_');
    return EXACT_DEMUXERS.has(this.#demuxer) || (isPcm && EXACT_PCM_DEMUXERS.has(this.#demuxer));
  }

  #nextFrame(): boolean {
    if (!this.#receive()) return false;
    this.#takeFrame();
    return true;
  }

  /** Makes the frame just received the current one, brought to the rate and channels of the first if it differs. */
  #takeFrame(): void {
    const frame = this.#frame;
    const numberOfSamples = frame.nbSamples;
    const planes = (frame.channels > POINTERS_IN_FRAME ? frame.extendedData : frame.data) ?? [];
    if (frame.sampleRate === this.facts.sampleRate && frame.channels === this.facts.channels) {
      this.#current = { planes, sampleFormat: frame.format, numberOfSamples, at: 0 };
      return;
    }
    if (!this.#converter?.takes(frame)) {
      this.#converter?.close();
      this.#converter = new PlanarConverter(this.#libav, frame, this.facts);
    }
    this.#current = { ...this.#converter.convert(planes, numberOfSamples), at: 0 };
  }

  /** @returns whether #frame now holds samples; false at the end of the file */
  #receive(): boolean {
    const decoder = this.#decoder;
    if (!decoder) throw new Error('this source was opened for packets only');
    const { AVERROR_EAGAIN } = this.#libav;
    for (;;) {
      const received = decoder.receiveFrameSync(this.#frame);
      if (received >= 0) {
        if (this.#frame.nbSamples > 0) return true;
        continue;
      }
      if (received !== AVERROR_EAGAIN) {
        if (this.#draining) return false;
        this.failedPackets++;
      }
      if (this.#nextPacket()) {
        if (decoder.sendPacketSync(this.#packet) < 0) this.failedPackets++;
        this.#packet.unref();
      } else {
        if (this.#draining) return false;
        decoder.sendPacketSync(null);
        this.#draining = true;
      }
    }
  }

  /** @returns whether #packet holds the next packet of the audio stream; its payload has been hashed */
  #nextPacket(): boolean {
    while (!this.#ended) {
      const read = this.#format.readFrameSync(this.#packet);
      if (read < 0) {
        this.#endReading(read);
        return false;
      }
      if (this.#packet.streamIndex === this.#stream.index) {
        const payload = this.#packet.data;
        if (payload) this.#hash.update(payload);
        return true;
      }
      this.#packet.unref();
    }
    return false;
  }

  #endReading(code: number): void {
    this.#ended = true;
    const error = this.#libav.FFmpegError.fromCode(code);
    if (!error || error.isEOF) return;
    if (error.isEIO) throw fromFileSystem(this.#path, Object.assign(new Error(error.message), { code: 'EIO' }));
    // A container that breaks off in the middle: what came before it counts.
    this.failedPackets++;
  }
}

function openDecoder(libav: Libav, path: string, stream: Stream, codecName: string): CodecContext {
  const codec = libav.Codec.findDecoder(stream.codecpar.codecId);
  if (!codec)
    throw unsupportedFormat(path, codecName === 'none' ? 'encoded with an unknown codec' : `encoded as ${codecName}`);
  const decoder = new libav.CodecContext();
  decoder.allocContext3(codec);
  const parametersTaken = decoder.parametersToContext(stream.codecpar);
  decoder.pktTimebase = stream.timeBase;
  // Several files are decoded at once, one process each; threads inside one would only get in each other's way.
  decoder.threadCount = 1;
  const opened = parametersTaken < 0 ? parametersTaken : decoder.open2Sync(codec, null);
  if (opened < 0) {
    decoder.freeContext();
    throw undecodableAudio(path, libav.FFmpegError.fromCode(opened));
  }
  return decoder;
}

function check(libav: Libav, path: string, code: number): void {
  if (code >= 0) return;
  const error = libav.FFmpegError.fromCode(code);
  if (error?.isENOENT) throw fromFileSystem(path, Object.assign(new Error(error.message), { code: 'ENOENT' }));
  if (error?.isEACCES) throw fromFileSystem(path, Object.assign(new Error(error.message), { code: 'EACCES' }));
  if (error?.isEIO) throw fromFileSystem(path, Object.assign(new Error(error.message), { code: 'EIO' }));
  throw undecodableAudio(path, error);
}

function isMovingPicture(libav: Libav, stream: Stream): boolean {
  if (
    stream.codecpar.codecType !== libav.AVMEDIA_TYPE_VIDEO ||
    (stream.disposition & libav.AV_DISPOSITION_ATTACHED_PIC) !== 0
  )
    return false;
  return !PICTURE_CODECS.has(libav.avGetCodecName(stream.codecpar.codecId) ?? '');
}

function declaredSeconds(format: FormatContext, stream: Stream): number | null {
  if (stream.duration !== NO_TIMESTAMP && stream.duration > 0n) {
    return (Number(stream.duration) * stream.timeBase.num) / stream.timeBase.den;
  }
  return format.duration !== NO_TIMESTAMP && format.duration > 0n ? Number(format.duration) / 1e6 : null;
}

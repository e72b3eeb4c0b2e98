/** What the decoder process needs of a decoding library, so that FFmpeg can be linked (node-av) or a program on PATH. */
import type { Sniffed } from './sniff.ts';

/** float32 for what is measured and embedded; float64 where each bit counts: it holds 32-bit integers, too. */
export type Plane = Float32Array | Float64Array;

/** About one second of all channels. The planes are used again by the next read. */
export interface PlanarBlock<P extends Plane = Float32Array> {
  /** One plane a channel, each at least numberOfSamples long; values as decoded, not checked. */
  channels: readonly P[];
  /** Per channel. */
  numberOfSamples: number;
}

export interface SourceFacts {
  /** FFmpeg's name of the codec. */
  codec: string;
  /** Hz, of the blocks. */
  sampleRate: number;
  channels: number;
  /** FFmpeg's AV_CH_* bits; 0 when the file does not say. */
  channelMask: bigint;
  /** null for lossy codecs. */
  bitDepth: number | null;
}

/** One open file. Not for use by several readers at once. */
export interface AudioSource<P extends Plane = Float32Array> {
  readonly facts: SourceFacts;
  /** Samples come out of the decoder as floating point, also of lossy codecs. */
  readonly isFloat: boolean;
  /** Length by the container, s; null when it has no word on it. */
  readonly declaredSeconds: number | null;
  /** Moving pictures beside the sound (covers do not count). */
  readonly hasVideo: boolean;
  /** Packets that could not be decoded so far. */
  readonly failedPackets: number;
  /** @returns the next block, all of them full but the last; null at the end */
  read(): Promise<PlanarBlock<P> | null>;
  /**
   * The next block begins with this sample, or there is none where the file ends before it. Before the first `read`
   * only; the content identity is not known afterwards.
   */
  skipTo(sample: number): Promise<void>;
  /** Goes through the rest of the file without decoding it, for the content identity. */
  skipToEnd(): Promise<void>;
  /** The content identity (content-id.ts); only after the end has been reached. */
  contentId(): string;
  close(): Promise<void>;
}

/** Mono to mono at another rate, band-limited. Output i lies at the time of input i·from/to; silence is assumed around the input. */
export interface Resampler {
  /** @returns what is ready, possibly nothing; valid until the next call */
  push(samples: Float32Array): Promise<Float32Array>;
  /** @returns the rest, so that all in all ⌈inputs·to/from⌉ samples came out */
  finish(): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface OpenOptions {
  path: string;
  sniffed: Sniffed;
  /** false: only packets are read (skipToEnd), nothing is decoded. */
  decode: boolean;
  /** Called often while working; lets the process yield to its event loop and report that it is alive. */
  beat: () => Promise<void>;
}

export interface EncoderOptions {
  /** Absolute; overwritten. */
  path: string;
  format: 'flac' | 'mp3';
  /** Hz; of mp3 one that the format has. */
  sampleRate: number;
  channels: number;
  /** FFmpeg's AV_CH_* bits; 0: the usual layout of so many channels. */
  channelMask: bigint;
  /** Of FLAC. */
  bitsPerSample: 16 | 24;
  /** FFmpeg's own names: title, artist, comment, … */
  tags: Readonly<Record<string, string>>;
}

/** Writes one file. */
export interface Encoder {
  /** Samples of full scale 1; what is beyond is clipped, what is no number is silence. */
  write(channels: readonly Plane[], numberOfSamples: number): void;
  /** The file is whole afterwards. */
  finish(): void;
  /** Also after an error; the file may be cut off then. */
  close(): void;
}

export interface AudioLibrary {
  /** For the doctor: "node-av, FFmpeg 8.1". */
  readonly name: string;
  /** @throws UserError unsupported-format, no-audio-stream, undecodable-audio, or what the file system says */
  open(options: OpenOptions): Promise<AudioSource>;
  /** As {@link open}, decoding, with every bit of the samples. */
  openExact(options: Omit<OpenOptions, 'decode'>): Promise<AudioSource<Float64Array>>;
  resampler(fromRate: number, toRate: number): Resampler;
  /** null where it cannot encode. @throws Error when the file cannot be made */
  readonly encoder: ((options: EncoderOptions) => Encoder) | null;
}

/** Codecs that keep every bit, so that "bit depth" means something. Companded 8-bit PCM is lossy. */
export function isLossless(codec: string): boolean {
  if (codec.startsWith('pcm_')) return codec !== 'pcm_alaw' && codec !== 'pcm_mulaw' && codec !== 'pcm_vidc';
  return LOSSLESS.has(codec) || codec.startsWith('dsd_');
}

const LOSSLESS = new Set([
  'flac',
  'alac',
  'wavpack',
  'ape',
  'tta',
  'tak',
  'shorten',
  'truehd',
  'mlp',
  'wmalossless',
  'als',
  'ralf',
]);
/** Still pictures that some muxers store as a video stream. */
export const PICTURE_CODECS: ReadonlySet<string> = new Set(['mjpeg', 'png', 'bmp', 'gif', 'tiff', 'webp']);

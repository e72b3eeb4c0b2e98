/** What the decoder process needs of a decoding library, so that FFmpeg can be linked (node-av) or a program on PATH. */
import type { Sniffed } from './sniff.ts';

/** About one second of all channels. The planes are used again by the next read. */
export interface PlanarBlock {
  /** One plane a channel, each at least numberOfSamples long; values as decoded, not checked. */
  channels: readonly Float32Array[];
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
export interface AudioSource {
  readonly facts: SourceFacts;
  /** Length by the container, s; null when it has no word on it. */
  readonly declaredSeconds: number | null;
  /** Moving pictures beside the sound (covers do not count). */
  readonly hasVideo: boolean;
  /** Packets that could not be decoded so far. */
  readonly failedPackets: number;
  /** @returns the next block, all of them full but the last; null at the end */
  read(): Promise<PlanarBlock | null>;
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
  /** Called often while working; lets the process breathe and tell that it is alive. */
  beat: () => Promise<void>;
}

export interface AudioLibrary {
  /** For the doctor: "node-av, FFmpeg 8.1". */
  readonly name: string;
  /** @throws UserError unsupported-format, no-audio-stream, undecodable-audio, or what the file system says */
  open(options: OpenOptions): Promise<AudioSource>;
  resampler(fromRate: number, toRate: number): Resampler;
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

/** What decoder processes are asked and what they answer. Everything here crosses a process as a structured clone. */
import type { AudioFormat, DecodeWarning, NativeTag } from '../../shared/types.ts';
import type { PcmWindow } from '../process/pcm-wire.ts';

/** How a file is cut into windows. */
export interface WindowPlan {
  /** Of the windows' samples, Hz: the model pack's rate. */
  sampleRate: number;
  windowSeconds: number;
  hopSeconds: number;
  /** Decoding stops after this many windows, with the warning `capped`. */
  maxWindows: number;
  /** Windows of silence too: for checking a model, never for searching. @default false */
  keepSilent?: boolean;
}

export interface FileRequest {
  /** Absolute. */
  path: string;
  /** Extension to judge the name by when the path has another one (a temporary copy): "wav" or ".wav". */
  extensionHint?: string | undefined;
}

export interface DecodeRequest extends FileRequest {
  /** u32, chosen by the engine, unique for one attempt at one file; comes back in every frame. */
  item: number;
  /** `socketPath`: where the inference process listens (pcm-wire.ts). */
  target: WindowPlan & { socketPath: string };
}

export interface ReadRequest extends FileRequest {
  plan: WindowPlan;
}

/** The file is not audio, and its name does not say that it is: to be counted, not to be reported. */
export interface NotAudio {
  notAudio: true;
}

export interface DecodeReport {
  /** So that `if (report.notAudio)` tells the two apart. */
  notAudio?: undefined;
  format: AudioFormat;
  /** As FFmpeg names it: `pcm_s24le`, `mp3`, `vorbis`, … */
  codec: string;
  /** Decoded length in the file's own timeline, s; of a capped file what its container declares. */
  durationSeconds: number;
  /** Of the file, Hz. */
  sampleRate: number;
  channels: number;
  /** null for lossy codecs. */
  bitDepth: number | null;
  /** 32 hex digits; the same for moved, renamed and retagged files. */
  contentId: string;
  tags: NativeTag[];
  /** At most 400 peaks of |x| over all channels, 0..255 for 0..1, over equal parts of durationSeconds. */
  waveform: Uint8Array;
  /** Highest sample of any channel, dBFS; −Infinity in a file of zeros. */
  peakDb: number;
  /** Integrated loudness, ITU-R BS.1770-4, of what was decoded; null when shorter than 0.4 s or below its gate. */
  loudnessLufs: number | null;
  /** Windows handed over. */
  windowCount: number;
  warnings: DecodeWarning[];
}

export type Identity =
  { notAudio?: undefined; contentId: string; format: AudioFormat } | { notAudio: true; contentId: null; format: null };

export interface ReadResult {
  notAudio?: undefined;
  report: DecodeReport;
  windows: PcmWindow[];
}

export interface RenderRequest extends FileRequest {
  /** Absolute; made, or overwritten. Whoever asks removes it when the call fails. */
  wavPath: string;
  /**
   * Samples per channel that are known to come out: then the header is right from the first byte on, and the file can
   * be read while it grows. What comes out is cut or filled with silence to this length. null: not known.
   */
  numberOfSamples: number | null;
}

/** A WAV that any player takes: 1 or 2 channels, 16 or 24 bits, the rate of the source. */
export interface RenderedWav {
  notAudio?: undefined;
  /** Hz */
  sampleRate: number;
  channels: 1 | 2;
  bitsPerSample: 16 | 24;
  /** Per channel. */
  numberOfSamples: number;
}

/** A type, not an interface: the calls of a child process are a record. */
export type DecoderMethods = {
  decode: { input: DecodeRequest; output: DecodeReport | NotAudio };
  read: { input: ReadRequest; output: ReadResult | NotAudio };
  identify: { input: FileRequest; output: Identity };
  render: { input: RenderRequest; output: RenderedWav | NotAudio };
  tags: { input: FileRequest; output: NativeTag[] };
  backend: { input: null; output: DecoderBackend };
};

export type DecoderPushes = {
  /** Bytes were demuxed or windows accepted, or the other side is not reading yet: it is alive. */
  progress: null;
};

/** For the doctor. */
export interface DecoderBackend {
  ok: boolean;
  /** "node-av, FFmpeg 8.1", "ffmpeg 5.1.8 on PATH", or what to do when there is none. */
  message: string;
}

/** What decoder processes are asked and what they answer. Everything here crosses a process as a structured clone. */
import type { SampleFacts, SampleKind } from '../../shared/analysis.ts';
import type { AudioFormat, DecodeWarning, NativeTag } from '../../shared/types.ts';
import type { PartLevels } from '../../shared/calls/playback.ts';
import type { PieceFormat } from '../../shared/calls/cut.ts';
import type { PcmWindow } from '../process/pcm-wire.ts';
import type { PeakLayout } from './peak-layout.ts';

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
  /** Windows that begin before this are left out, s. */
  fromSeconds: number;
}

export interface AnalyseRequest extends FileRequest {
  /** What is wanted, at least one. */
  kinds: SampleKind[];
  /** How much of a long file is decoded. */
  plan: Omit<WindowPlan, 'sampleRate'>;
}

export interface Analysed {
  notAudio?: undefined;
  /** Of the sound that was decoded. */
  contentId: string;
  /** The fields of the kinds asked for; levels may be −Infinity. */
  facts: Partial<SampleFacts>;
}

/** The file is not audio, and its name does not say that it is: to be counted, not to be reported. */
export interface NotAudio {
  notAudio: true;
}

/** Of the facts, levels may be −Infinity in a file of zeros. */
export interface DecodeReport extends SampleFacts {
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
  /** Windows handed over. */
  windowCount: number;
  warnings: DecodeWarning[];
}

export type Identity =
  { notAudio?: undefined; contentId: string; format: AudioFormat } | { notAudio: true; contentId: null; format: null };

export interface RenderRequest extends FileRequest {
  /** Absolute; made, or overwritten. The caller removes it when the call fails. */
  wavPath: string;
  /**
   * Samples per channel that are known to come out: then the header is right from the first byte on, and the file can
   * be read while it grows. What comes out is cut or filled with silence to this length. null: not known.
   */
  numberOfSamples: number | null;
}

export interface SamplesRequest extends FileRequest {
  /** Per channel; the file begins with 0. */
  startSample: number;
  numberOfSamples: number;
}

/** Samples as decoded, to the sample where they were asked for; what is no number is 0. */
export interface Samples {
  notAudio?: undefined;
  /** Hz */
  sampleRate: number;
  /** One plane a channel, all of one length: fewer samples than asked for, or none, where the file ends. */
  channels: Float32Array[];
}

export interface SpectrumRequest extends FileRequest {
  /** Per channel; the file begins with 0. */
  startSample: number;
  /** That a column stands for. */
  samplesEach: number;
  columns: number;
}

export interface Spectrum {
  notAudio?: undefined;
  /** Hz */
  sampleRate: number;
  /** uint8[columns · SPECTRUM_BANDS], as shared/spectrum.ts says; fewer columns, or none, where the file ends. */
  levels: Uint8Array;
}

export interface LevelsRequest extends FileRequest {
  startSeconds: number;
  endSeconds: number;
}

/** Of a part of a file. */
export interface Levels extends PartLevels {
  notAudio?: undefined;
}

export interface PeakFileRequest extends FileRequest {
  /** Absolute; made, or overwritten. The caller removes it when the call fails. */
  peaksPath: string;
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

export interface CutRequest extends FileRequest {
  /** The piece, s of the file's timeline; `endSeconds` null: to the end of the file. */
  startSeconds: number;
  endSeconds: number | null;
  format: PieceFormat;
  /** Absolute; an empty file, with the rights that the piece is to have: a decoder's own files open for nobody else. */
  piecePath: string;
  /** What it is going to be called; absolute, for sentences. */
  finalPath: string;
}

/** A piece as it was written, in samples of its source. */
export interface CutPiece {
  notAudio?: undefined;
  startSample: number;
  /** Exclusive. */
  endSample: number;
  /** Of the source, Hz. */
  sampleRate: number;
  /** Samples above full scale were clipped: of a format without floating point. */
  isClipped: boolean;
  /** The source has lost its end, and the piece was to reach it. */
  isCutOff: boolean;
}

/** A type, not an interface: the calls of a child process are a record. */
export type DecoderMethods = {
  decode: { input: DecodeRequest; output: DecodeReport | NotAudio };
  read: { input: ReadRequest; output: PcmWindow[] | NotAudio };
  analyse: { input: AnalyseRequest; output: Analysed | NotAudio };
  identify: { input: FileRequest; output: Identity };
  render: { input: RenderRequest; output: RenderedWav | NotAudio };
  samples: { input: SamplesRequest; output: Samples | NotAudio };
  spectrum: { input: SpectrumRequest; output: Spectrum | NotAudio };
  levels: { input: LevelsRequest; output: Levels | NotAudio };
  peaks: { input: PeakFileRequest; output: PeakLayout | NotAudio };
  cut: { input: CutRequest; output: CutPiece };
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

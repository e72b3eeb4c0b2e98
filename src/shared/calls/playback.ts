/** What the player draws of a file: its peaks, at any resolution down to the sample. */

/** Of one answer. */
export const MAX_PEAK_PARTS = 4096;
/** 2^24 samples are six minutes at 48 kHz. */
export const MAX_SAMPLES_EACH = 2 ** 24;

export interface PeakRequest {
  fileId: number;
  /** Per channel, at the file's own rate; a multiple of samplesEach. */
  startSample: number;
  /** Samples that one part stands for: a power of two, 1 to MAX_SAMPLES_EACH. */
  samplesEach: number;
  /** 1 to MAX_PEAK_PARTS; fewer come where the file ends, none behind it. */
  parts: number;
}

export interface Peaks {
  channels: number;
  /**
   * Base64 of float32 little-endian: of each part, for each channel, the lowest and the highest sample in turn. Full scale
   * is −1..1; float files may go beyond. With samplesEach 1 both are the sample.
   */
  data: string;
}

/** Of one answer. */
export const MAX_SPECTRUM_COLUMNS = 256;

export interface SpectrumQuestion {
  fileId: number;
  /** Per channel, at the file's own rate; a multiple of samplesEach. */
  startSample: number;
  /** Samples that one column stands for: a power of two, 1 to MAX_SAMPLES_EACH. */
  samplesEach: number;
  /** 1 to MAX_SPECTRUM_COLUMNS; fewer come where the file ends, none behind it. */
  columns: number;
}

/** What the player draws as a spectrogram: the mean of all channels. */
export interface SpectrumColumns {
  /**
   * Base64 of uint8: SPECTRUM_BANDS levels a column, the lowest frequency first (shared/spectrum.ts). A column longer than four
   * transforms of 43 ms is the mean of four, evenly spread over it.
   */
  data: string;
}

/** s; a longer part has the loudness of its file. */
export const LONGEST_LEVELS_SECONDS = 60;

export interface LevelsQuestion {
  fileId: number;
  startSeconds: number;
  /** At most {@link LONGEST_LEVELS_SECONDS} behind the start. */
  endSeconds: number;
}

/** Of a part of a file, all channels together, as the analysis measures whole files. */
export interface PartLevels {
  /** Integrated, LUFS; null where no 400 ms of it are above −70 LUFS. */
  loudnessLufs: number | null;
  /** Highest sample, dBFS; null where all are 0, and behind the end of the file. */
  peakDb: number | null;
}

export interface PlaybackCalls {
  /** Only the part that is asked for is decoded. @throws UserError not-found, a FileErrorCode */
  'file.levels': { input: LevelsQuestion; output: PartLevels };
  /**
   * null when other files have been asked about before this one was decoded. The first question about a file decodes
   * the whole of it, unless few samples are asked for; what is found is kept.
   * @throws UserError not-found, a FileErrorCode, disk-full
   */
  'file.peaks': { input: PeakRequest; output: Peaks | null };
  /** Only the part that is asked for is decoded. @throws UserError not-found, a FileErrorCode */
  'file.spectrum': { input: SpectrumQuestion; output: SpectrumColumns };
}

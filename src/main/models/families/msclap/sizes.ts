/** The dimensions of the two encoders. Those of MS CLAP 2023; tests build smaller ones of the same structure. */
import type { HtsatSizes } from '../../networks/htsat-sizes.ts';

export interface AudioSizes extends HtsatSizes {
  /** Samples of one window. */
  samples: number;
  fftLength: number;
  hopLength: number;
  /** Length of an embedding. */
  projection: number;
}

export interface TextSizes {
  layers: number;
  width: number;
  heads: number;
  vocabulary: number;
  /** Largest number of tokens. */
  positions: number;
  projection: number;
}

export const AUDIO_2023: AudioSizes = {
  samples: 308_700, // 7 s at 44 100 Hz
  fftLength: 1024,
  hopLength: 320,
  nMels: 64,
  imageSide: 256,
  patch: 4,
  embed: 96,
  depths: [2, 2, 6, 2],
  heads: [4, 8, 16, 32],
  window: 8,
  projection: 1024,
};

export const TEXT_2023: TextSizes = {
  layers: 12,
  width: 768,
  heads: 12,
  vocabulary: 50_257,
  positions: 1024,
  projection: 1024,
};

/** Hidden channels of GPT-2's perceptrons to those of their input. */
export const MLP_RATIO = 4;
/** Of every layer normalisation, and of the batch normalisation. */
export const EPSILON = 1e-5;

/** Where things are in the checkpoint. */
export const HTSAT = 'audio_encoder.base.htsat';
export const GPT2 = 'caption_encoder.base';
export const AUDIO_PROJECTION = 'audio_encoder.projection';
export const TEXT_PROJECTION = 'caption_encoder.projection';

/** Frames of the spectrogram, centred: the first lies around sample 0, the last around the last whole hop. */
export function numberOfFrames({ samples, hopLength }: AudioSizes): number {
  return Math.floor(samples / hopLength) + 1;
}

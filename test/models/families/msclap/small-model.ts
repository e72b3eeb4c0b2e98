/** A model of MS CLAP's structure that is small enough to be computed in a moment. */
import type { AudioSizes, TextSizes } from '../../../../src/main/models/families/msclap/sizes.ts';
import { tensorShapes } from './pseudo-checkpoint.ts';

export const AUDIO: AudioSizes = {
  samples: 2395,
  fftLength: 64,
  hopLength: 20,
  nMels: 8,
  imageSide: 32,
  patch: 4,
  embed: 32,
  depths: [2, 2],
  heads: [2, 4],
  window: 4,
  projection: 12,
};
export const TEXT: TextSizes = { layers: 2, width: 32, heads: 2, vocabulary: 50, positions: 16, projection: 12 };
export const SHAPES = tensorShapes(AUDIO, TEXT);

/** The dimensions of HTS-AT (Chen et al., 2022), a Swin transformer (Liu et al., 2021) over a folded spectrogram. */

export interface HtsatSizes {
  nMels: number;
  /** Rows and columns of the image that the spectrogram is folded to; a multiple of nMels. */
  imageSide: number;
  /** Rows and columns of a patch. */
  patch: number;
  /** Channels of the first stage; each merging doubles them. */
  embed: number;
  /** Blocks per stage. */
  depths: readonly number[];
  /** Attention heads per stage. */
  heads: readonly number[];
  /** Rows and columns of tokens within which attention works. */
  window: number;
}

/** Hidden channels of a perceptron to those of its input. */
export const MLP_RATIO = 4;

/** Frames after resizing: as many as the image holds when its bands of nMels rows are laid end to end. */
export function resizedFrames({ imageSide, nMels }: HtsatSizes): number {
  return (imageSide / nMels) * imageSide;
}

/** Rows and columns of tokens in a stage, counted from 0. */
export function gridSide({ imageSide, patch }: HtsatSizes, stage: number): number {
  return imageSide / patch / 2 ** stage;
}

/** Channels in a stage. */
export function channels({ embed }: HtsatSizes, stage: number): number {
  return embed * 2 ** stage;
}

/** Of what the network gives. */
export function latentChannels(sizes: HtsatSizes): number {
  return channels(sizes, sizes.depths.length - 1);
}

/** Rows and columns by which the windows of a block are shifted: half a window in every other block, if there are several windows. */
export function windowShift(sizes: HtsatSizes, stage: number, block: number): number {
  return block % 2 === 1 && gridSide(sizes, stage) > sizes.window ? sizes.window / 2 : 0;
}

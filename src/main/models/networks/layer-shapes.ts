/** Shapes of the tensors of layers as PyTorch keeps them. */

export type Shapes = [key: string, shape: number[]][];

/** Of a normalisation over `width` channels. */
export function norm(prefix: string, width: number): Shapes {
  return [
    [`${prefix}.weight`, [width]],
    [`${prefix}.bias`, [width]],
  ];
}

/** Of a Linear with bias. */
export function linear(prefix: string, inputs: number, outputs: number): Shapes {
  return [
    [`${prefix}.weight`, [outputs, inputs]],
    [`${prefix}.bias`, [outputs]],
  ];
}

/** Of HTS-AT's merging: four neighbours of `width` each become one of twice the width. */
export function merging(prefix: string, width: number): Shapes {
  return [...norm(`${prefix}.norm`, 4 * width), [`${prefix}.reduction.weight`, [2 * width, 4 * width]]];
}

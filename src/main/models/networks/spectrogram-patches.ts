/** From a log-mel spectrogram to the patches that HTS-AT sees: normalised per band, resized, folded to a square. */
import { greatestCommonDivisor } from '../../../shared/divisor.ts';
import type { Value } from '../onnx/graph.ts';
import { resizedFrames, type HtsatSizes } from './htsat-sizes.ts';
import type { Building } from './layers.ts';
import { readWeights } from './weights.ts';

/** New frames that are computed from the same old ones. */
const RESIZE_BLOCK = 64;

/** What the network is given. */
export interface LogMel {
  /** float32[N, frames, nMels] */
  value: Value;
  frames: number;
  /** What its unit is in decibels, in which the network was trained. */
  decibels: number;
}

/**
 * @param batchNorm key of the normalisation per band
 * @returns float32[(imageSide/patch)² · N, patch²]: patches in the order of the grid, pixels row by row
 */
export async function spectrogramPatches(
  building: Building,
  logMel: LogMel,
  batchNorm: string,
  sizes: HtsatSizes,
): Promise<Value> {
  const normalised = await normalisedBands(building, logMel, batchNorm, sizes);
  return folded(building, await resized(building, normalised, logMel.frames, sizes), sizes);
}

/** The batch normalisation: one multiplication and one addition, which bring decibels along. */
async function normalisedBands(
  { graph, tensors, epsilon }: Building,
  { value: logMel, decibels }: LogMel,
  batchNorm: string,
  { nMels }: HtsatSizes,
): Promise<Value> {
  const [mean, variance, weight, bias] = await Promise.all(
    ['running_mean', 'running_var', 'weight', 'bias'].map((name) =>
      readWeights(tensors, `${batchNorm}.${name}`, [nMels]),
    ),
  );
  const scale = weight!.map((value, band) => value / Math.sqrt(variance![band]! + epsilon));
  const offset = bias!.map((value, band) => value - mean![band]! * scale[band]!);
  const scaled = graph.op('Mul', [
    logMel,
    await graph.tensor(
      'decibel_scale',
      'float32',
      [nMels],
      scale.map((value) => value * decibels),
    ),
  ]);
  return graph.op('Add', [scaled, await graph.tensor('decibel_offset', 'float32', [nMels], offset)]);
}

/**
 * Along time, to as many frames as the image holds. A new frame comes from four old ones: instead of one large, almost
 * empty matrix there is a small one for each block of new frames.
 * @returns [N, blocks, frames in block, nMels]
 */
async function resized({ graph }: Building, decibels: Value, from: number, sizes: HtsatSizes): Promise<Value> {
  const to = resizedFrames(sizes);
  const matrix = bicubicMatrix(from, to);
  const length = greatestCommonDivisor(RESIZE_BLOCK, to);
  const blocks = to / length;
  const firstTap = (row: number) => Math.max(0, Math.floor((row * (from - 1)) / (to - 1)) - 1);
  const taps = Math.min(from, Math.ceil((length * from) / to) + 4);
  const starts = Array.from({ length: blocks }, (_, block) => Math.min(firstTap(block * length), from - taps));
  const parts = new Float32Array(to * taps);
  for (let row = 0; row < to; row++) {
    const start = row * from + starts[Math.floor(row / length)]!;
    parts.set(matrix.subarray(start, start + taps), row * taps);
  }
  const places = Int32Array.from({ length: blocks * taps }, (_, at) => starts[Math.floor(at / taps)]! + (at % taps));
  const index = await graph.tensor('resize_places', 'int32', [blocks, taps], places);
  return graph.op('MatMul', [
    await graph.tensor('resize', 'float32', [blocks, length, taps], parts),
    graph.op('Gather', [decibels, index], { axis: 1 }),
  ]);
}

/**
 * Bicubic interpolation with a = −0.75, first and last place in step, as PyTorch's `interpolate(mode='bicubic',
 * align_corners=True)` does it: taps beyond the ends take the last value.
 * @returns [to, from]
 */
export function bicubicMatrix(from: number, to: number): Float32Array {
  const a = -0.75;
  const near = (v: number) => ((a + 2) * v - (a + 3)) * v * v + 1;
  const far = (v: number) => ((a * v - 5 * a) * v + 8 * a) * v - 4 * a;
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const position = (i * (from - 1)) / (to - 1);
    const floor = Math.floor(position);
    const d = position - floor;
    for (const [tap, weight] of [far(1 + d), near(d), near(1 - d), far(2 - d)].entries()) {
      const at = Math.min(from - 1, Math.max(0, floor - 1 + tap));
      matrix[i * from + at]! += weight;
    }
  }
  return matrix;
}

/**
 * The spectrogram is cut along time into imageSide/nMels parts, which become bands of the image: within a band, rows
 * are mel bands (lowest first) and columns are frames.
 */
function folded({ graph }: Building, spectrogram: Value, { imageSide, nMels, patch }: HtsatSizes): Value {
  const bands = imageSide / nMels;
  const across = imageSide / patch;
  const pixels = graph.op('Reshape', [
    spectrogram,
    graph.ints([-1, bands, across, patch, nMels / patch, patch]), // band, column, frame in patch, row, mel in patch
  ]);
  const inPatches = graph.op('Transpose', [pixels], { perm: [1, 4, 2, 0, 5, 3] });
  return graph.op('Reshape', [inPatches, graph.ints([-1, patch * patch])]);
}

/** From samples to a log-mel spectrogram, by the matrices that the checkpoint has for it. */
import { greatestCommonDivisor } from '../../../../shared/divisor.ts';
import type { Value } from '../../onnx/graph.ts';
import type { Building } from '../../networks/layers.ts';
import { readWeights, transposed } from '../../networks/weights.ts';
import { fourierFactors, hannWindow, isWindowedFourier } from './fourier.ts';
import { HTSAT, numberOfFrames, type AudioSizes } from './sizes.ts';

/** Below this power there is silence; keeps the logarithm finite. */
const POWER_FLOOR = 1e-10;

/**
 * @param waveform float32[N, samples]
 * @returns float32[N, frames, nMels]: nepers of power
 */
export async function logMel(building: Building, waveform: Value, sizes: AudioSizes): Promise<Value> {
  const { graph } = building;
  const mel = await melPower(building, waveform, sizes);
  return graph.op('Log', [graph.op('Max', [mel, graph.float(POWER_FLOOR)])]);
}

/** The padded signal in rows of R samples, R dividing the hop and the frame: a frame is a run of rows. */
interface SignalRows {
  /** float32[N, rows, R] */
  signal: Value;
  rowLength: number;
  /** Rows of a frame. */
  rowsPerFrame: number;
  /** Rows from one frame to the next. */
  step: number;
  frames: number;
}

/** @returns float32[N, frames, nMels]: power per mel band */
async function melPower(building: Building, waveform: Value, sizes: AudioSizes): Promise<Value> {
  const { tensors } = building;
  const { fftLength, nMels } = sizes;
  const nBins = fftLength / 2 + 1;
  const stft = `${HTSAT}.spectrogram_extractor.stft`;
  const real = await readWeights(tensors, `${stft}.conv_real.weight`, [nBins, 1, fftLength]);
  const imaginary = await readWeights(tensors, `${stft}.conv_imag.weight`, [nBins, 1, fftLength]);
  const mel = await readWeights(tensors, `${HTSAT}.logmel_extractor.melW`, [nBins, nMels]);
  const rows = signalRows(building, waveform, sizes);
  if (isWindowedFourier(real, imaginary, fftLength)) return fourierMel(building, rows, mel, sizes);
  return kernelMel(building, rows, { real, imaginary, mel }, sizes);
}

function signalRows({ graph }: Building, waveform: Value, sizes: AudioSizes): SignalRows {
  const { samples, fftLength, hopLength } = sizes;
  const frames = numberOfFrames(sizes);
  // Near the square root of the frame, where the two stages of the transform together cost least.
  const rowLength = greatestCommonDivisor(hopLength, 2 ** Math.floor(Math.log2(fftLength) / 2));
  const left = fftLength / 2;
  // Up to the end of the last frame, which is within what the reflection at the end would give.
  const length = (frames - 1) * hopLength + fftLength;
  const padding = graph.ints([0, left, 0, length - samples - left]);
  const padded = graph.op('Pad', [waveform, padding], { mode: 'reflect' });
  const signal = graph.op('Reshape', [padded, graph.ints([-1, length / rowLength, rowLength])]);
  return { signal, rowLength, rowsPerFrame: fftLength / rowLength, step: hopLength / rowLength, frames };
}

/** By the two products of fourier.ts. */
async function fourierMel(
  { graph }: Building,
  { signal, rowLength, rowsPerFrame, step, frames }: SignalRows,
  melMatrix: Float32Array,
  { fftLength, nMels }: AudioSizes,
): Promise<Value> {
  const { residues, stage1, stage2, bins } = fourierFactors(fftLength, rowLength);
  // Row n1 of every frame, then row n1 + 1 of every frame: stage 1 is one product for all frames.
  const order = Int32Array.from(
    { length: rowsPerFrame * frames },
    (_, i) => (i % frames) * step + Math.floor(i / frames),
  );
  const index = await graph.tensor('frame_rows', 'int32', [rowsPerFrame, frames], order);
  const framed = graph.op('Gather', [signal, index], { axis: 1 });
  const window = await graph.tensor('hann', 'float32', [rowsPerFrame, 1, rowLength], hannWindow(fftLength));
  const windowed = graph.op('Reshape', [
    graph.op('Mul', [framed, window]),
    graph.ints([-1, rowsPerFrame, frames * rowLength]),
  ]);
  const first = await graph.tensor('dft_1', 'float32', [2 * residues, rowsPerFrame], stage1);
  const sums = graph.op('Reshape', [
    graph.op('MatMul', [first, windowed]),
    graph.ints([-1, residues, 2, frames, rowLength]),
  ]);
  const side = 2 * rowLength;
  const byResidue = graph.op('Reshape', [
    graph.op('Transpose', [sums], { perm: [0, 1, 3, 2, 4] }),
    graph.ints([-1, residues, frames, side]),
  ]);
  const second = await graph.tensor('dft_2', 'float32', [residues, side, side], stage2);
  const spectrum = graph.op('MatMul', [byResidue, second]);
  // The sum of the squares of real and imaginary part is left to the mel matrix: it holds each bin twice.
  const mels = new Float32Array(residues * side * nMels);
  for (const [at, bin] of bins.entries()) {
    if (bin < 0) continue;
    const band = melMatrix.subarray(bin * nMels, (bin + 1) * nMels);
    const row = Math.floor(at / rowLength) * side + (at % rowLength);
    mels.set(band, row * nMels);
    mels.set(band, (row + rowLength) * nMels);
  }
  const mel = await graph.tensor('mel', 'float32', [residues, side, nMels], mels);
  const parts = graph.op('MatMul', [graph.op('Mul', [spectrum, spectrum]), mel]);
  return graph.op('ReduceSum', [parts, graph.ints([1])], { keepdims: 0 });
}

/** Kernels of some other kind (learned ones): multiplied with as they are. */
async function kernelMel(
  { graph }: Building,
  { signal, rowsPerFrame, step, frames }: SignalRows,
  { real, imaginary, mel }: Record<'real' | 'imaginary' | 'mel', Float32Array>,
  { fftLength, nMels }: AudioSizes,
): Promise<Value> {
  const nBins = fftLength / 2 + 1;
  const order = Int32Array.from(
    { length: frames * rowsPerFrame },
    (_, i) => Math.floor(i / rowsPerFrame) * step + (i % rowsPerFrame),
  );
  const index = await graph.tensor('frame_rows', 'int32', [frames * rowsPerFrame], order);
  const framed = graph.op('Reshape', [
    graph.op('Gather', [signal, index], { axis: 1 }),
    graph.ints([-1, frames, fftLength]),
  ]);
  const both = new Float32Array(2 * nBins * fftLength);
  both.set(real);
  both.set(imaginary, real.length);
  const kernels = transposed(both, 2 * nBins, fftLength);
  const spectrum = graph.op('MatMul', [framed, await graph.tensor('dft', 'float32', [fftLength, 2 * nBins], kernels)]);
  const mels = new Float32Array(2 * mel.length);
  mels.set(mel);
  mels.set(mel, mel.length);
  const twice = await graph.tensor('mel', 'float32', [2 * nBins, nMels], mels);
  return graph.op('MatMul', [graph.op('Mul', [spectrum, spectrum]), twice]);
}

/**
 * Waveform → log-mel spectrogram as ClapFeatureExtractor computes it, in operators that every opset since 11 has: frames
 * centred with reflection, periodic Hann window, power, mel bands, decibels over 1e-10.
 */
import { ATTRIBUTE_TYPES, DATA_TYPES, type NodeMessage, type TensorMessage } from '../onnx/schema.ts';
import type { LogMelSettings } from './config.ts';
import { melFilters } from './mel-filters.ts';

/** Quieter than this is as quiet as this. */
const FLOOR = 1e-10;
/** Before every name in here, so that none meets one of the model's. */
const PREFIX = 'earmark/log_mel/';

export interface GraphPart {
  node: NodeMessage[];
  initializer: TensorMessage[];
}

export function numberOfFrames({ windowSamples, hopLength }: LogMelSettings): number {
  return 1 + Math.floor(windowSamples / hopLength);
}

/**
 * @param waveform name of a float32[N, windowSamples]
 * @param features name of the result, float32[N, 1, frames, nMels]
 */
export function logMelGraph(settings: LogMelSettings, waveform: string, features: string): GraphPart {
  const { windowSamples, fftLength, hopLength, nMels } = settings;
  const filters = melFilters(settings);
  // No band hears the highest frequencies, nor perhaps the lowest: they need not be computed.
  const bins = filters.flatMap((bands, bin) => (bands.some((weight) => weight > 0) ? [bin] : []));
  const side = fftLength / 2;
  const part: GraphPart = { node: [], initializer: [] };
  const op = (type: string, inputs: string[], output: string, attribute: NodeMessage['attribute'] = []) => {
    const name = output === features ? features : PREFIX + output;
    part.node.push({ input: inputs, output: [name], name: PREFIX + output, op_type: type, attribute, domain: '' });
    return name;
  };
  const constant = (name: string, type: 'float32' | 'int64', dims: number[], data: ArrayBufferView) => {
    const raw_data = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    part.initializer.push({ dims, data_type: DATA_TYPES[type], name: PREFIX + name, raw_data });
    return PREFIX + name;
  };
  const ints = (name: string, ...values: number[]) =>
    constant(name, 'int64', [values.length], BigInt64Array.from(values, BigInt));
  const float = (name: string, value: number) => constant(name, 'float32', [], Float32Array.of(value));

  const channel = op('Reshape', [waveform, ints('one_channel', -1, 1, windowSamples)], 'channel');
  const mode = { name: 'mode', type: ATTRIBUTE_TYPES.string, s: Buffer.from('reflect') };
  const padded = op('Pad', [channel, ints('pads', 0, 0, side, 0, 0, side)], 'padded', [mode]);
  const kernel = constant('dft', 'float32', [2 * bins.length, 1, fftLength], dftKernel(bins, fftLength));
  const strides = { name: 'strides', type: ATTRIBUTE_TYPES.ints, ints: [hopLength] };
  const spectrum = op('Conv', [padded, kernel], 'spectrum', [strides]); // [N, real and imaginary parts, frames]
  const squares = op('Mul', [spectrum, spectrum], 'squares');
  const mel = op('MatMul', [constant('mel', 'float32', [nMels, 2 * bins.length], bandsOf(filters, bins)), squares], 'mel_power'); // prettier-ignore
  const logarithm = op('Log', [op('Max', [mel, float('floor', FLOOR)], 'floored')], 'logarithm');
  const decibels = op('Mul', [logarithm, float('decibels_per_neper', 10 / Math.LN10)], 'decibels');
  const perm = { name: 'perm', type: ATTRIBUTE_TYPES.ints, ints: [0, 2, 1] };
  const frames = op('Transpose', [decibels], 'frames', [perm]);
  op('Reshape', [frames, ints('one_image', -1, 1, numberOfFrames(settings), nMels)], features);
  return part;
}

/** [2 · bins, fftLength]: the window times a cosine for each bin, then times a sine. */
function dftKernel(bins: number[], fftLength: number): Float32Array {
  const kernel = new Float32Array(2 * bins.length * fftLength);
  for (const [row, bin] of bins.entries()) {
    for (let n = 0; n < fftLength; n++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / fftLength);
      const angle = (2 * Math.PI * ((bin * n) % fftLength)) / fftLength; // reduced first: exact for large products too
      kernel[row * fftLength + n] = window * Math.cos(angle);
      kernel[(bins.length + row) * fftLength + n] = -window * Math.sin(angle);
    }
  }
  return kernel;
}

/** [nMels, 2 · bins]: each weight twice, for the squares of both parts of a bin are summed by the product, too. */
function bandsOf(filters: Float64Array[], bins: number[]): Float32Array {
  const nMels = filters[0]!.length;
  const matrix = new Float32Array(nMels * 2 * bins.length);
  for (let band = 0; band < nMels; band++) {
    for (const [column, bin] of bins.entries()) {
      const weight = filters[bin]![band]!;
      matrix[band * 2 * bins.length + column] = weight;
      matrix[band * 2 * bins.length + bins.length + column] = weight;
    }
  }
  return matrix;
}

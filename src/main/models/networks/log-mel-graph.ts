/**
 * Waveform → log-mel spectrogram as ClapFeatureExtractor computes it, in operators that every opset since 11 has: frames
 * centred with reflection, periodic Hann window, power, mel bands, decibels over 1e-10.
 */
import { ATTRIBUTE_TYPES, DATA_TYPES, type NodeMessage, type TensorMessage } from '../onnx/schema.ts';
import { melFilters } from './mel-filters.ts';

/** Quieter than this is as quiet as this. */
const FLOOR = 1e-10;
/** TensorProto.DataType.DOUBLE */
const FLOAT64 = 11;
/** Before every name in here, so that none meets one of the model's. */
const PREFIX = 'earmark/log_mel/';

/** How a waveform becomes what the audio graph takes. */
export interface LogMelSettings {
  /** Hz */
  sampleRate: number;
  /** Samples in a window of the model. */
  windowSamples: number;
  fftLength: number;
  hopLength: number;
  nMels: number;
  /** Hz */
  minFrequency: number;
  maxFrequency: number;
  /** Slaney's scale with bands of equal area, or HTK's with peaks of 1. */
  melScale: 'slaney' | 'htk';
}

export interface GraphPart {
  node: NodeMessage[];
  initializer: TensorMessage[];
}

export function numberOfFrames({ windowSamples, hopLength }: LogMelSettings): number {
  return 1 + Math.floor(windowSamples / hopLength);
}

/**
 * The transform is computed in double precision, as the original does it: in single precision, what is 90 dB below the
 * loudest frequency is off by some hundredths of a decibel.
 * @param waveform name of a float32[N, windowSamples]
 * @param features name of the result, float32[N, 1, frames, nMels]
 */
export function logMelGraph(settings: LogMelSettings, waveform: string, features: string): GraphPart {
  const { windowSamples, fftLength, hopLength, nMels } = settings;
  const part = new PartBuilder();
  const frames = numberOfFrames(settings);
  const side = fftLength / 2;
  const chunks = Math.ceil(fftLength / hopLength);
  const missing = Math.max(0, (frames - 1 + chunks) * hopLength - windowSamples - fftLength);

  const reflected = part.op(
    'Pad',
    [waveform, part.ints('sides', 0, side, 0, side)],
    'reflected',
    text('mode', 'reflect'),
  );
  const long = part.op('Pad', [reflected, part.ints('end', 0, 0, 0, missing)], 'long', text('mode', 'constant'));
  // Frame t is a hop from sample t · hop on, the hop behind it, and so on: each of these is one reshaping of the whole.
  const columns = Array.from({ length: chunks }, (_, chunk) => {
    const start = chunk * hopLength;
    const range = [part.ints(`from_${chunk}`, start), part.ints(`to_${chunk}`, start + frames * hopLength), part.ints('axis_1', 1)]; // prettier-ignore
    const hops = part.op('Reshape', [part.op('Slice', [long, ...range], `slice_${chunk}`), part.ints('by_hop', -1, frames, hopLength)], `hops_${chunk}`); // prettier-ignore
    const width = Math.min(hopLength, fftLength - start);
    if (width === hopLength) return hops;
    return part.op(
      'Slice',
      [hops, part.ints('zero', 0), part.ints('width', width), part.ints('axis_2', 2)],
      'last_hops',
    );
  });
  const single = columns.length === 1 ? columns[0]! : part.op('Concat', columns, 'frames', number('axis', 2));
  const exact = part.op('Cast', [single], 'exact_frames', number('to', FLOAT64));

  const filters = melFilters(settings);
  // No band covers the highest frequencies, nor perhaps the lowest: they need not be computed.
  const bins = filters.flatMap((bands, bin) => (bands.some((weight) => weight > 0) ? [bin] : []));
  const dft = part.doubles('dft', [fftLength, 2 * bins.length], dftMatrix(bins, fftLength));
  const spectrum = part.op('MatMul', [exact, dft], 'spectrum'); // [N, frames, real parts and imaginary parts]
  const squares = part.op('Mul', [spectrum, spectrum], 'squares');
  const mel = part.op('MatMul', [squares, part.doubles('bands', [2 * bins.length, nMels], bandsOf(filters, bins))], 'mel'); // prettier-ignore
  const power = part.op('Cast', [mel], 'power', number('to', DATA_TYPES.float32));
  const logarithm = part.op('Log', [part.op('Max', [power, part.float('floor', FLOOR)], 'floored')], 'logarithm');
  const decibels = part.op('Mul', [logarithm, part.float('decibels_per_neper', 10 / Math.LN10)], 'decibels');
  part.opNamed('Reshape', [decibels, part.ints('one_image', -1, 1, frames, nMels)], features);
  return part;
}

type Attribute = NodeMessage['attribute'][0];
const text = (name: string, value: string): Attribute => ({
  name,
  type: ATTRIBUTE_TYPES.string,
  s: Buffer.from(value),
});
const number = (name: string, value: number): Attribute => ({ name, type: ATTRIBUTE_TYPES.int, i: value });

/** Nodes and constants under names of ours; the last node's result is named by the caller. */
class PartBuilder implements GraphPart {
  readonly node: NodeMessage[] = [];
  readonly initializer: TensorMessage[] = [];

  /** @returns the name of its result */
  op(type: string, inputs: string[], output: string, ...attribute: Attribute[]): string {
    return this.opNamed(type, inputs, PREFIX + output, ...attribute);
  }
  /** With a result of just this name. */
  opNamed(type: string, inputs: string[], output: string, ...attribute: Attribute[]): string {
    const name = `${PREFIX}${type}_${this.node.length}`;
    this.node.push({ input: inputs, output: [output], name, op_type: type, attribute, domain: '' });
    return output;
  }
  ints(name: string, ...values: number[]): string {
    return this.#constant(name, DATA_TYPES.int64, [values.length], BigInt64Array.from(values, BigInt));
  }
  float(name: string, value: number): string {
    return this.#constant(name, DATA_TYPES.float32, [], Float32Array.of(value));
  }
  doubles(name: string, dims: number[], data: Float64Array): string {
    return this.#constant(name, FLOAT64, dims, data);
  }

  #constant(name: string, data_type: number, dims: number[], data: ArrayBufferView): string {
    const full = PREFIX + name;
    const raw_data = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (!this.initializer.some((known) => known.name === full)) {
      this.initializer.push({ dims, data_type, name: full, raw_data });
    }
    return full;
  }
}

/** [fftLength, 2 · bins]: the window times a cosine for each bin, then times a sine. */
function dftMatrix(bins: number[], fftLength: number): Float64Array {
  const width = 2 * bins.length;
  const matrix = new Float64Array(fftLength * width);
  for (let n = 0; n < fftLength; n++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / fftLength);
    for (const [column, bin] of bins.entries()) {
      const angle = (2 * Math.PI * ((bin * n) % fftLength)) / fftLength; // reduced first: exact for large products too
      matrix[n * width + column] = window * Math.cos(angle);
      matrix[n * width + bins.length + column] = -window * Math.sin(angle);
    }
  }
  return matrix;
}

/** [2 · bins, nMels]: each weight twice, for the squares of both parts of a bin are summed by the product, too. */
function bandsOf(filters: Float64Array[], bins: number[]): Float64Array {
  const nMels = filters[0]!.length;
  const matrix = new Float64Array(2 * bins.length * nMels);
  for (const [row, bin] of bins.entries()) {
    matrix.set(filters[bin]!, row * nMels);
    matrix.set(filters[bin]!, (bins.length + row) * nMels);
  }
  return matrix;
}

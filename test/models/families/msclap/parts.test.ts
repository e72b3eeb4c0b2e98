import { describe, expect, test } from 'vitest';
import { fourierFactors, hannWindow, isWindowedFourier } from '../../../../src/main/models/families/msclap/fourier.ts';
import { bicubicMatrix } from '../../../../src/main/models/networks/spectrogram-patches.ts';
import { compareEmbeddings } from '../../../../src/main/models/networks/fidelity.ts';
import { foldedNorm, type FoldedNorm } from '../../../../src/main/models/networks/norm-weights.ts';
import { quantisedBlocks, quantisedColumns, quantisedRows } from '../../../../src/main/models/networks/precision.ts';
import { mergeOrder, reordering, shiftMask, windowOrder } from '../../../../src/main/models/networks/token-order.ts';
import { transposed, type LinearWeights } from '../../../../src/main/models/networks/weights.ts';
import { pseudoTensor } from './pseudo-checkpoint.ts';
import { fillUniform, fnv1a } from './pseudo-random.ts';

test('pseudo-random numbers are those of the rule', () => {
  expect(fnv1a('a')).toEqual({ high: 0xaf63dc4c, low: 0x8601ec8c });
  const values = new Float64Array(3);
  fillUniform(values, { high: 0, low: 0 }, 0.5, 0.5); // u itself
  expect([...values].map((u) => (u * 2 ** 24).toString(16))).toEqual(['e220a8', '910a2d', '975835']);
  // The counter's lower half overflows between the first and the second number.
  const carried = new Float64Array(2);
  fillUniform(carried, { high: 7, low: 0xffffffff }, 0.5, 0.5);
  const next = new Float64Array(1);
  fillUniform(next, { high: 8, low: 0 }, 0.5, 0.5);
  expect(carried[1]).toBe(next[0]);
  const first = pseudoTensor('audio_encoder.projection.linear1.weight', [1024, 768]).subarray(0, 4);
  expect([...first].map((value) => value.toFixed(8))).toEqual([
    '-0.05181468',
    '0.00820734',
    '-0.03358190',
    '-0.02983354',
  ]);
});

describe('Fourier transform in two stages', () => {
  const [length, rowLength] = [64, 4];
  const { rows, residues, stage1, stage2, bins } = fourierFactors(length, rowLength);
  const x = Float32Array.from({ length }, (_, n) => Math.sin(n * n) + n / 50);

  test('gives every bin once, with its power', () => {
    const found = new Map<number, number>();
    for (let k1 = 0; k1 < residues; k1++) {
      const part = (which: number, n2: number) => {
        let sum = 0;
        for (let n1 = 0; n1 < rows; n1++) sum += stage1[(2 * k1 + which) * rows + n1]! * x[rowLength * n1 + n2]!;
        return sum;
      };
      const side = 2 * rowLength;
      for (let k2 = 0; k2 < rowLength; k2++) {
        let [re, im] = [0, 0];
        for (let n2 = 0; n2 < rowLength; n2++) {
          for (const which of [0, 1]) {
            const row = (k1 * side + which * rowLength + n2) * side;
            re += part(which, n2) * stage2[row + k2]!;
            im += part(which, n2) * stage2[row + rowLength + k2]!;
          }
        }
        const bin = bins[k1 * rowLength + k2]!;
        if (bin < 0) continue;
        expect(found.has(bin)).toBe(false);
        found.set(bin, re * re + im * im);
      }
    }
    expect(found.size).toBe(length / 2 + 1);
    for (const [bin, power] of found) {
      let [re, im] = [0, 0];
      for (let n = 0; n < length; n++) {
        re += x[n]! * Math.cos((2 * Math.PI * bin * n) / length);
        im += x[n]! * Math.sin((2 * Math.PI * bin * n) / length);
      }
      expect(power).toBeCloseTo(re * re + im * im, 3);
    }
  });

  test('recognises the kernels it may stand in for', () => {
    const prefix = 'audio_encoder.base.htsat.spectrogram_extractor.stft';
    const real = pseudoTensor(`${prefix}.conv_real.weight`, [33, 1, 64]);
    const imaginary = pseudoTensor(`${prefix}.conv_imag.weight`, [33, 1, 64]);
    expect(isWindowedFourier(real, imaginary, 64)).toBe(true);
    expect(isWindowedFourier(imaginary, real, 64)).toBe(false);
    expect(
      isWindowedFourier(
        real.map((value) => value * 1.001),
        imaginary,
        64,
      ),
    ).toBe(false);
    const broken = real.slice();
    broken[70] = Number.NaN;
    expect(isWindowedFourier(broken, imaginary, 64)).toBe(false);
    expect(hannWindow(4)).toEqual(Float32Array.of(0, 0.5, 1, 0.5));
  });
});

test('the bicubic matrix keeps constants and ends in step', () => {
  const matrix = bicubicMatrix(10, 14);
  for (let row = 0; row < 14; row++) {
    expect(matrix.subarray(row * 10, row * 10 + 10).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
  }
  expect(matrix[0]).toBeCloseTo(1, 6);
  expect(matrix.at(-1)).toBeCloseTo(1, 6);
});

describe('orders of tokens', () => {
  test('of a 4 × 4 grid with windows of 2 × 2', () => {
    expect(windowOrder(4, 2, 0)).toEqual([0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15]);
    expect(windowOrder(4, 2, 1)).toEqual([5, 7, 13, 15, 6, 4, 14, 12, 9, 11, 1, 3, 10, 8, 2, 0]);
    expect(mergeOrder(4, [0, 3])).toEqual([0, 4, 1, 5, 10, 14, 11, 15]);
    expect(reordering([3, 1, 2], [1, 2, 3, 3])).toEqual([1, 2, 0, 0]);
  });

  test('windows around the edge hide what is no neighbour', () => {
    const mask = shiftMask(4, 2, 1);
    expect(mask.subarray(0, 16).every((value) => value === 0)).toBe(true); // first window: all from one side
    expect([...mask.subarray(16, 20)]).toEqual([0, -100, 0, -100]); // second: left and right column
    expect([...mask.subarray(48, 52)]).toEqual([0, -100, -100, -100]); // last: each token alone
  });
});

test('quantised weights are within half a step', () => {
  const matrix = Float32Array.from({ length: 64 * 3 }, (_, i) => Math.sin(i * 7) * (1 + (i % 3)));
  const columns = quantisedColumns(matrix, 64, 3);
  const table = quantisedRows(matrix, 64, 3);
  const blocks = quantisedBlocks(matrix, 64, 3);
  const turned = transposed(matrix, 64, 3);
  for (let i = 0; i < matrix.length; i++) {
    const [byColumn, byRow] = [columns.scales[i % 3]!, table.scales[Math.floor(i / 3)]!];
    expect(Math.abs(columns.values[i]! * byColumn - matrix[i]!)).toBeLessThanOrEqual(byColumn / 2 + 1e-6);
    expect(Math.abs(table.values[i]! * byRow - matrix[i]!)).toBeLessThanOrEqual(byRow / 2 + 1e-6);
    const byBlock = blocks.scales[Math.floor(i / 32)]!;
    expect(Math.abs((blocks.values[i]! - 128) * byBlock - turned[i]!)).toBeLessThanOrEqual(byBlock / 2 + 1e-6);
  }
  // Two products with bytes of activations fit into 16 bits.
  expect(2 * 255 * Math.max(...columns.values.map(Math.abs))).toBeLessThanOrEqual(32_767);
  expect(quantisedColumns(new Float32Array(4), 2, 2).values).toEqual(new Int8Array(4)); // no division by zero
});

test('a normalisation and the layers behind it, folded, give the same', () => {
  const [inputs, outputs] = [6, 4];
  const random = (seed: number, length: number) => {
    const values = new Float32Array(length);
    fillUniform(values, { high: seed, low: 3 }, 0, 1);
    return values;
  };
  const norm = { weight: random(1, inputs), bias: random(2, inputs) };
  norm.weight[2] = 1e-3; // matters least
  const layer = { name: 'layer', inputs, outputs, matrix: random(3, inputs * outputs), bias: random(4, outputs) };
  const folded = foldedNorm(norm, [layer, { ...layer, bias: null }]);
  expect([...folded.weight]).toEqual([1, 1, 0, 1, 1, 1]);
  expect([...folded.bias]).toEqual([0, 0, 1, 0, 0, 0]);

  const x = random(5, inputs);
  const mean = x.reduce((sum, value) => sum + value, 0) / inputs;
  const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inputs);
  const through = ({ weight, bias }: Pick<FoldedNorm, 'weight' | 'bias'>, { matrix, bias: added }: LinearWeights) =>
    Array.from({ length: outputs }, (_, column) =>
      x.reduce(
        (sum, value, row) =>
          sum + (((value - mean) / deviation) * weight[row]! + bias[row]!) * matrix[row * outputs + column]!,
        added?.[column] ?? 0,
      ),
    );
  for (const [at, one] of [layer, { ...layer, bias: null }].entries()) {
    const expected = through(norm, one);
    for (const [column, value] of through(folded, folded.layers[at]!).entries()) {
      expect(value).toBeCloseTo(expected[column]!, 5);
    }
    expect(folded.layers[at]!.bias).toBeNull();
  }
});

describe('fidelity', () => {
  const limits = { worstCosine: 0.995, neighbourOverlap: 0.9 };
  const random = (seed: number) => {
    const values = new Float32Array(64);
    fillUniform(values, { high: seed, low: 1 }, 0, 1);
    return values;
  };
  const reference = Array.from({ length: 30 }, (_, i) => random(i));

  test('a faithful variant passes, whatever its scale', () => {
    const louder = reference.map((embedding) => embedding.map((value) => value * 3));
    expect(compareEmbeddings(louder, reference, limits)).toMatchObject({ neighbourOverlap: 1, passed: true });
  });

  test('one clip that sounds like another one is enough to fail', () => {
    const wrong = [...reference];
    wrong[4] = reference[5]!;
    expect(compareEmbeddings(wrong, reference, limits)).toMatchObject({ passed: false });
  });

  test('not a number is not faithful', () => {
    const wrong = reference.map((embedding) => embedding.slice());
    wrong[0]![3] = Number.NaN;
    expect(compareEmbeddings(wrong, reference, limits)).toMatchObject({ passed: false, worstCosine: Number.NaN });
  });

  test('mixed up neighbours fail even when every clip is near itself', () => {
    const crowd = reference.map((embedding) => embedding.map((value, i) => (i === 0 ? 12 : value)));
    const noisy = crowd.map((embedding, at) => embedding.map((value, i) => value + random(at + 100)[i]!));
    const result = compareEmbeddings(noisy, crowd, { worstCosine: 0.9, neighbourOverlap: 0.9 });
    expect(result.worstCosine).toBeGreaterThan(0.9);
    expect(result.passed).toBe(false);
  });
});

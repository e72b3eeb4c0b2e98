/** Spectra of frames and correlations, against the definitions. */
import { expect, test } from 'vitest';
import { powerSpectrum } from '../../src/main/decode/analysers/spectrum.ts';
import { uniform } from '../kit/uniform.ts';

const random = uniform(11);
const noise = (length: number) => Float32Array.from({ length }, () => 2 * random() - 1);

/** |X|² of the bins of a frame under a periodic Hann window, term by term. */
function definition(frame: Float32Array): number[] {
  const size = frame.length;
  const windowed = Array.from(frame, (x, i) => x * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size)));
  return Array.from({ length: size / 2 + 1 }, (_, k) => {
    let [re, im] = [0, 0];
    for (const [i, x] of windowed.entries()) {
      re += x * Math.cos((2 * Math.PI * k * i) / size);
      im -= x * Math.sin((2 * Math.PI * k * i) / size);
    }
    return re * re + im * im;
  });
}

test.each([32, 160, 512])('each bin of a frame of %i samples, wherever it begins', (size) => {
  const samples = noise(size + 7);
  const power = new Float32Array(size / 2 + 1);
  powerSpectrum(size).of(samples, 5, power);
  const expected = definition(samples.slice(5, 5 + size));
  for (const [bin, value] of expected.entries()) expect(power[bin], `bin ${bin}`).toBeCloseTo(value, 2);
});

test('behind the last sample there is silence, and nothing is left of the frame before', () => {
  const samples = noise(100);
  const spectrum = powerSpectrum(64);
  const power = new Float32Array(33);
  spectrum.of(samples, 0, power);
  spectrum.of(samples, 80, power);
  const padded = new Float32Array(64);
  padded.set(samples.subarray(80));
  for (const [bin, value] of definition(padded).entries()) expect(power[bin], `bin ${bin}`).toBeCloseTo(value, 3);
});

test('correlations with itself, also after a longer signal', () => {
  const spectrum = powerSpectrum(160);
  spectrum.autocorrelation(Float64Array.from(noise(120)), 40);
  const signal = Float64Array.from(noise(100));
  const found = spectrum.autocorrelation(signal, 50);
  expect(found).toHaveLength(50);
  for (const [lag, sum] of found.entries()) {
    const expected = signal.reduce((total, x, i) => total + x * (signal[i + lag] ?? 0), 0);
    expect(sum, `lag ${lag}`).toBeCloseTo(expected, 4);
  }
});

test.each([0, 16, 77, 224])(
  '%i samples, which it cannot transform, are refused, and others are not afterwards',
  (size) => {
    expect(() => powerSpectrum(size)).toThrow(`no spectra of ${size} samples`);
    expect(powerSpectrum(96).autocorrelation(Float64Array.of(1, 2), 2)[1]).toBeCloseTo(2, 5);
  },
);

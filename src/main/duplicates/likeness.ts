/**
 * Whether two pieces of sound are the same recording: the waveforms are laid over each other to a fraction of a sample and
 * must agree in each band and nearly each moment, at one level. Other takes, other notes of an instrument and loops with
 * one part more agree in some of them only.
 */
import { fourierOf, hann } from '../decode/analysers/fourier.ts';
import type { EventLoopYielder } from '../async/yield-to-event-loop.ts';

/** Hz. Half of it is what a copy at 22.05 kHz has left. */
export const COMPARED_RATE = 22_050;

const FRAME = 1024;
const HOP = FRAME / 2;
/** Of bands, Hz. Above the last one, resamplers and codecs differ. */
const BAND_EDGES_HZ = [40, 400, 1200, 3000, 6000, 9000];
const BAND_BINS = BAND_EDGES_HZ.map((hertz) => Math.round((hertz * FRAME) / COMPARED_RATE));
const BANDS = BAND_BINS.length - 1;
const FIRST_BIN = BAND_BINS[0]!;
const END_BIN = BAND_BINS[BANDS]!;
/** Frames of a moment: a quarter of a second, less of a short sound. */
const LONGEST_MOMENT = 11;
const FEWEST_MOMENTS = 8;

/** How far from where it is expected the other sound is looked for, samples: the fingerprints know it to two frames of 23 ms. */
const REACH = 1400;
/** Of the loudest part, in which it is looked for, samples. */
const SOUGHT = 16_384;
/** Lags are tried in steps of a quarter of a sample: at half a sample beside it, what is near 10 kHz has nothing in common. */
const STEPS = 4;
/** Where they have less in common, they are two recordings. */
const LEAST_FIT = 0.5;
/** Shorter sounds are too little to tell, samples. */
export const SHORTEST = Math.round(0.04 * COMPARED_RATE);

/**
 * Correlations of the two sounds: of all, of a band, of a moment. They leave room for codecs, which put noise of the same power
 * in place of high bands; what has one part more or less than the other has another level there.
 */
const LEAST_SIMILARITY = 0.8;
const LEAST_IN_BAND = 0.6;
const LEAST_IN_MOMENT = 0.65;
/** Bands and moments further below the loudest do not count: a codec leaves them out. Power. */
const FAINT_BAND = 10 ** -3.5;
const FAINT_MOMENT = 10 ** -3.5;
/** A band may be so much louder or softer than all of it, and a moment, dB: a fade, a filter or a limiter is more. */
const MOST_IN_BAND_DB = 2;
const MOST_IN_MOMENT_DB = 1.5;
/** Of a band at a moment, dB, where it is not faint beside the other bands of that moment; and how many may be off. */
const FAINT_CELL = 10 ** -3;
const MOST_IN_CELL_DB = 2.5;
const MOST_STRANGE = 0.002;
/** Of the moments so many may disagree, besides the first and the last: a codec at work there, a click. */
const MOST_DISAGREEING = 0.02;

export interface Likeness {
  /** 0..1, correlation over all bands. */
  similarity: number;
  /** Sample `i` of the first is sample `i − lag` of the second; with its fraction. */
  lag: number;
  /** Of the second above the first, dB. */
  levelDb: number;
}

/**
 * @param first mono, {@link COMPARED_RATE} @param second alike
 * @param expectedLag samples, see {@link Likeness.lag}
 * @returns null unless they are the same recording where both are
 * @throws signal.reason of the yielder
 */
export async function likenessOf(
  first: Float32Array,
  second: Float32Array,
  expectedLag: number,
  yielder: EventLoopYielder,
): Promise<Likeness | null> {
  const found = lagOf(first, second, expectedLag);
  if (found === null) return null;
  const from = Math.max(0, found.lag);
  const end = Math.min(first.length, second.length + found.lag);
  if (end - from < SHORTEST) return null;
  const pair = new FramePair(first, second, found.lag, from, end);
  const fraction = pair.fractionOf(found.from, found.from + found.length);
  const moments = await momentsOf(pair, fraction, yielder);
  const levelDb = verdictOf(moments);
  if (levelDb === null) return null;
  const total = sum(moments);
  return { similarity: correlation(total.cross, total.first, total.second), lag: found.lag - fraction, levelDb };
}

/** Of one band or several: powers of both and of what they have in common. */
interface Powers {
  first: number;
  second: number;
  cross: number;
}
type Moment = Powers[];

function correlation(cross: number, first: number, second: number): number {
  return cross / Math.sqrt(first * second + 1e-30);
}

function sum(moments: readonly Moment[]): Powers {
  const total: Powers = { first: 0, second: 0, cross: 0 };
  for (const bands of moments) for (const band of bands) addPowers(total, band);
  return total;
}

function addPowers(to: Powers, { first, second, cross }: Powers): void {
  to.first += first;
  to.second += second;
  to.cross += cross;
}

function levelOf({ first, second }: Powers): number {
  return 10 * Math.log10((second + 1e-30) / (first + 1e-30));
}

/** @returns the level of the second above the first, dB; null where they differ */
function verdictOf(moments: readonly Moment[]): number | null {
  const total = sum(moments);
  if (total.first <= 0 || total.second <= 0) return null;
  const level = levelOf(total);
  const gain = total.second / total.first;
  if (correlation(total.cross, total.first, total.second) < LEAST_SIMILARITY) return null;
  const loudness = ({ first, second }: Powers) => first * gain + second;
  const agrees = (powers: Powers, least: number, mostDb: number) =>
    correlation(powers.cross, powers.first, powers.second) >= least && Math.abs(levelOf(powers) - level) <= mostDb;

  const bands = Array.from({ length: BANDS }, (_, band) => sum(moments.map((moment) => [moment[band]!])));
  const heard = bands.filter((band) => loudness(band) > FAINT_BAND * loudness(total));
  if (!heard.every((band) => agrees(band, LEAST_IN_BAND, MOST_IN_BAND_DB))) return null;

  const each = moments.map((moment) => sum([moment]));
  const loudest = Math.max(...each.map(loudness));
  const loud = each.filter((moment) => loudness(moment) > FAINT_MOMENT * loudest);
  const inner = loud.length > FEWEST_MOMENTS ? loud.slice(1, -1) : loud;
  const disagreeing = inner.filter((moment) => !agrees(moment, LEAST_IN_MOMENT, MOST_IN_MOMENT_DB)).length;
  if (disagreeing > MOST_DISAGREEING * inner.length) return null;

  // A hit of another part is loud in one band of one moment.
  const cells = moments.flatMap((moment, i) => {
    const all = loudness(each[i]!);
    return all > FAINT_MOMENT * loudest ? moment.filter((band) => loudness(band) > FAINT_CELL * all) : [];
  });
  const strange = cells.filter((cell) => Math.abs(levelOf(cell) - level) > MOST_IN_CELL_DB).length;
  return strange > MOST_STRANGE * cells.length ? null : level;
}

async function momentsOf(pair: FramePair, fraction: number, yielder: EventLoopYielder): Promise<Moment[]> {
  const long = Math.min(LONGEST_MOMENT, Math.max(2, Math.ceil(pair.frames / FEWEST_MOMENTS)));
  const turns = Array.from({ length: END_BIN }, (_, bin) => (2 * Math.PI * bin * fraction) / FRAME);
  const [cos, sin] = [turns.map(Math.cos), turns.map(Math.sin)];
  const moments: Moment[] = [];
  for (let frame = 0; frame < pair.frames; frame++) {
    if (frame % long === 0) {
      moments.push(Array.from({ length: BANDS }, () => ({ first: 0, second: 0, cross: 0 })));
      await yielder.yieldIfDue();
    }
    pair.transform(frame);
    const { re1, im1, re2, im2 } = pair;
    const moment = moments.at(-1)!;
    for (let band = 0; band < BANDS; band++) {
      const powers = moment[band]!;
      for (let k = BAND_BINS[band]!; k < BAND_BINS[band + 1]!; k++) {
        const [a, b, c, d] = [re1[k]!, im1[k]!, re2[k]!, im2[k]!];
        powers.first += a * a + b * b;
        powers.second += c * c + d * d;
        powers.cross += (a * c + b * d) * cos[k]! + (b * c - a * d) * sin[k]!;
      }
    }
  }
  return moments;
}

/** Spectra of both sounds at the same moments, of what both have: silence around it. */
class FramePair {
  readonly frames: number;
  readonly re1 = new Float64Array(HOP + 1);
  readonly im1 = new Float64Array(HOP + 1);
  readonly re2 = new Float64Array(HOP + 1);
  readonly im2 = new Float64Array(HOP + 1);
  readonly #fourier = fourierOf(FRAME);
  readonly #window = hann(FRAME);
  readonly #frame = new Float64Array(FRAME);
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  readonly #lag: number;
  readonly #from: number;
  readonly #end: number;

  /** @param from of the first, and `end` exclusive: what both have */
  constructor(first: Float32Array, second: Float32Array, lag: number, from: number, end: number) {
    this.#first = first;
    this.#second = second;
    this.#lag = lag;
    this.#from = from;
    this.#end = end;
    this.frames = Math.ceil((end - from) / HOP) + 1;
  }

  transform(frame: number): void {
    const start = this.#from + (frame - 1) * HOP;
    this.#gather(this.#first, start, 0);
    this.#fourier.complex(this.#frame, this.re1, this.im1);
    this.#gather(this.#second, start, this.#lag);
    this.#fourier.complex(this.#frame, this.re2, this.im2);
  }

  #gather(samples: Float32Array, start: number, lag: number): void {
    for (let i = 0; i < FRAME; i++) {
      const at = start + i;
      this.#frame[i] = at < this.#from || at >= this.#end ? 0 : samples[at - lag]! * this.#window[i]!;
    }
  }

  /** By how much the second is behind its whole samples, −0.6..0.6, as it fits best between these samples of the first. */
  fractionOf(from: number, end: number): number {
    const real = new Float64Array(END_BIN);
    const imaginary = new Float64Array(END_BIN);
    const first = Math.max(0, Math.floor((from - this.#from) / HOP));
    const last = Math.min(this.frames - 1, Math.ceil((end - this.#from) / HOP));
    for (let frame = first; frame <= last; frame++) {
      this.transform(frame);
      for (let k = FIRST_BIN; k < END_BIN; k++) {
        const [a, b, c, d] = [this.re1[k]!, this.im1[k]!, this.re2[k]!, this.im2[k]!];
        real[k]! += a * c + b * d;
        imaginary[k]! += b * c - a * d;
      }
    }
    let best = { fraction: 0, fit: -Infinity };
    for (let step = -12; step <= 12; step++) {
      const fraction = step / 20;
      let fit = 0;
      for (let k = FIRST_BIN; k < END_BIN; k++) {
        const turn = (2 * Math.PI * k * fraction) / FRAME;
        fit += real[k]! * Math.cos(turn) + imaginary[k]! * Math.sin(turn);
      }
      if (fit > best.fit) best = { fraction, fit };
    }
    return best.fraction;
  }
}

/**
 * Where the second lies against the first, by the cross-correlation of the loudest part of the first that both have.
 * @returns null where they have too little in common; `from` and `length` of that part, samples of the first
 */
function lagOf(
  first: Float32Array,
  second: Float32Array,
  expectedLag: number,
): { lag: number; from: number; length: number } | null {
  const expected = Math.round(expectedLag);
  const begin = Math.max(0, expected);
  const end = Math.min(first.length, second.length + expected);
  if (end - begin < SHORTEST) return null;
  const { from, length } = loudest(first, begin, end);
  const wide = length + 2 * REACH;
  const size = 2 ** Math.ceil(Math.log2(Math.max(4 * REACH, wide))); // lags up to half of it
  const shown = new Float64Array(size);
  const sought = new Float64Array(size);
  for (let i = 0; i < length; i++) shown[i] = first[from + i]!;
  for (let i = 0; i < wide; i++) sought[i] = second[from - expected - REACH + i] ?? 0;
  const common = crossCorrelation(shown, sought);
  const own = shown.reduce((power, x) => power + x * x, 0) * common.shares[0];
  let power = 0;
  for (let i = 0; i < length; i++) power += sought[i]! ** 2;
  let best = { step: -1, fit: LEAST_FIT };
  for (let sample = 0; sample <= 2 * REACH; sample++) {
    const other = power * common.shares[1];
    for (let step = STEPS * sample; other > 1e-12 * own && step < STEPS * (sample + 1); step++) {
      const fit = correlation(common.values[step]!, own, other);
      if (fit > best.fit) best = { step, fit };
    }
    power = Math.max(0, power + sought[sample + length]! ** 2 - sought[sample]! ** 2);
  }
  return best.step < 0 ? null : { lag: expected + REACH - Math.round(best.step / STEPS), from, length };
}

function loudest(samples: Float32Array, begin: number, end: number): { from: number; length: number } {
  const length = Math.min(SOUGHT, end - begin);
  let power = 0;
  for (let i = begin; i < begin + length; i++) power += samples[i]! ** 2;
  let best = { from: begin, power };
  for (let from = begin; from + length < end; from++) {
    power += samples[from + length]! ** 2 - samples[from]! ** 2;
    if (power > best.power) best = { from: from + 1, power };
  }
  return { from: best.from, length };
}

/**
 * Σ x[i]·y[i + lag] by their spectra, of what lies in the bands. The product's spectrum is transformed back by the same
 * transform of real signals: of Re + Im as one signal, since the first is even and the second odd.
 * @returns lags from 0 to half of the size in steps of 1 / {@link STEPS}, and the shares of the powers that lie in the bands
 */
function crossCorrelation(x: Float64Array, y: Float64Array): { values: Float64Array; shares: [number, number] } {
  const size = x.length;
  const half = size / 2;
  const fourier = fourierOf(size);
  const [re1, im1, re2, im2] = [0, 1, 2, 3].map(() => new Float64Array(half + 1)) as [Float64Array, Float64Array, Float64Array, Float64Array]; // prettier-ignore
  fourier.complex(x, re1, im1);
  fourier.complex(y, re2, im2);
  const both = new Float64Array(STEPS * size);
  const [first, end] = [(FIRST_BIN * size) / FRAME, (END_BIN * size) / FRAME];
  const inside = { first: 0, second: 0 };
  const all = { first: 1e-30, second: 1e-30 };
  for (let k = 1; k < half; k++) {
    const powers = { first: re1[k]! ** 2 + im1[k]! ** 2, second: re2[k]! ** 2 + im2[k]! ** 2 };
    all.first += powers.first;
    all.second += powers.second;
    if (k < first || k >= end) continue;
    inside.first += powers.first;
    inside.second += powers.second;
    const real = re1[k]! * re2[k]! + im1[k]! * im2[k]!;
    const imaginary = re1[k]! * im2[k]! - im1[k]! * re2[k]!;
    both[k] = real + imaginary;
    both[STEPS * size - k] = real - imaginary;
  }
  const fine = fourierOf(STEPS * size);
  const [re, im] = [new Float64Array(STEPS * half + 1), new Float64Array(STEPS * half + 1)];
  fine.complex(both, re, im);
  return {
    values: re.map((real, step) => (real + im[step]!) / size),
    shares: [inside.first / all.first, inside.second / all.second],
  };
}

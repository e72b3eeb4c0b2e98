/**
 * What tempo, key, root and kind are found in: a short history of one channel, taken while it is decoded. Onsets and
 * levels every 23 ms, pitches in tenths of a semitone, and the first seconds as they are.
 */
import { LandmarkRecorder, shortFingerprint } from './fingerprint.ts';
import { FRAME, HOP, MOST_LANDMARKS, TRACE_RATE } from './landmarks.ts';
import { powerSpectrum, type PowerSpectrum } from './spectrum.ts';

const SHORT = FRAME;
const LONG = 4096;
const LONG_HOP = 3072;
/** Of a long file so much is looked at: a song's tempo and key are clear by then. */
const LONGEST_SECONDS = 60;
/** Samples kept for pitch. */
const KEPT = 3 * TRACE_RATE;
/** Power of a sine at −80 dBFS in a frame with this window: below it everything is silence. */
const FLOOR = 1e-8 * (SHORT / 4) ** 2;
/** The same at −110 dBFS: a quiet copy has the peaks of a loud one. */
const LANDMARK_FLOOR = 1e-3 * FLOOR;

/** Edges of the bands in which onsets are looked for: a third of an octave and more, bins of short frames. */
const BAND_EDGES = [1, 3, 5, 7, 9, 12, 15, 19, 23, 29, 36, 45, 57, 71, 89, 112, 141, 178, 224, 257];
const BANDS = BAND_EDGES.length - 1;
const LOW_BANDS = 4;
const FIRST_HIGH_BAND = 14;

/** Semitones a semitone's histogram is fine to. */
export const PITCH_BINS_A_SEMITONE = 10;
/** MIDI numbers of the histogram: A1 to C7. */
export const LOWEST_PITCH = 33;
export const HIGHEST_PITCH = 96;
const PITCH_BINS = (HIGHEST_PITCH - LOWEST_PITCH) * PITCH_BINS_A_SEMITONE;
/** Of long frames, and those of them that lie between these pitches. */
const BIN_HERTZ = TRACE_RATE / LONG;
const FIRST_BIN = Math.ceil(hertz(LOWEST_PITCH) / BIN_HERTZ) + 1;
const LAST_BIN = Math.floor(hertz(HIGHEST_PITCH) / BIN_HERTZ) - 1;

/** Arrays have one value a short frame. */
export interface Trace {
  /** How strongly something begins, ≥ 0. */
  onsets: Float32Array;
  /** The part of it below 200 Hz (kick, bass), and that above 2 kHz (snare, hat). */
  lowOnsets: Float32Array;
  highOnsets: Float32Array;
  /** Mean square of the frame's samples. */
  energies: Float32Array;
  /** Where the middle of the power lies, Hz. */
  centroids: Float32Array;
  /** Geometric by arithmetic mean of the bands' densities: 1 noise, 0 a tone. */
  flatness: Float32Array;
  /** What sounds at each pitch, by tenths of a semitone from {@link LOWEST_PITCH}, each long frame weighing the same. */
  pitches: Float64Array;
  /** Pitch classes of each long frame, C first, largest 1; twelve numbers a frame. */
  chroma: number[];
  /** Share of the power that lies in narrow peaks, mean over long frames. */
  tonality: number;
  /** The first seconds, at {@link TRACE_RATE}. */
  samples: Float32Array;
  /** What the recording is recognised by (fingerprint.ts). */
  fingerprint: Uint8Array;
  /** Of what was traced. */
  seconds: number;
  /** Of the file, also where no more than its beginning was traced. */
  totalSeconds: number;
}

/** A growing list of numbers without boxes. */
class Numbers {
  #values = new Float32Array(1024);
  #length = 0;
  push(value: number): void {
    if (this.#length === this.#values.length) {
      const longer = new Float32Array(2 * this.#length);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#length++] = value;
  }
  get values(): Float32Array {
    return this.#values.subarray(0, this.#length);
  }
}

export class TraceRecorder {
  readonly #short = powerSpectrum(SHORT);
  readonly #long = powerSpectrum(LONG);
  readonly #shortPower = new Float32Array(SHORT / 2 + 1);
  readonly #powerBetween = new Float32Array(SHORT / 2 + 1);
  readonly #longPower = new Float32Array(LONG / 2 + 1);
  readonly #bands = new Float64Array(BANDS);
  readonly #onsets = new Numbers();
  readonly #lowOnsets = new Numbers();
  readonly #highOnsets = new Numbers();
  readonly #energies = new Numbers();
  readonly #centroids = new Numbers();
  readonly #flatness = new Numbers();
  readonly #pitches = new Float64Array(PITCH_BINS);
  readonly #chroma: number[] = [];
  /** Of the peaks of a long frame. */
  readonly #foundBins = new Uint16Array(LONG / 4);
  readonly #foundWeights = new Float64Array(LONG / 4);
  #tonality = 0;
  /** Of long frames with sound in them. */
  #longFrames = 0;
  /** Of frames, so many; and of frames half a hop earlier: those of a copy that was trimmed lie anywhere between. */
  readonly #landmarks = new LandmarkRecorder(LANDMARK_FLOOR);
  #landmarkFrames = 0;
  #landmarksBetween: LandmarkRecorder | null = null;
  readonly #samples = new Float32Array(KEPT);
  /**
   * The last samples, as many as a long frame has, twice one behind the other: each frame of the last ones lies in it in one
   * piece, and ends behind `LONG + position % LONG`.
   */
  readonly #ring = new Float32Array(2 * LONG);
  #position = 0;
  /** Of the sound: what is pushed behind it is silence. */
  #end = Infinity;

  constructor() {
    this.#bands.fill(Math.log2(FLOOR));
  }

  /** As much of a long file as is looked at was pushed. */
  get isFull(): boolean {
    return this.#position >= LONGEST_SECONDS * TRACE_RATE;
  }

  push(samples: Float32Array): void {
    const end = Math.min(samples.length, LONGEST_SECONDS * TRACE_RATE - this.#position);
    let at = 0;
    while (at < end) {
      const taken = samples.subarray(at, Math.min(end, at + HOP - (this.#position % HOP)));
      // Never over the end of either, which is a multiple of HOP.
      this.#ring.set(taken, this.#position % LONG);
      this.#ring.set(taken, LONG + (this.#position % LONG));
      if (this.#position < KEPT) this.#samples.set(taken.subarray(0, KEPT - this.#position), this.#position);
      this.#position += taken.length;
      at += taken.length;
      if (this.#position % HOP !== 0) continue;
      this.#shortFrame();
      if (this.#position >= LONG && (this.#position - LONG) % LONG_HOP === 0) this.#pitchFrame();
    }
  }

  /** @param totalSamples of the file at {@link TRACE_RATE} */
  finish(totalSamples: number): Trace {
    const position = this.#position;
    this.#end = position;
    // What is shorter than a frame, and the end of what is longer, with silence behind it.
    const silence = Math.max(position < LONG ? LONG - position : 0, HOP - (position % HOP));
    this.push(new Float32Array(Math.min(silence, LONGEST_SECONDS * TRACE_RATE - position)));
    const frames = Math.ceil(position / HOP);
    const samples = this.#samples.subarray(0, Math.min(position, KEPT));
    return {
      onsets: this.#onsets.values.subarray(0, frames),
      lowOnsets: this.#lowOnsets.values.subarray(0, frames),
      highOnsets: this.#highOnsets.values.subarray(0, frames),
      energies: this.#energies.values.subarray(0, frames),
      centroids: this.#centroids.values.subarray(0, frames),
      flatness: this.#flatness.values.subarray(0, frames),
      pitches: this.#pitches,
      chroma: this.#chroma,
      tonality: this.#tonality / Math.max(1, this.#longFrames),
      samples,
      fingerprint: this.#fingerprint(samples),
      seconds: position / TRACE_RATE,
      totalSeconds: Math.max(position, totalSamples) / TRACE_RATE,
    };
  }

  /** @param earlier samples, from before the newest one */
  #spectrum(of: PowerSpectrum, power: Float32Array, earlier = 0): void {
    of.of(this.#ring, this.#ringEnd() - earlier - of.size, power);
  }

  /** Of the newest sample in the ring, exclusive. */
  #ringEnd(): number {
    return (this.#position % LONG) + LONG;
  }

  #shortFrame(): void {
    let energy = 0;
    const ring = this.#ring;
    const end = this.#ringEnd();
    for (let i = end - HOP; i < end; i++) energy += ring[i]! * ring[i]!;
    this.#energies.push(energy / HOP);
    const power = this.#shortPower;
    this.#spectrum(this.#short, power);
    if (this.#position < this.#end + SHORT) this.#pushLandmarks(power);
    let onset = 0;
    let low = 0;
    let high = 0;
    let total = 0;
    let weighted = 0;
    let lowProduct = 1;
    let highProduct = 1;
    let densities = 0;
    for (let band = 0; band < BANDS; band++) {
      const first = BAND_EDGES[band]!;
      const end = BAND_EDGES[band + 1]!;
      let sum = 0;
      for (let k = first; k < end; k++) {
        sum += power[k]!;
        weighted += k * power[k]!;
      }
      total += sum;
      const density = sum / (end - first) + 1e-12;
      // Two products: one of all could leave the range of numbers.
      if (band < BANDS / 2) lowProduct *= density;
      else highProduct *= density;
      densities += density;
      const level = Math.log2(sum + FLOOR);
      const rise = level - this.#bands[band]!;
      if (rise > 0) {
        onset += rise;
        if (band < LOW_BANDS) low += rise;
        else if (band >= FIRST_HIGH_BAND) high += rise;
      }
      this.#bands[band] = level;
    }
    this.#onsets.push(onset / BANDS);
    this.#lowOnsets.push(low / LOW_BANDS);
    this.#highOnsets.push(high / (BANDS - FIRST_HIGH_BAND));
    this.#centroids.push(total > FLOOR ? ((weighted / total) * TRACE_RATE) / SHORT : 0);
    this.#flatness.push(
      total > FLOOR ? 2 ** ((Math.log2(lowProduct) + Math.log2(highProduct)) / BANDS) / (densities / BANDS) : 0,
    );
  }

  #fingerprint(samples: Float32Array): Uint8Array {
    if (samples.length < KEPT || this.#landmarksBetween === null) {
      const begun = { recorder: this.#landmarks, frames: this.#landmarkFrames };
      return shortFingerprint(samples, LANDMARK_FLOOR, begun);
    }
    const half = MOST_LANDMARKS / 2;
    return new Uint8Array(Buffer.concat([this.#landmarks.finish(half), this.#landmarksBetween.finish(half)]));
  }

  #pushLandmarks(power: Float32Array): void {
    this.#landmarks.push(power);
    this.#landmarkFrames++;
    if (this.#position <= KEPT) return;
    this.#landmarksBetween ??= this.#landmarksOfKept();
    this.#spectrum(this.#short, this.#powerBetween, HOP / 2);
    this.#landmarksBetween.push(this.#powerBetween);
  }

  /** A sound that is kept whole has a fingerprint of another kind, so that these begin once there is more than that. */
  #landmarksOfKept(): LandmarkRecorder {
    const landmarks = new LandmarkRecorder(LANDMARK_FLOOR);
    const samples = new Float32Array(SHORT + KEPT); // with silence before the first
    samples.set(this.#samples, SHORT);
    for (let end = HOP; end <= KEPT; end += HOP) {
      this.#short.of(samples, end - HOP / 2, this.#powerBetween); // with the silence, what ends there begins there
      landmarks.push(this.#powerBetween);
    }
    return landmarks;
  }

  #pitchFrame(): void {
    const power = this.#longPower;
    this.#spectrum(this.#long, power);
    let total = 0;
    let highest = 0;
    for (let k = FIRST_BIN; k <= LAST_BIN; k++) {
      total += power[k]!;
      if (power[k]! > highest) highest = power[k]!;
    }
    if (total < FLOOR * 64) return;
    let found = 0;
    let peaks = 0;
    let strongest = 0;
    for (let k = FIRST_BIN; k <= LAST_BIN; k++) {
      const p = power[k]!;
      if (p < 1e-4 * highest || p <= power[k - 1]! || p < power[k + 1]!) continue;
      const a = Math.log2(power[k - 1]! + 1e-12);
      const b = Math.log2(p);
      const c = Math.log2(power[k + 1]! + 1e-12);
      const offset = (0.5 * (a - c)) / (a - 2 * b + c);
      // A tone has the width of the window; in noise peaks are anything.
      const inPeak = power[k - 2]! + power[k - 1]! + p + power[k + 1]! + power[k + 2]!;
      const around = inPeak + power[k - 4]! + power[k - 3]! + power[k + 3]! + power[k + 4]!;
      if (inPeak > 0.9 * around) peaks += inPeak;
      const pitch = midi((k + offset) * BIN_HERTZ) - LOWEST_PITCH;
      const bin = Math.round(pitch * PITCH_BINS_A_SEMITONE);
      if (bin < 0 || bin >= PITCH_BINS) continue;
      const weight = Math.sqrt(p);
      if (weight > strongest) strongest = weight;
      this.#foundBins[found] = bin;
      this.#foundWeights[found++] = weight;
    }
    const chroma = new Float64Array(12);
    for (let i = 0; i < found; i++) {
      const bin = this.#foundBins[i]!;
      const weight = this.#foundWeights[i]!;
      this.#pitches[bin]! += weight / strongest;
      chroma[(Math.round(bin / PITCH_BINS_A_SEMITONE) + LOWEST_PITCH) % 12]! += weight;
    }
    const most = Math.max(...chroma, 1e-12);
    for (const value of chroma) this.#chroma.push(value / most);
    this.#tonality += Math.min(1, peaks / total);
    this.#longFrames++;
  }
}

/** MIDI number, 69 for 440 Hz. */
export function midi(frequency: number): number {
  return 69 + 12 * Math.log2(frequency / 440);
}

export function hertz(midiNumber: number): number {
  return 440 * 2 ** ((midiNumber - 69) / 12);
}

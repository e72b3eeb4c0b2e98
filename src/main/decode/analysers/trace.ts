/**
 * What tempo, key, root and kind are found in: a short history of one channel, taken while it is decoded. Onsets and
 * levels every 23 ms, pitches in tenths of a semitone, and the first seconds as they are.
 */
import { LandmarkRecorder, MOST_LANDMARKS, shortFingerprint } from './fingerprint.ts';
import { fourierOf, hann } from './fourier.ts';

/** Hz. Pitches and beats lie below half of it; four times fewer samples than in most files. */
export const TRACE_RATE = 11_025;
/** Of short frames, samples. */
export const HOP = 256;
/** Short frames a second. */
export const FRAME_RATE = TRACE_RATE / HOP;
const SHORT = 512;
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
  readonly #short = fourierOf(SHORT);
  readonly #long = fourierOf(LONG);
  readonly #shortWindow = hann(SHORT);
  readonly #longWindow = hann(LONG);
  readonly #shortPower = new Float64Array(SHORT / 2 + 1);
  readonly #powerBetween = new Float64Array(SHORT / 2 + 1);
  readonly #longPower = new Float64Array(LONG / 2 + 1);
  readonly #frame = new Float64Array(SHORT);
  readonly #longFrame = new Float64Array(LONG);
  readonly #bands = new Float64Array(BANDS);
  readonly #onsets = new Numbers();
  readonly #lowOnsets = new Numbers();
  readonly #highOnsets = new Numbers();
  readonly #energies = new Numbers();
  readonly #centroids = new Numbers();
  readonly #flatness = new Numbers();
  readonly #pitches = new Float64Array(PITCH_BINS);
  readonly #chroma: number[] = [];
  #tonality = 0;
  /** Of long frames with sound in them. */
  #longFrames = 0;
  readonly #landmarks = new LandmarkRecorder(LANDMARK_FLOOR);
  /** Of frames half a hop earlier: those of a copy that was trimmed lie anywhere between. */
  readonly #landmarksBetween = new LandmarkRecorder(LANDMARK_FLOOR);
  readonly #samples = new Float32Array(KEPT);
  /** The last samples, as many as a long frame has, oldest first from {@link #at}. */
  readonly #ring = new Float32Array(LONG);
  #position = 0;

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
      this.#ring.set(taken, this.#position % LONG); // never over its end, which is a multiple of HOP
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
      fingerprint: position > KEPT ? this.#fingerprint() : shortFingerprint(samples, SHORT, HOP, LANDMARK_FLOOR),
      seconds: position / TRACE_RATE,
      totalSeconds: Math.max(position, totalSamples) / TRACE_RATE,
    };
  }

  /** @param earlier samples, from before the newest one */
  #gather(frame: Float64Array, window: Float64Array, earlier = 0): void {
    const size = frame.length;
    const ring = this.#ring;
    const from = this.#position - earlier - size + LONG; // not negative
    for (let i = 0; i < size; i++) frame[i] = ring[(from + i) & (LONG - 1)]! * window[i]!;
  }

  #shortFrame(): void {
    let energy = 0;
    const newest = this.#ring.subarray((this.#position - HOP) % LONG, ((this.#position - HOP) % LONG) + HOP);
    for (let i = 0; i < HOP; i++) energy += newest[i]! * newest[i]!;
    this.#energies.push(energy / HOP);
    this.#gather(this.#frame, this.#shortWindow);
    this.#short.power(this.#frame, this.#shortPower);
    const power = this.#shortPower;
    this.#landmarks.push(power);
    this.#frameBetween();
    let onset = 0;
    let low = 0;
    let high = 0;
    let total = 0;
    let weighted = 0;
    let logs = 0;
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
      logs += Math.log2(density);
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
    this.#flatness.push(total > FLOOR ? 2 ** (logs / BANDS) / (densities / BANDS) : 0);
  }

  #fingerprint(): Uint8Array {
    const half = MOST_LANDMARKS / 2;
    return new Uint8Array(Buffer.concat([this.#landmarks.finish(half), this.#landmarksBetween.finish(half)]));
  }

  #frameBetween(): void {
    this.#gather(this.#frame, this.#shortWindow, HOP / 2);
    this.#short.power(this.#frame, this.#powerBetween);
    this.#landmarksBetween.push(this.#powerBetween);
  }

  #pitchFrame(): void {
    this.#gather(this.#longFrame, this.#longWindow);
    this.#long.power(this.#longFrame, this.#longPower);
    const power = this.#longPower;
    const binHertz = TRACE_RATE / LONG;
    const first = Math.ceil(hertz(LOWEST_PITCH) / binHertz) + 1;
    const last = Math.floor(hertz(HIGHEST_PITCH) / binHertz) - 1;
    let total = 0;
    let highest = 0;
    for (let k = first; k <= last; k++) {
      total += power[k]!;
      if (power[k]! > highest) highest = power[k]!;
    }
    if (total < FLOOR * 64) return;
    const found: [bin: number, weight: number][] = [];
    let peaks = 0;
    let strongest = 0;
    for (let k = first; k <= last; k++) {
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
      const pitch = midi((k + offset) * binHertz) - LOWEST_PITCH;
      const bin = Math.round(pitch * PITCH_BINS_A_SEMITONE);
      if (bin < 0 || bin >= PITCH_BINS) continue;
      const weight = Math.sqrt(p);
      if (weight > strongest) strongest = weight;
      found.push([bin, weight]);
    }
    const chroma = new Float64Array(12);
    for (const [bin, weight] of found) {
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

/** Which part of a file the lanes show: where it begins and how long it is, in samples, both with fractions. */

export interface View {
  startSample: number;
  samples: number;
}

export interface SampleSpan {
  startSample: number;
  endSample: number;
}

/** The closest look: single samples, some way apart. */
const LEAST_SAMPLES = 32;
/** Left free on either side of what is zoomed to, as a share of it. */
const MARGIN = 0.1;
/** Where the playhead comes to stand when the view turns to its next page. */
const PAGE_MARGIN = 0.05;

export function wholeFile(numberOfSamples: number): View {
  return { startSample: 0, samples: numberOfSamples };
}

/** @returns whether all of the file is in it */
export function isWhole({ samples }: View, numberOfSamples: number): boolean {
  return samples >= numberOfSamples;
}

function within({ startSample, samples }: View, numberOfSamples: number): View {
  const length = Math.min(numberOfSamples, Math.max(Math.min(LEAST_SAMPLES, numberOfSamples), samples));
  return { startSample: Math.max(0, Math.min(startSample, numberOfSamples - length)), samples: length };
}

/**
 * @param factor more than 1 shows less of the file
 * @param anchor share of the view 0..1 whose sample stays where it is
 */
export function zoomed(view: View, factor: number, anchor: number, numberOfSamples: number): View {
  const { samples } = within({ ...view, samples: view.samples / factor }, numberOfSamples);
  const fixed = view.startSample + anchor * view.samples;
  return within({ startSample: fixed - anchor * samples, samples }, numberOfSamples);
}

/** @param share of the view's length; below 0 towards the beginning */
export function scrolled(view: View, share: number, numberOfSamples: number): View {
  return within({ ...view, startSample: view.startSample + share * view.samples }, numberOfSamples);
}

/** A span with some of what is around it. */
export function zoomedTo({ startSample, endSample }: SampleSpan, numberOfSamples: number): View {
  const samples = Math.max(LEAST_SAMPLES, (endSample - startSample) * (1 + 2 * MARGIN));
  return within({ startSample: (startSample + endSample - samples) / 2, samples }, numberOfSamples);
}

/** Moved so that a sample is in its middle. */
export function centredOn(view: View, sample: number, numberOfSamples: number): View {
  return within({ ...view, startSample: sample - view.samples / 2 }, numberOfSamples);
}

export function isInView({ startSample, samples }: View, sample: number): boolean {
  return sample >= startSample && sample <= startSample + samples;
}

/**
 * The view after the playhead has moved: turned like a page when it leaves, and left alone when it was not in it before,
 * since somebody looks at another place then.
 */
export function followed(view: View, before: number, now: number, numberOfSamples: number): View {
  if (!isInView(view, before) || isInView(view, now)) return view;
  return within({ ...view, startSample: now - PAGE_MARGIN * view.samples }, numberOfSamples);
}

/** @param pixel from the left of the view, of `width` */
export function sampleAt(view: View, pixel: number, width: number): number {
  return view.startSample + (pixel / width) * view.samples;
}

/** Px from the left of the view; outside of 0..width for what is not in it. */
export function pixelOf(view: View, sample: number, width: number): number {
  return ((sample - view.startSample) / view.samples) * width;
}

/**
 * How many samples a peak stands for where each pixel has one at least: a power of two.
 * @param pixels of the screen, not of CSS
 */
export function samplesEachFor(view: View, pixels: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(view.samples / pixels)));
}

/** Seconds between two marks of a ruler: 1, 2 or 5 of a power of ten below ten seconds, figures of a clock above. */
export function rulerStep(view: View, sampleRate: number, width: number, leastPixels: number): number {
  const least = (leastPixels / width) * (view.samples / sampleRate);
  const power = 10 ** Math.floor(Math.log10(least));
  const steps = least <= 10 ? [1, 2, 5, 10].map((one) => one * power) : CLOCK_STEPS;
  return steps.find((step) => step >= least * (1 - 1e-9)) ?? Math.ceil(least / 3600) * 3600;
}

/** s */
const CLOCK_STEPS = [15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Short clips as full windows, in the way the pack's encoder was trained with. */
import type { ModelPack } from '../packs/pack.ts';

/**
 * Writes one window into a batch.
 * @param samples the clip, mono, 1 to windowSamples of them (more are cut off)
 * @param target Float32Array[windowSamples], overwritten completely
 * @param shortClip 'repeat': the clip again and again from its beginning, the last time cut off; 'repeat-pad': as often as
 *   it fits whole, silence after that; 'pad': silence after it
 * @throws RangeError when there is no sample: nothing can be repeated
 */
export function fillWindow(
  samples: Float32Array,
  target: Float32Array,
  shortClip: ModelPack['audio']['shortClip'],
): void {
  if (samples.length === 0) throw new RangeError('a window needs at least one sample');
  if (samples.length >= target.length) {
    target.set(samples.length === target.length ? samples : samples.subarray(0, target.length));
    return;
  }
  target.set(samples);
  if (shortClip === 'pad') {
    target.fill(0, samples.length);
    return;
  }
  // Doubling what is there keeps the period, because every part copied begins at a multiple of the clip's length.
  for (let filled = samples.length; filled < target.length; filled *= 2) {
    target.copyWithin(filled, 0, Math.min(filled, target.length - filled));
  }
  if (shortClip === 'repeat-pad') target.fill(0, target.length - (target.length % samples.length));
}

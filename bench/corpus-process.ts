/** Child process of the benchmark that writes sounds: synthesis keeps a core busy and FFmpeg is native code. */
import { rename } from 'node:fs/promises';
import { serveParent } from '../src/main/process/child.ts';
import { encodeAudioFile } from '../src/demo/encode.ts';
import { DEMO_SOUNDS } from '../src/demo/library.ts';
import { Random } from '../src/demo/synthesis/random.ts';
import type { CorpusMethods } from './corpus-methods.ts';

const LONG_RATE = 48_000;
/** Sounds of the demo at the rate of the long files, rendered when first needed. */
const rendered = new Map<number, Float32Array>();

serveParent<CorpusMethods>({
  writeSound: async ({ index, path }) => {
    const sound = DEMO_SOUNDS[index]!;
    await writeWhole(path, sound.render(), sound);
    return null;
  },
  writeLong: async ({ path, format, seconds, indices }) => {
    const random = new Random(path.slice(path.lastIndexOf('/') + 1));
    const lossless = format === 'wav' || format === 'flac';
    const channels = joined(indices, Math.round(seconds * LONG_RATE), random);
    await writeWhole(path, channels, { format, sampleRate: LONG_RATE, bitDepth: lossless ? 16 : null, tags: {} });
    return null;
  },
});

/** Under its name only when it is whole: an interrupted run must not leave half a file in the cache. */
async function writeWhole(
  path: string,
  channels: readonly Float32Array[],
  { format, sampleRate, bitDepth, tags }: Parameters<typeof encodeAudioFile>[2],
): Promise<void> {
  await encodeAudioFile(`${path}.partial`, channels, { format, sampleRate, bitDepth, tags });
  await rename(`${path}.partial`, path);
}

/** Sounds one after another, in an order and at levels of their own: stereo, so that decoding costs what it usually does. */
function joined(indices: readonly number[], samples: number, random: Random): [Float32Array, Float32Array] {
  const left = new Float32Array(samples);
  const right = new Float32Array(samples);
  for (let at = 0; at < samples;) {
    const sound = mono(random.pick(indices));
    const part = sound.subarray(0, Math.min(sound.length, samples - at));
    const [gainLeft, gainRight] = [random.between(0.3, 1), random.between(0.3, 1)];
    for (let i = 0; i < part.length; i++) {
      left[at + i] = gainLeft * part[i]!;
      right[at + i] = gainRight * part[i]!;
    }
    at += part.length;
  }
  return [left, right];
}

function mono(index: number): Float32Array {
  const known = rendered.get(index);
  if (known) return known;
  const sound = DEMO_SOUNDS[index]!.render()[0]!;
  rendered.set(index, sound);
  return sound;
}

/** The steps of a part of a file, embedded one by one: for a pack whose audio graph has `frames`. */
import type { DecoderPool } from '../decode/decoder-pool.ts';
import type { ModelPack } from '../packs/pack.ts';
import { normalised } from '../vectors/normalise.ts';
import type { EncoderSupervisor } from './supervisor.ts';

export interface Frame {
  /** Where it begins in the file, s; it lasts `stepSeconds` of the pack, less at the end of the file. */
  startSeconds: number;
  /** Float32Array[dim], L2 norm 1. */
  embedding: Float32Array;
}

/**
 * @param pack has `audio.frames`
 * @param part of the file, s; windows are those of indexing, and each that reaches a step into the part is embedded whole
 * @returns in order of time, without overlaps; [] for a file that is not audio; steps without a direction are left out
 * @throws UserError with a FileErrorCode when the file cannot be read, 'model-…' when the model cannot run
 */
export async function embedFrames(
  path: string,
  part: { startSeconds: number; endSeconds: number },
  pack: ModelPack,
  { pool, supervisor }: { pool: DecoderPool; supervisor: EncoderSupervisor },
  signal: AbortSignal,
): Promise<Frame[]> {
  const { sampleRate, windowSeconds, hopSeconds, frames } = pack.audio;
  const maxWindows = Math.max(1, Math.ceil(part.endSeconds / hopSeconds));
  const plan = { sampleRate, windowSeconds, hopSeconds, maxWindows, keepSilent: true };
  const windows = await pool.read(
    { path, plan, fromSeconds: part.startSeconds - windowSeconds + frames!.stepSeconds },
    signal,
  );
  if ('notAudio' in windows) return [];
  const rows = await supervisor.asking((encoder) => encoder.embedFrames(windows.map(({ samples }) => samples)));
  const found: Frame[] = [];
  let coveredTo = -Infinity;
  for (const [at, { startSeconds, seconds }] of windows.entries()) {
    const all = rows[at]!;
    for (let step = 0; step * pack.dim < all.length; step++) {
      const start = startSeconds + step * frames!.stepSeconds;
      // What fills up a short clip, and what the window before has had, is no moment of its own.
      if (step * frames!.stepSeconds >= seconds || start < coveredTo) continue;
      const embedding = normalised(all.subarray(step * pack.dim, (step + 1) * pack.dim));
      if (embedding) found.push({ startSeconds: start, embedding });
    }
    coveredTo = Math.max(coveredTo, startSeconds + seconds);
  }
  return found;
}

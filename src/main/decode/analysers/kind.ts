/**
 * One-shot, loop, ambience, music, speech or sweep: a multinomial logit over what kind-features.ts measures, its weights
 * fitted to labelled clips of open licences and to rendered music (docs/adr/0015-facts-from-the-sound.md).
 */
import { KIND_NAMES, type KindName } from '../../../shared/music.ts';
import type { Shape } from './kind-features.ts';

export interface FoundKind {
  /** null where none is likely */
  kind: KindName | null;
  /** 0..1 */
  confidence: number;
  /** That it is a loop or music, 0..1: only these have a tempo and a key. */
  musical: number;
}

/** As much alike as what is repeated. */
const REPEATED = 0.1;
/** Less probable than this is no answer. */
const SURE = 0.45;

/** The constant first, then a weight a feature. */
const WEIGHTS: Readonly<Record<KindName, readonly number[]>> = {
  'one-shot': [
    9.3, -0.328, -0.201, -0.0334, -0.0494, -0.305, -3.73, 0.804, 0.129, 2.27, -6.41, 0.182, 0.133, -0.0929, -1.83,
    -1.34, -1.71, -1.2, -0.175, -0.469, 0.306, -2.33, -3.11, -0.579, -0.545,
  ],
  loop: [
    -1.73, 0.0574, 0.111, 0.0685, 0.486, -0.481, 1.18, 4.5, -1.72, 1.41, 7.56, -0.244, -0.113, 0.87, 5.38, 2.94, 2.74,
    0.59, 0.16, 0.877, 1.44, -3.36, -0.0067, 1.0, -0.173,
  ],
  ambience: [
    2.51, 0.529, 0.154, -0.562, 0.0731, 0.382, -0.862, 1.9, 0.0451, 7.32, -9.87, -0.513, 0.327, -2.63, 2.18, -3.52,
    -0.176, 0.435, 0.341, -0.744, -2.43, 0.864, -4.48, 1.11, 0.404,
  ],
  music: [
    -6.79, 0.476, 0.0471, -0.542, 0.442, 0.00386, 1.54, -3.83, -0.218, -0.821, 10.9, 0.309, -1.03, 3.93, -3.38, -2.22,
    3.42, 1.73, 0.15, -0.864, 0.624, 3.42, 5.1, -0.107, 1.12,
  ],
  speech: [
    -2.55, -0.499, 0.122, 0.83, 0.174, -0.183, 1.33, -2.98, 1.17, -11.9, -0.246, 0.602, 0.811, -1.06, -2.54, 1.91,
    -2.37, -2.17, -0.321, 1.48, 0.797, 2.38, 3.25, -1.32, -0.341,
  ],
  sweep: [
    -0.74, -0.235, -0.232, 0.239, -1.13, 0.583, 0.545, -0.403, 0.601, 1.7, -1.95, -0.335, -0.125, -1.02, 0.185, 2.23,
    -1.91, 0.611, -0.156, -0.278, -0.732, -0.983, -0.751, -0.11, -0.468,
  ],
};

export function kindOf({ features, events, loop }: Shape): FoundKind {
  const scores = KIND_NAMES.map((kind) => {
    const [bias, ...weights] = WEIGHTS[kind];
    // A steady hum, which begins and ends, repeats nothing.
    if (kind === 'loop' && events <= 2 && (loop?.regularity ?? 0) < REPEATED) return -Infinity;
    return features.reduce((sum, value, i) => sum + weights[i]! * value, bias!);
  });
  const highest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - highest));
  const confidence = 1 / shares.reduce((a, b) => a + b, 0);
  const musical = (shares[KIND_NAMES.indexOf('loop')]! + shares[KIND_NAMES.indexOf('music')]!) * confidence;
  return { kind: confidence < SURE ? null : KIND_NAMES[scores.indexOf(highest)]!, confidence, musical };
}

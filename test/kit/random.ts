/** Random numbers that come again with their seed. */
import { onTestFailed } from 'vitest';

/** @returns a function that gives an integer of 0 … n − 1 */
export function seeded(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Of tests that kill something again and again: how many times as often as usual. `npm run soak` sets it. */
export const ROUNDS = Number(process.env['ROUNDS'] ?? 1);
/** Of their choices and moments: the same ones come again with `SEED=…`. */
export const SEED = Number(process.env['SEED'] ?? 20_261_122);

/**
 * For a test of kills; says with which seed it failed.
 * @returns a function that gives numbers 0 ≤ x < 1
 */
export function replayable(): () => number {
  onTestFailed(() => void process.stderr.write(`the same kills again: SEED=${SEED} ROUNDS=${ROUNDS}\n`));
  const random = seeded(SEED);
  return () => random(2 ** 32) / 2 ** 32;
}

/** The one way in which tests wait for what nothing tells them. */
import { setTimeout as sleep } from 'node:timers/promises';

/** A busy machine may take so long for what usually takes a moment; less than any test may take, ms. */
const PATIENCE_MS = 300_000;

/**
 * Waits until it is so, and no longer.
 * @param what for the sentence, when it does not come to that
 * @param ask asked again and again; anything but null, undefined and false is the answer
 * @param options.everyMs between two looks. @default 20
 * @throws Error when it does not become so in time; what `ask` throws
 */
export async function until<T>(
  what: string,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  { everyMs = 20 } = {},
): Promise<T> {
  const beganMs = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() - beganMs > PATIENCE_MS) throw new Error(`${what}: not so within ${PATIENCE_MS} ms`);
    await sleep(everyMs);
  }
}

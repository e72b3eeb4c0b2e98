/** Endings that do not depend on one another. */

/**
 * One after the other; one that fails keeps none of the others from ending.
 * @throws what the first of them threw that failed, after the last
 */
export async function endAll(endings: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of endings) {
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Samples since midnight, as `bext` (EBU Tech 3285) and iXML hold them: 64 bits without a sign. */

/** No day has so many: what says this does not know its time. */
export const UNKNOWN_TIME = 2n ** 64n - 1n;

/** @returns the time `samples` later; {@link UNKNOWN_TIME} where it is not known, or 64 bits do not hold it */
export function movedOn(time: bigint, samples: number): bigint {
  const later = time + BigInt(samples);
  return later < UNKNOWN_TIME ? later : UNKNOWN_TIME;
}

/** Waiting for what may never come. */

export class LateError extends Error {
  override readonly name = 'LateError';
}

/** @throws LateError when the work has not ended by then (ending it is the caller's); what it throws */
export async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  work.catch(() => {}); // late, it may fail when it is ended: nobody waits any more
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(`timed out after ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * At most `limit` items at once; results come as they are ready, so that one long file holds up nobody.
 * Nothing is pulled from the source before there is room for it.
 * @throws signal.reason when cancelled, else the first error. On every way out running work is aborted and awaited.
 */
export async function* mapUnordered<T, R>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<R, void, undefined> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const running = new Map<number, Promise<{ key: number; result: R }>>();
  let nextKey = 0;
  const takeOne = async (): Promise<R> => {
    const { key, result } = await Promise.race(running.values());
    running.delete(key);
    return result;
  };
  try {
    for await (const item of source) {
      signal.throwIfAborted();
      const key = nextKey++;
      const promise = work(item, either).then((result) => ({ key, result }));
      promise.catch(() => {}); // raced and awaited below; not "unhandled" until then
      running.set(key, promise);
      if (running.size >= limit) yield await takeOne();
    }
    while (running.size > 0) yield await takeOne();
  } catch (error) {
    signal.throwIfAborted(); // a cancel reads as a cancel, whatever the work made of it
    throw error;
  } finally {
    stop.abort();
    await Promise.allSettled(running.values());
  }
}

/** Reads a stream of server-sent events: what Earmark's server sends of it. Spec: WHATWG HTML, "Server-sent events". */

/** One message is longer than this only when something is wrong. */
const LONGEST_MESSAGE = 64 << 20;

/**
 * Read from fetch rather than by EventSource: that one cannot send the token, hides why it was refused, and does not
 * show the server's signs of life, without which a lost connection looks like a quiet one.
 * @param body of the response
 * @param silenceMs nothing at all for so long, not even a sign of life, means that the connection is dead
 * @yields the `data` of each message
 * @throws Error when the connection broke or fell silent; ends when the server ended it
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  try {
    for (;;) {
      const { done, value } = await withinTime(reader.read(), silenceMs);
      if (done) return;
      pending += decoder.decode(value, { stream: true });
      const messages = pending.split('\n\n');
      pending = messages.pop() ?? '';
      if (pending.length > LONGEST_MESSAGE) throw new Error('a message without an end');
      for (const message of messages) {
        const data = message.split('\n').filter((line) => line.startsWith('data:'));
        if (data.length > 0) yield data.map((line) => line.slice('data:'.length).trimStart()).join('\n');
      }
    }
  } finally {
    // Ends the request too when the reader leaves early; a stream that broke has nothing to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

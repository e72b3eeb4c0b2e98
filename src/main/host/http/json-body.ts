/** The JSON in a request, no longer than it may be. */
import type { IncomingMessage } from 'node:http';
import { HttpError } from './replies.ts';

const LIMIT_BYTES = 1 << 20;

/**
 * @param limitBytes larger ones are refused
 * @returns what was sent; null for no body at all
 * @throws HttpError 413 too large, 415 not JSON by its type, 400 not JSON by its content or cut off
 */
export async function readJsonBody(request: IncomingMessage, limitBytes = LIMIT_BYTES): Promise<unknown> {
  // The rest of a body that nobody reads would be taken for the next request: the connection ends with the answer.
  const tooLarge = () =>
    new HttpError(413, 'bad-input', `The request exceeds ${Math.round(limitBytes / 2 ** 20)} MiB.`, {
      Connection: 'close',
    });
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limitBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new HttpError(400, 'bad-input', `The request is incomplete (${String(error)}).`, { Connection: 'close' });
  }
  if (bytes > limitBytes) throw tooLarge();
  if (bytes === 0) return null;
  // Forms of other pages can be sent without asking first; they cannot have this type.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'bad-input', 'The content type must be application/json.');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))) as unknown;
  } catch {
    throw new HttpError(400, 'bad-input', 'The request is not valid JSON.');
  }
}

/** The `Range` header, RFC 9110 §14. One range; several at once are answered with the whole, as the RFC allows. */

export type ByteRange =
  | { kind: 'whole' }
  /** Both inclusive, within the file. */
  | { kind: 'part'; start: number; end: number }
  | { kind: 'unsatisfiable' };

const WHOLE: ByteRange = { kind: 'whole' };
const UNSATISFIABLE: ByteRange = { kind: 'unsatisfiable' };

/**
 * @param header value of `Range`; undefined or anything that is not understood means the whole
 * @param bytes size of the file
 */
export function parseByteRange(header: string | undefined, bytes: number): ByteRange {
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? '');
  if (!match) return WHOLE;
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return WHOLE;
    const suffix = Math.min(Number(last), bytes);
    return suffix === 0 ? UNSATISFIABLE : { kind: 'part', start: bytes - suffix, end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < start) return WHOLE; // not a range at all
  return start >= bytes ? UNSATISFIABLE : { kind: 'part', start, end };
}

/**
 * Continuing after bytes that are no chunk. Programs leave stale bytes between chunks, or an id of zeros; FFmpeg continues by
 * the size that stands there, others look for the next id they know.
 */

/** A file that can be read by position: fewer bytes at its end are fine. */
interface Readable {
  size: number;
  read(position: number, length: number): Promise<Uint8Array>;
}

/** Chunks that are worth finding again: sound, and what says something about it. */
const KNOWN: readonly string[] = [
  'data', 'SSND', 'LIST', 'id3 ', 'ID3 ', 'bext', 'iXML', 'NAME', 'AUTH', 'ANNO', '(c) ', 'CSET', '_PMX', 'axml', 'cue ', 'smpl',
]; // prettier-ignore
/** Looked through for the next chunk, bytes. */
const FARTHEST = 1 << 20;
/** An id may stand in other data by chance; in hostile files over and over. */
const MOST_TRIES = 64;
/** Places in one file at which a walk continues; more is not damage but noise. */
export const MOST_GAPS = 16;

/**
 * @param at where a chunk should begin, and does not
 * @param end where the last chunk ends, as far as is known
 * @returns where the next chunk begins, or `end`; null when none is found
 */
export async function nextChunk(
  file: Readable,
  at: number,
  bigEndian: boolean,
  end: number = file.size,
): Promise<number | null> {
  const bytes = Buffer.from(await file.read(at, Math.max(0, Math.min(FARTHEST, file.size - at))));
  const sizeAt = (offset: number) => (bigEndian ? bytes.readUInt32BE(offset + 4) : bytes.readUInt32LE(offset + 4));
  const fits = (offset: number) => offset + 8 <= bytes.length && at + offset + 8 + sizeAt(offset) <= file.size;
  // The size may be right where only the id is wrong.
  if (bytes.length >= 8 && sizeAt(0) > 0) {
    for (const offset of [8 + sizeAt(0) + (sizeAt(0) % 2), 8 + sizeAt(0)]) {
      if (at + offset === end) return end;
      if (isChunkId(bytes.toString('latin1', offset, offset + 4)) && fits(offset)) return at + offset;
    }
  }
  const offsets = KNOWN.flatMap((id) => firstThatFits(bytes, id, fits));
  return offsets.length === 0 ? null : at + Math.min(...offsets);
}

function firstThatFits(bytes: Buffer, id: string, fits: (offset: number) => boolean): number[] {
  let offset = bytes.indexOf(id, 1, 'latin1');
  for (let tries = 0; offset >= 0 && tries < MOST_TRIES; tries++) {
    if (fits(offset)) return [offset];
    offset = bytes.indexOf(id, offset + 1, 'latin1');
  }
  return [];
}

/** @param id four characters */
export function isChunkId(id: string): boolean {
  return /^[\x20-\x7e]{4}$/.test(id);
}

/** Header packets onto pages anew, as bytes of the old file and new ones, checksums included. */
import type { OpenFile, Part } from '../container.ts';
import { partLength, splicedSize } from '../splice.ts';
import { oggCrc } from './crc.ts';
import { MOST_SEGMENTS, renderPageHeader } from './pages.ts';

const SEGMENT_BYTES = 255;

/**
 * @param packets each as parts of the file
 * @param wantedPages as many as there were: then no page behind them has to change
 * @param from serial number, and the sequence number of the first of these pages
 * @returns the pages as parts of the file, and how many they are: `wantedPages` wherever possible
 */
export async function paginate(
  file: OpenFile,
  packets: readonly (readonly Part[])[],
  wantedPages: number,
  { serial, sequence }: { serial: number; sequence: number },
): Promise<{ parts: Part[]; pages: number }> {
  const lacing = packets.flatMap((packet) => lacingOf(splicedSize(packet)));
  const perPage = segmentsPerPage(lacing.length, wantedPages);
  const content = new PartCursor(packets.flat());
  const parts: Part[] = [];
  let segment = 0;
  for (const [n, count] of perPage.entries()) {
    const segments = Uint8Array.from(lacing.slice(segment, segment + count));
    const header = renderPageHeader({
      continued: segment > 0 && lacing[segment - 1] === SEGMENT_BYTES,
      endsPacket: segments.some((length) => length < SEGMENT_BYTES),
      serial,
      sequence: (sequence + n) >>> 0,
      lacing: segments,
    });
    const body = content.take(segments.reduce((sum, length) => sum + length, 0));
    let crc = oggCrc(header);
    for (const part of body) {
      crc = oggCrc('bytes' in part ? part.bytes : await file.read(part.from, part.to - part.from), crc);
    }
    header.writeUInt32LE(crc, 22);
    parts.push({ bytes: header }, ...body);
    segment += count;
  }
  return { parts, pages: perPage.length };
}

/** A packet ends with the first segment of less than 255 bytes, so one of 0 where it would come out even. */
function lacingOf(bytes: number): number[] {
  const full = Math.floor(bytes / SEGMENT_BYTES);
  return [...new Array<number>(full).fill(SEGMENT_BYTES), bytes % SEGMENT_BYTES];
}

/** Pages as full as can be, but one segment at least for each of those that there have to be. */
function segmentsPerPage(segments: number, wantedPages: number): number[] {
  const pages = Math.max(Math.ceil(segments / MOST_SEGMENTS), Math.min(wantedPages, segments));
  const counts: number[] = [];
  let left = segments;
  for (let n = pages - 1; n >= 0; n--) {
    const count = Math.min(MOST_SEGMENTS, left - n);
    counts.push(count);
    left -= count;
  }
  return counts;
}

/** Takes parts off the front, cutting one in two where needed. */
class PartCursor {
  readonly #parts: Part[];
  #part = 0;
  #used = 0;

  constructor(parts: readonly Part[]) {
    this.#parts = parts.filter((part) => partLength(part) > 0);
  }

  take(bytes: number): Part[] {
    const taken: Part[] = [];
    for (let left = bytes; left > 0;) {
      const part = this.#parts[this.#part]!;
      const length = Math.min(left, partLength(part) - this.#used);
      const [from, to] = [this.#used, this.#used + length];
      taken.push(
        'bytes' in part ? { bytes: part.bytes.subarray(from, to) } : { from: part.from + from, to: part.from + to },
      );
      left -= length;
      this.#used += length;
      if (this.#used === partLength(part)) [this.#part, this.#used] = [this.#part + 1, 0];
    }
    return taken;
  }
}

/** Pages of an Ogg file (RFC 3533 §6), found one after the other in blocks read from the file. */
import { ReadAhead } from '../blocks.ts';
import type { OpenFile } from '../container.ts';

export const PAGE_HEADER_BYTES = 27;
/** Segments of 255 bytes at most, 255 of them. */
export const MOST_SEGMENTS = 255;

const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;

export interface Page {
  /** Position of the capture pattern. */
  from: number;
  bodyFrom: number;
  /** Where the next page begins; beyond the end of a file that was cut off. */
  to: number;
  continued: boolean;
  first: boolean;
  last: boolean;
  serial: number;
  sequence: number;
  crc: number;
  /** Segment lengths, the lacing values. */
  lacing: Uint8Array;
  /** Header and lacing values as they stand. */
  header: Uint8Array;
}

/** Reads forward through a file, many pages at a time. */
export class PageReader {
  readonly #bytes: ReadAhead;

  constructor(file: OpenFile) {
    this.#bytes = new ReadAhead(file);
  }

  /** @returns null when no page begins there, or its header is cut off */
  async at(from: number): Promise<Page | null> {
    const head = await this.#bytes.read(from, PAGE_HEADER_BYTES);
    if (head.length < PAGE_HEADER_BYTES || Buffer.from(head.subarray(0, 5)).toString('latin1') !== 'OggS\0')
      return null;
    const headerBytes = PAGE_HEADER_BYTES + head[26]!;
    const header = await this.#bytes.read(from, headerBytes);
    if (header.length < headerBytes) return null;
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const lacing = header.subarray(PAGE_HEADER_BYTES);
    const flags = header[5]!;
    return {
      from,
      bodyFrom: from + headerBytes,
      to: from + headerBytes + lacing.reduce((sum, length) => sum + length, 0),
      continued: (flags & CONTINUED) !== 0,
      first: (flags & FIRST) !== 0,
      last: (flags & LAST) !== 0,
      serial: view.getUint32(14, true),
      sequence: view.getUint32(18, true),
      crc: view.getUint32(22, true),
      lacing,
      header,
    };
  }

  /** @returns the page's content; fewer bytes where the file was cut off */
  async body(page: Page): Promise<Uint8Array> {
    return this.#bytes.read(page.bodyFrom, page.to - page.bodyFrom);
  }
}

/** @param page flags that a page of headers can have: neither first nor last */
export function renderPageHeader(page: {
  continued: boolean;
  /** Whether a packet ends on it: its position is then 0, else “none”. */
  endsPacket: boolean;
  serial: number;
  sequence: number;
  lacing: Uint8Array;
}): Buffer {
  const header = Buffer.alloc(PAGE_HEADER_BYTES + page.lacing.length);
  header.write('OggS', 'latin1');
  header[5] = page.continued ? CONTINUED : 0;
  if (!page.endsPacket) header.fill(0xff, 6, 14);
  header.writeUInt32LE(page.serial, 14);
  header.writeUInt32LE(page.sequence, 18);
  header[26] = page.lacing.length;
  header.set(page.lacing, PAGE_HEADER_BYTES);
  return header;
}

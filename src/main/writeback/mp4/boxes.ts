/** Boxes of ISO base media files (ISO/IEC 14496-12 §4.2), which QuickTime calls atoms. */
import { damaged } from '../container.ts';

export interface Box {
  /** Four characters, Latin-1. */
  type: string;
  /** Positions in the file: of its header, of its content, of its end. */
  from: number;
  contentFrom: number;
  to: number;
  /** How its size is given; `end`: it reaches to the end of the file. */
  size: 'short' | 'long' | 'end';
}

export const BOX_HEADER_BYTES = 8;
export const LONG_HEADER_BYTES = 16;

/**
 * @param header 16 bytes from the box's beginning on, fewer at the end of its parent
 * @param from its position
 * @param parentTo where its parent (or the file) ends
 * @throws UserError undecodable-audio when it does not fit into its parent
 */
export function readBox(header: Uint8Array, from: number, parentTo: number, inFile: boolean): Box {
  if (header.length < BOX_HEADER_BYTES) throw wrongSize();
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const type = Buffer.from(header.subarray(4, 8)).toString('latin1');
  const short = view.getUint32(0);
  if (short === 0 && inFile) return { type, from, contentFrom: from + BOX_HEADER_BYTES, to: parentTo, size: 'end' };
  if (short === 1 && header.length < LONG_HEADER_BYTES) throw wrongSize();
  const bytes = short === 1 ? Number(view.getBigUint64(8)) : short;
  const headerBytes = short === 1 ? LONG_HEADER_BYTES : BOX_HEADER_BYTES;
  if (bytes < headerBytes || from + bytes > parentTo) throw wrongSize();
  return { type, from, contentFrom: from + headerBytes, to: from + bytes, size: short === 1 ? 'long' : 'short' };
}

/** A box in memory, with positions as in the file. */
export class BoxBytes {
  readonly box: Box;
  readonly #bytes: Uint8Array;
  /** Position of the first of the bytes. */
  readonly #at: number;

  /** @param bytes from position `at` of the file on, all of the box among them */
  constructor(box: Box, bytes: Uint8Array, at: number) {
    this.box = box;
    this.#bytes = bytes;
    this.#at = at;
  }

  /** @param skip of its content, bytes that stand before the first of them: version and flags of a full box */
  children(skip = 0): BoxBytes[] {
    const found: BoxBytes[] = [];
    for (let at = this.box.contentFrom + skip; at < this.box.to;) {
      // QuickTime ends some lists of boxes with a zero.
      if (this.box.to - at < BOX_HEADER_BYTES && this.slice(at, this.box.to).every((byte) => byte === 0)) break;
      const header = this.slice(at, Math.min(at + LONG_HEADER_BYTES, this.box.to));
      const box = readBox(header, at, this.box.to, false);
      found.push(new BoxBytes(box, this.#bytes, this.#at));
      at = box.to;
    }
    return found;
  }

  child(type: string, skip = 0): BoxBytes | undefined {
    return this.children(skip).find(({ box }) => box.type === type);
  }

  /** Where boxes in it end: before a closing zero, if there is one. */
  childrenEnd(skip = 0): number {
    return this.children(skip).at(-1)?.box.to ?? this.box.contentFrom + skip;
  }

  content(): Uint8Array {
    return this.slice(this.box.contentFrom, this.box.to);
  }

  slice(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from - this.#at, to - this.#at);
  }
}

/** @param pieces content of the box */
export function renderBox(type: string, ...pieces: Uint8Array[]): Buffer {
  const content = Buffer.concat(pieces);
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  header.writeUInt32BE(BOX_HEADER_BYTES + content.length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, content]);
}

function wrongSize() {
  return damaged('The MP4 structure is damaged (invalid box size).');
}

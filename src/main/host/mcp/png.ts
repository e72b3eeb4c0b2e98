/** PNG with a palette, as small as a picture of a few colours can be. Spec: W3C, Portable Network Graphics (Third Edition). */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BITS_EACH = 8;
const WITH_PALETTE = 3;

export interface PaletteImage {
  width: number;
  height: number;
  /** Row after row from the top left, width · height indexes into the palette. */
  pixels: Uint8Array;
  /** RGB, 0..255 each; 1 to 256 colours. */
  palette: readonly (readonly [number, number, number])[];
}

/** @returns the bytes of a PNG file */
export function encodePng({ width, height, pixels, palette }: PaletteImage): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = BITS_EACH;
  head[9] = WITH_PALETTE;
  // Each row begins with its filter: 0, none.
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row++)
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length, 0);
  ends.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([ends.subarray(0, 4), typed, ends.subarray(4)]);
}

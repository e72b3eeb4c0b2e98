/** APEv2 tags (wiki.hydrogenaud.io, "APEv2 specification") at the end of a file, in front of an ID3v1 tag if there is one. */
import type { OpenFile } from '../container.ts';
import { namedFromApe, type NamedValue } from './names.ts';

const FOOTER_BYTES = 32;
const LARGEST = 16 * 2 ** 20;
/** Bits 1 and 2 of an item's flags: 0 is text in UTF-8. */
const KIND = 0x06;

/**
 * @param end where the tag would end
 * @returns its texts; none when there is no such tag, or one that is damaged: it stays as it is either way
 */
export async function readApev2(file: OpenFile, end: number): Promise<NamedValue[]> {
  if (end < FOOTER_BYTES) return [];
  const footer = Buffer.from(await file.read(end - FOOTER_BYTES, FOOTER_BYTES));
  if (footer.toString('latin1', 0, 8) !== 'APETAGEX') return [];
  // With its items and the footer, without a header.
  const bytes = footer.readUInt32LE(12);
  if (bytes < FOOTER_BYTES || bytes > LARGEST || bytes > end) return [];
  const items = Buffer.from(await file.read(end - bytes, bytes - FOOTER_BYTES));
  const found: NamedValue[] = [];
  for (let at = 0; at + 9 <= items.length;) {
    const length = items.readUInt32LE(at);
    const flags = items.readUInt32LE(at + 4);
    const zero = items.indexOf(0, at + 8);
    if (zero < 0 || zero + 1 + length > items.length) break;
    if ((flags & KIND) === 0) {
      const key = items.toString('latin1', at + 8, zero);
      const values = items.toString('utf8', zero + 1, zero + 1 + length).split('\0');
      found.push(...values.flatMap((value) => namedFromApe(key, value)));
    }
    at = zero + 1 + length;
  }
  return found;
}

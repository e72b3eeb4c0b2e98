/** Entries of a `LIST` chunk of type `INFO` (Multimedia Programming Interface 1.0), as programs really write them. */

export interface InfoItem {
  id: string;
  /** Of its header, in the chunk's content. */
  start: number;
  /** Of its text. */
  position: number;
  /** As declared; never beyond the content. */
  bytes: number;
  /** Behind it and whatever stands between it and the next. */
  end: number;
}

/** Zeros that a program put behind a text and left out of its size, bytes. */
const MOST_ZEROS = 4;

/**
 * Entries begin at even places, with a byte put in behind an odd one. Some programs forget that byte, and some put in one
 * too many, or a whole terminator: the next entry is where an id stands whose size fits.
 * @param content of the chunk, `INFO` included
 * @returns the entries in order, and where they end: what follows is no entry
 */
export function infoItems(content: Buffer, bigEndian: boolean): { items: InfoItem[]; end: number; isCut: boolean } {
  const items: InfoItem[] = [];
  const sizeAt = (at: number) => (bigEndian ? content.readUInt32BE(at + 4) : content.readUInt32LE(at + 4));
  const begins = (at: number) =>
    at + 8 <= content.length &&
    /^[A-Za-z][A-Za-z0-9 ]{3}$/.test(content.toString('latin1', at, at + 4)) &&
    at + 8 + sizeAt(at) <= content.length;
  let at = 4;
  while (begins(at)) {
    const bytes = sizeAt(at);
    const position = at + 8;
    const end = position + bytes;
    const even = end + (bytes % 2);
    const next = [even, end, ...zerosFrom(content, even)].find(begins);
    const last = Math.min(even, content.length);
    items.push({ id: content.toString('latin1', at, at + 4), start: at, position, bytes, end: next ?? last });
    at = next ?? last;
  }
  return { items, end: at, isCut: content.subarray(at).some((byte) => byte !== 0) };
}

/** Places behind one zero, two, … */
function zerosFrom(content: Buffer, from: number): number[] {
  const places: number[] = [];
  for (let at = from; at - from < MOST_ZEROS && content[at] === 0; at++) places.push(at + 1);
  return places;
}

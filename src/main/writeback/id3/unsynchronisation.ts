/**
 * Unsynchronisation (ID3v2.4 structure §6.1): a zero behind every $FF that a player could take for the beginning of an
 * MPEG frame. And the 7-bit ("syncsafe") integers made for the same reason (§6.2).
 */

/** Four bytes of seven bits hold less than this. */
export const SYNCSAFE_LIMIT = 1 << 28;

/** @returns null where a byte has its highest bit set: that is no syncsafe integer */
export function syncsafe(bytes: Uint8Array, at: number): number | null {
  let value = 0;
  for (let n = 0; n < 4; n++) {
    const byte = bytes[at + n];
    if (byte === undefined || byte > 0x7f) return null;
    value = (value << 7) | byte;
  }
  return value;
}

/** @param value 0 … {@link SYNCSAFE_LIMIT} − 1 */
export function putSyncsafe(bytes: Uint8Array, at: number, value: number): void {
  if (!(value >= 0 && value < SYNCSAFE_LIMIT)) throw new RangeError(`${value} does not fit into 28 bits`);
  for (let n = 0; n < 4; n++) bytes[at + n] = (value >> (7 * (3 - n))) & 0x7f;
}

/** Takes the zeros out. Anything may stand behind an $FF: what a careless program left alone comes through as it is. */
export function resynchronise(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    out[length++] = bytes[at]!;
    if (bytes[at] === 0xff && bytes[at + 1] === 0) at++;
  }
  return out.subarray(0, length);
}

/** Puts zeros in, also behind an $FF at the very end: nobody knows here what will follow. */
export function unsynchronise(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    out.push(bytes[at]!);
    const next = bytes[at + 1] ?? 0xff;
    if (bytes[at] === 0xff && (next >= 0xe0 || next === 0)) out.push(0);
  }
  return Uint8Array.from(out);
}

/**
 * Where each byte of the resynchronised content lies in the unsynchronised one.
 * @returns content, and offsets Uint32Array[content.length + 1]: byte n stands at offsets[n]; the last is the end
 */
export function resynchroniseWithOffsets(bytes: Uint8Array): { content: Uint8Array; offsets: Uint32Array } {
  const content = new Uint8Array(bytes.length);
  const offsets = new Uint32Array(bytes.length + 1);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    content[length] = bytes[at]!;
    offsets[length++] = at;
    if (bytes[at] === 0xff && bytes[at + 1] === 0) at++;
  }
  offsets[length] = bytes.length;
  return { content: content.subarray(0, length), offsets: offsets.subarray(0, length + 1) };
}

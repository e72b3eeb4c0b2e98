/** Text in ID3v2 frames (ID3v2.4 structure §4): an encoding byte, then strings. */
import type { Id3Version } from './tag.ts';

const LATIN1 = 0;
const UTF16 = 1;
const UTF16BE = 2;
const UTF8 = 3;

export function isEncoding(encoding: number | undefined): encoding is number {
  return encoding !== undefined && encoding <= UTF8;
}

/** @returns whatever the bytes say; what is not valid becomes U+FFFD. Marks of byte order are taken off */
export function decodeText(encoding: number, bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (encoding === LATIN1) return text.toString('latin1');
  if (encoding === UTF8) return text.toString('utf8');
  const even = text.subarray(0, text.length & ~1);
  // Without a mark little endian, which is what programs that forget it write.
  if (!isBigEndian(encoding, bytes)) return even.toString('utf16le').replaceAll('\ufeff', '');
  return Buffer.from(even).swap16().toString('utf16le').replaceAll('\ufeff', '');
}

/** @param encoding one in which all of `text` can be said */
export function encodeText(encoding: number, text: string): Uint8Array {
  if (encoding === LATIN1) return Buffer.from(text, 'latin1');
  if (encoding === UTF8) return Buffer.from(text, 'utf8');
  const units = Buffer.from(encoding === UTF16 ? `\ufeff${text}` : text, 'utf16le');
  return encoding === UTF16BE ? units.swap16() : units;
}

/**
 * Plain ASCII where it does: everything reads it. Beyond that not Latin-1, which old programs took for the code page
 * of their computer, but Unicode in the one form that the version has.
 */
export function encodingFor(version: Id3Version, text: string): number {
  if (version === 4) return UTF8;
  return isAscii(text) ? LATIN1 : UTF16;
}

export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** @returns position behind the terminator of the string that begins at `from`, or −1 when it has none */
export function afterTerminator(encoding: number, bytes: Uint8Array, from: number): number {
  const wide = encoding === UTF16 || encoding === UTF16BE;
  if (!wide) {
    const at = bytes.indexOf(0, from);
    return at < 0 ? -1 : at + 1;
  }
  for (let at = from; at + 1 < bytes.length; at += 2) if (bytes[at] === 0 && bytes[at + 1] === 0) return at + 2;
  return -1;
}

export function terminator(encoding: number): Uint8Array {
  return new Uint8Array(encoding === UTF16 || encoding === UTF16BE ? 2 : 1);
}

/**
 * Text put behind text that stays as it is, byte for byte, invalid bytes and all.
 * @param old strings in `encoding`; terminators at its end are dropped
 * @returns null when `added` cannot be said in that encoding
 */
export function appendText(encoding: number, old: Uint8Array, added: string): Uint8Array | null {
  if (encoding === LATIN1 && !isAscii(added)) return null;
  const unit = terminator(encoding).length;
  if (old.length % unit !== 0) return null;
  let end = old.length;
  while (end >= unit && old.subarray(end - unit, end).every((byte) => byte === 0)) end -= unit;
  const more = isBigEndian(encoding, old)
    ? Buffer.from(added, 'utf16le').swap16()
    : unit === 2
      ? Buffer.from(added, 'utf16le')
      : Buffer.from(added, 'utf8');
  return Buffer.concat([old.subarray(0, end), more]);
}

function isBigEndian(encoding: number, bytes: Uint8Array): boolean {
  return encoding === UTF16BE || (encoding === UTF16 && bytes[0] === 0xfe && bytes[1] === 0xff);
}

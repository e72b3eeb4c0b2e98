/** Sony Wave64: chunks of a 16-byte GUID and a 64-bit size that counts both, on 8-byte borders. */
import type { ByteReader } from '../files/byte-reader.ts';

/** Of the form: a GUID, a size, another GUID. */
const FORM_BYTES = 40;
const HEADER_BYTES = 24;
const MAX_CHUNKS = 4096;

/**
 * @param id the first four bytes of its GUID: `fmt `, `data`
 * @returns position and bytes of its content, as declared: negative, or more than the file has, where that is so; null
 *   when there is none
 */
export async function wave64Chunk(file: ByteReader, id: string): Promise<{ position: number; bytes: number } | null> {
  let at = FORM_BYTES;
  for (let chunks = 0; chunks < MAX_CHUNKS; chunks++) {
    const header = await file.read(at, HEADER_BYTES);
    if (header.length < HEADER_BYTES) return null;
    const bytes = Number(header.readBigUInt64LE(16));
    if (header.toString('latin1', 0, 4) === id) return { position: at + HEADER_BYTES, bytes: bytes - HEADER_BYTES };
    if (bytes < HEADER_BYTES) return null;
    at += Math.ceil(bytes / 8) * 8;
  }
  return null;
}

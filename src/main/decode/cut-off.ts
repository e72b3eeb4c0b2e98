/** Whether a container ends before its own end: for formats where FFmpeg reports the length of what is left instead. */
import type { ByteReader } from './byte-reader.ts';
import { dataIsCutOff, isUnknownLength } from './riff.ts';
import type { Sniffed } from './sniff.ts';

/** An Ogg page is at most this long (27 + 255 + 255·255 bytes), RFC 3533 §6. */
const LONGEST_OGG_PAGE = 65_307;
const OGG_END_OF_STREAM = 4;
/** Chunks looked at before `data` is given up. */
const MAX_CHUNKS = 4096;

/** @returns whether the file has clearly lost its end. false also where there is no way to know */
export async function isCutOff(file: ByteReader, { format, soundEnd }: Sniffed): Promise<boolean> {
  if (format === 'wav' || format === 'rf64') return dataIsCutOff(file);
  if (format === 'w64') return wave64IsCutOff(file);
  if (format === 'caf') return cafIsCutOff(file);
  if (format === 'ogg' || format === 'opus') return oggIsCutOff(file, soundEnd ?? file.size);
  return false;
}

/**
 * Whether the container's word on its length is a placeholder, which FFmpeg passes on as if it were one: in AIFF. Of
 * WAVE it goes by the length of the file then.
 */
export async function isLengthUnknown(file: ByteReader, { format }: Sniffed): Promise<boolean> {
  let at = 12;
  for (let chunks = 0; format === 'aiff' && chunks < MAX_CHUNKS; chunks++) {
    const header = await file.read(at, 8);
    if (header.length < 8) return false;
    const bytes = header.readUInt32BE(4);
    const end = at + 8 + bytes;
    if (header.toString('latin1', 0, 4) === 'SSND') return end > file.size && isUnknownLength(bytes);
    at = end + (bytes % 2);
  }
  return false;
}

/** The last page must be whole and carry the end-of-stream flag. */
async function oggIsCutOff(file: ByteReader, end: number): Promise<boolean> {
  const from = Math.max(0, end - 2 * LONGEST_OGG_PAGE);
  const tail = await file.read(from, end - from);
  const page = tail.lastIndexOf('OggS', undefined, 'latin1');
  if (page < 0 || page + 27 > tail.length) return true;
  const segments = tail[page + 26]!;
  const table = tail.subarray(page + 27, page + 27 + segments);
  const pageBytes = 27 + segments + table.reduce((sum, segment) => sum + segment, 0);
  return page + pageBytes > tail.length || (tail[page + 5]! & OGG_END_OF_STREAM) === 0;
}

/** Sony Wave64: chunks of a 16-byte GUID and a 64-bit size that counts both, on 8-byte borders. */
async function wave64IsCutOff(file: ByteReader): Promise<boolean> {
  let at = 40;
  for (let chunks = 0; chunks < MAX_CHUNKS; chunks++) {
    const header = await file.read(at, 24);
    if (header.length < 24) return false;
    const bytes = Number(header.readBigUInt64LE(16));
    if (header.toString('latin1', 0, 4) === 'data') return at + bytes > file.size;
    if (bytes < 24) return false;
    at += Math.ceil(bytes / 8) * 8;
  }
  return false;
}

/** Core Audio Format: chunks of a type and a signed 64-bit size; −1 for a `data` chunk that goes to the end of the file. */
async function cafIsCutOff(file: ByteReader): Promise<boolean> {
  let at = 8;
  for (let chunks = 0; chunks < MAX_CHUNKS; chunks++) {
    const header = await file.read(at, 12);
    if (header.length < 12) return false;
    const bytes = Number(header.readBigInt64BE(4));
    if (header.toString('latin1', 0, 4) === 'data') return at + 12 + bytes > file.size;
    if (bytes < 0) return false;
    at += 12 + bytes;
  }
  return false;
}

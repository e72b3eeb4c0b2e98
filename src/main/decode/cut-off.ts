/** Whether a container ends before its own end: for formats where FFmpeg reports the length of what is left instead. */
import { partOf, type ByteReader } from '../files/byte-reader.ts';
import { cafChunks } from './caf.ts';
import { dataIsCutOff } from './riff.ts';
import type { Sniffed } from './sniff.ts';
import { wave64Chunk } from './wave64.ts';

/** An Ogg page is at most this long (27 + 255 + 255·255 bytes), RFC 3533 §6. */
const LONGEST_OGG_PAGE = 65_307;
const OGG_END_OF_STREAM = 4;

/** @returns whether the file has clearly lost its end. false also where there is no way to know */
export async function isCutOff(whole: ByteReader, sniffed: Sniffed): Promise<boolean> {
  const { format, soundStart = 0, soundEnd = whole.size, isUnmeasured = false } = sniffed;
  if (isUnmeasured) return false;
  const file = partOf(whole, soundStart, soundEnd);
  if (format === 'wav' || format === 'rf64') return dataIsCutOff(file);
  if (format === 'w64') return wave64IsCutOff(file);
  if (format === 'caf') return cafIsCutOff(file);
  if (format === 'ogg' || format === 'opus') return oggIsCutOff(file);
  return false;
}

/** The last page must be whole and carry the end-of-stream flag. */
async function oggIsCutOff(file: ByteReader): Promise<boolean> {
  const from = Math.max(0, file.size - 2 * LONGEST_OGG_PAGE);
  const tail = await file.read(from, 2 * LONGEST_OGG_PAGE);
  const page = tail.lastIndexOf('OggS', undefined, 'latin1');
  if (page < 0 || page + 27 > tail.length) return true;
  const segments = tail[page + 26]!;
  const table = tail.subarray(page + 27, page + 27 + segments);
  const pageBytes = 27 + segments + table.reduce((sum, segment) => sum + segment, 0);
  return page + pageBytes > tail.length || (tail[page + 5]! & OGG_END_OF_STREAM) === 0;
}

async function wave64IsCutOff(file: ByteReader): Promise<boolean> {
  const data = await wave64Chunk(file, 'data');
  return data !== null && data.position + data.bytes > file.size;
}

async function cafIsCutOff(file: ByteReader): Promise<boolean> {
  const data = (await cafChunks(file)).find(({ id }) => id === 'data');
  return data !== undefined && data.position + data.bytes > file.size;
}

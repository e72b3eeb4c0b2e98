/**
 * Core Audio Format (Apple, "Core Audio Format Specification"): a header of 8 bytes, then chunks of a type, a signed
 * 64-bit size and their content, all big-endian; no padding. Texts stand in its information chunk.
 */
import type { ByteReader } from '../files/byte-reader.ts';
import { isChunkId } from './chunk-walk.ts';
import type { TextTag } from './riff-tags.ts';

/** A file that can be read by position; it is never asked for bytes that it does not have. */
interface Readable {
  size: number;
  read(position: number, length: number): Promise<Uint8Array>;
}

export interface CafChunk {
  id: string;
  /** Where its header begins. */
  from: number;
  /** Where its content begins. */
  position: number;
  /** Of its content, as its header says; `data` that goes to the end of the file: what is there. */
  bytes: number;
}

export const CAF_HEADER_BYTES = 8;
export const CAF_CHUNK_HEADER_BYTES = 12;
/** Of its number of edits, before the sound in a `data` chunk. */
export const CAF_EDIT_COUNT_BYTES = 4;
const MOST_CHUNKS = 4096;
/** Larger ones are not text that a person wrote. */
const LARGEST_INFO = 64 * 2 ** 20;

/** @returns its chunks in order, up to the first thing that is none or does not end within the file; that one included */
export async function cafChunks(file: Readable): Promise<CafChunk[]> {
  const chunks: CafChunk[] = [];
  for (let from = CAF_HEADER_BYTES; from + CAF_CHUNK_HEADER_BYTES <= file.size && chunks.length < MOST_CHUNKS;) {
    const header = Buffer.from(await file.read(from, CAF_CHUNK_HEADER_BYTES));
    const id = header.toString('latin1', 0, 4);
    const position = from + CAF_CHUNK_HEADER_BYTES;
    const stated = Number(header.readBigInt64BE(4));
    const bytes = id === 'data' && stated === -1 ? file.size - position : stated;
    if (!isChunkId(id) || bytes < 0) break;
    chunks.push({ id, from, position, bytes });
    from = position + bytes;
  }
  return chunks;
}

/** A key and its text, each ended by a zero byte. */
export interface InfoEntry {
  key: string;
  value: string;
  /** Positions in the content of the chunk. */
  from: number;
  to: number;
}

/**
 * @param content of an `info` chunk: a 32-bit number of entries, then these
 * @returns null when there are fewer than it says
 */
export function cafInfo(content: Buffer): { entries: InfoEntry[]; end: number } | null {
  if (content.length < 4) return null;
  const entries: InfoEntry[] = [];
  let at = 4;
  for (let left = content.readUInt32BE(0); left > 0; left--) {
    const keyEnd = content.indexOf(0, at);
    const end = keyEnd < 0 ? -1 : content.indexOf(0, keyEnd + 1);
    if (end < 0) return null;
    const [key, value] = [content.toString('utf8', at, keyEnd), content.toString('utf8', keyEnd + 1, end)];
    entries.push({ key, value, from: at, to: end + 1 });
    at = end + 1;
  }
  return { entries, end: at };
}

/** `info:genre`: the texts of a CAF file; none of other files, nor where they are damaged. */
export async function readCafTags(file: ByteReader): Promise<TextTag[]> {
  if ((await file.read(0, 4)).toString('latin1') !== 'caff') return [];
  const infos = (await cafChunks(file)).filter(({ id, bytes }) => id === 'info' && bytes <= LARGEST_INFO);
  const contents = await Promise.all(infos.map(({ position, bytes }) => file.read(position, bytes)));
  return contents.flatMap((content) =>
    (cafInfo(content)?.entries ?? []).map(({ key, value }) => ({ nativeId: `info:${key}`, value })),
  );
}

/**
 * The chunks of WAVE files: RIFF, RIFX (big-endian), and RF64/BW64 with their 64-bit sizes in `ds64` (EBU Tech 3306,
 * ITU-R BS.2088); and those of AIFF (Apple, EA IFF 85).
 */
import type { ByteReader } from '../files/byte-reader.ts';
import { isChunkId, MOST_GAPS, nextChunk } from './chunk-walk.ts';
import { tagsInFront } from './id3v2-places.ts';

export interface Chunk {
  /** Verbatim: `fmt `, `data`, `bext`, `LIST`, `iXML`, … */
  id: string;
  /** Of the content, behind the chunk's header. */
  position: number;
  /** As declared; the file may end sooner. */
  bytes: number;
}

const UNKNOWN_SIZE = 0xffffffff;
/** A file has a dozen; this is a bound for damaged ones. */
const MAX_CHUNKS = 4096;

export interface ChunkList {
  /** As it stands: `RIFF`, `RIFX`, `RF64`, `BW64`, `FORM`; '' when it is none of them. */
  kind: string;
  bigEndian: boolean;
  /** In file order up to the end of the file. */
  chunks: Chunk[];
}

/** An ID3v2 tag may stand in front. */
export async function readChunks(file: ByteReader): Promise<ChunkList> {
  const list: ChunkList = { kind: '', bigEndian: false, chunks: [] };
  const start = (await tagsInFront(file)).end;
  const header = await file.read(start, 12);
  const kind = header.toString('latin1', 0, 4);
  if (header.length < 12 || !['RIFF', 'RIFX', 'RF64', 'BW64', 'FORM'].includes(kind)) return list;
  list.kind = kind;
  list.bigEndian = kind === 'RIFX' || kind === 'FORM';
  let dataBytes64: number | null = null;
  let at = start + 12;
  let gaps = 0;
  while (at + 8 <= file.size && list.chunks.length < MAX_CHUNKS) {
    const chunkHeader = await file.read(at, 8);
    if (chunkHeader.length < 8) break;
    const id = chunkHeader.toString('latin1', 0, 4);
    if (!isChunkId(id)) {
      const next = gaps++ < MOST_GAPS ? await nextChunk(file, at, list.bigEndian) : null;
      if (next === null) break;
      at = next;
      continue;
    }
    let bytes = list.bigEndian ? chunkHeader.readUInt32BE(4) : chunkHeader.readUInt32LE(4);
    if (id === 'ds64') {
      const sizes = await file.read(at + 8, 16);
      if (sizes.length === 16) dataBytes64 = Number(sizes.readBigUInt64LE(8));
    } else if (id === 'data' && bytes === UNKNOWN_SIZE && dataBytes64 !== null) {
      bytes = dataBytes64;
    }
    list.chunks.push({ id, position: at + 8, bytes });
    at = await behind(file, at + 8 + bytes, bytes % 2 === 1);
  }
  return list;
}

/** Chunks begin at even places; some programs forget the byte that sees to that. */
async function behind(file: ByteReader, end: number, isOdd: boolean): Promise<number> {
  if (!isOdd) return end;
  const next = await file.read(end, 5);
  const isNext = (offset: number) => isChunkId(next.toString('latin1', offset, offset + 4));
  return isNext(0) && !isNext(1) ? end : end + 1;
}

/** Whether the `data` chunk declares more than the file has. Streamed files, which do not know their length, do not count. */
export async function dataIsCutOff(file: ByteReader): Promise<boolean> {
  const data = (await readChunks(file)).chunks.find((chunk) => chunk.id === 'data');
  if (!data || isUnknownLength(data.bytes)) return false;
  return exceeds(file, data);
}

function exceeds(file: ByteReader, chunk: Chunk): boolean {
  return chunk.position + chunk.bytes > file.size;
}

const PLACEHOLDERS = [0x7f000000, 0x80000000, UNKNOWN_SIZE] as const;
/** How far from these the placeholders lie that programs use: the header, or a whole number of blocks, taken off. */
const NEAR = 0x10000;

/**
 * Whether a 32-bit length is what a program writes that does not know it yet, because it writes to a pipe or is still
 * recording: 0, all ones (FFmpeg), 2³¹ − 4096 (SoX, espeak), 2³¹ (arecord), 2³¹ − 2²⁴ (SoX, AIFF), or close to these.
 */
export function isUnknownLength(bytes: number): boolean {
  if (bytes === 0 || bytes > Number.MAX_SAFE_INTEGER) return true;
  return bytes <= UNKNOWN_SIZE && PLACEHOLDERS.some((value) => Math.abs(bytes - value) < NEAR);
}

/** @param beginning of an RF64 or BW64 file, whose first chunk is `ds64` with the length of `data` in its second field */
export function ds64IsPlaceholder(beginning: Buffer): boolean {
  if (beginning.length < 36 || beginning.toString('latin1', 12, 16) !== 'ds64') return false;
  return isUnknownLength(Number(beginning.readBigUInt64LE(28)));
}

/** @param ds64 content of the chunk. FFmpeg takes a length beyond 2⁶³ for damage, where all bits are set by a program that did not know it */
export function ds64IsNegative(ds64: Buffer): boolean {
  return ds64.length >= 16 && ds64.readBigInt64LE(8) < 0n;
}

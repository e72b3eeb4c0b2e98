/**
 * The chunks of WAVE files: RIFF, RIFX (big-endian), and RF64/BW64 with their 64-bit sizes in `ds64` (EBU Tech 3306,
 * ITU-R BS.2088).
 */
import type { ByteReader } from './byte-reader.ts';

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

/** @returns the chunks in file order up to the end of the file; none when it is no RIFF file */
export async function readChunks(file: ByteReader): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  const header = await file.read(0, 12);
  const kind = header.toString('latin1', 0, 4);
  if (header.length < 12 || !['RIFF', 'RIFX', 'RF64', 'BW64'].includes(kind)) return chunks;
  const bigEndian = kind === 'RIFX';
  let dataBytes64: number | null = null;
  let at = 12;
  while (at + 8 <= file.size && chunks.length < MAX_CHUNKS) {
    const chunkHeader = await file.read(at, 8);
    if (chunkHeader.length < 8) break;
    const id = chunkHeader.toString('latin1', 0, 4);
    let bytes = bigEndian ? chunkHeader.readUInt32BE(4) : chunkHeader.readUInt32LE(4);
    if (id === 'ds64') {
      const sizes = await file.read(at + 8, 16);
      if (sizes.length === 16) dataBytes64 = Number(sizes.readBigUInt64LE(8));
    } else if (id === 'data' && bytes === UNKNOWN_SIZE && dataBytes64 !== null) {
      bytes = dataBytes64;
    }
    chunks.push({ id, position: at + 8, bytes });
    at += 8 + bytes + (bytes % 2);
  }
  return chunks;
}

/** Whether the `data` chunk declares more than the file has. Streamed files that declare nothing (0 or all ones) do not count. */
export async function dataIsCutOff(file: ByteReader): Promise<boolean> {
  const data = (await readChunks(file)).find((chunk) => chunk.id === 'data');
  if (!data || data.bytes === 0 || isPlaceholder(data.bytes)) return false;
  return exceeds(file, data);
}

function exceeds(file: ByteReader, chunk: Chunk): boolean {
  return chunk.position + chunk.bytes > file.size;
}

/** Writers that do not know the length yet leave all ones, or a value close to it. */
function isPlaceholder(bytes: number): boolean {
  return bytes >= 0xffffff00 && bytes <= UNKNOWN_SIZE;
}

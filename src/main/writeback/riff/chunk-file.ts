/**
 * Files made of chunks, for editing: RIFF and RIFX (Multimedia Programming Interface 1.0), RF64 and BW64 with 64-bit
 * sizes in `ds64` (EBU Tech 3306, ITU-R BS.2088), AIFF and AIFF-C (Apple, EA IFF 85). Unlike decode/riff.ts, which
 * takes what it can get, this refuses files whose sizes contradict one another: nobody knows where to put bytes there.
 */
import { growth, toParts, type Change } from '../changes.ts';
import { cannotEdit, damaged, type OpenFile, type Part } from '../container.ts';

export interface FileChunk {
  /** Verbatim: `fmt `, `data`, `bext`, `LIST`, … */
  id: string;
  /** Of its header. */
  start: number;
  /** Of its content. */
  position: number;
  /** Of its content. */
  bytes: number;
  /** Where the next begins: behind its content and the byte that makes that even, if there is one. */
  end: number;
}

export interface ChunkFile {
  kind: 'RIFF' | 'RIFX' | 'RF64' | 'BW64' | 'FORM';
  bigEndian: boolean;
  size: number;
  chunks: FileChunk[];
  /** Where the form ends by its own size; new chunks at the end go there. Bytes behind it are nobody's, and kept. */
  end: number;
  /** Of all that follows the first size field, as declared. */
  declared: number;
  /** Where that is declared: 4 bytes at 4, or 8 bytes in `ds64`. */
  sizeAt: number;
}

const KINDS = new Set(['RIFF', 'RIFX', 'RF64', 'BW64', 'FORM']);
const LARGEST = 0xffffffff;
/** What programs write that do not know the length yet. */
const PLACEHOLDER = 0xffffff00;
const MAX_CHUNKS = 4096;

/**
 * @param sound id of the chunk with the encoded sound
 * @throws UserError undecodable-audio when sizes make no sense, unsupported-format when the file was never finished
 */
export async function readChunkFile(file: OpenFile, sound: string): Promise<ChunkFile> {
  const header = view(await file.read(0, 12));
  const kind = latin1(header, 0, 4);
  if (!KINDS.has(kind)) throw damaged('The file is damaged: it does not begin as its format asks.');
  const bigEndian = kind === 'RIFX' || kind === 'FORM';
  const found: ChunkFile = {
    kind: kind as ChunkFile['kind'],
    bigEndian,
    size: file.size,
    chunks: [],
    end: file.size,
    declared: header.getUint32(4, !bigEndian),
    sizeAt: 4,
  };
  const sizes64 = new Map<string, number>();
  let at = 12;
  while (at + 8 <= file.size && found.chunks.length < MAX_CHUNKS) {
    const chunk = await readChunk(file, at, bigEndian, sizes64);
    // Not a chunk: something that somebody appended. What is before it must stand on its own.
    if (!chunk) break;
    found.chunks.push(chunk);
    if (chunk.id === 'ds64' && found.declared === LARGEST && chunk.bytes >= 24) {
      found.declared = await readSizes64(file, chunk, sizes64);
      found.sizeAt = chunk.position;
    }
    at = chunk.end;
  }
  checkSound(found, sound);
  found.end = formEnd(found, at, sound);
  return found;
}

/** @throws UserError undecodable-audio when there is none of it */
export function soundChunk({ chunks }: ChunkFile, sound: string): FileChunk {
  const chunk = chunks.find(({ id }) => id === sound);
  if (!chunk) throw damaged('The file is damaged: there is no sound in it.');
  return chunk;
}

async function readChunk(
  file: OpenFile,
  start: number,
  bigEndian: boolean,
  sizes64: ReadonlyMap<string, number>,
): Promise<FileChunk | null> {
  const header = view(await file.read(start, 8));
  const id = latin1(header, 0, 4);
  if (!/^[\x20-\x7e]{4}$/.test(id)) return null;
  let bytes = header.getUint32(4, !bigEndian);
  if (bytes === LARGEST && sizes64.has(id)) bytes = sizes64.get(id)!;
  const position = start + 8;
  let end = Math.min(position + bytes, Math.max(file.size, position));
  // Chunks begin at even places. Some programs forget the byte that sees to that.
  if (bytes % 2 === 1 && end < file.size && !(await isHeader(file, end, false))) end += 1;
  else if (bytes % 2 === 1 && end < file.size && (await isHeader(file, end + 1, true))) end += 1;
  return { id, start, position, bytes, end };
}

/** Does a chunk's id stand there? The end of the file will do as well where `orEnd`. */
async function isHeader(file: OpenFile, at: number, orEnd: boolean): Promise<boolean> {
  if (at + 8 > file.size) return orEnd && at >= file.size;
  return /^[\x20-\x7e]{4}$/.test(latin1(view(await file.read(at, 4)), 0, 4));
}

async function readSizes64(
  file: OpenFile,
  { position, bytes }: FileChunk,
  sizes: Map<string, number>,
): Promise<number> {
  const content = view(await file.read(position, Math.min(bytes, 28 + 12 * 256)));
  sizes.set('data', Number(content.getBigUint64(8, true)));
  const entries = content.byteLength >= 28 ? content.getUint32(24, true) : 0;
  for (let at = 28; at + 12 <= content.byteLength && (at - 28) / 12 < entries; at += 12) {
    sizes.set(latin1(content, at, 4), Number(content.getBigUint64(at + 4, true)));
  }
  return Number(content.getBigUint64(0, true));
}

function checkSound(found: ChunkFile, sound: string): void {
  const { position, bytes } = soundChunk(found, sound);
  if (position + bytes <= found.size) return;
  if (bytes >= PLACEHOLDER && bytes <= LARGEST) {
    throw cannotEdit(
      'It was never finished: its header does not say how long the sound is. Save it again in an editor first.',
    );
  }
  throw damaged('The file is damaged: it ends before its sound does.');
}

/** Whether the file's own size can be believed; the byte that makes the last chunk even may be missing. */
function isSizeKnown({ declared, size }: ChunkFile): boolean {
  return declared !== 0 && declared + 8 <= size + 1;
}

/** @param walked where the chunks that can be read end */
function formEnd(found: ChunkFile, walked: number, sound: string): number {
  const end = found.declared + 8;
  if (!isSizeKnown(found) || end >= walked) return walked;
  const { position, bytes } = soundChunk(found, sound);
  const last = found.chunks.find((chunk) => chunk.end >= end);
  if (position + bytes > end || !last || (last.end !== end && last.position + last.bytes !== end)) {
    throw damaged('The file is damaged: by its header it ends within one of its parts.');
  }
  return last.end;
}

/** Gathers what changes in one file, and keeps the sizes right. */
export class ChunkEditor {
  readonly #file: ChunkFile;
  readonly #changes: Change[] = [];
  /** New chunks: behind whatever the chunk before them gains at its end, which is the same place. */
  readonly #added: Change[] = [];

  constructor(file: ChunkFile) {
    this.#file = file;
  }

  /** @param changes within the chunk's content, positions of the file */
  editContent(chunk: FileChunk, changes: readonly Change[]): void {
    this.#mustBeWhole(chunk);
    const bytes = chunk.bytes + changes.reduce((sum, change) => sum + growth(change), 0);
    if (bytes > LARGEST) throw cannotEdit('What is to be written does not fit into it.');
    this.#changes.push({ from: chunk.start + 4, to: chunk.position, bytes: this.#uint32(bytes) }, ...changes);
    const contentEnd = chunk.position + chunk.bytes;
    this.#changes.push({ from: contentEnd, to: chunk.end, bytes: Buffer.alloc(bytes % 2) });
  }

  replaceContent(chunk: FileChunk, bytes: Uint8Array): void {
    this.editContent(chunk, [{ from: chunk.position, to: chunk.position + chunk.bytes, bytes }]);
  }

  remove(chunk: FileChunk): void {
    this.#mustBeWhole(chunk);
    this.#changes.push({ from: chunk.start, to: chunk.end, bytes: new Uint8Array() });
  }

  /** @param before null: at the end of the form */
  add(id: string, content: Uint8Array, before: FileChunk | null): void {
    const at = before?.start ?? this.#file.end;
    const header = Buffer.concat([Buffer.from(id, 'latin1'), this.#uint32(content.length)]);
    // What stands before may lack the byte that makes it even.
    const fill = Buffer.alloc(at % 2);
    this.#added.push({
      from: at,
      to: at,
      bytes: Buffer.concat([fill, header, content, Buffer.alloc(content.length % 2)]),
    });
  }

  /** @throws UserError unsupported-format when the file becomes longer than its header can say */
  parts(): Part[] {
    const { declared, sizeAt, size, end } = this.#file;
    const all = [...this.#changes, ...this.#added];
    if (all.length === 0) return [{ from: 0, to: size }];
    const grownBy = (changes: readonly Change[]) => changes.reduce((sum, change) => sum + growth(change), 0);
    const whole = size + grownBy(all) - 8;
    const inside = grownBy(all.filter(({ from }) => from <= end));
    // A header that does not know the size, or is wrong about it, is put right on this occasion.
    const newSize = isSizeKnown(this.#file) ? Math.min(Math.max(declared, end - 8) + inside, whole) : whole;
    if (sizeAt === 4 && newSize > LARGEST) {
      throw cannotEdit(
        'With the tags in it, it would be longer than its format allows (4 GiB). Save it as RF64 first.',
      );
    }
    const change =
      sizeAt === 4
        ? { from: 4, to: 8, bytes: this.#uint32(newSize) }
        : { from: sizeAt, to: sizeAt + 8, bytes: uint64(newSize) };
    return toParts(size, [change, ...all]);
  }

  #mustBeWhole({ position, bytes }: FileChunk): void {
    if (position + bytes > this.#file.size) throw damaged('The file is damaged: it ends before its tags do.');
  }

  #uint32(value: number): Uint8Array {
    const bytes = Buffer.alloc(4);
    if (this.#file.bigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  }
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function latin1(bytes: DataView, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1');
}

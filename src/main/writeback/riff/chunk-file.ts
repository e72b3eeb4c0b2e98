/**
 * Files made of chunks, for editing: RIFF and RIFX (Multimedia Programming Interface 1.0), RF64 and BW64 with 64-bit
 * sizes in `ds64` (EBU Tech 3306, ITU-R BS.2088), AIFF and AIFF-C (Apple, EA IFF 85). Unlike decode/riff.ts, which
 * takes what it can get, this refuses files whose sizes contradict one another: nobody knows where to put bytes there.
 */
import { isChunkId, MOST_GAPS, nextChunk } from '../../decode/chunk-walk.ts';
import { growth, toParts, type Change } from '../changes.ts';
import { isUnknownLength } from '../../decode/riff.ts';
import {
  cannotEdit,
  COPY_AGAIN,
  damaged,
  readRange,
  SAVE_AUDIO_AGAIN,
  type OpenFile,
  type Part,
} from '../container.ts';

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
  /** Where the walk from chunk to chunk ended: the end of the file, or of the last thing that is one. */
  walked: number;
}

export interface SoundIn {
  /** `data` or `SSND`. */
  id: string;
  /** Of its content, before the samples. */
  headerBytes: number;
}
export const DATA: SoundIn = { id: 'data', headerBytes: 0 };
/** An offset and a block size come first. */
export const SSND: SoundIn = { id: 'SSND', headerBytes: 8 };

const KINDS = new Set(['RIFF', 'RIFX', 'RF64', 'BW64', 'FORM']);
const LARGEST = 0xffffffff;
const MAX_CHUNKS = 4096;
const MOST_STALE_BYTES = 4096;
const ID3V1_BYTES = 128;

/**
 * @throws UserError undecodable-audio when sizes make no sense, unsupported-format when the file does not say how long its
 *   sound is: then nobody knows where its sound ends, and whatever is put in may come to lie within it
 */
export async function readChunkFile(file: OpenFile, sound: SoundIn): Promise<ChunkFile> {
  const header = view(await file.read(0, 12));
  const kind = latin1(header, 0, 4);
  if (kind.startsWith('ID3')) throw cannotEdit(`An ID3 tag precedes the first chunk, where most programs do not expect it. ${SAVE_AUDIO_AGAIN}`); // prettier-ignore
  if (!KINDS.has(kind)) throw damaged('The file is damaged (invalid header).');
  const bigEndian = kind === 'RIFX' || kind === 'FORM';
  const found: ChunkFile = {
    kind: kind as ChunkFile['kind'],
    bigEndian,
    size: file.size,
    chunks: [],
    end: file.size,
    declared: header.getUint32(4, !bigEndian),
    sizeAt: 4,
    walked: 12,
  };
  const has64 = kind === 'RF64' || kind === 'BW64';
  const sizes64 = new Map<string, number>();
  let at = 12;
  let gaps = 0;
  while (at + 8 <= file.size && found.chunks.length < MAX_CHUNKS) {
    const chunk = await readChunk(file, at, bigEndian, sizes64);
    if (!chunk) {
      // Behind the form stands something that somebody appended; within it stale bytes, with chunks behind them.
      const formEnds = isSizeKnown(found) ? found.declared + 8 : file.size;
      // Before any sound nobody knows what the rest is.
      const isBehind = at < formEnds && found.chunks.some(({ id }) => id === sound.id);
      const next = isBehind && gaps++ < MOST_GAPS ? await nextChunk(file, at, bigEndian, formEnds) : null;
      if (next === null) break;
      if (next - at > MOST_STALE_BYTES && next !== formEnds) {
        // As much may be sound that a header does not know of.
        throw cannotEdit(`There is unknown data between the chunks. ${SAVE_AUDIO_AGAIN}`);
      }
      at = next;
      continue;
    }
    found.chunks.push(chunk);
    if (chunk.id === 'ds64' && has64 && chunk.bytes >= 24) {
      const form64 = await readSizes64(file, chunk, sizes64);
      if (found.declared === LARGEST) [found.declared, found.sizeAt] = [form64, chunk.position];
    }
    at = chunk.end;
  }
  found.walked = at;
  checkSound(found, sound);
  const sound64 = sizes64.get(sound.id);
  if (has64 && sound64 === undefined) throw damaged('The file is damaged (64-bit sizes are missing).');
  if (has64 && sound64 !== soundChunk(found, sound).bytes) {
    throw damaged('The file is damaged (contradictory sizes of the audio data).');
  }
  found.end = formEnd(found, sound);
  if (isGoingOn(found, sound, await restOf(file, at))) {
    const sentence = 'There is unknown data after the audio data; the recording may be incomplete.';
    throw cannotEdit(`${sentence} ${SAVE_AUDIO_AGAIN}`);
  }
  return found;
}

/** The chunk with the sound. @throws UserError undecodable-audio when there is none of it */
export function soundChunk({ chunks, walked, size }: ChunkFile, { id: sound }: SoundIn): FileChunk {
  const chunk = chunks.find(({ id }) => id === sound);
  if (chunk) return chunk;
  if (walked < size) throw damaged('The file is damaged (unknown data before the audio data).');
  throw damaged('The file contains no audio data.', COPY_AGAIN);
}

/** The samples, as they stand in the file. */
export async function* samplesIn(file: OpenFile, sound: SoundIn): AsyncGenerator<Uint8Array> {
  const { position, bytes } = soundChunk(await readChunkFile(file, sound), sound);
  yield* readRange(file, position + sound.headerBytes, position + bytes);
}

async function readChunk(
  file: OpenFile,
  start: number,
  bigEndian: boolean,
  sizes64: ReadonlyMap<string, number>,
): Promise<FileChunk | null> {
  const header = view(await file.read(start, 8));
  const id = latin1(header, 0, 4);
  if (!isChunkId(id) || isForeignTag(latin1(header, 0, 8), start, file.size)) return null;
  let bytes = header.getUint32(4, !bigEndian);
  if (bytes === LARGEST && sizes64.has(id)) bytes = sizes64.get(id)!;
  const position = start + 8;
  let end = Math.min(position + bytes, Math.max(file.size, position));
  // Chunks begin at even places. Some programs forget the byte that sees to that.
  if (bytes % 2 === 1 && end < file.size && (await likeness(file, end + 1)) >= (await likeness(file, end))) end += 1;
  return { id, start, position, bytes, end };
}

/** How much like a chunk it is what begins there: 1 with an id alone, 2 where its length fits, too; or where the file ends. */
async function likeness(file: OpenFile, at: number): Promise<0 | 1 | 2> {
  if (at >= file.size) return 2;
  if (at + 8 > file.size) return 0;
  const header = view(await file.read(at, 8));
  if (!isChunkId(latin1(header, 0, 4))) return 0;
  const [little, big] = [header.getUint32(4, true), header.getUint32(4)];
  return at + 8 + Math.min(little, big) <= file.size ? 2 : 1;
}

/** Tags that belong to no chunk, appended to files of any kind. */
function isForeignTag(beginning: string, at: number, size: number): boolean {
  if (beginning.startsWith('TAG')) return at === size - ID3V1_BYTES;
  if (beginning.startsWith('ID3')) return beginning.charCodeAt(3) <= 4; // a version, not the blank of a chunk's id
  return /^(?:APETAGEX|LYRICSBE)/.test(beginning);
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

/** Bytes by which it is determined what follows the last chunk. */
const REST_BYTES = 4096;

function checkSound(found: ChunkFile, sound: SoundIn): void {
  const { position, bytes } = soundChunk(found, sound);
  if (bytes <= sound.headerBytes) {
    // Programs take this for “up to the end of the file”.
    throw cannotEdit(
      `The header declares no audio data: the file is empty, was written to a pipe, or is incomplete. ${SAVE_AUDIO_AGAIN}`,
    );
  }
  if (position + bytes > found.size) {
    if (isUnknownLength(bytes)) {
      throw cannotEdit(`The header does not declare the size of the audio data: the file was written to a pipe or is incomplete. ${SAVE_AUDIO_AGAIN}`); // prettier-ignore
    }
    throw damaged('The file is incomplete or truncated: audio data is missing.', COPY_AGAIN);
  }
  if (found.chunks.filter(({ id }) => id === sound.id).length > 1) {
    throw cannotEdit(
      `The file has several audio data chunks, which programs interpret differently. ${SAVE_AUDIO_AGAIN}`,
    );
  }
}

/** Whether the file's own size can be believed; the byte that makes the last chunk even may be missing. */
function isSizeKnown({ declared, size }: ChunkFile): boolean {
  return declared !== 0 && declared + 8 <= size + 1;
}

function formEnd(found: ChunkFile, sound: SoundIn): number {
  const { walked } = found;
  const end = found.declared + 8;
  if (!isSizeKnown(found) || end >= walked) return walked;
  const { position, bytes } = soundChunk(found, sound);
  const last = found.chunks.find((chunk) => chunk.end >= end);
  if (position + bytes > end || !last || (last.end !== end && last.position + last.bytes !== end)) {
    throw damaged('The file is damaged (the declared size ends within a chunk).');
  }
  return last.end;
}

/** The beginning of what is no chunk any more. */
async function restOf(file: OpenFile, walked: number): Promise<Buffer> {
  const bytes = Math.min(REST_BYTES, Math.max(0, file.size - walked));
  return Buffer.from(await file.read(Math.min(walked, file.size), bytes));
}

/**
 * Whether samples may stand behind the chunk that holds them: a recorder brings its header up to date now and then, and
 * what it recorded after the last time is in no chunk. By chance it may look like one, but hardly like several.
 */
function isGoingOn(found: ChunkFile, sound: SoundIn, rest: Buffer): boolean {
  const { end } = soundChunk(found, sound);
  const isLast = found.chunks.at(-1)!.end === end || found.end === end;
  if (!isLast || end >= found.size) return false;
  const isTag = isForeignTag(rest.toString('latin1', 0, 8), found.walked, found.size);
  const isClean = rest.every((byte) => byte === 0) || isTag;
  return !isClean || !isWhole(found.chunks.at(-1)!, found.size);
}

/** Whether the byte is left out that makes its length even. */
export function lacksPadByte({ position, bytes, end }: FileChunk): boolean {
  return bytes % 2 === 1 && end === position + bytes;
}

function isWhole({ position, bytes }: FileChunk, size: number): boolean {
  return position + bytes <= size;
}

/** Gathers what changes in one file, and keeps the sizes right. */
export class ChunkEditor {
  readonly #file: ChunkFile;
  readonly #changes: Change[] = [];
  /** New chunks: behind whatever the chunk before them gains at its end, which is the same place. */
  readonly #added: Change[] = [];
  /** Chunks that are another or gone: the byte that makes them even is seen to. */
  readonly #touched = new Set<FileChunk>();

  constructor(file: ChunkFile) {
    this.#file = file;
  }

  /** @param changes within the chunk's content, positions of the file */
  editContent(chunk: FileChunk, changes: readonly Change[]): void {
    this.#mustBeWhole(chunk);
    const bytes = chunk.bytes + changes.reduce((sum, change) => sum + growth(change), 0);
    if (bytes > LARGEST) throw cannotEdit('The tags do not fit into the file. Write a sidecar instead.');
    this.#changes.push({ from: chunk.start + 4, to: chunk.position, bytes: this.#uint32(bytes) }, ...changes);
    const contentEnd = chunk.position + chunk.bytes;
    this.#changes.push({ from: contentEnd, to: chunk.end, bytes: Buffer.alloc(bytes % 2) });
    this.#touched.add(chunk);
  }

  replaceContent(chunk: FileChunk, bytes: Uint8Array): void {
    this.editContent(chunk, [{ from: chunk.position, to: chunk.position + chunk.bytes, bytes }]);
  }

  /** @param id beside an edit of its content */
  rename({ start }: FileChunk, id: string): void {
    this.#changes.push({ from: start, to: start + 4, bytes: Buffer.from(id, 'latin1') });
  }

  remove(chunk: FileChunk): void {
    this.#mustBeWhole(chunk);
    this.#changes.push({ from: chunk.start, to: chunk.end, bytes: new Uint8Array() });
    this.#touched.add(chunk);
  }

  /** @param before null: at the end of the form */
  add(id: string, content: Uint8Array, before: FileChunk | null): void {
    const at = before?.start ?? this.#file.end;
    // Behind a chunk that says it is longer than the file nobody would look.
    if (!before) this.#file.chunks.forEach((chunk) => this.#mustBeWhole(chunk));
    const header = Buffer.concat([Buffer.from(id, 'latin1'), this.#uint32(content.length)]);
    this.#added.push({ from: at, to: at, bytes: Buffer.concat([header, content, Buffer.alloc(content.length % 2)]) });
  }

  /** @throws UserError unsupported-format when the file becomes longer than its header can say */
  parts(): Part[] {
    const { declared, sizeAt, size, end } = this.#file;
    if (this.#changes.length + this.#added.length === 0) return [{ from: 0, to: size }];
    const all = [...this.#changes, ...this.#missingBytes(), ...this.#added];
    const grownBy = (changes: readonly Change[]) => changes.reduce((sum, change) => sum + growth(change), 0);
    const whole = size + grownBy(all) - 8;
    const inside = grownBy(all.filter(({ from }) => from <= end));
    // A header that does not know the size, or is wrong about it, is put right on this occasion.
    const newSize = isSizeKnown(this.#file) ? Math.min(Math.max(declared, end - 8) + inside, whole) : whole;
    if (sizeAt === 4 && newSize > LARGEST) {
      throw cannotEdit('With the tags, the file would exceed the limit of its format (4 GiB). Save it as RF64 first.');
    }
    const change =
      sizeAt === 4
        ? { from: 4, to: 8, bytes: this.#uint32(newSize) }
        : { from: sizeAt, to: sizeAt + 8, bytes: uint64(newSize) };
    return toParts(size, [change, ...all]);
  }

  /**
   * The bytes that make chunks even, where a program left them out: this editor finds its way by the next id, others by
   * the size alone. They would not find what comes behind.
   */
  #missingBytes(): Change[] {
    const { size, chunks } = this.#file;
    return chunks.flatMap((chunk): Change[] => {
      const contentEnd = chunk.position + chunk.bytes;
      if (!lacksPadByte(chunk) || this.#touched.has(chunk)) return [];
      const isFollowed = contentEnd < size || this.#added.some(({ from }) => from === contentEnd);
      return isFollowed ? [{ from: contentEnd, to: contentEnd, bytes: Buffer.alloc(1) }] : [];
    });
  }

  #mustBeWhole(chunk: FileChunk): void {
    if (!isWhole(chunk, this.#file.size))
      throw damaged('The file is truncated: part of its tags is missing.', COPY_AGAIN);
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

/**
 * A new file made of bytes of the old one and of others, and the way back. Audio bytes are the same by construction,
 * since nothing ever takes them apart (docs/adr/0006).
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BLOCK_BYTES, GatheredWrites, ReadAhead } from './blocks.ts';
import { COPY_AGAIN, damaged, type OpenFile, type Part } from './container.ts';

export function partLength(part: Part): number {
  return 'bytes' in part ? part.bytes.length : part.to - part.from;
}

/** Bytes of the new file. */
export function splicedSize(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + partLength(part), 0);
}

/**
 * Neighbours made one, empty ones left out.
 * @throws RangeError for parts outside of a file of this size: a bug in a container, never the file's fault
 */
export function joined(parts: readonly Part[], size: number): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    if ('from' in part && !(part.from >= 0 && part.from <= part.to && part.to <= size)) {
      throw new RangeError(`no bytes ${part.from} to ${part.to} in a file of ${size}`);
    }
    if (partLength(part) === 0) continue;
    const last = result.at(-1);
    if (last && 'bytes' in last && 'bytes' in part) last.bytes = Buffer.concat([last.bytes, part.bytes]);
    else if (last && 'to' in last && 'from' in part && last.to === part.from) last.to = part.to;
    else result.push({ ...part });
  }
  return result;
}

/** Is the new file the old one? */
export function changesNothing(parts: readonly Part[], size: number): boolean {
  const all = joined(parts, size);
  return size === 0
    ? all.length === 0
    : all.length === 1 && 'from' in all[0]! && all[0].from === 0 && all[0].to === size;
}

/**
 * The old file as parts of the new one: what {@link parts} left out of it comes as bytes.
 * @param old the file that `parts` are of
 */
export async function inverse(parts: readonly Part[], old: OpenFile): Promise<Part[]> {
  const kept: { from: number; to: number; at: number }[] = [];
  let at = 0;
  for (const part of parts) {
    if ('from' in part) kept.push({ from: part.from, to: part.to, at });
    at += partLength(part);
  }
  kept.sort((a, b) => a.from - b.from);
  const back: Part[] = [];
  const source = new ReadAhead(old);
  let done = 0;
  const fill = async (to: number) => {
    if (to > done) back.push({ bytes: Buffer.from(await source.read(done, to - done)) }); // a copy
    done = Math.max(done, to);
  };
  for (const { from, to, at: place } of kept) {
    if (to <= done) continue; // used twice in the new file: one of them is enough
    await fill(from);
    back.push({ from: place + (done - from), to: place + (to - from) });
    done = to;
  }
  await fill(old.size);
  return joined(back, at);
}

/**
 * Writes the new file and hashes both in one pass (where the parts are in the order of the old file, which is always
 * but in theory).
 * @param target open for writing, empty
 * @param goOn asked every MiB; throws to stop
 * @returns SHA-256 (hex) of the old and the new file
 * @throws what reading and writing throws
 */
export async function writeSpliced(
  old: OpenFile,
  parts: readonly Part[],
  target: FileHandle,
  goOn: () => void,
): Promise<{ beforeHash: string; afterHash: string }> {
  const before = createHash('sha256');
  const after = createHash('sha256');
  let hashed = 0; // of the old file
  let inOrder = true;
  const source = new ReadAhead(old);
  const made = new GatheredWrites(target, (bytes) => {
    after.update(bytes);
    goOn();
  });
  const write = (bytes: Uint8Array) => made.add(bytes);
  const readTo = async (to: number, use: (bytes: Uint8Array) => Promise<void>, from = hashed) => {
    for (let at = from; at < to; at += BLOCK_BYTES) {
      const bytes = await source.read(at, Math.min(BLOCK_BYTES, to - at));
      if (inOrder) before.update(bytes);
      await use(bytes);
    }
    hashed = Math.max(hashed, to);
  };
  for (const part of parts) {
    if ('bytes' in part) await write(part.bytes);
    else {
      if (part.from < hashed) inOrder = false;
      else await readTo(part.from, async () => {});
      await readTo(part.to, write, part.from);
    }
  }
  await made.end();
  if (!inOrder) return { beforeHash: await hashOf(old, goOn), afterHash: after.digest('hex') };
  await readTo(old.size, async () => {});
  return { beforeHash: before.digest('hex'), afterHash: after.digest('hex') };
}

/** @returns SHA-256 (hex) of a whole file */
export async function hashOf(file: OpenFile, goOn: () => void = () => {}): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < file.size; at += BLOCK_BYTES) {
    hash.update(await file.read(at, Math.min(BLOCK_BYTES, file.size - at)));
    goOn();
  }
  return hash.digest('hex');
}

/**
 * The one comparison on which it rests that sound is the same before and after: comparing nothing with nothing is none.
 * @param pieces of {@link Container.payload}
 * @returns SHA-256 (hex) of them as one stream
 * @throws UserError undecodable-audio when there is not one byte in them
 */
export async function hashSound(pieces: AsyncIterable<Uint8Array>, goOn: () => void = () => {}): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.length;
    goOn();
  }
  if (bytes === 0) throw noSound();
  return hash.digest('hex');
}

/** Reads as far as the first byte of sound. @throws as {@link hashSound} */
export async function expectSound(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) if (piece.length > 0) return;
  throw noSound();
}

function noSound() {
  return damaged('The file contains no audio data.', COPY_AGAIN);
}

/** Version of {@link encodeParts}'s bytes. */
const RECORD_VERSION = 1;

/**
 * As kept in the journal: a version, then deflated: the number of parts, for each twice its length (odd for bytes that
 * follow all of it; for others the way from the end of the one before), all as LEB128 numbers.
 */
export function encodeParts(parts: readonly Part[]): Buffer {
  const numbers: number[] = [];
  const bytes: Uint8Array[] = [];
  pushNumber(numbers, parts.length);
  let end = 0;
  for (const part of parts) {
    pushNumber(numbers, 2 * partLength(part) + ('bytes' in part ? 1 : 0));
    if ('bytes' in part) bytes.push(part.bytes);
    else {
      const way = part.from - end;
      pushNumber(numbers, way < 0 ? -2 * way - 1 : 2 * way);
      end = part.to;
    }
  }
  return Buffer.concat([Buffer.of(RECORD_VERSION), deflateRawSync(Buffer.concat([Buffer.from(numbers), ...bytes]))]);
}

/** The opposite of {@link encodeParts}. @throws Error when it is not such a record */
export function decodeParts(record: Uint8Array): Part[] {
  if (record[0] !== RECORD_VERSION) throw new Error(`an undo record of version ${record[0]}`);
  const all = inflateRawSync(record.subarray(1));
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = all[at++];
      if (byte === undefined) throw new Error('an undo record that is cut off');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const lengths: { length: number; from: number | null }[] = [];
  let end = 0;
  for (let left = next(); left > 0; left--) {
    const header = next();
    const length = Math.floor(header / 2);
    if (header % 2 === 1) lengths.push({ length, from: null });
    else {
      const way = next();
      const from = end + (way % 2 === 1 ? -(way + 1) / 2 : way / 2);
      lengths.push({ length, from });
      end = from + length;
    }
  }
  return lengths.map(({ length, from }) => {
    if (from !== null) return { from, to: from + length };
    const bytes = all.subarray(at, at + length);
    if (bytes.length < length) throw new Error('an undo record that is cut off');
    at += length;
    return { bytes };
  });
}

/** LEB128 for numbers up to 2^53. */
function pushNumber(numbers: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    numbers.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  numbers.push(rest);
}

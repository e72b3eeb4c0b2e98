/** WAVE and AIFF files put together chunk by chunk, right and wrong ones, and what became of them. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, FieldEdit, Part, StoredField } from '../../src/main/writeback/container.ts';
import { openFile } from '../../src/main/writeback/open-file.ts';
import { inverse, joined } from '../../src/main/writeback/splice.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';
import { riffChunk } from '../kit/wav.ts';

export type Chunk = [id: string, content: Uint8Array | string];

let folder = '';
let files = 0;

export function bytesOf(content: Uint8Array | string): Buffer {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : Buffer.from(content);
}

/** Its header, its content and the byte that makes it even. */
export function chunk([id, content]: Chunk, bigEndian = false): Buffer {
  return riffChunk(id, bytesOf(content), bigEndian);
}

export function riff(chunks: Chunk[], size?: number, kind = 'RIFF'): Buffer {
  const bigEndian = kind === 'RIFX';
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks.map((each) => chunk(each, bigEndian))]);
  const header = Buffer.alloc(8);
  header.write(kind, 'latin1');
  if (bigEndian) header.writeUInt32BE(size ?? body.length, 4);
  else header.writeUInt32LE(size ?? body.length, 4);
  return Buffer.concat([header, body]);
}

export function aiffFile(chunks: Chunk[]): Buffer {
  const body = Buffer.concat([Buffer.from('AIFF'), ...chunks.map((each) => chunk(each, true))]);
  const header = Buffer.alloc(8);
  header.write('FORM', 'latin1');
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

/** Mono, 8 kHz, 16 bits. */
export const FMT: Chunk = ['fmt ', Buffer.from('0100010040 1f0000803e0000 02001000'.replaceAll(' ', ''), 'hex')];

/** Version 1, with this description. */
export function bext(description: string): Chunk {
  const content = Buffer.alloc(602 + 20);
  content.write(description, 0, 'latin1');
  content.write('Recorder', 256, 'latin1');
  content.writeUInt16LE(1, 346);
  content.write('A=PCM,F=8000,W=16\r\n', 602, 'latin1');
  return ['bext', content];
}

export interface Edited {
  before: Buffer;
  after: Buffer;
  /** The old file made of the new one. */
  back: Buffer;
  fields: StoredField[];
  payloads: [before: string, after: string];
}

/** Reads, edits, applies, and goes the way back. */
export async function edited(container: Container, bytes: Buffer, edits: readonly FieldEdit[]): Promise<Edited> {
  const file = await open(bytes);
  let after: Buffer;
  let back: Buffer;
  let payload: string;
  try {
    const parts = joined(await container.edit(file, edits), file.size);
    after = applied(bytes, parts);
    back = applied(after, await inverse(parts, file));
    payload = await payloadOf(container, file);
  } finally {
    await file.close();
  }
  const now = await open(after);
  try {
    const fields = await container.read(now);
    return { before: bytes, after, back, fields, payloads: [payload, await payloadOf(container, now)] };
  } finally {
    await now.close();
  }
}

export async function fieldsOf(container: Container, bytes: Buffer): Promise<StoredField[]> {
  const file = await open(bytes);
  try {
    return await container.read(file);
  } finally {
    await file.close();
  }
}

export function put(bytes: Buffer, ending = '.wav'): string {
  // Files that share a process share this module, and a folder goes with the file that made it.
  if (!existsSync(folder)) folder = temporaryFolder('riff');
  const path = join(folder, `${files++}${ending}`);
  writeFileSync(path, bytes);
  return path;
}

export function applied(old: Buffer, parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.map((part) => ('bytes' in part ? part.bytes : old.subarray(part.from, part.to))));
}

/** Chunks as they stand in a file, by the file's own sizes; `form` is what the file says of its length. */
export function chunksIn(bytes: Buffer, bigEndian = false): { chunks: Chunk[]; form: number } {
  const read = (at: number) => (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = read(at + 4);
    chunks.push([bytes.toString('latin1', at, at + 4), bytes.subarray(at + 8, at + 8 + size)]);
    at += 8 + size + (size % 2);
  }
  return { chunks, form: read(4) };
}

export function contentOf(bytes: Buffer, id: string, bigEndian = false): Buffer {
  const found = chunksIn(bytes, bigEndian).chunks.find(([each]) => each === id);
  if (!found) throw new Error(`no ${id}`);
  return bytesOf(found[1]);
}

async function open(bytes: Buffer) {
  return openFile(put(bytes));
}

async function payloadOf(container: Container, file: Awaited<ReturnType<typeof open>>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of container.payload(file)) pieces.push(piece);
  return Buffer.concat(pieces).toString('hex');
}

/**
 * Weights in the safetensors format: the length of a header (8 bytes), the header (JSON: type, shape and place of each
 * tensor), the values one behind the other. https://huggingface.co/docs/safetensors#format
 * A model in several such files, with a JSON file that names them, is read as one.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readRegularFile, requireRegularFile, UnfitFileError } from '../../files/regular-file.ts';
import { damaged, diskWords, expectShapes, refuseOtherDownloads, unusable } from './refusals.ts';
import { asFloat32, MAX_VALUES } from './strided.ts';
import type { Checkpoint, CheckpointOutline, CheckpointTensor } from './tensors.ts';

/** Thousands of tensors take some hundred kilobytes. */
const MAX_HEADER_BYTES = 16 << 20;
const MAX_FILES = 100;
const LENGTH_BYTES = 8;

const TYPES = { F64: 'float64', F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const;
const BYTES: Record<string, number> = {
  ...{ F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2 },
  ...{ I8: 1, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1 },
};

const count = z.number().int().nonnegative();
const ENTRY = z.object({
  dtype: z.string(),
  shape: z.array(count).max(8),
  data_offsets: z.tuple([count, count]),
});
const INDEX = z.object({ weight_map: z.record(z.string(), z.string().regex(/^[\w-][\w.-]*\.safetensors$/)) });

/** Where the values of a tensor are. */
interface Stored {
  file: FileHandle;
  path: string;
  /** As the header calls it. */
  dtype: string;
  shape: number[];
  /** Of the first byte in the file. */
  start: number;
  bytes: number;
}

export class Safetensors implements Checkpoint {
  readonly #path: string;
  readonly #files: FileHandle[];
  readonly #stored: ReadonlyMap<string, Stored>;

  private constructor(path: string, files: FileHandle[], stored: Map<string, Stored>) {
    this.#path = path;
    this.#files = files;
    this.#stored = stored;
  }

  /**
   * Reads the headers, none of the values.
   * @param path absolute: a file of tensors, or the JSON file that says in which files they are
   * @throws UserError model-damaged, model-unusable, not-found; nothing stays open then
   */
  static async open(path: string): Promise<Safetensors> {
    const files: FileHandle[] = [];
    try {
      const stored = new Map<string, Stored>();
      for (const one of path.endsWith('.json') ? await filesOf(path) : [path]) {
        files.push(await openFile(one));
        for (const [key, tensor] of await readHeader(files.at(-1)!, one)) {
          if (stored.has(key)) throw damaged(one, `its tensor “${key}” is in another of the model’s files, too`);
          stored.set(key, tensor);
        }
      }
      return new Safetensors(path, files, stored);
    } catch (error) {
      for (const file of files) await file.close();
      throw inWords(path, error);
    }
  }

  /** Shapes of all tensors; nothing stays open. @throws UserError as {@link open} */
  static async outline(path: string): Promise<CheckpointOutline> {
    const opened = await Safetensors.open(path);
    await opened.close();
    return new Map([['', new Map([...opened.#stored].map(([key, { shape }]) => [key, shape]))]]);
  }

  get bytes(): number {
    return [...this.#stored.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  expect(shapes: ReadonlyMap<string, readonly number[]>): void {
    expectShapes(this.#path, shapes, (key) => {
      const tensor = this.#stored.get(key);
      return tensor === undefined
        ? null
        : { shape: tensor.shape, elementType: tensor.dtype, floating: tensor.dtype in TYPES };
    });
  }

  /** The format has no checksums: that the values are numbers is seen when they are read. */
  verify(onBytes: (done: number) => void, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    onBytes(this.bytes);
    return Promise.resolve();
  }

  get(key: string): CheckpointTensor {
    const tensor = this.#stored.get(key);
    if (tensor === undefined) throw damaged(this.#path, `its tensor “${key}” is missing`);
    const { file, path, dtype, shape, start, bytes } = tensor;
    if (!Object.hasOwn(TYPES, dtype)) throw damaged(path, `its tensor “${key}” contains ${dtype}`);
    const read = async () => {
      if (bytes / BYTES[dtype]! > MAX_VALUES) throw unusable(path, `its tensor “${key}” is too large`, 'Choose another copy'); // prettier-ignore
      const target = new Uint8Array(bytes);
      await readFully(file, target, start, path);
      const values = asFloat32(target, TYPES[dtype as keyof typeof TYPES]);
      if (!values.every(Number.isFinite))
        throw damaged(path, `its tensor “${key}” contains values that are not finite`);
      return values;
    };
    return { key, shape: [...shape], dtype: 'float32', read };
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    await requireRegularFile(path);
    return await open(path, 'r');
  } catch (error) {
    throw inWords(path, error);
  }
}

function inWords(path: string, error: unknown): unknown {
  if (error instanceof UnfitFileError) return unusable(path, error.message, 'Choose another copy', error);
  return diskWords(path, error);
}

/** @returns absolute paths, each once */
async function filesOf(path: string): Promise<string[]> {
  let index;
  try {
    index = INDEX.safeParse(JSON.parse((await readRegularFile(path, MAX_HEADER_BYTES)).toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(path, 'it is not valid JSON', error);
    throw error;
  }
  if (!index.success) throw damaged(path, 'its list of files is invalid', index.error);
  const names = new Set(Object.values(index.data.weight_map));
  if (names.size > MAX_FILES) throw unusable(path, `it names ${names.size} files`, 'Choose another copy');
  return [...names].map((name) => join(dirname(path), name));
}

async function readHeader(file: FileHandle, path: string): Promise<Map<string, Stored>> {
  const { size } = await file.stat();
  const head = Buffer.alloc(Math.min(64, size));
  await readFully(file, head, 0, path);
  refuseOtherDownloads(path, head);
  if (size < LENGTH_BYTES + 2) throw damaged(path, 'it ends within its header');
  const length = Number(head.readBigUInt64LE(0));
  if (head[LENGTH_BYTES] !== 0x7b || length > MAX_HEADER_BYTES) {
    throw unusable(path, 'it is not a safetensors file', 'Choose the file published by the model’s authors');
  }
  const dataStart = LENGTH_BYTES + length;
  if (dataStart > size) throw damaged(path, 'it ends within its header');
  const header = Buffer.alloc(length);
  await readFully(file, header, LENGTH_BYTES, path);
  let content: unknown;
  try {
    content = JSON.parse(header.toString('utf8'));
  } catch (error) {
    throw damaged(path, 'its header is not valid JSON', error);
  }
  const tensors = new Map<string, Stored>();
  for (const [key, value] of Object.entries(content as object)) {
    if (key === '__metadata__') continue;
    const entry = ENTRY.safeParse(value);
    if (!entry.success) throw damaged(path, `the header’s entry “${shown(key)}” is invalid`, entry.error);
    const { dtype, shape, data_offsets: [from, to] } = entry.data; // prettier-ignore
    const bytes = shape.reduce((product, axis) => product * axis, BYTES[dtype] ?? NaN);
    if (Number.isNaN(bytes)) throw unusable(path, `“${shown(key)}” has the unknown type “${shown(dtype)}”`, 'Choose another copy'); // prettier-ignore
    if (to - from !== bytes) throw damaged(path, `“${shown(key)}” has ${to - from} bytes instead of ${bytes}`);
    tensors.set(key, { file, path, dtype, shape, start: dataStart + from, bytes });
  }
  checkPlaces(tensors, dataStart, size, path);
  return tensors;
}

/** The values fill the file: one tensor begins where another ends. */
function checkPlaces(tensors: Map<string, Stored>, dataStart: number, size: number, path: string): void {
  let end = dataStart;
  for (const [key, { start, bytes }] of [...tensors].sort(([, a], [, b]) => a.start - b.start || a.bytes - b.bytes)) {
    if (start < end) throw damaged(path, `“${shown(key)}” overlaps another tensor`);
    if (start > end) throw damaged(path, `${start - end} bytes before “${shown(key)}” belong to no tensor`);
    end = start + bytes;
  }
  if (end > size) throw damaged(path, `it has ${size} bytes instead of ${end}`);
  if (end < size) throw damaged(path, `${size - end} bytes at its end belong to no tensor`);
}

/** @throws UserError model-damaged when the file ends before */
async function readFully(file: FileHandle, target: Uint8Array, position: number, path: string): Promise<void> {
  for (let done = 0; done < target.length;) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw damaged(path, 'it is shorter than its header says');
    done += bytesRead;
  }
}

/** Of a foreign text, what a sentence can hold. */
function shown(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '?').slice(0, 80);
}

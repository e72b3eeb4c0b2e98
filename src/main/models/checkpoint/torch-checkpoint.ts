/**
 * A checkpoint as `torch.save` writes it since PyTorch 1.6: a zip of stored records, `<name>/data.pkl` with the
 * structure and `<name>/data/<n>` with the values. Read as data; see torch-names.ts for what the structure may hold.
 */
import { open, stat } from 'node:fs/promises';
import { UserError } from '../../../shared/errors.ts';
import { readPickle } from './pickle-reader.ts';
import { damaged, diskWords, expectShapes, refuseOtherDownloads, unusable } from './refusals.ts';
import { InertObject, PickleConstructor, PickleError, PickleObject, type PickleValue } from './pickle-values.ts';
import { ArchiveError, StoredArchive, type StoredEntry } from './stored-archive.ts';
import { readStrided } from './strided.ts';
import type { Checkpoint, CheckpointOutline, CheckpointTensor } from './tensors.ts';
import { ELEMENT_BYTES, TensorReference, TORCH_NAMES, type ElementType } from './torch-names.ts';

/** A structure of thousands of tensors has some hundred kilobytes. */
const MAX_PICKLE_BYTES = 16 << 20;
const DTYPES: Record<ElementType, CheckpointTensor['dtype']> = {
  float32: 'float32',
  float64: 'float32',
  float16: 'float32',
  bfloat16: 'float32',
  int64: 'int64',
  int32: 'int64',
  bool: 'bool',
  uint8: 'uint8',
};

export class TorchCheckpoint implements Checkpoint {
  readonly #path: string;
  readonly #archive: StoredArchive;
  /** Everything under the section; what is not a tensor too, so that it can be named. */
  readonly #values: ReadonlyMap<string, PickleValue>;
  readonly #recordFolder: string;

  private constructor(path: string, archive: StoredArchive, values: Map<string, PickleValue>, recordFolder: string) {
    this.#path = path;
    this.#archive = archive;
    this.#values = values;
    this.#recordFolder = recordFolder;
  }

  /**
   * Reads the structure, none of the values.
   * @param path absolute
   * @param section the top-level entry under which the weights are, '' if they are at the top; others are ignored
   * @throws UserError model-damaged (a whole copy might do), model-unusable (refused), not-found
   */
  static async open(path: string, section: string): Promise<TorchCheckpoint> {
    const { archive, folder, top } = await readStructure(path);
    try {
      return new TorchCheckpoint(path, archive, sectionOf(top, section), `${folder}data/`);
    } catch (error) {
      await archive.close();
      throw inWords(path, error);
    }
  }

  /**
   * What is in it, whatever model it is of; nothing stays open.
   * @param path absolute
   * @throws UserError as {@link open}
   */
  static async outline(path: string): Promise<CheckpointOutline> {
    const { archive, top } = await readStructure(path);
    await archive.close();
    const sections: [PickleValue, PickleValue][] = [['', top], ...top];
    return new Map(
      sections.flatMap(([name, values]) => {
        const shapes = shapesOf(values);
        return typeof name === 'string' && shapes.size > 0 ? [[name, shapes]] : [];
      }),
    );
  }

  /** Bytes of all records. */
  get bytes(): number {
    return this.#archive.bytes;
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }

  /**
   * Compares every record with its checksum: a bit that flipped on the way shows here.
   * @param onBytes called with how many of {@link bytes} have been compared
   * @throws UserError model-damaged; signal.reason
   */
  async verify(onBytes: (done: number) => void, signal: AbortSignal): Promise<void> {
    try {
      await this.#archive.verify(onBytes, signal);
    } catch (error) {
      throw inWords(this.#path, error);
    }
  }

  /**
   * Checks that tensors of these shapes are there and hold floating-point numbers.
   * @param shapes by key
   * @throws UserError model-unusable, naming every key that is missing or otherwise
   */
  expect(shapes: ReadonlyMap<string, readonly number[]>): void {
    expectShapes(this.#path, shapes, (key) => {
      const value = this.#values.get(key);
      if (value === undefined) return null;
      if (!(value instanceof TensorReference)) return whatIs(value);
      const { elementType } = value.storage;
      return { shape: value.shape, elementType, floating: DTYPES[elementType] === 'float32' };
    });
  }

  get(key: string): CheckpointTensor {
    const value = this.#values.get(key);
    if (!(value instanceof TensorReference)) {
      const what = value === undefined ? 'is missing' : `is ${whatIs(value)} instead of a tensor`;
      throw damaged(this.#path, `its tensor “${key}” ${what}`);
    }
    const { shape, storage } = value;
    const dtype = DTYPES[storage.elementType];
    return {
      key,
      shape: [...shape],
      dtype,
      read: async () => {
        if (dtype !== 'float32')
          throw new TypeError(`${key} contains ${storage.elementType}, not floating-point numbers`);
        try {
          return await readStrided(value, this.#record(value), this.#archive);
        } catch (error) {
          throw inWords(this.#path, error);
        }
      },
    };
  }

  close(): Promise<void> {
    return this.#archive.close();
  }

  /** @throws ArchiveError when the record is not there or shorter than the structure says */
  #record({ storage }: TensorReference): StoredEntry {
    const entry = this.#archive.entries.get(`${this.#recordFolder}${storage.record}`);
    if (!entry) throw new ArchiveError('damaged', `its record “${storage.record}” is missing`);
    if (entry.bytes < storage.length * ELEMENT_BYTES[storage.elementType]) {
      throw new ArchiveError('damaged', `its record “${storage.record}” is shorter than it should be`);
    }
    return entry;
  }
}

/** Files often mistaken for a checkpoint, identified by their first bytes. @throws UserError */
async function refuseOtherKinds(path: string): Promise<void> {
  let head: Buffer;
  try {
    if (!(await stat(path)).isFile()) throw new UserError('not-found', `“${path}” is not a file.`);
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(64);
      head = buffer.subarray(0, (await file.read(buffer, 0, buffer.length, 0)).bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw inWords(path, error);
  }
  refuseOtherDownloads(path, head);
  const text = head.toString('latin1');
  if (text.startsWith('PK')) return;
  if (text.startsWith('\x80\x02\x8a\x0a') || text.startsWith('\x80\x02}') || text.startsWith('\x80\x02c')) {
    throw unusable(path, 'it uses the format of PyTorch before 1.6', 'Save it again with a newer version');
  }
  throw unusable(path, 'it is not a PyTorch checkpoint', 'Choose the file published by the model’s authors');
}

interface Structure {
  /** Open. */
  archive: StoredArchive;
  /** In the archive, with its slash. */
  folder: string;
  top: Map<PickleValue, PickleValue>;
}

/** @throws UserError; nothing stays open then */
async function readStructure(path: string): Promise<Structure> {
  await refuseOtherKinds(path);
  let archive: StoredArchive | null = null;
  try {
    archive = await StoredArchive.open(path);
    const { entry, folder } = findPickle(archive);
    await refuseForeignByteOrder(archive, folder);
    const top = readPickle(await archive.read(entry), TORCH_NAMES);
    if (!(top instanceof Map))
      throw new PickleError('refused', `it contains ${whatIs(top)} instead of a dict of weights`);
    const structure = { archive, folder, top };
    archive = null; // the caller's to close
    return structure;
  } catch (error) {
    throw inWords(path, error);
  } finally {
    await archive?.close();
  }
}

function shapesOf(values: PickleValue): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  if (!(values instanceof Map)) return shapes;
  for (const [key, value] of values) {
    if (typeof key === 'string' && value instanceof TensorReference) shapes.set(key, value.shape);
  }
  return shapes;
}

function findPickle(archive: StoredArchive): { entry: StoredEntry; folder: string } {
  const found = [...archive.entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [entry] = found;
  if (!entry || found.length > 1) {
    throw new ArchiveError('foreign', `it contains ${found.length} data.pkl files instead of one`);
  }
  if (entry.bytes > MAX_PICKLE_BYTES) throw new ArchiveError('foreign', 'its data.pkl is too large');
  return { entry, folder: entry.name.slice(0, -'data.pkl'.length) };
}

/** Newer versions of PyTorch note it; before, it was little-endian in practice. */
async function refuseForeignByteOrder(archive: StoredArchive, folder: string): Promise<void> {
  const entry = archive.entries.get(`${folder}byteorder`);
  if (!entry || entry.bytes > 64) return;
  const order = (await archive.read(entry)).toString('latin1').trim();
  if (order !== 'little') throw new ArchiveError('foreign', 'it was written by a big-endian machine');
}

/** @param section '' for the top itself */
function sectionOf(top: Structure['top'], section: string): Map<string, PickleValue> {
  const values = section === '' ? top : top.get(section);
  if (!(values instanceof Map)) {
    const what = values === undefined ? 'nothing' : whatIs(values);
    throw new PickleError('refused', `it contains ${what} in “${section}” instead of the weights`);
  }
  return new Map([...values].flatMap(([key, value]) => (typeof key === 'string' ? [[key, value] as const] : [])));
}

function whatIs(value: PickleValue): string {
  if (value === null) return 'None';
  if (value instanceof PickleObject) return value instanceof InertObject ? `an object (${value.what})` : value.what;
  if (value instanceof PickleConstructor) return `a class (${value.fullName})`;
  if (value instanceof Map) return 'a dict';
  if (value instanceof Set) return 'a set';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text' : 'a number';
}

/** What went wrong while reading, as a sentence for the screen; what is no fault of the file's stays as it is. */
function inWords(path: string, error: unknown): unknown {
  if (error instanceof ArchiveError || error instanceof PickleError) {
    if (error.kind === 'damaged') return damaged(path, error.message, error);
    return unusable(path, error.message, 'Choose the file published by the model’s authors', error);
  }
  return diskWords(path, error);
}

/**
 * A checkpoint as `torch.save` writes it since PyTorch 1.6: a zip of stored records, `<name>/data.pkl` with the
 * structure and `<name>/data/<n>` with the values. Read as data; see torch-names.ts for what the structure may hold.
 */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../../../shared/errors.ts';
import { readPickle } from './pickle-reader.ts';
import { InertObject, PickleConstructor, PickleError, PickleObject, type PickleValue } from './pickle-values.ts';
import { ArchiveError, StoredArchive, type StoredEntry } from './stored-archive.ts';
import { readStrided } from './strided.ts';
import type { CheckpointTensor, CheckpointTensors } from './tensors.ts';
import { ELEMENT_BYTES, TensorReference, TORCH_NAMES, type ElementType } from './torch-names.ts';

/** A structure of thousands of tensors has some hundred kilobytes. */
const MAX_PICKLE_BYTES = 16 << 20;
/** Problems with keys named in the sentence; all are in the error's detail. */
const PROBLEMS_SHOWN = 40;

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

export class TorchCheckpoint implements CheckpointTensors {
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
   * @param section the top-level entry under which the weights are; others are ignored
   * @throws UserError model-damaged (a whole copy might do), model-unusable (refused), not-found
   */
  static async open(path: string, section: string): Promise<TorchCheckpoint> {
    await refuseOtherKinds(path);
    let archive: StoredArchive | null = null;
    try {
      archive = await StoredArchive.open(path);
      const { entry, folder } = findPickle(archive);
      await refuseForeignByteOrder(archive, folder);
      const top = readPickle(await archive.read(entry), TORCH_NAMES);
      const values = sectionOf(top, section);
      const checkpoint = new TorchCheckpoint(path, archive, values, `${folder}data/`);
      archive = null; // the checkpoint's to close
      return checkpoint;
    } catch (error) {
      throw inWords(path, error);
    } finally {
      await archive?.close();
    }
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
   * @param onBytes told how many of {@link bytes} have been compared
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
    const problems = [...shapes].flatMap(([key, shape]) => {
      const value = this.#values.get(key);
      if (value === undefined) return `“${key}” is missing`;
      if (!(value instanceof TensorReference)) return `“${key}” is ${whatIs(value)} instead of a tensor`;
      const { shape: found, storage } = value;
      if (found.length !== shape.length || found.some((size, axis) => size !== shape[axis])) {
        return `“${key}” has the shape ${inBrackets(found)} instead of ${inBrackets(shape)}`;
      }
      if (DTYPES[storage.elementType] !== 'float32') return `“${key}” holds ${storage.elementType} instead of float32`;
      return [];
    });
    if (problems.length === 0) return;
    const more = problems.length - PROBLEMS_SHOWN;
    const list = problems.slice(0, PROBLEMS_SHOWN).join('; ');
    throw new UserError(
      'model-unusable',
      `“${basename(this.#path)}” is a checkpoint of another model, or of another version: ${list}${more > 0 ? `; and ${more} more` : ''}. Choose the file that the model's makers published.`,
      problems.join('; '),
    );
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
        if (dtype !== 'float32') throw new TypeError(`${key} holds ${storage.elementType}, not floating-point numbers`);
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

/** What people take for a checkpoint, told by its first bytes. @throws UserError */
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
  const text = head.toString('latin1');
  if (text.startsWith('PK')) return;
  if (head.length === 0) throw damaged(path, 'it is empty');
  if (text.startsWith('\x80\x02\x8a\x0a') || text.startsWith('\x80\x02}') || text.startsWith('\x80\x02c')) {
    throw unusable(path, 'it is written in the form that PyTorch used before version 1.6', 'Save it with a newer one');
  }
  if (text.startsWith('version https://git-lfs')) {
    throw unusable(path, 'it only says where the weights are (Git LFS)', 'Download the file itself');
  }
  if (/^\s*<(!doctype|html)/i.test(text)) {
    throw unusable(path, 'it is a web page', 'Download the file itself');
  }
  throw unusable(path, 'it is not a PyTorch checkpoint', 'Choose the file that the model’s makers published');
}

function findPickle(archive: StoredArchive): { entry: StoredEntry; folder: string } {
  const found = [...archive.entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [entry] = found;
  if (!entry || found.length > 1) {
    throw new ArchiveError('foreign', `it holds ${found.length} files data.pkl, where a PyTorch checkpoint has one`);
  }
  if (entry.bytes > MAX_PICKLE_BYTES) throw new ArchiveError('foreign', 'its data.pkl is larger than any structure');
  return { entry, folder: entry.name.slice(0, -'data.pkl'.length) };
}

/** Newer versions of PyTorch note it; before, it was little-endian in practice. */
async function refuseForeignByteOrder(archive: StoredArchive, folder: string): Promise<void> {
  const entry = archive.entries.get(`${folder}byteorder`);
  if (!entry || entry.bytes > 64) return;
  const order = (await archive.read(entry)).toString('latin1').trim();
  if (order !== 'little') throw new ArchiveError('foreign', 'it was written by a big-endian machine');
}

function sectionOf(top: PickleValue, section: string): Map<string, PickleValue> {
  if (!(top instanceof Map)) throw new PickleError('refused', `it holds ${whatIs(top)} instead of a dict of weights`);
  const values = top.get(section);
  if (!(values instanceof Map)) {
    const what = values === undefined ? 'nothing' : whatIs(values);
    throw new PickleError('refused', `it holds ${what} under “${section}”, where the weights should be`);
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

function inBrackets(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** What went wrong while reading, as a sentence for the screen; what is no fault of the file's stays as it is. */
function inWords(path: string, error: unknown): unknown {
  if (error instanceof ArchiveError || error instanceof PickleError) {
    if (error.kind === 'damaged') return damaged(path, error.message, error);
    return unusable(path, error.message, 'Choose the file that the model’s makers published', error);
  }
  if (error instanceof Error && 'syscall' in error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return new UserError('not-found', `There is no file “${path}”. Check the spelling.`, error);
    }
    return new UserError('model-damaged', `“${path}” cannot be read. Check its permissions and its drive.`, error);
  }
  return error;
}

function damaged(path: string, what: string, cause?: unknown): UserError {
  return new UserError(
    'model-damaged',
    `“${basename(path)}” is damaged: ${what}. Download it again. Nothing was installed.`,
    cause,
  );
}

function unusable(path: string, what: string, advice: string, cause?: unknown): UserError {
  return new UserError(
    'model-unusable',
    `“${basename(path)}” cannot be imported: ${what}. ${advice}. Nothing was installed.`,
    cause,
  );
}

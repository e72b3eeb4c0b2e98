/**
 * A zip archive whose entries are stored as they are, read at any place without unpacking. PyTorch writes its
 * checkpoints so. Format: APPNOTE.TXT (PKWARE); the directory, zip64 included, is read by yauzl.
 */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';

/** A checkpoint has some hundreds. */
const MAX_ENTRIES = 20_000;
const CHUNK_BYTES = 4 << 20;

/** What is wrong with the archive, as the middle of a sentence: "it …". */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  /** damaged: another copy of the file may be whole. foreign: a whole file of another kind. */
  readonly kind: 'damaged' | 'foreign';

  constructor(kind: 'damaged' | 'foreign', message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

export interface StoredEntry {
  name: string;
  bytes: number;
  /** Where its content begins in the file. */
  start: number;
  crc32: number;
}

export class StoredArchive {
  readonly entries: ReadonlyMap<string, StoredEntry>;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, entries: Map<string, StoredEntry>) {
    this.#file = file;
    this.entries = entries;
  }

  /**
   * Reads the directory and checks that all of it can be true of a file of this size.
   * @throws ArchiveError; errors of the disk
   */
  static async open(path: string): Promise<StoredArchive> {
    const facts = await stat(path);
    if (!facts.isFile()) throw foreign('it is not a regular file');
    const { size } = facts;
    const entries = await readDirectory(path, size);
    return new StoredArchive(await open(path, 'r'), entries);
  }

  /** Bytes of all entries. */
  get bytes(): number {
    return [...this.entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Compares every entry with its checksum.
   * @param onBytes called with how many bytes have been compared so far
   * @throws ArchiveError naming the first entry that differs; signal.reason
   */
  async verify(onBytes: (done: number) => void, signal: AbortSignal): Promise<void> {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let done = 0;
    for (const { name, bytes, start, crc32: expected } of this.entries.values()) {
      let found = 0;
      for (let at = 0; at < bytes; at += CHUNK_BYTES) {
        signal.throwIfAborted();
        const chunk = buffer.subarray(0, Math.min(CHUNK_BYTES, bytes - at));
        await readFully(this.#file, chunk, start + at);
        found = crc32(chunk, found);
        done += chunk.length;
        onBytes(done);
      }
      if (found !== expected) throw differs(name);
    }
  }

  /** A small entry as a whole, compared with its checksum. @throws ArchiveError */
  async read({ name, bytes, start, crc32: expected }: StoredEntry): Promise<Buffer> {
    const content = Buffer.allocUnsafe(bytes);
    await readFully(this.#file, content, start);
    if (crc32(content) !== expected) throw differs(name);
    return content;
  }

  /**
   * A part of an entry, unchecked: {@link verify} comes first.
   * @param target filled completely
   * @param from byte within the entry @throws RangeError beyond its end; ArchiveError when the file has become shorter
   */
  async readInto(target: Uint8Array, entry: StoredEntry, from: number): Promise<void> {
    if (from < 0 || from + target.byteLength > entry.bytes) throw new RangeError(`${entry.name} is too short`);
    await readFully(this.#file, target, entry.start + from);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function readDirectory(path: string, size: number): Promise<Map<string, StoredEntry>> {
  const entries = new Map<string, StoredEntry>();
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, { autoClose: false });
    if (zip.entryCount > MAX_ENTRIES) throw foreign(`it contains ${zip.entryCount} entries, more than any checkpoint`);
    let total = 0;
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      checkStored(entry);
      if (entries.has(entry.fileName)) throw foreign(`it contains “${entry.fileName}” twice`);
      total += entry.uncompressedSize;
      // Entries that share bytes are how a small archive unpacks to a huge one.
      if (total > size) throw foreign('its entries declare more bytes than the file has');
      const { compressionMethod, fileDataStart, fileName } = await zip.readLocalFileHeaderPromise(entry);
      if (compressionMethod !== 0 || !fileName.equals(entry.fileNameRaw)) {
        throw new ArchiveError('damaged', `its directory does not match its entry “${entry.fileName}”`);
      }
      entries.set(entry.fileName, {
        name: entry.fileName,
        bytes: entry.uncompressedSize,
        start: fileDataStart,
        crc32: entry.crc32,
      });
    }
    return entries;
  } catch (error) {
    if (error instanceof ArchiveError || isDiskError(error)) throw error;
    throw new ArchiveError('damaged', 'its directory is damaged or truncated', error);
  } finally {
    zip?.close();
  }
}

function checkStored({ fileName, compressionMethod, compressedSize, uncompressedSize, ...entry }: Entry): void {
  if ((entry.generalPurposeBitFlag & 1) !== 0) throw foreign('it is encrypted');
  if (compressionMethod !== 0) {
    throw foreign(
      `its entry “${fileName}” is compressed (${compressedSize} bytes for ${uncompressedSize}), which weights never are`,
    );
  }
}

async function readFully(file: FileHandle, target: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < target.byteLength;) {
    const { bytesRead } = await file.read(target, done, target.byteLength - done, position + done);
    if (bytesRead === 0) throw new ArchiveError('damaged', 'it is truncated');
    done += bytesRead;
  }
}

function differs(name: string): ArchiveError {
  return new ArchiveError('damaged', `its part “${name}” does not match its checksum`);
}

function foreign(message: string): ArchiveError {
  return new ArchiveError('foreign', message);
}

function isDiskError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

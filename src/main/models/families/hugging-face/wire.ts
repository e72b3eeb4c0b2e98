/**
 * The fields of a protobuf message in a file, found without reading the large ones. https://protobuf.dev/programming-guides/encoding/
 */
import { open, type FileHandle } from 'node:fs/promises';
import { requireRegularFile } from '../../../files/regular-file.ts';

const WINDOW_BYTES = 1 << 18;
/** Deeper than this and larger, no field that is looked into lies. */
const MAX_BODY_BYTES = 1 << 20;

export interface Range {
  start: number;
  /** One behind the last byte. */
  end: number;
}

export interface Field extends Range {
  number: number;
  /** Of a field with a length: its content. null for plain numbers. */
  body: Range | null;
  /** Of a plain number, null for all others and beyond 2⁵³. */
  value: number | null;
}

/** The bytes are not a message, or end within one. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export class WireFile {
  readonly size: number;
  readonly #file: FileHandle;
  readonly #window = Buffer.allocUnsafe(WINDOW_BYTES);
  #windowStart = 0;
  #windowEnd = 0;

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  static async open(path: string): Promise<WireFile> {
    await requireRegularFile(path);
    const file = await open(path, 'r');
    return new WireFile(file, (await file.stat()).size);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** @param within a message @yields its fields in order @throws WireError */
  async *fields(within: Range): AsyncGenerator<Field, void, undefined> {
    for (let at = within.start; at < within.end;) {
      const start = at;
      const key = await this.#varint(at, within.end);
      at = key.end;
      const number = Math.floor(key.value / 8);
      const kind = key.value % 8;
      let body: Range | null = null;
      let value: number | null = null;
      if (kind === 0) {
        const plain = await this.#varint(at, within.end);
        at = plain.end;
        value = Number.isSafeInteger(plain.value) ? plain.value : null;
      } else if (kind === 2) {
        const length = await this.#varint(at, within.end);
        body = { start: length.end, end: length.end + length.value };
        at = body.end;
      } else if (kind === 1 || kind === 5) at += kind === 1 ? 8 : 4;
      else throw new WireError(`a field of kind ${kind}`);
      if (number === 0 || at > within.end) throw new WireError('a field that exceeds its message');
      yield { start, end: at, number, body, value };
    }
  }

  /** @throws WireError for more than a description can have */
  async read({ start, end }: Range): Promise<Buffer> {
    if (end - start > MAX_BODY_BYTES) throw new WireError(`a description of ${end - start} bytes`);
    const bytes = Buffer.allocUnsafe(end - start);
    await this.#readFully(bytes, start);
    return bytes;
  }

  /** @param chunk filled from `start` on, completely */
  readInto(chunk: Buffer, start: number): Promise<void> {
    return this.#readFully(chunk, start);
  }

  async text(body: Range): Promise<string> {
    return (await this.read(body)).toString('utf8');
  }

  async #varint(at: number, end: number): Promise<{ value: number; end: number }> {
    let value = 0;
    for (let i = 0; i < 10 && at + i < end; i++) {
      const byte = await this.#byte(at + i);
      value += (byte & 0x7f) * 2 ** (7 * i); // beyond 2⁵³ not exact, and then nobody asks for it
      if (byte < 0x80) return { value, end: at + i + 1 };
    }
    throw new WireError('an unterminated number');
  }

  async #byte(at: number): Promise<number> {
    if (at < this.#windowStart || at >= this.#windowEnd) {
      const length = Math.min(WINDOW_BYTES, this.size - at);
      await this.#readFully(this.#window.subarray(0, length), at);
      this.#windowStart = at;
      this.#windowEnd = at + length;
    }
    return this.#window[at - this.#windowStart]!;
  }

  async #readFully(target: Buffer, position: number): Promise<void> {
    for (let done = 0; done < target.length;) {
      const { bytesRead } = await this.#file.read(target, done, target.length - done, position + done);
      if (bytesRead === 0) throw new WireError('a truncated field');
      done += bytesRead;
    }
  }
}

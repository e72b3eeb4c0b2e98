/** Writes zips of stored entries as PyTorch does, straight to the disk; and the broken ones that tests need. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

/** PyTorch begins every record at a multiple of this. */
const ALIGNMENT = 64;

export interface ZipOptions {
  /** Sizes and offsets are written in the form for files beyond 4 GiB. */
  zip64?: boolean;
  /** Entries are compressed. */
  deflate?: boolean;
  /** What the directory claims of every entry. */
  claim?: (entry: { name: string; size: number }) => { size: number };
}

interface Written {
  name: Buffer;
  crc: number;
  size: number;
  packed: number;
  offset: number;
}

export class ZipWriter {
  readonly #file: number;
  readonly #options: ZipOptions;
  readonly #entries: Written[] = [];
  #at = 0;

  constructor(path: string, options: ZipOptions = {}) {
    this.#file = openSync(path, 'w');
    this.#options = options;
  }

  add(name: string, content: Uint8Array): void {
    const data = this.#options.deflate ? deflateRawSync(content) : content;
    const entry = { name: Buffer.from(name), crc: crc32(content), size: content.length, packed: data.length, offset: this.#at }; // prettier-ignore
    const bare = 30 + entry.name.length + 4;
    const padding = -(this.#at + bare) & (ALIGNMENT - 1);
    const header = Buffer.alloc(bare + padding);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(this.#options.deflate ? 8 : 0, 8);
    header.writeUInt32LE(entry.crc, 14);
    header.writeUInt32LE(entry.packed, 18);
    header.writeUInt32LE(entry.size, 22);
    header.writeUInt16LE(entry.name.length, 26);
    header.writeUInt16LE(4 + padding, 28);
    entry.name.copy(header, 30);
    header.writeUInt16LE(0x4246, 30 + entry.name.length); // an extra field that only fills up
    header.writeUInt16LE(padding, 32 + entry.name.length);
    this.#write(header);
    this.#write(data);
    this.#entries.push(entry);
  }

  finish(): void {
    const start = this.#at;
    for (const entry of this.#entries) this.#directoryEntry(entry);
    const size = this.#at - start;
    const count = this.#entries.length;
    if (this.#options.zip64) this.#zip64End(start, size, count);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(this.#options.zip64 ? 0xffff : count, 8);
    end.writeUInt16LE(this.#options.zip64 ? 0xffff : count, 10);
    end.writeUInt32LE(this.#options.zip64 ? 0xffffffff : size, 12);
    end.writeUInt32LE(this.#options.zip64 ? 0xffffffff : start, 16);
    this.#write(end);
    closeSync(this.#file);
  }

  #directoryEntry({ name, crc, size, packed, offset }: Written): void {
    const { zip64 = false, deflate = false, claim } = this.#options;
    const claimed = claim?.({ name: name.toString(), size }).size ?? size;
    const header = Buffer.alloc(46 + name.length + (zip64 ? 28 : 0));
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt16LE(deflate ? 8 : 0, 10);
    header.writeUInt32LE(crc, 16);
    header.writeUInt32LE(zip64 ? 0xffffffff : deflate ? packed : claimed, 20);
    header.writeUInt32LE(zip64 ? 0xffffffff : claimed, 24);
    header.writeUInt16LE(name.length, 28);
    header.writeUInt16LE(zip64 ? 28 : 0, 30);
    header.writeUInt32LE(zip64 ? 0xffffffff : offset, 42);
    name.copy(header, 46);
    if (zip64) {
      const extra = 46 + name.length;
      header.writeUInt16LE(0x0001, extra);
      header.writeUInt16LE(24, extra + 2);
      header.writeBigUInt64LE(BigInt(claimed), extra + 4);
      header.writeBigUInt64LE(BigInt(packed), extra + 12);
      header.writeBigUInt64LE(BigInt(offset), extra + 20);
    }
    this.#write(header);
  }

  #zip64End(start: number, size: number, count: number): void {
    const record = Buffer.alloc(56 + 20);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(44n, 4);
    record.writeBigUInt64LE(BigInt(count), 24);
    record.writeBigUInt64LE(BigInt(count), 32);
    record.writeBigUInt64LE(BigInt(size), 40);
    record.writeBigUInt64LE(BigInt(start), 48);
    record.writeUInt32LE(0x07064b50, 56);
    record.writeBigUInt64LE(BigInt(this.#at), 64);
    record.writeUInt32LE(1, 72);
    this.#write(record);
  }

  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    this.#at += bytes.length;
  }
}

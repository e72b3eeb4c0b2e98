/**
 * WAV files of pieces: any PCM, integer or float, any number of channels, with chunks about them in front of the
 * samples; RF64 beyond 4 GiB (EBU Tech 3306). Formats: Microsoft, WAVEFORMATEX and WAVEFORMATEXTENSIBLE.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { Plane } from '../audio-source.ts';
import { integerSample } from '../sample-formats.ts';
import type { DecodeDeps } from '../decode-file.ts';
import { carriedChunks, type CarriedChunk } from './carried.ts';
import { part, pcmKind, type PcmKind, type Piece, type WrittenPart } from './part.ts';

interface PcmLayout {
  kind: PcmKind;
  /** Hz */
  sampleRate: number;
  channels: number;
  /** Which speakers, as FFmpeg's AV_CH_* bits, which are Microsoft's; 0: not said. */
  channelMask: bigint;
}

const BYTES: Record<PcmKind, number> = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 };
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** What follows the format in a GUID of KSDATAFORMAT_SUBTYPE_PCM and its like. */
const SUBTYPE_REST = Buffer.from('000000001000800000aa00389b71', 'hex');
const UNKNOWN = 0xffff_ffff;
/** RIFF size, size of the data and samples as 64 bits each, and an empty table. */
const DS64_BYTES = 28;

/**
 * Bit depth, rate and channels of the source; of lossy ones the floating point that comes out of the decoder.
 * @throws errors of the disk
 */
export async function writeWav({ file, source, origin, piecePath }: Piece, deps: DecodeDeps): Promise<WrittenPart> {
  const { sampleRate, channels, channelMask } = source.facts;
  const layout = { kind: pcmKind(source), sampleRate, channels, channelMask };
  const wav = await WavFile.create(piecePath, layout, await carriedChunks(file, origin, coding(layout)));
  let written = 0;
  try {
    for await (const block of part(source, origin.startSample, origin.endSample, deps)) {
      await wav.write(block.channels, block.numberOfSamples);
      written += block.numberOfSamples;
    }
    await wav.finish();
  } finally {
    await wav.close();
  }
  return { samples: written, isClipped: false };
}

/** As EBU R 98 has it. */
function coding({ kind, sampleRate, channels }: PcmLayout): string {
  const mode = { 1: ',M=mono', 2: ',M=stereo' }[channels] ?? '';
  return `PCM,F=${sampleRate},W=${8 * BYTES[kind]}${mode}`;
}

class WavFile {
  readonly #file: FileHandle;
  readonly #layout: PcmLayout;
  readonly #header: Buffer;
  #dataBytes = 0;
  #buffer = Buffer.alloc(0);

  /** @param path overwritten, its rights stay */
  static async create(path: string, layout: PcmLayout, chunks: readonly CarriedChunk[]): Promise<WavFile> {
    const wav = new WavFile(await open(path, 'w'), layout, chunks);
    await wav.#write(wav.#header, 0);
    return wav;
  }

  private constructor(file: FileHandle, layout: PcmLayout, chunks: readonly CarriedChunk[]) {
    this.#file = file;
    this.#layout = layout;
    this.#header = Buffer.concat([
      Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'),
      // Becomes ds64 when the piece turns out longer than 4 GiB.
      chunk('JUNK', Buffer.alloc(DS64_BYTES)),
      ...chunks.map(({ id, content }) => chunk(id, content)),
      chunk('fmt ', format(layout)),
      // Of other than integers: the samples of a channel.
      ...(isFloat(layout.kind) ? [chunk('fact', Buffer.alloc(4))] : []),
      Buffer.from('data\0\0\0\0', 'latin1'),
    ]);
  }

  async write(channels: readonly Plane[], numberOfSamples: number): Promise<void> {
    const { kind } = this.#layout;
    const bytes = numberOfSamples * channels.length * BYTES[kind];
    if (this.#buffer.length < bytes) this.#buffer = Buffer.alloc(bytes);
    interleave(channels, numberOfSamples, kind, this.#buffer);
    await this.#write(this.#buffer.subarray(0, bytes), this.#header.length + this.#dataBytes);
    this.#dataBytes += bytes;
  }

  /** Writes the sizes, and all of it to the disk. */
  async finish(): Promise<void> {
    const header = this.#header;
    const samples = this.#dataBytes / (this.#layout.channels * BYTES[this.#layout.kind]);
    if (isFloat(this.#layout.kind)) header.writeUInt32LE(Math.min(samples, UNKNOWN), header.length - 12);
    const padding = this.#dataBytes % 2;
    const riffBytes = header.length + this.#dataBytes + padding - 8;
    if (padding > 0) await this.#write(Buffer.alloc(1), header.length + this.#dataBytes);
    if (riffBytes < UNKNOWN) {
      header.writeUInt32LE(riffBytes, 4);
      header.writeUInt32LE(this.#dataBytes, header.length - 4);
    } else {
      header.write('RF64', 0, 'latin1');
      header.writeUInt32LE(UNKNOWN, 4);
      header.write('ds64', 12, 'latin1');
      header.writeBigUInt64LE(BigInt(riffBytes), 20);
      header.writeBigUInt64LE(BigInt(this.#dataBytes), 28);
      header.writeBigUInt64LE(BigInt(samples), 36);
      header.writeUInt32LE(UNKNOWN, header.length - 4);
    }
    await this.#write(header, 0);
    await this.#file.sync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #write(bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      done += (await this.#file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  }
}

function isFloat(kind: PcmKind): boolean {
  return kind === 'f32' || kind === 'f64';
}

function chunk(id: string, content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 0, 'latin1');
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}

/** More than two channels, or a layout other than mono and stereo, need the longer form to say which is which. */
function format({ kind, sampleRate, channels, channelMask }: PcmLayout): Buffer {
  const tag = isFloat(kind) ? FLOAT : PCM;
  const mask = Number(channelMask & 0xffff_ffffn);
  const usual = channels === 1 ? 0x4 : 0x3;
  const isPlain = channels <= 2 && (mask === 0 || mask === usual);
  const fmt = Buffer.alloc(isPlain ? (tag === PCM ? 16 : 18) : 40);
  fmt.writeUInt16LE(isPlain ? tag : EXTENSIBLE, 0);
  fmt.writeUInt16LE(channels, 2);
  fmt.writeUInt32LE(sampleRate, 4);
  fmt.writeUInt32LE(sampleRate * channels * BYTES[kind], 8);
  fmt.writeUInt16LE(channels * BYTES[kind], 12);
  fmt.writeUInt16LE(BYTES[kind] * 8, 14);
  if (isPlain) return fmt;
  fmt.writeUInt16LE(22, 16);
  fmt.writeUInt16LE(BYTES[kind] * 8, 18);
  fmt.writeUInt32LE(mask, 20);
  fmt.writeUInt16LE(tag, 24);
  SUBTYPE_REST.copy(fmt, 26);
  return fmt;
}

function interleave(channels: readonly Plane[], count: number, kind: PcmKind, to: Buffer): void {
  const step = BYTES[kind];
  const stride = channels.length * step;
  for (const [c, plane] of channels.entries()) {
    let at = c * step;
    for (let i = 0; i < count; i++, at += stride) {
      const value = plane[i]!;
      if (kind === 's16') to.writeInt16LE(integerSample(value, 16), at);
      else if (kind === 's24') to.writeIntLE(integerSample(value, 24), at, 3);
      else if (kind === 's32') to.writeInt32LE(integerSample(value, 32), at);
      else if (kind === 'u8') to.writeUInt8(integerSample(value, 8) + 128, at);
      else if (kind === 'f32') to.writeFloatLE(value, at);
      else to.writeDoubleLE(value, at);
    }
  }
}

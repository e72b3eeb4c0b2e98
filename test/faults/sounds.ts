/** Sound files made on the spot, good and bad ones. Nothing recorded, nothing kept. */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export type SampleFormat = 'u8' | 's16' | 'f32';

export interface WavOptions {
  /** Hz @default 8000 */
  sampleRate?: number;
  /** @default 's16' */
  format?: SampleFormat;
  /** LIST/INFO fields, written after the samples as most programs do. */
  info?: Record<string, string>;
}

const BYTES: Record<SampleFormat, number> = { u8: 1, s16: 2, f32: 4 };
const MASK_5_1 = 0x3f;

/** @returns Float32Array[seconds · sampleRate], a sine with a short fade at both ends, −0.5..0.5 */
export function tone(hertz: number, seconds: number, sampleRate = 8000): Float32Array {
  const length = Math.round(seconds * sampleRate);
  const fade = Math.min(length / 4, 0.01 * sampleRate);
  return Float32Array.from({ length }, (_, n) => {
    const gain = Math.min(1, (n + 1) / fade, (length - n) / fade);
    return 0.5 * gain * Math.sin((2 * Math.PI * hertz * n) / sampleRate);
  });
}

/** @param channels one Float32Array a channel, equally long, −1..1 */
export function wav(channels: Float32Array[], { sampleRate = 8000, format = 's16', info }: WavOptions = {}): Buffer {
  const numberOfSamples = channels[0]!.length;
  const data = Buffer.alloc(numberOfSamples * channels.length * BYTES[format]);
  for (let n = 0, at = 0; n < numberOfSamples; n++) {
    for (const channel of channels) {
      const value = channel[n]!;
      if (format === 's16') data.writeInt16LE(Math.round(value * 32767), at);
      else if (format === 'f32') data.writeFloatLE(value, at);
      else data.writeUInt8(Math.round(value * 127) + 128, at);
      at += BYTES[format];
    }
  }
  const tail = info ? listChunk(info) : Buffer.alloc(0);
  const head = wavHeader({ sampleRate, channels: channels.length, format }, data.length, tail.length);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2), tail]);
}

/** Writes a file and the folders above it. */
export function put(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/**
 * A long mono file of 8-bit samples that takes no room on the disk: its samples are a hole. A hole reads as zeros,
 * which in 8 bits is the lowest level, not silence, so every window of it is embedded.
 */
export function putLong(path: string, seconds: number, sampleRate = 8000): void {
  mkdirSync(dirname(path), { recursive: true });
  const bytes = Math.round(seconds * sampleRate);
  const head = wavHeader({ sampleRate, channels: 1, format: 'u8' }, bytes, 0);
  const file = openSync(path, 'w');
  writeSync(file, head);
  ftruncateSync(file, head.length + bytes);
  closeSync(file);
}

/** Forty bytes in the middle of a file become others. */
export function overwriteMiddle(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0x5a, Math.round(bytes.length * 0.5), Math.round(bytes.length * 0.5) + 40);
  writeFileSync(path, bytes);
}

function wavHeader(
  { sampleRate, channels, format }: { sampleRate: number; channels: number; format: SampleFormat },
  dataBytes: number,
  tailBytes: number,
): Buffer {
  const extensible = channels > 2;
  const formatBytes = extensible ? 40 : 16;
  const tag = format === 'f32' ? 3 : 1;
  const head = Buffer.alloc(28 + formatBytes);
  const frameBytes = channels * BYTES[format];
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(20 + formatBytes + dataBytes + (dataBytes % 2) + tailBytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(formatBytes, 16);
  head.writeUInt16LE(extensible ? 0xfffe : tag, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * frameBytes, 28);
  head.writeUInt16LE(frameBytes, 32);
  head.writeUInt16LE(8 * BYTES[format], 34);
  if (extensible) {
    head.writeUInt16LE(22, 36);
    head.writeUInt16LE(8 * BYTES[format], 38);
    head.writeUInt32LE(MASK_5_1, 40);
    head.writeUInt16LE(tag, 44);
    Buffer.from('000000001000800000aa00389b71', 'hex').copy(head, 46);
  }
  head.write('data', 20 + formatBytes, 'latin1');
  head.writeUInt32LE(dataBytes, 24 + formatBytes);
  return head;
}

function listChunk(info: Record<string, string>): Buffer {
  const fields = Object.entries(info).map(([id, text]) => {
    const value = Buffer.from(`${text}\0`, 'utf8');
    const head = Buffer.alloc(8);
    head.write(id, 0, 'latin1');
    head.writeUInt32LE(value.length, 4);
    return Buffer.concat([head, value, Buffer.alloc(value.length % 2)]);
  });
  const body = Buffer.concat([Buffer.from('INFO', 'latin1'), ...fields]);
  const head = Buffer.alloc(8);
  head.write('LIST', 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

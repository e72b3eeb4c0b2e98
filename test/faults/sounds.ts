/** Sound files made on the spot, good and bad ones. Nothing recorded, nothing kept. */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { riffChunk, wavFile, wavHead, type SampleFormat } from '../kit/wav.ts';

export interface WavOptions {
  /** Hz @default 8000 */
  sampleRate?: number;
  /** @default 's16' */
  format?: SampleFormat;
  /** LIST/INFO fields, written after the samples as most programs do. */
  info?: Record<string, string>;
}

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
  const after = info ? [{ id: 'LIST', content: infoList(info) }] : [];
  return wavFile(channels, { sampleRate, format, extensible: channels.length > 2, after });
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
  const head = wavHead(1, bytes, { sampleRate, format: 'u8' });
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

/** The content of a `LIST` chunk. */
function infoList(info: Record<string, string>): Buffer {
  const fields = Object.entries(info).map(([id, text]) => riffChunk(id, Buffer.from(`${text}\0`, 'utf8')));
  return Buffer.concat([Buffer.from('INFO', 'latin1'), ...fields]);
}

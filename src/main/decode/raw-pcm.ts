/**
 * PCM whose container does not say how long it is, in the ways that FFmpeg takes for damage: Sony Wave64 and AIFF with a
 * placeholder, RF64 with a ds64 of all ones. From where the samples begin to the end of the file is sound, as in a WAVE
 * of that kind.
 */
import type { ByteReader } from '../files/byte-reader.ts';
import { isChunkId } from './chunk-walk.ts';
import { ds64IsNegative, isUnknownLength, readChunks } from './riff.ts';
import { wave64Chunk } from './wave64.ts';

export interface RawPcm {
  /** FFmpeg's name of the demuxer: `s24le`. */
  demuxer: string;
  /** Of the first sample, in the file. */
  from: number;
  /** Hz */
  sampleRate: number;
  channels: number;
}

type Coding = Pick<RawPcm, 'sampleRate' | 'channels'> & { coding: string };

/**
 * @param file from where the format begins
 * @returns null where the container says how long its sound is, or FFmpeg reads it to the end all the same; `pcm` is null
 *   where what is in it is no plain PCM
 */
export async function unmeasuredSound(
  file: ByteReader,
  format: 'w64' | 'aiff' | 'rf64',
): Promise<{ pcm: RawPcm | null } | null> {
  if (format === 'w64') return inWave64(file);
  const { chunks } = await readChunks(file);
  const content = async (id: string) => {
    const chunk = chunks.find((each) => each.id === id);
    return chunk ? file.read(chunk.position, Math.min(chunk.bytes, 64)) : Buffer.alloc(0);
  };
  const sound = chunks.find(({ id }) => id === (format === 'aiff' ? 'SSND' : 'data'));
  if (!sound) return null;
  if (format === 'rf64') {
    return ds64IsNegative(await content('ds64')) ? { pcm: raw(ofWave(await content('fmt ')), sound.position) } : null;
  }
  if (!isOpen(file, sound)) return null;
  const offset = await file.read(sound.position, SSND_HEADER_BYTES);
  // Where another chunk follows at once, there is really nothing in it.
  if (offset.length < SSND_HEADER_BYTES || isChunkId(offset.toString('latin1', 0, 4))) return null;
  const from = sound.position + SSND_HEADER_BYTES + offset.readUInt32BE(0);
  return from < file.size ? { pcm: raw(ofAiff(await content('COMM')), from) } : null;
}

/** Of the content of `SSND`: where the first sample begins, and the size of blocks. */
const SSND_HEADER_BYTES = 8;

async function inWave64(file: ByteReader): Promise<{ pcm: RawPcm | null } | null> {
  const data = await wave64Chunk(file, 'data');
  const fmt = await wave64Chunk(file, 'fmt ');
  if (!data || !fmt || !isOpen(file, data) || data.position >= file.size) return null;
  return { pcm: raw(ofWave(await file.read(fmt.position, 40)), data.position) };
}

function isOpen(file: ByteReader, { position, bytes }: { position: number; bytes: number }): boolean {
  return isUnknownLength(Math.max(0, bytes)) && (bytes <= 0 || position + bytes > file.size);
}

function raw(coding: Coding | null, from: number): RawPcm | null {
  if (!coding || coding.channels < 1 || coding.sampleRate < 1) return null;
  const { coding: demuxer, sampleRate, channels } = coding;
  return { demuxer, from, sampleRate, channels };
}

const EXTENSIBLE = 0xfffe;

/** @param fmt content of the chunk (Microsoft, WAVEFORMATEXTENSIBLE) */
function ofWave(fmt: Buffer): Coding | null {
  if (fmt.length < 16) return null;
  const tag = fmt.readUInt16LE(0);
  const kind = tag === EXTENSIBLE && fmt.length >= 26 ? fmt.readUInt16LE(24) : tag;
  const bits = fmt.readUInt16LE(14);
  const coding = { 1: PCM[bits], 3: FLOAT[bits] }[kind];
  if (coding === undefined) return null;
  const name = coding === 'u8' ? coding : `${coding}le`;
  return { coding: name, channels: fmt.readUInt16LE(2), sampleRate: fmt.readUInt32LE(4) };
}

const PCM: Readonly<Record<number, string>> = { 8: 'u8', 16: 's16', 24: 's24', 32: 's32' };
const FLOAT: Readonly<Record<number, string>> = { 32: 'f32', 64: 'f64' };
/** Compression types of AIFF-C that are none. */
const AIFC: Readonly<Record<string, string>> = {
  sowt: 's16le', fl32: 'f32be', FL32: 'f32be', fl64: 'f64be', FL64: 'f64be', ulaw: 'mulaw', ULAW: 'mulaw', alaw: 'alaw', ALAW: 'alaw',
}; // prettier-ignore

/** @param common content of `COMM`: channels, frames, bits, the rate as an 80-bit float; of AIFF-C a compression type */
function ofAiff(common: Buffer): Coding | null {
  if (common.length < 18) return null;
  const type = common.length >= 22 ? common.toString('latin1', 18, 22) : 'NONE';
  const bits = Math.ceil(common.readUInt16BE(6) / 8) * 8;
  const plain = bits === 8 ? 's8' : PCM[bits] === undefined ? undefined : `${PCM[bits]}be`;
  const coding = type === 'NONE' || type === 'twos' ? plain : AIFC[type];
  if (coding === undefined) return null;
  const exponent = (common.readUInt16BE(8) & 0x7fff) - 16_383 - 63;
  const sampleRate = Math.round(Number(common.readBigUInt64BE(10)) * 2 ** exponent);
  return { coding, channels: common.readUInt16BE(0), sampleRate };
}

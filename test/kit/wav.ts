/**
 * The WAV files of tests, byte by byte.
 * @see https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
 */

export type SampleFormat = 'u8' | 's16' | 's24' | 'f32' | 'f64';

export interface Chunk {
  /** Four characters. */
  id: string;
  content: Buffer;
}

export interface WavOptions {
  /** Hz */
  sampleRate: number;
  /** @default 's16' */
  format?: SampleFormat;
  /** WAVE_FORMAT_EXTENSIBLE with the speakers of 5.1, as programs write more than two channels. @default false */
  extensible?: boolean;
  /** Chunks between `fmt ` and `data`, and behind `data`. */
  before?: Chunk[];
  after?: Chunk[];
}

const BYTES: Record<SampleFormat, number> = { u8: 1, s16: 2, s24: 3, f32: 4, f64: 8 };
const SPEAKERS_5_1 = 0x3f;

/** @param channels one Float32Array a channel, equally long, −1..1 */
export function wavFile(channels: readonly Float32Array[], options: WavOptions): Buffer {
  const { format = 's16', before = [], after = [] } = options;
  const chunks = [
    { id: 'fmt ', content: formatOf(channels.length, options) },
    ...before,
    { id: 'data', content: samplesOf(channels, format) },
    ...after,
  ];
  const body = chunks.map(({ id, content }) => riffChunk(id, content));
  return riffChunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...body]));
}

/** All of a file up to its samples, of which there are to be so many bytes. */
export function wavHead(channels: number, dataBytes: number, options: WavOptions): Buffer {
  const head = Buffer.concat([
    Buffer.from('RIFF....WAVE', 'latin1'),
    riffChunk('fmt ', formatOf(channels, options)),
    Buffer.from('data....', 'latin1'),
  ]);
  head.writeUInt32LE(head.length - 8 + dataBytes + (dataBytes % 2), 4);
  head.writeUInt32LE(dataBytes, head.length - 4);
  return head;
}

/** A chunk with its header and, after an odd length, its padding byte; `bigEndian` as in AIFF and RIFX. */
export function riffChunk(id: string, content: Uint8Array, bigEndian = false): Buffer {
  const size = Buffer.alloc(4);
  if (bigEndian) size.writeUInt32BE(content.length);
  else size.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from(id, 'latin1'), size, content, Buffer.alloc(content.length % 2)]);
}

/** The content of `fmt `. */
function formatOf(channels: number, { sampleRate, format = 's16', extensible = false }: WavOptions): Buffer {
  const content = Buffer.alloc(extensible ? 40 : 16);
  const tag = format.startsWith('f') ? 3 : 1;
  const frameBytes = channels * BYTES[format];
  content.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  content.writeUInt16LE(channels, 2);
  content.writeUInt32LE(sampleRate, 4);
  content.writeUInt32LE(sampleRate * frameBytes, 8);
  content.writeUInt16LE(frameBytes, 12);
  content.writeUInt16LE(8 * BYTES[format], 14);
  if (extensible) {
    content.writeUInt16LE(22, 16);
    content.writeUInt16LE(8 * BYTES[format], 18);
    content.writeUInt32LE(SPEAKERS_5_1, 20);
    content.writeUInt16LE(tag, 24);
    Buffer.from('000000001000800000aa00389b71', 'hex').copy(content, 26);
  }
  return content;
}

/** Frame by frame. */
function samplesOf(channels: readonly Float32Array[], format: SampleFormat): Buffer {
  const length = channels[0]!.length;
  const data = Buffer.alloc(length * channels.length * BYTES[format]);
  let at = 0;
  for (let frame = 0; frame < length; frame++) {
    for (const channel of channels) {
      const x = channel[frame]!;
      if (format === 'u8') data.writeUInt8(Math.round(x * 127) + 128, at);
      else if (format === 's16') data.writeInt16LE(Math.round(x * 32_767), at);
      else if (format === 's24') data.writeIntLE(Math.round(x * 8_388_607), at, 3);
      else if (format === 'f32') data.writeFloatLE(x, at);
      else data.writeDoubleLE(x, at);
      at += BYTES[format];
    }
  }
  return data;
}

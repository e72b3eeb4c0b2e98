/** The 44 bytes before the samples of a plain PCM WAV. Spec: Microsoft/IBM "Multimedia Programming Interface", RIFF WAVE. */

export interface WavLayout {
  /** Hz */
  sampleRate: number;
  channels: 1 | 2;
  bitsPerSample: 16 | 24;
}

export const WAV_HEADER_BYTES = 44;
/** What a RIFF size field can say, without the header and a byte to make it even. */
export const MAX_WAV_DATA_BYTES = 0xffff_ffff - WAV_HEADER_BYTES;

const PCM = 1;

/** Bytes of one sample of all channels. */
export function bytesPerFrame({ channels, bitsPerSample }: WavLayout): number {
  return channels * (bitsPerSample / 8);
}

/** Bytes of a whole file, the padding byte after an odd length included. */
export function wavBytes(layout: WavLayout, numberOfSamples: number): number {
  const data = numberOfSamples * bytesPerFrame(layout);
  return WAV_HEADER_BYTES + data + (data % 2);
}

/**
 * @param numberOfSamples per channel
 * @throws RangeError when the samples do not fit into a RIFF file (4 GiB)
 */
export function wavHeader(layout: WavLayout, numberOfSamples: number): Buffer {
  const dataBytes = numberOfSamples * bytesPerFrame(layout);
  if (dataBytes > MAX_WAV_DATA_BYTES) throw new RangeError(`${dataBytes} bytes of samples do not fit in a WAV file`);
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(wavBytes(layout, numberOfSamples) - 8, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(layout.channels, 22);
  header.writeUInt32LE(layout.sampleRate, 24);
  header.writeUInt32LE(layout.sampleRate * bytesPerFrame(layout), 28);
  header.writeUInt16LE(bytesPerFrame(layout), 32);
  header.writeUInt16LE(layout.bitsPerSample, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/**
 * Reads back what {@link wavHeader} wrote.
 * @returns bytes of the whole file by its header; null when these are not such bytes, or the length is not known yet
 */
export function declaredWavBytes(header: Buffer): number | null {
  const isOurs =
    header.length >= WAV_HEADER_BYTES &&
    header.toString('latin1', 0, 4) === 'RIFF' &&
    header.toString('latin1', 36, 40) === 'data';
  if (!isOurs || header.readUInt32LE(40) === 0) return null;
  return header.readUInt32LE(4) + 8;
}

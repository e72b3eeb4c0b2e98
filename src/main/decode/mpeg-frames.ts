/**
 * Headers of MPEG audio frames (ISO/IEC 11172-3 §2.4.2.3 and 13818-3) and of ADTS (ISO/IEC 13818-7 §6.2): enough to
 * know a stream by a chain of frames. One sync word alone proves nothing.
 */

export interface FrameHeader {
  /** Of the whole frame, header included. */
  bytes: number;
  /** What all frames of one stream have in common. */
  kind: string;
}

/** kbit/s by [MPEG-1 layer I, II, III, MPEG-2 layer I, II and III]; index 0 (free format) and 15 are not accepted. */
const BITRATES = [
  [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const MPEG1_RATES = [44_100, 48_000, 32_000] as const;

/** @returns null when the four bytes at `at` are no header of an MPEG audio frame */
export function mpegHeader(bytes: Buffer, at: number): FrameHeader | null {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1]! >> 3) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const layer = 4 - ((bytes[at + 1]! >> 1) & 3); // 4 is reserved (and is ADTS)
  const rate = MPEG1_RATES[(bytes[at + 2]! >> 2) & 3];
  const table = version === 3 ? layer - 1 : layer === 1 ? 3 : 4;
  const kbits = BITRATES[table]?.[(bytes[at + 2]! >> 4) - 1];
  if (version === 1 || layer === 4 || rate === undefined || kbits === undefined) return null;
  const sampleRate = rate / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const padding = (bytes[at + 2]! >> 1) & 1;
  const slots = layer === 1 ? 12 : layer === 3 && version !== 3 ? 72 : 144;
  const length = (Math.floor((slots * kbits * 1000) / sampleRate) + padding) * (layer === 1 ? 4 : 1);
  return { bytes: length, kind: `${version}/${layer}/${rate}` };
}

/** @returns null when the seven bytes at `at` are no ADTS header */
export function adtsHeader(bytes: Buffer, at: number): FrameHeader | null {
  if (at + 7 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return null;
  const rateIndex = (bytes[at + 2]! >> 2) & 15;
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  if (rateIndex > 12 || length < 7) return null;
  return { bytes: length, kind: `${bytes[at + 1]! & 8}/${rateIndex}` };
}

/**
 * Looks for three frames in a row, or for whole frames up to the end of the file when it holds fewer.
 * @param atEnd whether `bytes` reaches to the end of the file
 * @returns where the first of them begins, or −1
 */
export function findFrames(
  bytes: Buffer,
  atEnd: boolean,
  header: (bytes: Buffer, at: number) => FrameHeader | null,
): number {
  for (let start = bytes.indexOf(0xff); start >= 0; start = bytes.indexOf(0xff, start + 1)) {
    const first = header(bytes, start);
    if (!first) continue;
    let next = start + first.bytes;
    let frames = next <= bytes.length ? 1 : 0;
    while (frames < 3) {
      const following = header(bytes, next);
      if (following?.kind !== first.kind || next + following.bytes > bytes.length) break;
      next += following.bytes;
      frames++;
    }
    if (frames === 3 || (frames > 0 && atEnd && start === 0 && next >= bytes.length - 128)) return start;
  }
  return -1;
}

/**
 * Whether an MPEG layer III stream says how many frames it has (Xing, Info or VBRI in its first frame). Without that,
 * a container's duration is a guess from the first bit rate.
 */
export function declaresFrames(bytes: Buffer, start: number): boolean {
  const mpeg1 = (((bytes[start + 1] ?? 0) >> 3) & 3) === 3;
  const mono = (bytes[start + 3] ?? 0) >> 6 === 3;
  const xing = start + 4 + (mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17);
  const id = bytes.toString('latin1', xing, xing + 4);
  if (id === 'Xing' || id === 'Info') return xing + 8 <= bytes.length && (bytes[xing + 7]! & 1) === 1;
  return bytes.toString('latin1', start + 36, start + 40) === 'VBRI';
}

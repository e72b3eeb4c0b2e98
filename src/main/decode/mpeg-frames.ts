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

/** kbit/s by [MPEG-1 layer II, layer III, MPEG-2 layers II and III]; index 0 (free format) and 15 are not accepted. */
const BITRATES = [
  [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const MPEG1_RATES = [44_100, 48_000, 32_000] as const;
const MPEG1 = 3;
const RESERVED_EMPHASIS = 2;
/** Frames in a row that make a stream; more behind other bytes, where only chance may have put them. */
const FRAMES_AT_START = 3;
const FRAMES_INSIDE = 6;
/** Appended tags (ID3v1) may follow the last frame. */
const ID3V1_BYTES = 128;

/**
 * Layers II and III. Layer I is left out: nobody has such files, while tables of small negative numbers, which are all
 * over programs, look just like it.
 * @returns null when the four bytes at `at` are no header of an MPEG audio frame
 */
export function mpegHeader(bytes: Buffer, at: number): FrameHeader | null {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1]! >> 3) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5, 1: reserved
  const layer = 4 - ((bytes[at + 1]! >> 1) & 3); // 4 is reserved (and is ADTS)
  if (version === 1 || (layer !== 2 && layer !== 3) || (bytes[at + 3]! & 3) === RESERVED_EMPHASIS) return null;
  const rate = MPEG1_RATES[(bytes[at + 2]! >> 2) & 3];
  const kbits = BITRATES[version === MPEG1 ? layer - 2 : 2]?.[(bytes[at + 2]! >> 4) - 1];
  if (rate === undefined || kbits === undefined) return null;
  const sampleRate = rate / (version === MPEG1 ? 1 : version === 2 ? 2 : 4);
  const padding = (bytes[at + 2]! >> 1) & 1;
  const slots = layer === 3 && version !== MPEG1 ? 72 : 144;
  return { bytes: Math.floor((slots * kbits * 1000) / sampleRate) + padding, kind: `${version}/${layer}/${rate}` };
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
 * Looks for three frames in a row at the beginning or behind zeros, six behind anything else; or, in a file that holds
 * fewer, for whole frames from its first byte to its last.
 * @param atEnd whether `bytes` reaches to the end of the file
 * @returns where the first of them begins, or −1
 */
export function findFrames(
  bytes: Buffer,
  atEnd: boolean,
  header: (bytes: Buffer, at: number) => FrameHeader | null,
): number {
  const firstNonZero = bytes.findIndex((byte) => byte !== 0);
  for (let start = bytes.indexOf(0xff); start >= 0; start = bytes.indexOf(0xff, start + 1)) {
    const needed = start <= firstNonZero ? FRAMES_AT_START : FRAMES_INSIDE;
    const chain = chainFrom(bytes, start, needed, header);
    const isWholeFile = start === 0 && atEnd && chain.frames > 0 && chain.end >= bytes.length - ID3V1_BYTES;
    if (chain.frames === needed || isWholeFile) return start;
  }
  return -1;
}

/** @returns how many whole frames of one kind follow each other from `start` on, counted up to `needed`, and where the last one ends */
function chainFrom(
  bytes: Buffer,
  start: number,
  needed: number,
  header: (bytes: Buffer, at: number) => FrameHeader | null,
): { frames: number; end: number } {
  let end = start;
  let frames = 0;
  let kind: string | null = null;
  while (frames < needed) {
    const frame = header(bytes, end);
    if (!frame || (kind !== null && frame.kind !== kind) || end + frame.bytes > bytes.length) break;
    kind = frame.kind;
    end += frame.bytes;
    frames++;
  }
  return { frames, end };
}

/** 640 kbit/s at 32 kHz, the most that decoders take of free format, is 2,880 bytes. */
const LONGEST_FREE_FRAME = 4096;
const FREE_FRAMES = 4;

/**
 * @param bytes the beginning of the sound
 * @returns whether it begins with frames that have no bit rate: they are alike, and all of one length but for a byte of
 *   padding
 */
export function isFreeFormat(bytes: Buffer): boolean {
  const first = freeFormatHeader(bytes, 0);
  if (!first) return false;
  for (let length = 24; length <= LONGEST_FREE_FRAME; length++) {
    let at = 0;
    let frames = 0;
    for (let frame; (frame = freeFormatHeader(bytes, at)) && frame.kind === first.kind; frames++) {
      at += length + frame.padding;
    }
    if (frames >= FREE_FRAMES) return true;
  }
  return false;
}

function freeFormatHeader(bytes: Buffer, at: number): { kind: string; padding: number } | null {
  if (at + 4 > bytes.length || bytes[at + 2]! >> 4 !== 0) return null;
  const header = Buffer.from(bytes.subarray(at, at + 4));
  const padding = (header[2]! >> 1) & 1;
  header[2]! |= 0x10; // the lowest bit rate, so that the rest is judged as in any other frame
  const frame = mpegHeader(header, 0);
  return frame && { kind: frame.kind, padding };
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

/**
 * The layout of an ID3v2 tag: where its frames lie, byte for byte. Sources: the ID3v2.2, 2.3 and 2.4 documents of
 * id3.org; and what programs got wrong, which is noted where it is handled.
 */
import { cannotEdit, damaged, SAVE_TAGS_AGAIN } from '../container.ts';
import { resynchronise, resynchroniseWithOffsets, syncsafe } from './unsynchronisation.ts';

export type Id3Version = 2 | 3 | 4;
export const HEADER_BYTES = 10;

const TAG_UNSYNCHRONISED = 0x80;
/** In 2.2 the same bit says that the tag is compressed, by a scheme that was never written down. */
const TAG_EXTENDED = 0x40;
const TAG_FOOTER = 0x10;

export interface Id3Frame {
  /** As it stands: three letters in 2.2, else four. */
  id: string;
  /** Position of the frame's header, from the beginning of the tag. */
  from: number;
  /** Where the next one begins. */
  to: number;
  /** What the frame says, unsynchronisation and prefixes undone; null when compressed, encrypted or too short. */
  body: Uint8Array | null;
  /** First flag byte (what to do with the frame); 0 in 2.2. */
  status: number;
  /** The group it belongs to. */
  group: number | null;
}

export interface Id3Tag {
  version: Id3Version;
  /** Whether everything is (2.2, 2.3) or all frames are (2.4) unsynchronised. */
  unsynchronised: boolean;
  /** Frame sizes of a 2.4 tag as plain integers, as an old iTunes wrote them. */
  plainSizes: boolean;
  /** The extended header, empty where there is none. */
  extended: { from: number; to: number };
  frames: Id3Frame[];
  /** Where frames end: padding, or bytes that are no frames, follow up to `end`. */
  framesEnd: number;
  /** Zeros at the end, bytes; 0 where anything else stands behind the frames. */
  padding: number;
  /** Of header and content, without a footer. */
  end: number;
  /** Whether a copy of the header follows. */
  footer: boolean;
  /** Of everything. */
  total: number;
}

/** @returns bytes of the whole tag that begins with this header, or null when it is none */
export function id3TagBytes(header: Uint8Array): number | null {
  if (header.length < HEADER_BYTES || header[0] !== 0x49 || header[1] !== 0x44 || header[2] !== 0x33) return null;
  const size = syncsafe(header, 6);
  if (size === null) return null;
  return HEADER_BYTES + size + (header[3] === 4 && (header[5]! & TAG_FOOTER) !== 0 ? HEADER_BYTES : 0);
}

/**
 * @param bytes from the beginning of the tag; more may follow
 * @throws UserError undecodable-audio, unsupported-format
 */
export function parseTag(bytes: Uint8Array): Id3Tag {
  const total = id3TagBytes(bytes);
  if (total === null || total > bytes.length)
    throw damaged('The ID3 tag is damaged (invalid length).', SAVE_TAGS_AGAIN);
  const [major, flags] = [bytes[3]!, bytes[5]!];
  if (major !== 2 && major !== 3 && major !== 4) {
    throw cannotEdit(`The ID3 tag has the unsupported version 2.${major}. ${SAVE_TAGS_AGAIN}`);
  }
  if (major === 2 && (flags & TAG_EXTENDED) !== 0) {
    throw cannotEdit('The ID3v2.2 tag is compressed. Save it as ID3v2.3 with a tag editor first.');
  }
  const footer = major === 4 && (flags & TAG_FOOTER) !== 0;
  const end = footer ? total - HEADER_BYTES : total;
  const unsynchronised = (flags & TAG_UNSYNCHRONISED) !== 0;
  const content = new Content(bytes.subarray(HEADER_BYTES, end), unsynchronised && major < 4);

  const firstFrame = major !== 2 && (flags & TAG_EXTENDED) !== 0 ? extendedBytes(content.bytes, major) : 0;
  const plainSizes = major === 4 && prefersPlainSizes(content.bytes, firstFrame);
  const frames: Id3Frame[] = [];
  let at = firstFrame;
  for (;;) {
    const header = frameHeader(content.bytes, at, major, plainSizes);
    if (!header) break;
    frames.push({
      id: header.id,
      from: content.position(at),
      to: content.position(header.end),
      ...readBody(content.bytes.subarray(header.bodyAt, header.end), header.flags, major, unsynchronised),
    });
    at = header.end;
  }
  const isPadded = content.bytes.subarray(at).every((byte) => byte === 0);
  const framesEnd = content.position(at);
  return {
    version: major,
    unsynchronised,
    plainSizes,
    extended: { from: HEADER_BYTES, to: content.position(firstFrame) },
    frames,
    framesEnd,
    padding: isPadded ? end - framesEnd : 0,
    end,
    footer,
    total,
  };
}

/**
 * Whether readers that keep to the standard lose their way in it.
 * @throws as {@link parseTag}
 */
export function isIrregularTag(bytes: Uint8Array): boolean {
  return parseTag(bytes).plainSizes;
}

/** What follows the header, resynchronised where it has to be, and where each byte of that stands in the tag. */
class Content {
  readonly bytes: Uint8Array;
  readonly #offsets: Uint32Array | null;

  constructor(raw: Uint8Array, unsynchronised: boolean) {
    const readable = unsynchronised ? resynchroniseWithOffsets(raw) : { content: raw, offsets: null };
    this.bytes = readable.content;
    this.#offsets = readable.offsets;
  }

  position(at: number): number {
    return HEADER_BYTES + (this.#offsets ? this.#offsets[at]! : at);
  }
}

function extendedBytes(content: Uint8Array, version: 3 | 4): number {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const stated = content.length < 6 ? null : version === 4 ? syncsafe(content, 0) : view.getUint32(0) + 4;
  if (stated === null || stated < 6 || stated > content.length) {
    throw damaged('The ID3 tag is damaged (invalid extended header).', SAVE_TAGS_AGAIN);
  }
  return stated;
}

interface FrameHeader {
  id: string;
  flags: number;
  bodyAt: number;
  end: number;
}

/** @returns null where no frame begins: padding, the end, or damage */
function frameHeader(content: Uint8Array, at: number, version: Id3Version, plainSizes: boolean): FrameHeader | null {
  const headerBytes = version === 2 ? 6 : 10;
  if (at + headerBytes > content.length) return null;
  const id = String.fromCharCode(...content.subarray(at, at + (version === 2 ? 3 : 4)));
  // iTunes left ids of 2.2 in tags of 2.3, filled up with a zero or a blank.
  if (!/^[A-Z][A-Z0-9]{2}[A-Z0-9 \0]?$/.test(id)) return null;
  const view = new DataView(content.buffer, content.byteOffset + at, headerBytes);
  const size =
    version === 2
      ? view.getUint32(2) & 0xff_ffff
      : version === 4 && !plainSizes
        ? syncsafe(content, at + 4)
        : view.getUint32(4);
  const bodyAt = at + headerBytes;
  if (size === null || bodyAt + size > content.length) return null;
  return { id, flags: version === 2 ? 0 : view.getUint16(8), bodyAt, end: bodyAt + size };
}

/** Whichever reading of the sizes leads from frame to frame up to the padding; the standard's where both or none do. */
function prefersPlainSizes(content: Uint8Array, firstFrame: number): boolean {
  const walk = (plainSizes: boolean) => {
    let [at, frames] = [firstFrame, 0];
    for (let header; (header = frameHeader(content, at, 4, plainSizes)); at = header.end) frames++;
    return { frames, clean: at === content.length || content[at] === 0 };
  };
  const [standard, plain] = [walk(false), walk(true)];
  if (standard.clean) return false;
  return plain.clean || plain.frames > standard.frames;
}

function readBody(
  bytes: Uint8Array,
  flags: number,
  version: Id3Version,
  tagUnsynchronised: boolean,
): Pick<Id3Frame, 'body' | 'status' | 'group'> {
  const [status, format] = [flags >> 8, flags & 0xff];
  const bits =
    version === 4
      ? { compressed: 0x08, encrypted: 0x04, grouped: 0x40, unsynchronised: 0x02, lengthFirst: 0x01 }
      : { compressed: 0x80, encrypted: 0x40, grouped: 0x20, unsynchronised: 0, lengthFirst: 0 };
  const has = (bit: number) => (format & bit) !== 0;
  let at = 0;
  const group = has(bits.grouped) ? (bytes[at++] ?? null) : null;
  if (has(bits.compressed) || has(bits.encrypted)) return { body: null, status, group };
  if (has(bits.lengthFirst)) at += 4;
  if (at > bytes.length) return { body: null, status, group };
  const body = bytes.subarray(at);
  const mayBeUnsynchronised = version === 4 && (has(bits.unsynchronised) || tagUnsynchronised);
  return { body: mayBeUnsynchronised && isUnsynchronised(body) ? resynchronise(body) : body, status, group };
}

/** Programs set the flag on frames that they left as they were; those are not to lose their zeros. */
function isUnsynchronised(body: Uint8Array): boolean {
  return body.every((byte, at) => byte !== 0xff || (body[at + 1] ?? 0) < 0xe0);
}

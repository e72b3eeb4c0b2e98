/** Text frames of an ID3v2 tag edited, in the version found; every other byte of the tag stays as it is. */
import { cannotEdit, type FieldEdit, type Part, type StoredField } from '../container.ts';
import { joined, partLength, splicedSize } from '../splice.ts';
import { frameName, framesOf, isEditable, isId3List, parseTextBody, readFields, valuesOf } from './fields.ts';
import { genresIn } from './genres.ts';
import { HEADER_BYTES, id3TagBytes, parseTag, type Id3Frame, type Id3Tag } from './tag.ts';
import { appendText, encodeText, encodingFor, terminator } from './text.ts';
import { putSyncsafe, SYNCSAFE_LIMIT, unsynchronise } from './unsynchronisation.ts';

/** Of a tag: an extended header follows. */
const EXTENDED_FLAG = 0x40;
/** A tag made where there is none: ID3v2.4, the version that has lists and moods of its own (docs/write-back.md). */
const NEW_TAG = Uint8Array.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0]);

/**
 * @param bytes a whole ID3v2 tag, as it begins an MP3 or fills the `id3 ` chunk of a WAVE or AIFF file
 * @returns the fields that {@link editId3} can edit, in the order of their frames
 * @throws UserError undecodable-audio, unsupported-format for a tag that is damaged or of an unknown kind
 */
export function readId3(bytes: Uint8Array): StoredField[] {
  return readFields(parseTag(bytes));
}

/**
 * @param bytes as {@link readId3}; null to make a tag, of version 2.4. What stands behind the tag, stays there
 * @param edits for ids that `id3Places` gives
 * @param newPadding zeros put behind the frames when they need more room than there is, bytes
 * @returns the tag as it is to be; of the same length where its padding can take the change; empty when there was
 *   none and nothing is to be in it
 * @throws as {@link readId3}, and when a frame to be edited is compressed, or the tag would exceed 256 MiB
 */
export function editId3(bytes: Uint8Array | null, edits: readonly FieldEdit[], newPadding = 0): Uint8Array {
  const old = bytes ?? new Uint8Array();
  const parts = editId3Parts(bytes, edits, newPadding);
  const behind = old.subarray(id3TagBytes(old) ?? 0);
  return Buffer.concat([
    ...parts.map((part) => ('bytes' in part ? part.bytes : old.subarray(part.from, part.to))),
    behind,
  ]);
}

/** As {@link editId3}. @returns the parts of the new tag; positions are in the old one, and bytes behind it left out */
export function editId3Parts(bytes: Uint8Array | null, edits: readonly FieldEdit[], newPadding: number): Part[] {
  const isNew = bytes === null;
  const tag = parseTag(bytes ?? NEW_TAG);
  const replaced = new Map<Id3Frame, Uint8Array | null>();
  const added: Uint8Array[] = [];
  for (const edit of edits) {
    const frame = editFrames(tag, edit, replaced);
    if (frame) added.push(frame);
  }
  const untouched: Part[] = isNew ? [] : [{ from: 0, to: tag.total }];
  if (replaced.size === 0 && added.length === 0) return untouched;

  const frames: Part[] = tag.frames.flatMap((frame): Part[] => {
    const instead = replaced.get(frame);
    if (instead === undefined) return tag.plainSizes ? withSyncsafeSize(frame) : [{ from: frame.from, to: frame.to }];
    return instead === null ? [] : [{ bytes: instead }];
  });
  const rest: Part[] = tag.padding > 0 ? [] : [{ from: tag.framesEnd, to: tag.end }];
  const content: Part[] = [...frames, ...added.map((frame) => ({ bytes: frame })), ...rest];

  const extended = extendedHeader(tag, bytes);
  const used = HEADER_BYTES + extended.length + splicedSize(content);
  const room = tag.end - used;
  // Behind bytes that are no frames zeros are no padding; and a tag with a footer may have none.
  const mayPad = rest.every((part) => partLength(part) === 0) && !tag.footer;
  // Behind a last frame of 2.4 whose size takes two bytes ExifTool looks for another header, and says that the size is
  // wrong where none has room.
  const last = content.findLast((part) => partLength(part) > 0);
  const least = tag.version === 4 && last && partLength(last) > HEADER_BYTES + 0x7f ? HEADER_BYTES : 0;
  const padding = !mayPad ? 0 : room >= least ? room : Math.max(least, newPadding);
  const end = used + padding;
  if (end - HEADER_BYTES >= SYNCSAFE_LIMIT)
    throw cannotEdit('The ID3 tag would exceed 256 MB, the limit of ID3. Write a sidecar instead.');

  const isGone = extended.length === 0 && tag.extended.to > tag.extended.from;
  const header: Part =
    isNew || end !== tag.end || isGone
      ? { bytes: sized(bytes ?? NEW_TAG, end, isGone) }
      : { from: 0, to: HEADER_BYTES };
  if (extended.length > 0 && tag.version === 3) extended.writeUInt32BE(padding, PADDING_AT);
  const footer = !tag.footer
    ? []
    : end === tag.end
      ? [{ from: tag.end, to: tag.total }]
      : [{ bytes: footerOf(bytes!, end) }];
  const kept = Math.min(padding, tag.padding);
  const zeros: Part[] = [{ bytes: new Uint8Array(padding - kept) }, { from: tag.end - kept, to: tag.end }];
  return joined([header, { bytes: extended }, ...content, ...zeros, ...footer], tag.total);
}

/**
 * Works out what becomes of the frames that hold one field.
 * @param replaced gets the new bytes of frames that change, null for those that go
 * @returns a frame to be added, or null
 */
function editFrames(tag: Id3Tag, edit: FieldEdit, replaced: Map<Id3Frame, Uint8Array | null>): Uint8Array | null {
  const { nativeId, values } = edit;
  if (!isEditable(nativeId) || frameName(nativeId, tag.version).id === '')
    throw new RangeError(`${nativeId} is no field of ours in ID3v2.${tag.version}`);
  if (!isId3List(nativeId) && values.length > 1) throw new RangeError(`${nativeId} holds one value`);
  const frames = framesOf(tag, nativeId);
  const unreadable = tag.frames.some(({ id, body }) => id === frameName(nativeId, tag.version).id && body === null);
  if (unreadable)
    throw cannotEdit('Parts of the ID3 tag are compressed or encrypted. Save the file with a tag editor first.');

  const before = frames.map((frame) => valuesOf(frame, nativeId));
  if (sameValues(before.flat(), values)) return null;
  if (values.length === 0) {
    for (const frame of frames) replaced.set(frame, null);
    return null;
  }
  const [first, ...others] = frames;
  if (!first) return renderFrame(tag, nativeId, null, newBody(tag, nativeId, values, ''));
  // Values of several frames become those of the first one.
  for (const frame of others) replaced.set(frame, null);
  const body =
    appendedBody(first, nativeId, before[0]!, values) ??
    newBody(tag, nativeId, values, parseTextBody(first)?.language ?? '');
  replaced.set(first, renderFrame(tag, nativeId, first, body));
  return null;
}

/** Where the new values only follow the old ones, the old ones stay as they were written. */
function appendedBody(
  frame: Id3Frame,
  nativeId: string,
  before: readonly string[],
  values: readonly string[],
): Uint8Array | null {
  const parts = parseTextBody(frame);
  if (!parts || !isId3List(nativeId) || before.length === 0) return null;
  if (!sameValues(values.slice(0, before.length), before)) return null;
  const old = frame.body!.subarray(parts.valueFrom);
  const value = appendText(parts.encoding, old, `\0${values.slice(before.length).join('\0')}`);
  return value && Buffer.concat([frame.body!.subarray(0, parts.valueFrom), value]);
}

function newBody(tag: Id3Tag, nativeId: string, values: readonly string[], language: string): Uint8Array {
  const { id, description } = frameName(nativeId, tag.version);
  // A bracket at the beginning of a genre is a reference unless it is doubled: before 2.4 by the standard, since then
  // for programs that never stopped reading it so.
  const isReference = (value: string) => value.startsWith('(') && (tag.version < 4 || genresIn(value)[0] !== value);
  const texts = nativeId === 'TCON' ? values.map((value) => (isReference(value) ? `(${value}` : value)) : values;
  const text = texts.join('\0');
  const encoding = encodingFor(tag.version, text + (description ?? ''));
  const pieces: Uint8Array[] = [Uint8Array.of(encoding)];
  if (id === 'COMM' || id === 'COM') pieces.push(Buffer.from(language === '' ? 'eng' : language, 'latin1'));
  if (description !== null) pieces.push(encodeText(encoding, description), terminator(encoding));
  pieces.push(encodeText(encoding, text));
  return Buffer.concat(pieces);
}

/** @param old the frame it stands for, whose group and first flags it keeps */
function renderFrame(tag: Id3Tag, nativeId: string, old: Id3Frame | null, content: Uint8Array): Uint8Array {
  const id = Buffer.from(old?.id ?? frameName(nativeId, tag.version).id, 'latin1');
  const group = old?.group ?? null;
  const body = group === null ? content : Buffer.concat([Uint8Array.of(group), content]);
  if (tag.version === 4) return renderFrame24(tag, id, old?.status ?? 0, group, body);
  if (body.length >= 1 << (tag.version === 2 ? 24 : 28))
    throw cannotEdit('A value exceeds the limit of ID3. Write a sidecar instead.');
  const header = Buffer.alloc(tag.version === 2 ? 6 : 10);
  id.copy(header);
  if (tag.version === 2) {
    header.writeUIntBE(body.length, 3, 3);
  } else {
    header.writeUInt32BE(body.length, 4);
    header[8] = old?.status ?? 0;
    header[9] = group === null ? 0 : 0x20;
  }
  const frame = Buffer.concat([header, body]);
  return tag.unsynchronised ? unsynchronise(frame) : frame;
}

/** Some readers take sizes as an old iTunes wrote them for what they are, others do not find the next frame. */
function withSyncsafeSize({ from, to }: Id3Frame): Part[] {
  const size = Buffer.alloc(4);
  putSyncsafe(size, 0, to - from - HEADER_BYTES);
  return [{ from, to: from + 4 }, { bytes: size }, { from: from + 8, to }];
}

function renderFrame24(
  tag: Id3Tag,
  id: Uint8Array,
  status: number,
  group: number | null,
  body: Uint8Array,
): Uint8Array {
  const safe = tag.unsynchronised ? unsynchronise(body) : body;
  const header = Buffer.alloc(10);
  header.set(id);
  if (safe.length >= SYNCSAFE_LIMIT) throw cannotEdit('A value exceeds the limit of ID3. Write a sidecar instead.');
  putSyncsafe(header, 4, safe.length);
  header[8] = status;
  header[9] = (group === null ? 0 : 0x40) | (safe.length === body.length ? 0 : 0x02);
  return Buffer.concat([header, safe]);
}

/** In the extended header of 2.3. */
const PADDING_AT = 6;
/** Its length, flags and the padding, without a checksum. */
const EXTENDED_BYTES_2_3 = 10;
/** Flags of that of 2.4, each with its length and data in this order: an update, a checksum, restrictions. */
const EXTENDED_FLAGS_2_4 = [0x40, 0x20, 0x10] as const;
const CHECKSUM_2_4 = 0x20;

/**
 * The extended header for an edited tag: without a checksum, which would be of what it was (2.3 §3.2, 2.4 §3.2). That of
 * 2.3 says nothing else but the padding, for which there is room left; where it is unsynchronised, it goes.
 */
function extendedHeader(tag: Id3Tag, bytes: Uint8Array | null): Buffer {
  const { from, to } = tag.extended;
  if (bytes === null || to === from) return Buffer.alloc(0);
  if (tag.version === 3) {
    const plain = Buffer.alloc(tag.unsynchronised ? 0 : EXTENDED_BYTES_2_3);
    if (plain.length > 0) plain.writeUInt32BE(EXTENDED_BYTES_2_3 - 4);
    return plain;
  }
  const old = Buffer.from(bytes.subarray(from, to));
  const flags = old[5]!;
  if ((flags & CHECKSUM_2_4) === 0) return old;
  let at = 6;
  const kept: Uint8Array[] = [Uint8Array.of(0, 0, 0, 0, 1, flags & ~CHECKSUM_2_4)];
  for (const flag of EXTENDED_FLAGS_2_4) {
    if ((flags & flag) === 0) continue;
    const end = at + 1 + (old[at] ?? 0);
    if (flag !== CHECKSUM_2_4) kept.push(old.subarray(at, end));
    at = end;
  }
  const header = Buffer.concat(kept);
  putSyncsafe(header, 0, header.length);
  return header;
}

function sized(header: Uint8Array, end: number, withoutExtended = false): Uint8Array {
  const copy = Uint8Array.from(header.subarray(0, HEADER_BYTES));
  if (withoutExtended) copy[5] = copy[5]! & ~EXTENDED_FLAG;
  putSyncsafe(copy, 6, end - HEADER_BYTES);
  return copy;
}

function footerOf(header: Uint8Array, end: number): Uint8Array {
  const footer = sized(header, end);
  footer.set(Buffer.from('3DI', 'latin1'));
  return footer;
}

function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, n) => value === b[n]);
}

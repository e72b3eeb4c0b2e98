/**
 * Vorbis comments (Vorbis I §5): a vendor string, then `NAME=value` strings, in FLAC, Ogg Vorbis and Opus. Edited at
 * the byte level: comments that no edit names may hold anything, valid UTF-8 or not.
 */
import {
  damaged,
  SAVE_TAGS_AGAIN,
  type FieldEdit,
  type Part,
  type PlacedField,
  type StoredField,
} from '../container.ts';

const PLACES: Readonly<Record<PlacedField, string>> = {
  title: 'TITLE',
  description: 'DESCRIPTION',
  keywords: 'KEYWORDS',
  category: 'CATEGORY',
  subcategory: 'SUBCATEGORY',
  catId: 'CATID',
  ucsCategoryFull: 'CATEGORYFULL',
  genre: 'GENRE',
  mood: 'MOOD',
  instrument: 'INSTRUMENT',
  comment: 'COMMENT',
  grouping: 'GROUPING',
  bpm: 'BPM',
  key: 'INITIALKEY',
  provenance: 'EARMARK',
};
const NAMES: ReadonlySet<string> = new Set(Object.values(PLACES));
const LISTS: ReadonlySet<string> = new Set(['GENRE', 'MOOD', 'INSTRUMENT']);

/** Megabytes that nobody needs as text. */
const PICTURES: ReadonlySet<string> = new Set(['METADATA_BLOCK_PICTURE', 'COVERART']);

/** What these three containers have in common. */
export const vorbisFields = {
  places: (field: PlacedField): readonly string[] => [PLACES[field]],
  // What is not ours is only ever taken over whole, and any comment may occur several times.
  isList: (nativeId: string): boolean => LISTS.has(nativeId) || !NAMES.has(nativeId),
  fit: (_nativeId: string, value: string): { value: string; note: string } => ({
    value: value.replaceAll('\0', ' ').toWellFormed(),
    note: '',
  }),
};

interface Comment {
  /** Positions of the length, of the string behind it, and of its end. */
  from: number;
  textFrom: number;
  to: number;
  /** As spelt; '' for a string without `=`. */
  name: string;
  value: string;
}

export interface CommentList {
  /** Position of the number of comments. */
  countAt: number;
  comments: Comment[];
  /** Behind the last comment: a framing bit, padding, what Opus allows. */
  end: number;
}

/**
 * @param bytes a FLAC block's content, or an Ogg packet
 * @param from where the vendor string's length stands
 * @throws UserError undecodable-audio when a length leads outside
 */
export function parseComments(bytes: Uint8Array, from: number): CommentList {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengthAt = (at: number, room: number) => {
    const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Infinity;
    if (at + 4 + length + room > bytes.length)
      throw damaged('The comments are damaged (invalid length).', SAVE_TAGS_AGAIN);
    return length;
  };
  const countAt = from + 4 + lengthAt(from, 4);
  const count = view.getUint32(countAt, true);
  const comments: Comment[] = [];
  let at = countAt + 4;
  for (let n = 0; n < count; n++) {
    const to = at + 4 + lengthAt(at, 0);
    comments.push({ from: at, textFrom: at + 4, to, ...splitComment(bytes.subarray(at + 4, to)) });
    at = to;
  }
  return { countAt, comments, end: at };
}

function splitComment(bytes: Uint8Array): { name: string; value: string } {
  const equals = bytes.indexOf(0x3d);
  const name = equals < 0 ? '' : Buffer.from(bytes.subarray(0, equals)).toString('latin1');
  const isText = equals >= 0 && !PICTURES.has(name.toUpperCase());
  return { name, value: isText ? Buffer.from(bytes.subarray(equals + 1)).toString('utf8') : '' };
}

/** @returns the editable fields, in file order; names in capitals, as they are not case-sensitive */
export function readComments(list: CommentList): StoredField[] {
  return list.comments
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => ({ nativeId: name.toUpperCase(), value }));
}

/**
 * @param bytes what `list` was parsed from
 * @returns all of the new bytes, as parts whose positions are in `bytes`; null when nothing changes
 */
export function editComments(bytes: Uint8Array, list: CommentList, edits: readonly FieldEdit[]): Part[] | null {
  const replaced = new Map<Comment, Part[]>();
  const added: Part[] = [];
  let count = list.comments.length;
  for (const { nativeId, values } of edits) {
    if (PICTURES.has(nativeId)) throw new RangeError(`${nativeId} is no text`);
    const old = list.comments.filter(({ name, value }) => value !== '' && name.toUpperCase() === nativeId);
    if (old.length === values.length && old.every(({ value }, n) => value === values[n])) continue;
    for (const [n, comment] of old.entries()) {
      const value = values[n];
      if (value === comment.value) continue;
      replaced.set(comment, value === undefined ? [] : [rendered(comment.name, value)]);
      if (value === undefined) count--;
    }
    const more = values.slice(old.length).map((value) => rendered(old.at(-1)?.name ?? nativeId, value));
    count += more.length;
    const last = old.at(-1);
    if (last) replaced.set(last, [...(replaced.get(last) ?? [{ from: last.from, to: last.to }]), ...more]);
    else added.push(...more);
  }
  if (replaced.size === 0 && added.length === 0) return null;

  const number = Buffer.alloc(4);
  number.writeUInt32LE(count);
  return [
    { from: 0, to: list.countAt },
    { bytes: number },
    ...list.comments.flatMap((comment) => replaced.get(comment) ?? [{ from: comment.from, to: comment.to }]),
    ...added,
    { from: list.end, to: bytes.length },
  ];
}

/** @returns a list with a vendor string and nothing else */
export function emptyComments(vendor: string): Uint8Array {
  const bytes = Buffer.alloc(8 + vendor.length);
  bytes.writeUInt32LE(vendor.length);
  bytes.write(vendor, 4, 'latin1');
  return bytes;
}

function rendered(name: string, value: string): Part {
  const text = Buffer.from(`${name}=${value}`, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return { bytes: Buffer.concat([length, text]) };
}

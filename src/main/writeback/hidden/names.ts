/**
 * What the tag blocks of other kinds call the same thing: the names of Vorbis comments in the middle, as TagLib has them
 * too, with the frames of ID3v2 (2.4 structure §4), the ids of LIST/INFO and the keys of APEv2 beside them.
 */
import type { StoredField } from '../container.ts';
import { frameName } from '../id3/fields.ts';
import type { Id3Version } from '../id3/tag.ts';

/** Names of Vorbis comments by frames. Of two frames with one name the first is written. */
const BY_FRAME: Readonly<Record<string, string>> = {
  TIT2: 'TITLE', TPE1: 'ARTIST', TALB: 'ALBUM', TPE2: 'ALBUMARTIST', TCOM: 'COMPOSER', TEXT: 'LYRICIST',
  TPE3: 'CONDUCTOR', TPE4: 'REMIXER', TIT1: 'GROUPING', GRP1: 'GROUPING', TIT3: 'SUBTITLE', TCON: 'GENRE',
  TMOO: 'MOOD', COMM: 'COMMENT', TDRC: 'DATE', TYER: 'DATE', TDOR: 'ORIGINALDATE', TORY: 'ORIGINALDATE',
  TRCK: 'TRACKNUMBER', TPOS: 'DISCNUMBER', TCOP: 'COPYRIGHT', TENC: 'ENCODEDBY', TSSE: 'ENCODER', TBPM: 'BPM',
  TKEY: 'INITIALKEY', TLAN: 'LANGUAGE', TSRC: 'ISRC', TPUB: 'PUBLISHER', TMED: 'MEDIA', TCMP: 'COMPILATION',
  TSOP: 'ARTISTSORT', TSOA: 'ALBUMSORT', TSOT: 'TITLESORT',
}; // prettier-ignore

/** Names by ids of LIST/INFO (Multimedia Programming Interface 1.0, and what FFmpeg, TagLib and ExifTool add to it). */
const BY_INFO: Readonly<Record<string, string>> = {
  INAM: 'TITLE', IART: 'ARTIST', IPRD: 'ALBUM', IGNR: 'GENRE', ICMT: 'COMMENT', ICRD: 'DATE', ITRK: 'TRACKNUMBER',
  IPRT: 'TRACKNUMBER', ICOP: 'COPYRIGHT', ISFT: 'ENCODER', ITCH: 'ENCODEDBY', IMUS: 'COMPOSER', IWRI: 'LYRICIST',
  ISBJ: 'SUBJECT', IKEY: 'KEYWORDS', IENG: 'ENGINEER', IBPM: 'BPM', ILNG: 'LANGUAGE', IMED: 'MEDIA', IPRO: 'PUBLISHER',
  ISRC: 'SOURCE', IEDT: 'REMIXER',
}; // prettier-ignore

/** Names by the text chunks of AIFF. */
const BY_AIFF_CHUNK: Readonly<Record<string, string>> = {
  NAME: 'TITLE', AUTH: 'ARTIST', '(c) ': 'COPYRIGHT', ANNO: 'COMMENT',
}; // prettier-ignore

/** Keys of APEv2, in capitals, that are not called as Vorbis comments are. */
const BY_APE: Readonly<Record<string, string>> = {
  'ALBUM ARTIST': 'ALBUMARTIST', YEAR: 'DATE', TRACK: 'TRACKNUMBER', DISC: 'DISCNUMBER', KEY: 'INITIALKEY',
  MIXARTIST: 'REMIXER', LABEL: 'PUBLISHER',
}; // prettier-ignore

/** A value under the name that a Vorbis comment would have. */
export interface NamedValue {
  name: string;
  value: string;
  /** Where it stands, in the words of its own block: as provenance.ts has it, where that block is one of ours. */
  fromId: string;
}

/** @param fields of an ID3v2 tag */
export function namedFromId3(fields: readonly StoredField[]): NamedValue[] {
  return fields.flatMap(({ nativeId, value }) => {
    const name = nativeId.startsWith('TXXX:') ? nativeId.slice('TXXX:'.length).toUpperCase() : BY_FRAME[nativeId];
    return named(name, value, nativeId);
  });
}

export function namedFromInfo(id: string, value: string): NamedValue[] {
  return named(BY_INFO[id], value, `LIST/INFO:${id}`);
}

export function namedFromAiff(id: string, value: string): NamedValue[] {
  return named(BY_AIFF_CHUNK[id], value, id);
}

export function namedFromApe(key: string, value: string): NamedValue[] {
  const name = key.toUpperCase();
  return named(BY_APE[name] ?? name, value, `APEv2:${key}`);
}

function named(name: string | undefined, value: string, fromId: string): NamedValue[] {
  return name === undefined || name === '' || value === '' ? [] : [{ name, value, fromId }];
}

/** A place in the block that is written, and the value as it has to be there. */
export interface Placed {
  nativeId: string;
  value: string;
}

/** Frames that came with 2.4, and what a tag of 2.3 has instead. */
const BEFORE_2_4: Readonly<Record<string, string>> = { TDRC: 'TYER', TDOR: 'TORY', TMOO: 'TXXX:MOOD' };

/** @returns null when a tag of that version has no place for it */
export function frameFor(name: string, value: string, version: Id3Version): Placed | null {
  const frame = Object.keys(BY_FRAME).find((id) => BY_FRAME[id] === name) ?? `TXXX:${name}`;
  const isDate = frame === 'TDRC' || frame === 'TDOR';
  // A date that is none in ID3 has a place of its own.
  if (isDate && !/^\d{4}(?:$|-\d\d)/.test(value)) return { nativeId: `TXXX:${name}`, value };
  if (version === 4) return { nativeId: frame, value };
  const older = BEFORE_2_4[frame] ?? frame;
  if (frameName(older, version).id === '') return null;
  return { nativeId: older, value: isDate ? value.slice(0, 4) : value };
}

/** @returns null for what a Vorbis comment cannot be called (Vorbis I §5.2.2) */
export function commentFor(name: string, value: string): Placed | null {
  return /^[\x20-\x3c\x3e-\x7d]+$/.test(name) ? { nativeId: name, value } : null;
}

/** Which of our fields is in which ID3v2 frame, and what such a frame says. docs/write-back.md gives the reasons. */
import type { PlacedField, StoredField } from '../container.ts';
import { genresIn } from './genres.ts';
import type { Id3Frame, Id3Tag, Id3Version } from './tag.ts';
import { afterTerminator, decodeText, isEncoding } from './text.ts';

/** By the names of ID3v2.3 and 2.4; a tag of 2.2 is read and written as if it had these. Most usual place first. */
const PLACES: Readonly<Record<PlacedField, readonly string[]>> = {
  title: ['TIT2'],
  description: ['TXXX:DESCRIPTION'],
  keywords: ['TXXX:KEYWORDS'],
  category: ['TXXX:CATEGORY'],
  subcategory: ['TXXX:SUBCATEGORY'],
  catId: ['TXXX:CATID'],
  ucsCategoryFull: ['TXXX:CATEGORYFULL'],
  genre: ['TCON'],
  mood: ['TXXX:MOOD', 'TMOO'], // TMOO came with 2.4, and strict programs do not know it before
  instrument: ['TXXX:INSTRUMENT'],
  comment: ['COMM'],
  grouping: ['TIT1', 'GRP1'], // GRP1: iTunes since 12.5, where TIT1 is the name of a work
  bpm: ['TBPM'],
  key: ['TKEY'],
  provenance: ['TXXX:EARMARK'],
};

const EDITABLE = new Set(Object.values(PLACES).flat());
const LISTS: ReadonlySet<string> = new Set(['TCON', 'TMOO', 'TXXX:MOOD', 'TXXX:INSTRUMENT']);

const NAMES_IN_2_2: Readonly<Record<string, string>> = {
  TIT2: 'TT2',
  TIT1: 'TT1',
  GRP1: 'GP1',
  TCON: 'TCO',
  COMM: 'COM',
  TPE1: 'TP1',
  TALB: 'TAL',
  TPE2: 'TP2',
  TCOM: 'TCM',
  TYER: 'TYE',
  TRCK: 'TRK',
  TPOS: 'TPA',
  TCOP: 'TCR',
  TBPM: 'TBP',
  TKEY: 'TKE',
};
const NAMES_SINCE_2_3 = new Map(Object.entries(NAMES_IN_2_2).map(([since, before]) => [before, since]));

/** As {@link Container.places}: one, where the file has the field already, else where its version has it. */
export function id3Places(field: PlacedField, found: readonly StoredField[]): readonly string[] {
  const places = PLACES[field];
  const inUse = places.find((place) => found.some(({ nativeId, value }) => nativeId === place && value !== ''));
  const offered = places.find((place) => found.some(({ nativeId }) => nativeId === place));
  return [inUse ?? offered ?? places[0]!];
}

/** As {@link Container.otherNames}: the frame of 2.2. */
export function id3OtherNames(nativeId: string): readonly string[] {
  const { id } = frameName(nativeId, 2);
  return id === 'TXX' ? [id, `TXX:${nativeId.slice('TXXX:'.length)}`] : id === '' ? [] : [id];
}

/** Fields of other people's may be lists wherever the standard allows it: they are only ever taken over whole. */
export function isId3List(nativeId: string): boolean {
  return LISTS.has(nativeId) || !EDITABLE.has(nativeId);
}

export function isEditable(nativeId: string): boolean {
  return EDITABLE.has(nativeId) || /^T(?!XXX$)[A-Z0-9]{3}$/.test(nativeId) || nativeId.startsWith('TXXX:');
}

/** What is behind the name of a place: a frame, and for TXXX and COMM the description that distinguishes it from others. */
export interface FrameName {
  id: string;
  /** null for frames that have none. */
  description: string | null;
}

export function frameName(nativeId: string, version: Id3Version): FrameName {
  if (nativeId.startsWith('TXXX:')) {
    return { id: version === 2 ? 'TXX' : 'TXXX', description: nativeId.slice('TXXX:'.length) };
  }
  const description = nativeId === 'COMM' ? '' : null;
  if (version !== 2) return { id: nativeId, description };
  return { id: NAMES_IN_2_2[nativeId] ?? '', description }; // no frame is called “”
}

/** Body of a frame with text in it, taken apart; positions are in the body. */
export interface TextBody {
  encoding: number;
  /** Three letters, `COMM` only. */
  language: string;
  /** null for frames that have none. */
  description: string | null;
  valueFrom: number;
}

/** @returns null when it is not as such a frame must be */
export function parseTextBody(frame: Id3Frame): TextBody | null {
  const { body } = frame;
  if (!body || !isEncoding(body[0])) return null;
  const encoding = body[0];
  const isComment = frame.id === 'COMM' || frame.id === 'COM';
  if (!isComment && !/^TXXX?$/.test(frame.id)) return { encoding, language: '', description: null, valueFrom: 1 };
  const from = isComment ? 4 : 1;
  const valueFrom = afterTerminator(encoding, body, from);
  if (valueFrom < 0) return null;
  const language = isComment ? String.fromCharCode(...body.subarray(1, 4)) : '';
  const description = decodeText(encoding, body.subarray(from, valueFrom)).replaceAll('\0', '');
  return { encoding, language, description, valueFrom };
}

/** Frames that hold a field, in their order; of comments only the one that programs show as the comment. */
export function framesOf(tag: Id3Tag, nativeId: string): Id3Frame[] {
  const name = frameName(nativeId, tag.version);
  const frames = tag.frames.filter((frame) => {
    if (frame.id !== name.id) return false;
    if (name.description === null) return true;
    return parseTextBody(frame)?.description?.toLowerCase() === name.description.toLowerCase();
  });
  if (nativeId !== 'COMM') return frames;
  const inLanguage = (language: string) => frames.find((frame) => parseTextBody(frame)?.language === language);
  const main = inLanguage('eng') ?? inLanguage('XXX') ?? frames[0];
  return main ? [main] : [];
}

/** @returns no empty ones; none for a frame that cannot be read */
export function valuesOf(frame: Id3Frame, nativeId: string): string[] {
  const parts = parseTextBody(frame);
  if (!parts) return [];
  const text = decodeText(parts.encoding, frame.body!.subarray(parts.valueFrom)).replace(/\0+$/, '');
  // A single text continues after a zero only by mistake; the rest is shown too, so that nobody replaces it unseen.
  if (!isId3List(nativeId)) return text === '' ? [] : [text.replaceAll('\0', ' ')];
  // Also before 2.4, where the standard leaves a list to a slash that many single values hold as well: TagLib, Mutagen,
  // ExifTool and editors take a zero as the end of one value in every version, and show a slash as part of it.
  const strings = text.split('\0');
  return nativeId === 'TCON' ? strings.flatMap(genresIn) : strings.filter((value) => value !== '');
}

/**
 * @returns the text fields of a tag, in the order of its frames; then, without a value, a field that this version has
 *   and others do not
 */
export function readFields(tag: Id3Tag): StoredField[] {
  const comments = new Set(framesOf(tag, 'COMM'));
  const found = tag.frames.flatMap((frame): StoredField[] => {
    const nativeId = nativeIdOf(frame, tag.version);
    if (nativeId === null || (nativeId === 'COMM' && !comments.has(frame))) return [];
    return valuesOf(frame, nativeId).map((value) => ({ nativeId, value }));
  });
  const offersMood = tag.version === 4 && found.every(({ nativeId }) => nativeId !== 'TMOO');
  return offersMood ? [...found, { nativeId: 'TMOO', value: '' }] : found;
}

/** @returns null for frames that hold no text, and those that hold ours in another way than we write it */
function nativeIdOf(frame: Id3Frame, version: Id3Version): string | null {
  const id = version === 2 ? (NAMES_SINCE_2_3.get(frame.id) ?? frame.id) : frame.id;
  if (id === 'TXXX' || id === 'TXX') {
    const description = parseTextBody(frame)?.description;
    if (description === undefined || description === null) return null;
    const ours = `TXXX:${description.toUpperCase()}`;
    return EDITABLE.has(ours) ? ours : `TXXX:${description}`;
  }
  return id.length === 4 && (id === 'COMM' || EDITABLE.has(id) || isEditable(id)) ? id : null;
}

/** As {@link Container.fit}. */
export function fitId3(_nativeId: string, value: string): { value: string; note: string } {
  return { value: value.replaceAll('\0', ' ').toWellFormed(), note: '' };
}

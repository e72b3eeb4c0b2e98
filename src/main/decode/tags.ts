/** The tags a file already has, under their native names. Tags are never a reason to refuse a file. */
import { parseFile } from 'music-metadata';
import type { NativeTag } from '../../shared/types.ts';
import type { ByteReader } from '../files/byte-reader.ts';
import { readOddId3, type NativeValue } from './plain-id3.ts';
import { readCafTags } from './caf.ts';
import { readRiffTags, type TextTag } from './riff-tags.ts';
import { fieldOf } from './tag-fields.ts';

/** A value longer than this is cut: lyrics and logs are no help in finding a sound. */
const LONGEST_VALUE = 4096;
/** Files with more are not tagged by people. */
const MOST_TAGS = 1000;
/** music-metadata's names for RIFF INFO and the chunks of AIFF, which riff-tags.ts reads in full. */
const READ_IN_FULL: ReadonlySet<string> = new Set(['exif', 'AIFF']);

/**
 * @param path of the same file as `file`
 * @returns every text or number tag; no pictures, no binary data. What cannot be read is left out
 */
export async function readTags(path: string, file: ByteReader): Promise<NativeTag[]> {
  const [general, riff, caf] = await Promise.all([generalTags(path, file), orNone(readRiffTags(file)), orNone(readCafTags(file))]); // prettier-ignore
  const tags: NativeTag[] = [];
  const seen = new Set<string>();
  for (const { nativeId, value } of [...general, ...riff, ...caf]) {
    const trimmed = cut(value.replaceAll('\0', ' ').trim());
    const key = `${nativeId}\0${trimmed}`;
    if (trimmed === '' || seen.has(key) || tags.length >= MOST_TAGS) continue;
    seen.add(key);
    tags.push({ nativeId, field: fieldOf(nativeId), value: trimmed });
  }
  return tags;
}

async function generalTags(path: string, file: ByteReader): Promise<TextTag[]> {
  let native: [type: string, values: NativeValue[]][] = [];
  let isRead = true;
  try {
    const metadata = await parseFile(path, { duration: false, skipCovers: true });
    native = Object.entries(metadata.native);
  } catch {
    // Unknown container or damaged tags: the sound itself may be fine, and decoding reports on that.
    isRead = false;
  }
  const id3 = await oddId3(file, !isRead);
  if (id3) native = [...native.filter(([type]) => !type.startsWith('ID3v2')), ['ID3v2', id3]];
  const tags: TextTag[] = [];
  for (const [type, values] of native) {
    if (READ_IN_FULL.has(type)) continue;
    for (const { id, value } of values) for (const text of texts(value)) tags.push({ nativeId: id, value: text });
  }
  return tags;
}

async function oddId3(file: ByteReader, force: boolean): Promise<NativeValue[] | null> {
  try {
    return await readOddId3(file, force);
  } catch {
    return null; // as above
  }
}

async function orNone(reading: Promise<TextTag[]>): Promise<TextTag[]> {
  try {
    return await reading;
  } catch {
    return []; // as above
  }
}

/** Values are text, numbers, lists of them, or objects with a `text` (comments); the rest is binary. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return Number.isFinite(value) ? [String(value)] : [];
  if (typeof value === 'boolean') return [value ? '1' : '0'];
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value === 'object' && value !== null && 'text' in value) return texts(value.text);
  return [];
}

function cut(value: string): string {
  if (value.length <= LONGEST_VALUE) return value;
  const end = LONGEST_VALUE - 1;
  // Not between the halves of a character beyond the basic plane.
  return `${value.slice(0, /[\ud800-\udbff]/.test(value[end - 1]!) ? end - 1 : end)}…`;
}

/**
 * Core Audio Format: the information chunk, keys with a text each (Apple, "Core Audio Format Specification", and the keys
 * of AudioFile.h). Every other chunk stays byte for byte; filler in front of the sound gives and takes room, so that the
 * sound stays where it is as long as there is some.
 */
import {
  CAF_CHUNK_HEADER_BYTES,
  CAF_EDIT_COUNT_BYTES,
  CAF_HEADER_BYTES,
  cafChunks,
  cafInfo,
  type CafChunk,
  type InfoEntry,
} from '../../decode/caf.ts';
import { damaged, readRange, SAVE_TAGS_AGAIN, type Container, type FieldEdit, type OpenFile, type Part, type PlacedField, type StoredField } from '../container.ts'; // prettier-ignore

const INFO = 'info:';
/** Keys of the format's own are in lowercase; others are named as in Vorbis comments. */
const KEYS: Readonly<Record<PlacedField, string>> = {
  title: 'title',
  description: 'DESCRIPTION',
  keywords: 'KEYWORDS',
  category: 'CATEGORY',
  subcategory: 'SUBCATEGORY',
  catId: 'CATID',
  ucsCategoryFull: 'CATEGORYFULL',
  genre: 'genre',
  mood: 'MOOD',
  instrument: 'INSTRUMENT',
  comment: 'comments',
  grouping: 'GROUPING',
  bpm: 'tempo',
  key: 'key signature',
  provenance: 'EARMARK',
};

/** A key that the file spells otherwise keeps its spelling; FFmpeg writes `comment` for `comments`. */
function keyOf(field: PlacedField, found: readonly StoredField[]): string {
  const spelt = field === 'comment' ? ['comments', 'comment'] : [KEYS[field].toLowerCase()];
  const there = spelt.flatMap((key) => found.filter(({ nativeId }) => nativeId.toLowerCase() === INFO + key));
  return there[0]?.nativeId ?? INFO + KEYS[field];
}

export const caf: Container = {
  formats: ['caf'],
  places: (field, found) => [keyOf(field, found)],
  // Readers keep one text a key.
  isList: () => false,
  fit: (_nativeId, value) => ({ value: value.replaceAll('\0', ' ').toWellFormed(), note: '' }),

  async read(file) {
    const { info } = await layoutOf(file);
    return (info?.entries ?? []).map(({ key, value }) => ({ nativeId: INFO + key, value }));
  },

  async edit(file, edits) {
    const { info, filler, data } = await layoutOf(file);
    const parts = editEntries(info?.content ?? Buffer.alloc(4), info?.entries ?? [], info?.end ?? 4, edits);
    if (parts === null) return [{ from: 0, to: file.size }];
    const chunk = header('info', parts.length);
    const grown = CAF_CHUNK_HEADER_BYTES + parts.length - (info ? info.chunk.bytes + CAF_CHUNK_HEADER_BYTES : 0);
    const places: { from: number; to: number; parts: Part[] }[] = [];
    // Behind what describes the sound, and before the sound: that may go to the end of the file.
    const at = info ? info.chunk.from : (filler ?? data).from;
    places.push({ from: at, to: info ? endOf(info.chunk) : at, parts: [{ bytes: Buffer.concat([chunk, parts]) }] });
    if (filler && filler.bytes >= grown && at < data.from) places.push({ from: filler.from, to: endOf(filler), parts: resized(filler, filler.bytes - grown) }); // prettier-ignore
    const spliced: Part[] = [];
    let done = 0;
    for (const { from, to, parts: replacement } of places.sort((a, b) => a.from - b.from)) {
      spliced.push({ from: done, to: from }, ...replacement);
      done = to;
    }
    return [...spliced, { from: done, to: file.size }];
  },

  async *payload(file) {
    const { data } = await layoutOf(file);
    yield* readRange(file, data.position + CAF_EDIT_COUNT_BYTES, endOf(data));
  },
};

interface Layout {
  data: CafChunk;
  /** `free`, in front of the sound: its content means nothing. */
  filler: CafChunk | null;
  info: { chunk: CafChunk; content: Buffer; entries: readonly InfoEntry[]; end: number } | null;
}

/** @throws UserError undecodable-audio for what does not follow the format */
async function layoutOf(file: OpenFile): Promise<Layout> {
  const isCaf = file.size >= CAF_HEADER_BYTES && Buffer.from(await file.read(0, 4)).toString('latin1') === 'caff';
  const chunks = isCaf ? await cafChunks(file) : [];
  const data = chunks.find(({ id }) => id === 'data');
  if (chunks[0]?.id !== 'desc' || !data || data.bytes < CAF_EDIT_COUNT_BYTES)
    throw damaged('The CAF structure is damaged (the audio description or audio data is missing).');
  if (chunks.some((chunk) => endOf(chunk) > file.size))
    throw damaged('The file is damaged (the declared size ends within a chunk).');
  const filler = chunks.findLast(({ id, from }) => id === 'free' && from < data.from) ?? null;
  const [chunk, ...more] = chunks.filter(({ id }) => id === 'info');
  if (!chunk) return { data, filler, info: null };
  if (more.length > 0)
    throw damaged('The file has two information chunks, which programs interpret differently.', SAVE_TAGS_AGAIN);
  const content = Buffer.from(await file.read(chunk.position, chunk.bytes));
  const info = cafInfo(content);
  if (!info) throw damaged('The CAF structure is damaged (entries of the information chunk are missing).');
  return { data, filler, info: { chunk, content, ...info } };
}

/**
 * An entry is changed where it stands; of several with the same key the last is what readers show, and the first stays.
 * @param end of the last entry in the content; what stands behind it stays
 * @returns the new content of the chunk; null when it is the old one
 */
function editEntries(
  content: Buffer,
  entries: readonly InfoEntry[],
  end: number,
  edits: readonly FieldEdit[],
): Buffer | null {
  const values = new Map(edits.map(({ nativeId, values: [value] }) => [nativeId.slice(INFO.length), value]));
  const written = new Set<string>();
  const texts: Buffer[] = [];
  for (const { key, from, to } of entries) {
    if (!values.has(key)) texts.push(content.subarray(from, to));
    else if (values.get(key) !== undefined && !written.has(key)) texts.push(entry(key, values.get(key)!));
    written.add(key);
  }
  for (const [key, value] of values) if (value !== undefined && !written.has(key)) texts.push(entry(key, value));
  const count = Buffer.alloc(4);
  count.writeUInt32BE(texts.length);
  const edited = Buffer.concat([count, ...texts, content.subarray(end)]);
  return edited.equals(content) ? null : edited;
}

function entry(key: string, value: string): Buffer {
  return Buffer.from(`${key}\0${value}\0`);
}

function header(id: string, bytes: number): Buffer {
  const made = Buffer.alloc(CAF_CHUNK_HEADER_BYTES);
  made.write(id, 'latin1');
  made.writeBigInt64BE(BigInt(bytes), 4);
  return made;
}

/** Filler of another length: its end as it was, zeros before it where it grows. */
function resized(filler: CafChunk, bytes: number): Part[] {
  const kept = Math.min(filler.bytes, bytes);
  const zeros = { bytes: new Uint8Array(bytes - kept) };
  return [{ bytes: header('free', bytes) }, zeros, { from: endOf(filler) - kept, to: endOf(filler) }];
}

function endOf({ position, bytes }: CafChunk): number {
  return position + bytes;
}

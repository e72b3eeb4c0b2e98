/**
 * AIFF and AIFF-C files: an ID3v2 tag in a chunk `ID3 `, as players and editors of today have it; title and comment also
 * in the format's own chunks `NAME` and `ANNO`, where these stand empty or are missing (Apple, "Audio Interchange File
 * Format"). New chunks come at the end: `SSND` need not move.
 */
import { decodeMacText } from '../../decode/text-encodings.ts';
import { toAscii } from '../../text/ascii.ts';
import type { Container, StoredField } from '../container.ts';
import { hiddenFields } from '../hidden/behind-sound.ts';
import { frameFor, namedFromAiff, type NamedValue } from '../hidden/names.ts';
import { readId3 } from '../id3/edit.ts';
import { fitId3, id3OtherNames, id3Places, isId3List } from '../id3/fields.ts';
import { parseTag } from '../id3/tag.ts';
import { ChunkEditor, readChunkFile, samplesIn, SSND } from './chunk-file.ts';
import { editId3Chunk, findId3Chunks, isIrregularChunkFile } from './id3-chunk.ts';

const TEXT_CHUNKS: ReadonlySet<string> = new Set(['NAME', 'ANNO']);
/** Those that the format has for people's words; the first two are written, too. */
const SAYING: ReadonlySet<string> = new Set([...TEXT_CHUNKS, 'AUTH', '(c) ']);
/** Tags are edited in memory, and large ones are pictures. */
const LARGEST = 64 * 2 ** 20;

export const aiff: Container = {
  formats: ['aiff'],

  places(field, found) {
    const places = [...id3Places(field, found)];
    if (field === 'title') places.push('NAME');
    if (field === 'comment') places.push('ANNO');
    return places;
  },

  isList: (nativeId) => !TEXT_CHUNKS.has(nativeId) && isId3List(nativeId),
  otherNames: id3OtherNames,

  hiding: {
    name: 'ID3 chunk',
    holds: (nativeId) => !TEXT_CHUNKS.has(nativeId),
    async hidden(file) {
      const { chunks } = await readChunkFile(file, SSND);
      const { tag: id3 } = await findId3Chunks(file, chunks);
      const version = id3 ? parseTag(await file.read(id3.position, id3.bytes)).version : 4;
      const values: NamedValue[] = [];
      for (const { id, position, bytes } of chunks) {
        if (!SAYING.has(id) || bytes > LARGEST) continue;
        values.push(...namedFromAiff(id, decodeMacText(await file.read(position, bytes)).trim()));
      }
      return hiddenFields([{ from: 'its text chunks', values }], (name, value) => frameFor(name, value, version));
    },
  },

  async read(file) {
    const { chunks } = await readChunkFile(file, SSND);
    const fields: StoredField[] = [];
    for (const id of TEXT_CHUNKS) {
      for (const chunk of chunks.filter((one) => one.id === id && one.bytes <= LARGEST)) {
        const value = decodeMacText(await file.read(chunk.position, chunk.bytes)).trim();
        if (value !== '') fields.push({ nativeId: id, value });
      }
    }
    const { tag } = await findId3Chunks(file, chunks);
    if (tag) fields.push(...readId3(await file.read(tag.position, tag.bytes)));
    return fields;
  },

  async edit(file, edits) {
    const found = await readChunkFile(file, SSND);
    const editor = new ChunkEditor(found);
    for (const { nativeId, values } of edits.filter((edit) => TEXT_CHUNKS.has(edit.nativeId))) {
      const [first, ...others] = found.chunks.filter(({ id }) => id === nativeId);
      for (const other of others) editor.remove(other);
      const [value] = values;
      if (value === undefined) {
        if (first) editor.remove(first);
      } else if (first) editor.replaceContent(first, Buffer.from(value, 'latin1'));
      else editor.add(nativeId, Buffer.from(value, 'latin1'), null);
    }
    const inId3 = edits.filter(({ nativeId }) => !TEXT_CHUNKS.has(nativeId));
    await editId3Chunk(file, editor, await findId3Chunks(file, found.chunks), found.kind, inId3);
    return editor.parts();
  },

  isIrregular: async (file) => isIrregularChunkFile(file, await readChunkFile(file, SSND)),

  payload: (file) => samplesIn(file, SSND),

  fit: (nativeId, value) => (TEXT_CHUNKS.has(nativeId) ? toAscii(value) : fitId3(nativeId, value)),
};

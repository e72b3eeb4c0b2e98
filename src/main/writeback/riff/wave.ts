/**
 * WAVE files: RIFF, RIFX, RF64, BW64. Fields are in iXML (`USER` and `ASWG`), in `bext` (EBU Tech 3285), in LIST/INFO
 * and in an ID3v2 tag in a chunk of its own. What stands before `data` stays there; new iXML comes right before `data`,
 * where recorders and editors put it, new LIST/INFO and ID3 at the end, where they are found as well and `data` need
 * not move.
 */
import { statedCodePage } from '../../decode/riff-tags.ts';
import { notes, shorten, toAscii } from '../../text/ascii.ts';
import { cannotEdit, type Container, type FieldEdit, type OpenFile, type PlacedField, type StoredField } from '../container.ts'; // prettier-ignore
import { hiddenFields } from '../hidden/behind-sound.ts';
import { frameFor, namedFromInfo } from '../hidden/names.ts';
import { readId3 } from '../id3/edit.ts';
import { fitId3, id3OtherNames, id3Places, isId3List } from '../id3/fields.ts';
import { parseTag } from '../id3/tag.ts';
import {
  ChunkEditor,
  DATA,
  readChunkFile,
  samplesIn,
  soundChunk,
  type ChunkFile,
  type FileChunk,
} from './chunk-file.ts';
import { addCuePoints } from './cue-chunk.ts';
import { editId3Chunk, findId3Chunks, isIrregularChunkFile, type Id3Chunks } from './id3-chunk.ts';
import { editInfo, newInfo, readInfo, text, type InfoList } from './info-list.ts';
import { editIxml, newIxml, readIxmlValues } from './ixml-text.ts';

const DESCRIPTION_BYTES = 256;
/** `bext` of version 0 to 2 is this long, and a coding history. */
const SMALLEST_BEXT = 602;
/** Tags are edited in memory, and large ones are pictures. */
const LARGEST = 64 * 2 ** 20;

const IXML = 'iXML:';
const INFO = 'LIST/INFO:';
const BEXT = 'bext:Description';
const PROVENANCE = 'iXML:BWFXML/EARMARK';

/** In every file; others depend on what it has. */
const PLACES: Readonly<Record<PlacedField, readonly string[]>> = {
  title: ['LIST/INFO:INAM'],
  description: ['iXML:USER/DESCRIPTION'],
  keywords: ['iXML:USER/KEYWORDS', 'LIST/INFO:IKEY'],
  category: ['iXML:USER/CATEGORY', 'iXML:ASWG/category'],
  subcategory: ['iXML:USER/SUBCATEGORY', 'iXML:ASWG/subCategory'],
  catId: ['iXML:USER/CATID', 'iXML:ASWG/catId'],
  ucsCategoryFull: ['iXML:USER/CATEGORYFULL'],
  genre: ['LIST/INFO:IGNR'],
  mood: [],
  instrument: [],
  comment: ['LIST/INFO:ICMT'],
  grouping: [],
  bpm: [],
  key: [],
  provenance: [PROVENANCE],
};
/** Only beside other iXML: what they say is in the ID3 tag, too. */
const IN_IXML: Partial<Readonly<Record<PlacedField, string>>> = {
  genre: 'iXML:ASWG/genre',
  instrument: 'iXML:ASWG/instrument',
  bpm: 'iXML:ASWG/tempo',
  key: 'iXML:ASWG/inKey',
};
/** Programs for music find these in WAVE files in an ID3 tag only; it is made where there is none. */
const IN_ID3: ReadonlySet<PlacedField> = new Set([
  'title',
  'genre',
  'mood',
  'instrument',
  'comment',
  'grouping',
  'bpm',
  'key',
]);

export const wave: Container = {
  formats: ['wav', 'rf64'],

  places(field, found) {
    const has = (test: (id: string) => boolean) => found.some(({ nativeId }) => test(nativeId));
    if (field === 'provenance') return PLACES.provenance;
    const places = [...PLACES[field]];
    if (field === 'description' && has((id) => id === BEXT)) places.unshift(BEXT);
    // What Earmark alone put there is no other iXML: else the next write would find more to do.
    const isIxml = (id: string) => id.startsWith(IXML) && id !== PROVENANCE;
    if (IN_IXML[field] !== undefined && has(isIxml)) places.push(IN_IXML[field]);
    if (IN_ID3.has(field) || has(isInId3)) places.push(...id3Places(field, found));
    // Text that a recorder put directly into `USER` is not mixed with elements.
    const isUserText = has((id) => id === 'iXML:BWFXML/USER');
    // FFmpeg shows an ID3 tag only where there is no list: none is made beside a tag that stands alone.
    const isId3Alone = found.some(({ nativeId, value }) => isInId3(nativeId) && value !== '') && !has((id) => id.startsWith(INFO)); // prettier-ignore
    return places.filter((id) => !(isUserText && id.startsWith('iXML:USER/')) && !(isId3Alone && id.startsWith(INFO)));
  },

  isList: (nativeId) => isInId3(nativeId) && isId3List(nativeId),
  otherNames: (nativeId) => (isInId3(nativeId) ? id3OtherNames(nativeId) : []),

  hiding: {
    name: 'ID3 chunk',
    holds: isInId3,
    async hidden(file) {
      const chunks = await readChunkFile(file, DATA);
      const { tag: id3 } = await findId3Chunks(file, chunks.chunks);
      const version = id3 ? parseTag(await file.read(id3.position, id3.bytes)).version : 4;
      const entries = await readInfoLists(file, chunks);
      const values = entries.flatMap(({ id, value }) => namedFromInfo(id, value));
      return hiddenFields([{ from: 'LIST/INFO', values }], (name, value) => frameFor(name, value, version));
    },
  },

  async read(file) {
    const chunks = await readChunkFile(file, DATA);
    const fields: StoredField[] = [];
    const { ixml, bext, id3 } = await findChunks(file, chunks);
    if (bext) {
      const description = Buffer.from(await file.read(bext.position, DESCRIPTION_BYTES));
      fields.push({ nativeId: BEXT, value: text(description) });
    }
    if (ixml) {
      const values = readIxmlValues(await file.read(ixml.position, ixml.bytes));
      const ofSound = values.filter(({ path }) => path !== 'BWFXML/IXML_VERSION');
      fields.push(...ofSound.map(({ path, value }) => ({ nativeId: IXML + path, value })));
    }
    const entries = await readInfoLists(file, chunks);
    fields.push(...entries.map(({ id, value }) => ({ nativeId: INFO + id, value })));
    if (id3.tag) fields.push(...readId3(await file.read(id3.tag.position, id3.tag.bytes)));
    return fields;
  },

  async edit(file, edits) {
    const chunks = await readChunkFile(file, DATA);
    const editor = new ChunkEditor(chunks);
    const found = await findChunks(file, chunks);
    const first = ({ values }: FieldEdit) => values[0] ?? null;
    const description = edits.find(({ nativeId }) => nativeId === BEXT);
    if (description && found.bext) {
      const from = found.bext.position;
      const bytes = Buffer.alloc(DESCRIPTION_BYTES);
      bytes.write(first(description) ?? '', 'latin1');
      editor.editContent(found.bext, [{ from, to: from + DESCRIPTION_BYTES, bytes }]);
    }
    const inIxml = edits
      .filter(({ nativeId }) => nativeId.startsWith(IXML))
      .map((edit) => ({ path: edit.nativeId.slice(IXML.length), value: first(edit) }));
    if (inIxml.length > 0 && found.ixml) {
      const content = await file.read(found.ixml.position, found.ixml.bytes);
      editor.editContent(found.ixml, editIxml(content, inIxml, found.ixml.position));
    } else if (inIxml.some(({ value }) => value !== null)) {
      const content = newIxml(inIxml);
      if (found.blankIxml) editor.replaceContent(found.blankIxml, content);
      else editor.add('iXML', content, soundChunk(chunks, DATA));
    }
    const inInfo = edits
      .filter(({ nativeId }) => nativeId.startsWith(INFO))
      .map((edit) => ({ id: edit.nativeId.slice(INFO.length), value: first(edit) }));
    if (inInfo.length > 0 && found.infos.length > 0) {
      const changes = editInfo(await infoLists(file, found.infos), chunks.bigEndian, inInfo);
      for (const [n, info] of found.infos.entries()) if (changes[n]!.length > 0) editor.editContent(info, changes[n]!);
    } else if (inInfo.length > 0) {
      const content = newInfo(chunks.bigEndian, inInfo);
      if (content.length > 0) editor.add('LIST', content, null);
    }
    await editId3Chunk(
      file,
      editor,
      found.id3,
      chunks.kind,
      edits.filter(({ nativeId }) => isInId3(nativeId)),
    );
    return editor.parts();
  },

  addMarkers: addCuePoints,

  isIrregular: async (file) => isIrregularChunkFile(file, await readChunkFile(file, DATA)),

  payload: (file) => samplesIn(file, DATA),

  fit(nativeId, value) {
    if (nativeId === BEXT) {
      const ascii = toAscii(value);
      const short = shorten(ascii.value, DESCRIPTION_BYTES);
      return { value: short.value, note: notes(ascii.note, short.note) };
    }
    if (nativeId.startsWith(INFO)) return toAscii(value);
    if (!nativeId.startsWith(IXML)) return fitId3(nativeId, value);
    // XML knows no control characters, not even as numbers.
    return {
      value: value
        .toWellFormed()
        .replace(/[\p{Cc}\ufffe\uffff]+/gu, ' ')
        .trim(),
      note: '',
    };
  },
};

interface FoundChunks {
  ixml: FileChunk | null;
  /** An iXML chunk with nothing in it. */
  blankIxml: FileChunk | null;
  bext: FileChunk | null;
  /** All of them: programs put what they write into one of their own. */
  infos: FileChunk[];
  id3: Id3Chunks;
}

/**
 * The first of each kind; others of the kind are left alone.
 * @throws UserError unsupported-format when one is too large: it is there, and no second one is to be made
 */
async function findChunks(file: OpenFile, { chunks }: ChunkFile): Promise<FoundChunks> {
  const id3 = await findId3Chunks(file, chunks);
  const found: FoundChunks = { ixml: null, blankIxml: null, bext: null, infos: [], id3 };
  for (const chunk of chunks) {
    const whole = (name: string) => {
      if (chunk.bytes <= LARGEST) return chunk;
      throw cannotEdit(`The ${name} exceeds ${LARGEST >> 20} MB, which Earmark does not change. Make it smaller with a tag editor first.`); // prettier-ignore
    };
    if (chunk.id === 'iXML' && !found.ixml) {
      const content = await file.read(chunk.position, whole('iXML').bytes);
      if (content.every((byte) => byte <= 0x20)) found.blankIxml ??= chunk;
      else found.ixml = chunk;
    } else if (chunk.id === 'bext' && chunk.bytes >= SMALLEST_BEXT) found.bext ??= chunk;
    else if (chunk.id === 'LIST' && chunk.bytes >= 4) {
      const type = Buffer.from(await file.read(chunk.position, 4)).toString('latin1');
      if (type === 'INFO') found.infos.push(whole('LIST/INFO'));
    }
  }
  return found;
}

function infoLists(file: OpenFile, chunks: readonly FileChunk[]): Promise<InfoList[]> {
  return Promise.all(
    chunks.map(async ({ position, bytes }) => ({
      content: Buffer.from(await file.read(position, bytes)),
      at: position,
    })),
  );
}

/** The entries of all lists, in file order. */
async function readInfoLists(file: OpenFile, chunks: ChunkFile): Promise<{ id: string; value: string }[]> {
  const codePage = await statedCodePage(file, chunks.chunks, chunks.bigEndian);
  const lists = await infoLists(file, (await findChunks(file, chunks)).infos);
  return lists.flatMap(({ content }) => readInfo(content, chunks.bigEndian, codePage));
}

function isInId3(nativeId: string): boolean {
  return nativeId !== BEXT && !nativeId.startsWith(IXML) && !nativeId.startsWith(INFO);
}

/** An ID3v2 tag in a chunk of its own: `id3 ` in WAVE, `ID3 ` in AIFF files, though some programs write the other. */
import { cannotEdit, type FieldEdit, type OpenFile } from '../container.ts';
import { editId3 } from '../id3/edit.ts';
import { isIrregularTag } from '../id3/tag.ts';
import { lacksPadByte, type ChunkEditor, type ChunkFile, type FileChunk } from './chunk-file.ts';

/** Tags are edited in memory, and large ones are pictures. */
const LARGEST = 64 * 2 ** 20;
/** ExifTool takes a long frame of ID3v2.4 for damaged unless there is room for another header behind it. */
const NEW_PADDING_BYTES = 16;
const IN_AIFF = 'ID3 ';
const IN_WAVE = 'id3 ';

export interface Id3Chunks {
  tag: FileChunk | null;
  /** Chunks for a tag with none in them: room that some program made, or a tag that it took out. */
  blank: FileChunk[];
}

/** @throws UserError unsupported-format when one is too large: it is there, and no second one is to be made */
export async function findId3Chunks(file: OpenFile, chunks: readonly FileChunk[]): Promise<Id3Chunks> {
  const found: Id3Chunks = { tag: null, blank: [] };
  for (const chunk of chunks) {
    if (chunk.id.toLowerCase() !== 'id3 ') continue;
    if (chunk.bytes > LARGEST) throw cannotEdit(`The ID3 tag exceeds ${LARGEST >> 20} MB, which Earmark does not change. Make it smaller with a tag editor first.`); // prettier-ignore
    const content = await file.read(chunk.position, chunk.bytes);
    if (content.every((byte) => byte === 0)) found.blank.push(chunk);
    else found.tag ??= chunk;
  }
  return found;
}

/** As {@link Container.isIrregular}. */
export async function isIrregularChunkFile(file: OpenFile, { chunks, size, kind }: ChunkFile): Promise<boolean> {
  if (chunks.some((chunk) => lacksPadByte(chunk) && chunk.end < size)) return true;
  const { tag } = await findId3Chunks(file, chunks);
  if (tag && hasWrongCase(tag, kind)) return true;
  return tag !== null && isIrregularTag(await file.read(tag.position, tag.bytes));
}

/**
 * Changed, made, or taken out when nothing is left in it. Readers go by the first chunk that is called so (Mutagen then
 * does not open the file): a blank one gets the tag, or makes way for it.
 */
export async function editId3Chunk(
  file: OpenFile,
  editor: ChunkEditor,
  { tag, blank }: Id3Chunks,
  kind: ChunkFile['kind'],
  edits: readonly FieldEdit[],
): Promise<void> {
  if (edits.length === 0) return;
  const after = editId3(tag ? await file.read(tag.position, tag.bytes) : null, edits, NEW_PADDING_BYTES);
  if (after.length === 0 && !tag) return;
  const place = tag ?? blank[0];
  for (const chunk of blank) if (chunk !== place) editor.remove(chunk);
  if (place && after.length === 0) editor.remove(place);
  else if (place) {
    editor.replaceContent(place, after);
    if (hasWrongCase(place, kind)) editor.rename(place, IN_AIFF);
  } else editor.add(kind === 'FORM' ? IN_AIFF : IN_WAVE, after, null);
}

/** In AIFF few readers accept lowercase; in WAVE most accept both. */
function hasWrongCase({ id }: FileChunk, kind: ChunkFile['kind']): boolean {
  return kind === 'FORM' && id !== IN_AIFF;
}

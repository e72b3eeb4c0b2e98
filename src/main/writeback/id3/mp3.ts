/**
 * MP3: an ID3v2 tag in front of the frames. ID3v1 and APEv2 tags at the end stay as they are; what they say is taken over
 * into a tag that would hide them (docs/write-back.md).
 */
import { cannotEdit, readRange, type Container, type FieldEdit, type OpenFile, type Part } from '../container.ts';
import { findFrames, mpegHeader } from '../../decode/mpeg-frames.ts';
import { hiddenFields, sourcesBehindSound } from '../hidden/behind-sound.ts';
import { frameFor } from '../hidden/names.ts';
import { joined } from '../splice.ts';
import { editId3Parts, readId3 } from './edit.ts';
import { fitId3, id3OtherNames, id3Places, isId3List } from './fields.ts';
import { HEADER_BYTES, id3TagBytes, isIrregularTag, parseTag } from './tag.ts';

/** So that later edits need not move the sound again. */
const NEW_PADDING_BYTES = 2048;

export const mp3: Container = {
  formats: ['mp3'],
  places: id3Places,
  isList: isId3List,
  otherNames: id3OtherNames,
  fit: fitId3,
  hiding: {
    name: 'ID3v2 tag',
    holds: () => true,
    async hidden(file) {
      const tag = await readTag(file);
      const version = tag === null ? 4 : parseTag(tag).version;
      return hiddenFields(await sourcesBehindSound(file), (name, value) => frameFor(name, value, version));
    },
  },

  async read(file) {
    const tag = await readTag(file);
    return tag === null ? [] : readId3(tag);
  },

  async edit(file, edits: readonly FieldEdit[]): Promise<Part[]> {
    const tag = await readTag(file);
    const parts = editId3Parts(tag, edits, NEW_PADDING_BYTES);
    const from = tag?.length ?? 0;
    return joined([...parts, { from, to: file.size }], file.size);
  },

  async isIrregular(file) {
    const tag = await readTag(file);
    return tag !== null && isIrregularTag(tag);
  },

  async *payload(file) {
    yield* readRange(file, (await readTag(file))?.length ?? 0, file.size);
  },
};

/** @returns the first tag, whole; null when the file does not begin with one */
async function readTag(file: OpenFile): Promise<Uint8Array | null> {
  const bytes = id3TagBytes(await file.read(0, Math.min(HEADER_BYTES, file.size)));
  if (bytes === null) return null;
  // A length that is wrong would have us write into the sound.
  const tooLong = 'The ID3 tag declares a wrong length. Repair it with a tag editor first.';
  if (bytes > file.size) throw cannotEdit(tooLong);
  const tag = await file.read(0, bytes);
  const { framesEnd, padding } = parseTag(tag);
  if (padding === 0 && findFrames(Buffer.from(tag.subarray(framesEnd)), false, mpegHeader) >= 0)
    throw cannotEdit(tooLong);
  return tag;
}

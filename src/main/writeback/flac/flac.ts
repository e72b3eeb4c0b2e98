/** FLAC: the block of Vorbis comments. Pictures, cue sheets, seek tables and unknown blocks stay byte for byte. */
import { cannotEdit, readRange, type Container, type OpenFile, type Part } from '../container.ts';
import { editComments, emptyComments, parseComments, readComments, vorbisFields } from '../ogg/vorbis-comment.ts';
import { hiddenFields, sourcesBehindSound } from '../hidden/behind-sound.ts';
import { commentFor, namedFromId3 } from '../hidden/names.ts';
import { readId3 } from '../id3/edit.ts';
import { splicedSize } from '../splice.ts';
import {
  BLOCK_HEADER_BYTES,
  LARGEST_BLOCK,
  PADDING,
  readBlocks,
  tagInFront,
  SEEKTABLE,
  STREAMINFO,
  VORBIS_COMMENT,
  type Block,
} from './blocks.ts';

/** What metaflac leaves; so that later edits need not move the sound again. */
const NEW_PADDING_BYTES = 8192;

export const flac: Container = {
  formats: ['flac'],
  ...vorbisFields,
  hiding: {
    name: 'Vorbis comment',
    holds: () => true,
    async hidden(file) {
      const inFront = await tagInFront(file);
      const id3v2 = { from: 'ID3v2', values: inFront ? namedFromId3(readId3(inFront)) : [] };
      return hiddenFields([id3v2, ...(await sourcesBehindSound(file))], commentFor);
    },
  },

  async read(file) {
    const { blocks } = await readBlocks(file);
    const comments = blocks.find(({ type }) => type === VORBIS_COMMENT);
    return comments ? readComments(parseComments(await content(file, comments), 0)) : [];
  },

  async edit(file, edits) {
    const { blocks, framesFrom } = await readBlocks(file);
    const comments = blocks.find(({ type }) => type === VORBIS_COMMENT);
    const old = comments ? await content(file, comments) : emptyComments('Earmark');
    const parts = editComments(old, parseComments(old, 0), edits);
    if (!parts) return [{ from: 0, to: file.size }];
    if (splicedSize(parts) > LARGEST_BLOCK) throw cannotEdit('The comments would exceed 16 MB, the limit of FLAC.');

    const kept = blocks.map((block): NewBlock => ({
      type: block.type,
      length: block.length,
      old: block,
      content: null,
    }));
    const edited: NewBlock = {
      type: VORBIS_COMMENT,
      length: splicedSize(parts),
      old: comments ?? null,
      content: inFile(parts, old, comments ?? null),
    };
    if (comments) kept[blocks.indexOf(comments)] = edited;
    else kept.splice(placeForComments(blocks), 0, edited);
    const room = framesFrom - blocks[0]!.from;
    return [{ from: 0, to: blocks[0]!.from }, ...render(fitted(kept, room)), { from: framesFrom, to: file.size }];
  },

  async *payload(file) {
    yield* readRange(file, (await readBlocks(file)).framesFrom, file.size);
  },
};

interface NewBlock {
  type: number;
  length: number;
  /** null for a block that is new. */
  old: Block | null;
  /** null: as it is. */
  content: Part[] | null;
}

function content(file: OpenFile, block: Block): Promise<Uint8Array> {
  return file.read(block.from + BLOCK_HEADER_BYTES, block.length);
}

/** Positions in a block's content to positions in the file; bytes, where the block is new. */
function inFile(parts: readonly Part[], bytes: Uint8Array, block: Block | null): Part[] {
  const start = block ? block.from + BLOCK_HEADER_BYTES : 0;
  return parts.map((part) => {
    if ('bytes' in part) return part;
    return block ? { from: start + part.from, to: start + part.to } : { bytes: bytes.subarray(part.from, part.to) };
  });
}

/** Behind what players need first. */
function placeForComments(blocks: readonly Block[]): number {
  return blocks.findLastIndex(({ type }) => type === STREAMINFO || type === SEEKTABLE) + 1;
}

/** Padding taken or given so that the blocks fill the room they had; where that is not possible, new padding. */
function fitted(blocks: readonly NewBlock[], room: number): NewBlock[] {
  const missing = total(blocks) - room;
  if (missing === 0) return [...blocks];
  const largest = blocks
    .filter(({ type }) => type === PADDING)
    .reduce<NewBlock | null>((best, block) => (best && best.length >= block.length ? best : block), null);
  if (largest) {
    const length = largest.length - missing;
    if (length === -BLOCK_HEADER_BYTES) return blocks.filter((block) => block !== largest);
    const fits = length >= 0 && length <= LARGEST_BLOCK;
    // Everything moves anyway: then so that it does not have to next time.
    const resized = { ...largest, length: fits ? length : Math.max(largest.length, NEW_PADDING_BYTES), content: [] };
    return blocks.map((block) => (block === largest ? resized : block));
  }
  const length = -missing - BLOCK_HEADER_BYTES;
  const added = { type: PADDING, length: length >= 0 ? length : NEW_PADDING_BYTES, old: null, content: [] };
  return [...blocks, added];
}

function total(blocks: readonly NewBlock[]): number {
  return blocks.reduce((sum, { length }) => sum + BLOCK_HEADER_BYTES + length, 0);
}

function render(blocks: readonly NewBlock[]): Part[] {
  return blocks.flatMap(({ type, length, old, content: parts }, n): Part[] => {
    const header = Buffer.alloc(BLOCK_HEADER_BYTES);
    header.writeUInt8(type | (n === blocks.length - 1 ? 0x80 : 0));
    header.writeUIntBE(length, 1, 3);
    if (!old) return [{ bytes: header }, ...(type === PADDING ? [{ bytes: new Uint8Array(length) }] : parts!)];
    const from = old.from + BLOCK_HEADER_BYTES;
    if (!parts) return [{ bytes: header }, { from, to: from + length }];
    if (type !== PADDING) return [{ bytes: header }, ...parts];
    const kept = Math.min(old.length, length);
    return [
      { bytes: header },
      { bytes: new Uint8Array(length - kept) },
      { from: from + old.length - kept, to: from + old.length },
    ];
  });
}

/** Metadata blocks of a FLAC file (RFC 9639 §8): where they lie. */
import { cannotEdit, damaged, type OpenFile } from '../container.ts';
import { HEADER_BYTES, id3TagBytes } from '../id3/tag.ts';

export const BLOCK_HEADER_BYTES = 4;
/** A block's length has 24 bits. */
export const LARGEST_BLOCK = (1 << 24) - 1;

export const STREAMINFO = 0;
export const PADDING = 1;
export const SEEKTABLE = 3;
export const VORBIS_COMMENT = 4;
const FORBIDDEN = 127;

export interface Block {
  type: number;
  /** Position of its header in the file. */
  from: number;
  /** Bytes behind the header. */
  length: number;
}

export interface FlacLayout {
  /** All of them, in file order, without gaps. */
  blocks: Block[];
  /** Where the frames begin: the end of the last block. */
  framesFrom: number;
}

/** @throws UserError undecodable-audio, unsupported-format */
export async function readBlocks(file: OpenFile): Promise<FlacLayout> {
  let at = await afterId3(file);
  const marker = Buffer.from(await file.read(at, 4)).toString('latin1');
  if (marker !== 'fLaC') throw cannotEdit('The file does not begin with FLAC data. Convert it to plain FLAC.');
  at += 4;
  const blocks: Block[] = [];
  for (let isLast = false; !isLast;) {
    const header = Buffer.from(await file.read(at, BLOCK_HEADER_BYTES));
    isLast = header[0]! >= 0x80;
    const [type, length] = [header[0]! & 0x7f, header.readUIntBE(1, 3)];
    if (type === FORBIDDEN || at + BLOCK_HEADER_BYTES + length > file.size) throw wrongBlocks();
    blocks.push({ type, from: at, length });
    at += BLOCK_HEADER_BYTES + length;
  }
  if (blocks[0]!.type !== STREAMINFO) throw wrongBlocks();
  // Lengths that are wrong lead elsewhere than to the sync code of a frame.
  const sync = await file.read(at, Math.min(2, file.size - at));
  if (sync.length > 0 && (sync[0] !== 0xff || (sync[1]! & 0xfc) !== 0xf8)) throw wrongBlocks();
  if (blocks.filter(({ type }) => type === VORBIS_COMMENT).length > 1) {
    throw cannotEdit(
      'The file has two comment blocks, which programs interpret differently. Save it with a tag editor first.',
    );
  }
  return { blocks, framesFrom: at };
}

/** @returns the ID3v2 tag that some programs put in front of FLAC; null when there is none */
export async function tagInFront(file: OpenFile): Promise<Uint8Array | null> {
  const bytes = await afterId3(file);
  return bytes === 0 ? null : file.read(0, bytes);
}

async function afterId3(file: OpenFile): Promise<number> {
  const bytes = id3TagBytes(await file.read(0, Math.min(HEADER_BYTES, file.size)));
  return bytes !== null && bytes < file.size ? bytes : 0;
}

function wrongBlocks() {
  return damaged('The FLAC metadata is damaged (invalid block length).');
}

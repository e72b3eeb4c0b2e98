/**
 * Ogg Vorbis and Opus: the packet of Vorbis comments. Of a chained file the first stream is edited, whose tags players
 * show first. Sound, setup header, positions and serial numbers stay as they are.
 */
import { cannotEdit, type Container, type OpenFile, type Part } from '../container.ts';
import { crcChange } from './crc.ts';
import { readHeaders, type OggHeaders, type Stretch } from './headers.ts';
import { PAGE_HEADER_BYTES, PageReader } from './pages.ts';
import { paginate } from './paginate.ts';
import { editComments, parseComments, readComments, vorbisFields } from './vorbis-comment.ts';

const SEQUENCE_AT = 18;
const CRC_END = 26;
const PIECE_BYTES = 1 << 20;

export const ogg: Container = {
  formats: ['ogg', 'opus'],
  ...vorbisFields,

  async read(file) {
    const { comments, commentsFrom } = await readHeaders(file, new PageReader(file));
    return readComments(parseComments(comments, commentsFrom));
  },

  async edit(file, edits) {
    const reader = new PageReader(file);
    const headers = await readHeaders(file, reader);
    const { comments, commentsFrom } = headers;
    const edited = editComments(comments, parseComments(comments, commentsFrom), edits);
    if (!edited) return [{ from: 0, to: file.size }];
    const packets = [inFile(edited, headers.commentStretches)];
    if (headers.setupStretches.length > 0) packets.push(headers.setupStretches);
    const sequence = headers.pages[0]!.sequence;
    const { parts, pages } = await paginate(file, packets, headers.pages.length, { serial: headers.serial, sequence });
    const more = pages - headers.pages.length;
    return [{ from: 0, to: headers.identification.to }, ...parts, ...(await renumbered(file, reader, headers, more))];
  },

  async *payload(file) {
    const reader = new PageReader(file);
    const { identification, setupStretches, soundFrom } = await readHeaders(file, reader);
    if (!(await hasSound(file, reader, soundFrom))) return;
    yield await file.read(identification.bodyFrom, identification.to - identification.bodyFrom);
    for (const { from, to } of setupStretches) yield await file.read(from, to - from);
    let at = soundFrom;
    for (let page; (page = await reader.at(at)); at = page.to) {
      // Flags, position and serial number, then how packets are cut, then they: all but place and checksum.
      yield page.header.subarray(4, SEQUENCE_AT);
      yield page.header.subarray(CRC_END);
      yield await reader.body(page);
    }
    for (; at < file.size; at += PIECE_BYTES) yield await file.read(at, Math.min(PIECE_BYTES, file.size - at));
  },
};

/** Whether a page with anything on it follows the headers, before the next stream of a chain begins. */
async function hasSound(file: OpenFile, reader: PageReader, soundFrom: number): Promise<boolean> {
  let at = soundFrom;
  for (let page; (page = await reader.at(at)) && !page.first; at = page.to) {
    if (Math.min(page.to, file.size) > page.bodyFrom) return true;
  }
  return false;
}

/** Positions in a packet to positions in the file. */
function inFile(parts: readonly Part[], stretches: readonly Stretch[]): Part[] {
  return parts.flatMap((part): Part[] => {
    if ('bytes' in part) return [part];
    const found: Part[] = [];
    let start = 0; // of the stretch, in the packet
    for (const { from, to } of stretches) {
      const [first, last] = [Math.max(part.from, start), Math.min(part.to, start + to - from)];
      if (first < last) found.push({ from: from + first - start, to: from + last - start });
      start += to - from;
    }
    return found;
  });
}

/**
 * The rest of the file with the stream's pages counted anew. A checksum that was wrong is as wrong afterwards: a
 * damaged page is not made to look whole.
 * @param more pages than before; may be negative
 */
async function renumbered(file: OpenFile, reader: PageReader, headers: OggHeaders, more: number): Promise<Part[]> {
  const { serial, soundFrom } = headers;
  if (more === 0) return [{ from: soundFrom, to: file.size }];
  const parts: Part[] = [];
  let kept = soundFrom;
  for (let at = soundFrom; at < file.size;) {
    const page = await reader.at(at);
    if (!page) {
      // A page that the end of the file cuts in two has nothing that could be counted.
      if (file.size - at <= PAGE_HEADER_BYTES + 255) break;
      throw cannotEdit(
        'The Ogg pages are damaged, or there is other data between them. Convert the file with another program first.',
      );
    }
    // The next stream of a chain counts for itself.
    if (page.first) break;
    if (page.serial !== serial) throw cannotEdit('The file contains several streams. Convert it first.');
    const sequence = (page.sequence + more) >>> 0;
    const bytes = Buffer.alloc(CRC_END - SEQUENCE_AT);
    bytes.writeUInt32LE(sequence, 0);
    const difference =
      (bytes.readUInt32BE(0) ^ page.header.subarray(SEQUENCE_AT, SEQUENCE_AT + 4).reduce(bigEndian, 0)) >>> 0;
    bytes.writeUInt32LE((page.crc ^ crcChange(difference, page.to - at - SEQUENCE_AT - 4)) >>> 0, 4);
    parts.push({ from: kept, to: at + SEQUENCE_AT }, { bytes });
    kept = at + CRC_END;
    at = page.to;
    if (page.last) break;
  }
  return [...parts, { from: kept, to: file.size }];
}

function bigEndian(value: number, byte: number): number {
  return (value << 8) | byte;
}

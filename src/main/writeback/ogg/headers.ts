/**
 * The header packets of Ogg Vorbis (Vorbis I §4.2, A.2) and Opus (RFC 7845 §3, §5), and the pages they lie on. Only
 * streams that keep to the rules are accepted: the rest would be guesswork.
 */
import { cannotEdit, COPY_AGAIN, damaged, type OpenFile } from '../container.ts';
import { oggCrc } from './crc.ts';
import type { Page, PageReader } from './pages.ts';

/** Room for large pictures in the comments; beyond that the lengths are wrong, or the file is no music. */
const MOST_HEADER_BYTES = 128 * 1024 * 1024;

/** Bytes that lie on one page. */
export interface Stretch {
  from: number;
  to: number;
}

export interface OggHeaders {
  serial: number;
  /** The page of the identification header. */
  identification: Page;
  /** The pages behind it, up to the sound: all whole, one after the other, checksums right. */
  pages: Page[];
  /** The comment packet, whole. */
  comments: Uint8Array;
  /** Where in it the vendor string's length stands. */
  commentsFrom: number;
  /** Where its bytes lie in the file. */
  commentStretches: Stretch[];
  /** Likewise the setup header's; none in Opus. */
  setupStretches: Stretch[];
  /** Where the first page of sound begins. */
  soundFrom: number;
}

const CODECS = [
  { identification: '\x01vorbis', comments: '\x03vorbis', packets: 2 },
  { identification: 'OpusHead', comments: 'OpusTags', packets: 1 },
] as const;

const SKELETON = 'fishead';
/** First packets of what else there is in Ogg (wiki.xiph.org, "MIMETypesCodecs"), for the sentence. */
const OTHERS = [
  [
    '\x7fFLAC',
    'Earmark does not write tags into FLAC in Ogg. Convert the file to plain FLAC, or write a sidecar instead.',
  ],
  [SKELETON, 'The Ogg file has a Skeleton index, which an edit would invalidate. Convert the file, or write a sidecar instead.'], // prettier-ignore
  ['Speex   ', 'Earmark does not write tags into Speex files. Convert the file to FLAC, or write a sidecar instead.'],
  ['\x80theora', 'Earmark does not write tags into video files (Theora). Write a sidecar instead.'],
] as const;

function whyNot(start: string): string {
  const other = OTHERS.find(([identification]) => start.startsWith(identification));
  return (
    other?.[1] ?? 'The Ogg stream is neither Vorbis nor Opus. Convert the file to FLAC, or write a sidecar instead.'
  );
}

/** @throws UserError undecodable-audio, unsupported-format */
export async function readHeaders(file: OpenFile, reader: PageReader): Promise<OggHeaders> {
  const first = await wholePage(reader, 0);
  const start = Buffer.from((await reader.body(first)).subarray(0, 8)).toString('latin1');
  const kind = CODECS.find(({ identification }) => start.startsWith(identification));
  if (!kind) throw cannotEdit(whyNot(start));
  const identification = new Packets();
  identification.add(first);
  if (!first.first || identification.ended.length !== 1 || identification.isOpen) throw unusual();

  const pages: Page[] = [];
  const packets = new Packets();
  let at = first.to;
  while (packets.ended.length < kind.packets) {
    const page = await wholePage(reader, at);
    if (page.first && Buffer.from((await reader.body(page)).subarray(0, 7)).toString('latin1') === SKELETON)
      throw cannotEdit(whyNot(SKELETON));
    if (page.first || page.serial !== first.serial)
      throw cannotEdit('The file contains several streams. Convert it first.');
    if (page.sequence !== first.sequence + pages.length + 1)
      throw damaged('The Ogg headers are damaged (a page is missing).', COPY_AGAIN);
    if (page.last || page.continued !== packets.isOpen) throw unusual();
    packets.add(page);
    pages.push(page);
    at = page.to;
    if (at > MOST_HEADER_BYTES) throw damaged('The Ogg headers are damaged (too long).');
  }
  // The sound has to begin on a page of its own.
  if (packets.ended.length > kind.packets || packets.isOpen) throw unusual();
  const [commentStretches, setupStretches] = packets.ended;
  const comments = await packetBytes(file, commentStretches!);
  if (!Buffer.from(comments.subarray(0, 8)).toString('latin1').startsWith(kind.comments)) throw unusual();
  return {
    serial: first.serial,
    identification: first,
    pages,
    comments,
    commentsFrom: kind.comments.length,
    commentStretches: commentStretches!,
    setupStretches: setupStretches ?? [],
    soundFrom: at,
  };
}

/** Packets put together from the segments of pages. */
class Packets {
  readonly ended: Stretch[][] = [];
  #current: Stretch[] = [];
  isOpen = false;

  add(page: Page): void {
    let at = page.bodyFrom;
    for (const length of page.lacing) {
      const last = this.#current.at(-1);
      if (last?.to === at) last.to += length;
      else this.#current.push({ from: at, to: at + length });
      at += length;
      this.isOpen = length === 255;
      if (this.isOpen) continue;
      this.ended.push(this.#current);
      this.#current = [];
    }
  }
}

async function packetBytes(file: OpenFile, stretches: readonly Stretch[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const { from, to } of stretches) pieces.push(await file.read(from, to - from));
  return Buffer.concat(pieces);
}

/** What an edit is built upon has to be as it was written. */
async function wholePage(reader: PageReader, at: number): Promise<Page> {
  const page = await reader.at(at);
  const body = page && (await reader.body(page));
  if (!page || body!.length < page.to - page.bodyFrom)
    throw damaged('The Ogg headers are damaged or truncated.', COPY_AGAIN);
  const header = Buffer.from(page.header);
  header.fill(0, 22, 26); // the checksum counts as zeros
  if (oggCrc(body!, oggCrc(header)) !== page.crc)
    throw damaged('The Ogg headers are damaged (wrong checksum).', COPY_AGAIN);
  return page;
}

function unusual() {
  return cannotEdit(
    'The Ogg page layout does not conform to Vorbis or Opus. Convert the file with another program first.',
  );
}

/**
 * What a file is, by its content and never by its name. FFmpeg's own probing is not asked: it "opens" text, pictures
 * and playlists as sound; here it gets the one demuxer that fits, or nothing.
 */
import type { AudioFormat } from '../../shared/types.ts';
import { partOf, type ByteReader } from '../files/byte-reader.ts';
import { tagsInFront } from './id3v2-places.ts';
import { adtsHeader, declaresFrames, findFrames, isFreeFormat, mpegHeader } from './mpeg-frames.ts';
import { unmeasuredSound, type RawPcm } from './raw-pcm.ts';
import { ds64IsPlaceholder } from './riff.ts';
import { endOfSound } from './tags-behind.ts';

export { claimsAudio } from './extensions.ts';

export interface Sniffed {
  format: AudioFormat;
  /** FFmpeg's name of the demuxer. */
  demuxer: string;
  /** Whether the length that FFmpeg reports is the container's word; false: its guess from a bit rate. */
  declaresLength: boolean;
  /** The container says that there is no sound, or more than can be, as one that was never finished: read to the end. */
  isUnmeasured?: boolean;
  /** For the demuxer, as FFmpeg names them. */
  options?: Readonly<Record<string, string>>;
  /** What FFmpeg is to see begins at this byte of the file: behind a tag that it does not skip. */
  soundStart?: number;
  /** Tags follow the sound, from this byte of the file on; FFmpeg must not see them. */
  soundEnd?: number;
}

/** All signatures lie in the first of these; a chain of frames may begin later. */
const SIGNATURE_BYTES = 512;
const HEAD_BYTES = 65_536;
/** Flag of an Ogg page, RFC 3533 §6. */
const OGG_FIRST_PAGE = 2;

/** Signatures at fixed places, first match wins. Text is latin1. */
const SIGNATURES: readonly { at: number; text: string; and?: { at: number; text: string }; is: Sniffed }[] = [
  { at: 0, text: 'RIFF', and: { at: 8, text: 'WAVE' }, is: exact('wav', 'wav') },
  { at: 0, text: 'RIFX', and: { at: 8, text: 'WAVE' }, is: exact('wav', 'wav') },
  { at: 0, text: 'RF64', and: { at: 8, text: 'WAVE' }, is: exact('rf64', 'wav') },
  { at: 0, text: 'BW64', and: { at: 8, text: 'WAVE' }, is: exact('rf64', 'wav') },
  // Sony Wave64: the GUID of a RIFF chunk.
  { at: 0, text: 'riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00', is: exact('w64', 'w64') },
  { at: 0, text: 'FORM', and: { at: 8, text: 'AIFF' }, is: exact('aiff', 'aiff') },
  { at: 0, text: 'FORM', and: { at: 8, text: 'AIFC' }, is: exact('aiff', 'aiff') },
  { at: 0, text: 'fLaC', is: exact('flac', 'flac') },
  { at: 0, text: 'wvpk', is: exact('wavpack', 'wv') },
  { at: 0, text: 'caff', is: exact('caf', 'caf') },
  // ASF header object GUID.
  { at: 0, text: '\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c', is: exact('wma', 'asf') },
  { at: 0, text: '.snd', is: exact('other', 'au') },
  { at: 0, text: 'MAC ', is: exact('other', 'ape') },
  { at: 0, text: 'TTA1', is: exact('other', 'tta') },
  { at: 0, text: '#!AMR', is: guess('other', 'amr') },
  { at: 0, text: 'tBaK', is: exact('other', 'tak') },
  { at: 0, text: 'MPCK', is: exact('other', 'mpc8') },
  { at: 0, text: 'MP+', is: exact('other', 'mpc') },
  { at: 0, text: 'DSD ', and: { at: 28, text: 'fmt ' }, is: exact('other', 'dsf') },
  { at: 0, text: 'FRM8', and: { at: 12, text: 'DSD ' }, is: exact('other', 'iff') },
  { at: 0, text: 'FORM', and: { at: 8, text: '8SVX' }, is: exact('other', 'iff') },
  { at: 0, text: 'Creative Voice File\x1a', is: guess('other', 'voc') },
  // EBML; FFmpeg says whether it holds sound only.
  { at: 0, text: '\x1a\x45\xdf\xa3', is: exact('other', 'matroska') },
];

/** Brands of ISO base media files that are pictures or camera raws. */
const PICTURE_BRANDS = new Set([
  'heic',
  'heix',
  'heim',
  'heis',
  'hevc',
  'mif1',
  'msf1',
  'avif',
  'avis',
  'crx ',
  'jxl ',
]);
/** First boxes of QuickTime files from before `ftyp`. */
const OLD_QUICKTIME_BOXES = new Set(['moov', 'mdat', 'wide', 'free', 'skip']);

/** Demuxers that read on to the end of the file, or judge by its size: what is no chunk or box has no length. */
const READ_TO_THE_END = new Set('flac mp3 aac ogg wv tta ape mpc mpc8 tak ac3 eac3 dts amr'.split(' '));

/** Demuxers that find their way past ID3 tags in front. */
const SKIP_ID3 = new Set('mp3 aac flac tta ape mpc mpc8'.split(' '));

/** @returns null when the content is no audio or video container that may hold sound */
export async function sniff(file: ByteReader): Promise<Sniffed | null> {
  const start = (await tagsInFront(file)).end;
  const found = await sniffContent(file, start);
  if (!found) return null;
  const { format, demuxer } = found;
  if (format === 'w64' || format === 'aiff' || format === 'rf64') {
    const unmeasured = await unmeasuredSound(partOf(file, start, file.size), format);
    if (unmeasured) return openEnded(found, unmeasured.pcm, start);
  }
  const soundEnd = READ_TO_THE_END.has(demuxer) ? await endOfSound(file) : file.size;
  return {
    ...found,
    ...(start > 0 && !SKIP_ID3.has(demuxer) && { soundStart: start }),
    ...(soundEnd < file.size && { soundEnd }),
  };
}

function openEnded(found: Sniffed, pcm: RawPcm | null, start: number): Sniffed {
  const unmeasured = { ...found, declaresLength: false, isUnmeasured: true };
  if (!pcm) return { ...unmeasured, soundStart: start };
  const options = { sample_rate: String(pcm.sampleRate), ch_layout: `${pcm.channels}c` };
  return { ...unmeasured, demuxer: pcm.demuxer, options, soundStart: start + pcm.from };
}

async function sniffContent(file: ByteReader, start: number): Promise<Sniffed | null> {
  const beginning = await file.read(start, SIGNATURE_BYTES);
  const text = (at: number, length: number) => beginning.toString('latin1', at, at + length);
  for (const { at, text: expected, and, is } of SIGNATURES) {
    if (text(at, expected.length) !== expected) continue;
    if (and && text(and.at, and.text.length) !== and.text) continue;
    // Of RIFF the demuxer knows by itself what a placeholder is.
    return is.format === 'rf64' && ds64IsPlaceholder(beginning)
      ? { ...is, declaresLength: false, isUnmeasured: true, options: { ignore_length: '1' } }
      : is;
  }
  if (text(0, 4) === 'OggS') return sniffOgg(beginning);
  if (text(4, 4) === 'ftyp') return PICTURE_BRANDS.has(text(8, 4)) ? null : exact('m4a', 'mov');
  if (OLD_QUICKTIME_BOXES.has(text(4, 4)) && beginning.readUInt32BE(0) >= 8) return exact('m4a', 'mov');
  const head = await file.read(start, HEAD_BYTES);
  return sniffFrames(head, start + head.length >= file.size, start > 0);
}

/** @returns what a file that is no audio seems to be ("image/png", "text"), for the sentence about it; null if unknown */
export async function contentKind(file: ByteReader): Promise<string | null> {
  const head = await file.read(0, HEAD_BYTES);
  const known = await otherKind(head);
  // Two bytes are enough for it to say MPEG audio; had it been that, it would have been found.
  if (known && known.mime !== 'audio/mpeg') return known.mime;
  const printable = head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
  return head.length > 0 && printable ? 'plain text' : null;
}

/**
 * Whether it is MPEG audio in free format, which has no bit rate in its frames (ISO/IEC 11172-3 §2.4.2.3): legal and
 * rare, and FFmpeg does not read it.
 */
export async function isFreeFormatMpeg(file: ByteReader): Promise<boolean> {
  return isFreeFormat(await file.read((await tagsInFront(file)).end, HEAD_BYTES));
}

function sniffOgg(head: Buffer): Sniffed {
  // The first page of each stream comes before all others, and its packet names the codec. A Skeleton may lead them.
  for (let at = 0; head.toString('latin1', at, at + 4) === 'OggS' && (head[at + 5]! & OGG_FIRST_PAGE) !== 0;) {
    const lacing = head.subarray(at + 27, at + 27 + (head[at + 26] ?? 0));
    const packet = at + 27 + lacing.length;
    if (head.toString('latin1', packet, packet + 8) === 'OpusHead') return exact('opus', 'ogg');
    at = packet + lacing.reduce((sum, length) => sum + length, 0);
  }
  return exact('ogg', 'ogg');
}

async function sniffFrames(head: Buffer, atEnd: boolean, behindId3: boolean): Promise<Sniffed | null> {
  const found = [
    { at: findFrames(head, atEnd, mpegHeader), format: 'mp3', demuxer: 'mp3' },
    { at: findFrames(head, atEnd, adtsHeader), format: 'aac', demuxer: 'aac' },
  ] as const;
  const first = found.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0];
  if (!first) return sniffSyncWords(head);
  // Behind anything but zeros, frames may be a film's sound track or a program's resources: then the beginning decides.
  const led = head.subarray(0, first.at).some((byte) => byte !== 0);
  if (led && !behindId3 && (await isSomethingElse(head))) return null;
  const declaresLength = first.format === 'mp3' && declaresFrames(head, first.at);
  return { format: first.format, demuxer: first.demuxer, declaresLength };
}

async function isSomethingElse(head: Buffer): Promise<boolean> {
  const isTransportStream = head[0] === 0x47 && head[188] === 0x47;
  const isProgramStream = head.length >= 4 && head.readUInt32BE(0) >>> 8 === 1;
  const known = await otherKind(head);
  return isTransportStream || isProgramStream || (known !== undefined && !known.mime.startsWith('audio/'));
}

/** Loaded on demand: with audio files only it is never needed. */
async function otherKind(head: Buffer) {
  const { fileTypeFromBuffer } = await import('file-type');
  return fileTypeFromBuffer(head);
}

function sniffSyncWords(head: Buffer): Sniffed | null {
  if (head.length < 16) return null;
  // AC-3 and DTS core: a sync word of 16 or 32 bits at the very beginning, confirmed by a plausible header.
  const isAc3 = head.readUInt16BE(0) === 0x0b77 && head[4]! >> 6 !== 3;
  if (isAc3) return head[5]! >> 3 > 10 ? guess('other', 'eac3') : guess('other', 'ac3');
  const sync = head.readUInt32BE(0);
  if (sync === 0x7ffe8001 || sync === 0xfe7f0180) return guess('other', 'dts');
  return null;
}

function exact(format: AudioFormat, demuxer: string): Sniffed {
  return { format, demuxer, declaresLength: true };
}

function guess(format: AudioFormat, demuxer: string): Sniffed {
  return { format, demuxer, declaresLength: false };
}

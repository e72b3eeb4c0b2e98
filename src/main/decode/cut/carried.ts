/**
 * What a piece takes over of what its source says about itself, shifted by where the piece begins: `bext` (EBU Tech
 * 3285), iXML (https://www.gallery.co.uk/ixml/), LIST/INFO, and tags of other formats. Chunks are copied byte for
 * byte but for what is no longer true.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { preciseClock } from '../../../shared/units.ts';
import type { ByteReader } from '../../files/byte-reader.ts';
import { toAscii } from '../../text/ascii.ts';
import { readChunks } from '../riff.ts';
import { readTags } from '../tags.ts';
import { shiftedIxml } from './shifted-ixml.ts';
import { movedOn, UNKNOWN_TIME } from './time-reference.ts';

/** Where a piece comes from. */
export interface Origin {
  /** Absolute. */
  path: string;
  /** Samples of the source, the end exclusive. */
  startSample: number;
  endSample: number;
  /** Hz */
  sampleRate: number;
}

/** What a WAV holds besides its samples, ready to be written. */
export interface CarriedChunk {
  id: 'bext' | 'iXML' | 'LIST';
  content: Buffer;
}

const BEXT = {
  description: { at: 0, bytes: 256 },
  originator: { at: 256, bytes: 32 },
  date: { at: 320, bytes: 10 },
  time: { at: 330, bytes: 8 },
  timeReference: 338,
  version: 346,
  umid: { at: 348, bytes: 64 },
  loudness: { at: 412, values: 5 },
  codingHistory: 602,
} as const;
/** Of a loudness value that nobody has measured. */
const UNMEASURED = 0x7fff;
/** More text about a file than this is left behind. */
const LARGEST_CHUNK = 1 << 20;

/**
 * @param about "PCM,F=48000,W=24,M=stereo": how the piece is coded, for the history
 * @returns always a `bext`, so that a piece can be spotted where it lay in its source
 */
export async function carriedChunks(file: ByteReader, origin: Origin, about: string): Promise<CarriedChunk[]> {
  const { kind, chunks, bigEndian } = await readChunks(file);
  const isWave = kind !== '' && kind !== 'FORM' && !bigEndian;
  const content = async (id: string): Promise<Buffer[]> => {
    const found = chunks.filter((each) => each.id.toLowerCase() === id && each.bytes <= LARGEST_CHUNK);
    return isWave ? Promise.all(found.map(({ position, bytes }) => file.read(position, bytes))) : [];
  };
  const [bext] = (await content('bext')).filter(({ length }) => length >= BEXT.codingHistory);
  const [ixml] = await content('ixml');
  const info = (await content('list')).filter((list) => list.toString('latin1', 0, 4) === 'INFO');
  return [
    { id: 'bext', content: pieceBext(bext ?? (await newBext(file, origin)), origin, about) },
    ...(ixml ? [{ id: 'iXML' as const, content: shiftedIxml(ixml, origin, randomUUID()) }] : []),
    ...info.map((list) => ({ id: 'LIST' as const, content: list })),
  ];
}

/** FFmpeg's names of what most formats hold. */
const TAG_NAMES = ['title', 'artist', 'album', 'genre', 'comment', 'description', 'date'] as const;

/** @returns by FFmpeg's names; the comment says where the piece comes from, behind what it said before */
export async function carriedTags(file: ByteReader, origin: Origin): Promise<Record<string, string>> {
  const tags: Record<string, string> = {};
  const read = await readTags(origin.path, file);
  for (const name of TAG_NAMES) {
    const values = read.filter(({ field }) => field === (name === 'date' ? 'year' : name)).map(({ value }) => value);
    if (values.length > 0) tags[name] = [...new Set(values)].join('; ');
  }
  tags['comment'] = [tags['comment'], provenance(origin)].filter((part) => part !== undefined).join('; ');
  const reference = movedOn((await timeReference(file)) ?? UNKNOWN_TIME, origin.startSample);
  if (reference !== UNKNOWN_TIME) tags['time_reference'] = String(reference);
  return tags;
}

/** `Cut from take.wav, samples 2160000 to 2280000 (0:45.000 to 0:47.500)` */
export function provenance({ path, startSample, endSample, sampleRate }: Origin): string {
  const clock = (sample: number) => preciseClock(sample / sampleRate);
  return `Cut from ${basename(path)}, samples ${startSample} to ${endSample} (${clock(startSample)} to ${clock(endSample)})`;
}

async function timeReference(file: ByteReader): Promise<bigint | null> {
  const { kind, chunks, bigEndian } = await readChunks(file);
  const bext = chunks.find(({ id, bytes }) => id === 'bext' && bytes >= BEXT.codingHistory);
  if (!bext || kind === 'FORM' || bigEndian) return null;
  return (await file.read(bext.position, BEXT.version)).readBigUInt64LE(BEXT.timeReference);
}

/** For a source without one. */
async function newBext(file: ByteReader, origin: Origin): Promise<Buffer> {
  const bext = Buffer.alloc(BEXT.codingHistory);
  const tags = await readTags(origin.path, file);
  const valueOf = (field: string) => tags.find((tag) => tag.field === field && tag.value.trim() !== '')?.value;
  put(bext, BEXT.description, valueOf('description') ?? valueOf('title') ?? provenance(origin));
  put(bext, BEXT.originator, valueOf('artist') ?? 'Earmark');
  bext.writeUInt16LE(1, BEXT.version);
  return bext;
}

/**
 * The piece is another piece of material: its identifier (UMID) and its loudness are not those of the source. When
 * and by whom it was recorded is.
 */
function pieceBext(source: Buffer, origin: Origin, about: string): Buffer {
  const bext = Buffer.from(source);
  const reference = movedOn(source.readBigUInt64LE(BEXT.timeReference), origin.startSample);
  bext.writeBigUInt64LE(reference, BEXT.timeReference);
  const version = source.readUInt16LE(BEXT.version);
  if (version >= 1) bext.fill(0, BEXT.umid.at, BEXT.umid.at + BEXT.umid.bytes);
  if (version >= 2) {
    for (let n = 0; n < BEXT.loudness.values; n++) bext.writeUInt16LE(UNMEASURED, BEXT.loudness.at + 2 * n);
  }
  const history = source.toString('latin1', BEXT.codingHistory).replace(/\0[^]*$/, '');
  const ended = history === '' || history.endsWith('\r\n') ? history : `${history}\r\n`;
  // EBU R 98: a line for each coding; `T` is free text, in which a comma would begin the next field.
  const text = toAscii(`Earmark; ${provenance(origin)}`).value.replaceAll(',', ';');
  const line = `A=${about},T=${text}\r\n`;
  return Buffer.concat([bext.subarray(0, BEXT.codingHistory), Buffer.from(`${ended}${line}`, 'latin1')]);
}

function put(bext: Buffer, { at, bytes }: { at: number; bytes: number }, text: string): void {
  bext.write(toAscii(text).value.slice(0, bytes), at, 'latin1');
}

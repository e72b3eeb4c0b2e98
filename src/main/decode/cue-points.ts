/**
 * Cue points and regions of WAVE files: `cue `, and what `LIST/adtl` says about them (Microsoft and IBM, "Multimedia Programming
 * Interface and Data Specifications 1.0": Cue-Points Chunk, Associated Data Chunk). Takes what it can get of damaged files.
 */
import type { ByteReader } from '../files/byte-reader.ts';
import { readChunks, type Chunk } from './riff.ts';
import { decodeText } from './text-encodings.ts';

/** One marker as it stands in a file; positions in samples for each channel. */
export interface CuePoint {
  /** By which `LIST/adtl` refers to it. */
  id: number;
  startSample: number;
  /** 0: a point, not a region. */
  lengthSamples: number;
  label: string;
}

export interface CuePoints {
  /** Hz; 0 when the file does not say. */
  sampleRate: number;
  /** For each channel, as far as uncompressed sound says; 0 when it is unknown. */
  numberOfSamples: number;
  /** In file order. */
  points: CuePoint[];
}

/** Of `cue `, and of all lists of labels together, bytes; what goes on behind it is left out. */
export const LARGEST_MARKER_CHUNK = 4 << 20;
const CUE_BYTES = 24;
const FORMAT_BYTES = 16;

/** @returns no points for anything but WAVE files */
export async function readCuePoints(file: ByteReader): Promise<CuePoints> {
  const { kind, bigEndian, chunks } = await readChunks(file);
  const none: CuePoints = { sampleRate: 0, numberOfSamples: 0, points: [] };
  if (kind === '' || kind === 'FORM') return none;
  const content = (chunk: Chunk) => file.read(chunk.position, Math.min(chunk.bytes, LARGEST_MARKER_CHUNK));
  const first = async (id: string) => {
    const chunk = chunks.find((each) => each.id === id);
    return chunk ? content(chunk) : Buffer.alloc(0);
  };
  const read = reading(bigEndian);
  const format = await first('fmt ');
  const sampleRate = format.length >= FORMAT_BYTES ? read.uint32(format, 4) : 0;
  const frameBytes = format.length >= FORMAT_BYTES ? read.uint16(format, 12) : 0;
  const data = chunks.find(({ id }) => id === 'data');
  const numberOfSamples = data && frameBytes > 0 ? Math.floor(data.bytes / frameBytes) : 0;
  const cues = await first('cue ');
  const points: CuePoint[] = [];
  if (cues.length >= 4) {
    const count = Math.min(read.uint32(cues, 0), Math.floor((cues.length - 4) / CUE_BYTES));
    for (let at = 4; points.length < count; at += CUE_BYTES) {
      // The position in play order stands at 4; only the one in the sound is right where there is a play list.
      points.push({ id: read.uint32(cues, at), startSample: read.uint32(cues, at + 20), lengthSamples: 0, label: '' });
    }
  }
  if (points.length === 0) return { sampleRate, numberOfSamples, points };
  const said = { labels: new Map<number, string>(), lengths: new Map<number, number>(), texts: new Map<number, string>() }; // prettier-ignore
  let room = LARGEST_MARKER_CHUNK;
  for (const chunk of chunks.filter(({ id, bytes }) => id === 'LIST' && bytes >= 4)) {
    const type = await file.read(chunk.position, 4);
    if (type.toString('latin1') !== 'adtl') continue;
    const list = await file.read(chunk.position, Math.min(chunk.bytes, room));
    readList(list, read, said);
    room -= list.length;
    if (room <= 0) break;
  }
  const described = points.map((point) => ({
    ...point,
    lengthSamples: said.lengths.get(point.id) ?? 0,
    label: said.labels.get(point.id) ?? said.texts.get(point.id) ?? '',
  }));
  return { sampleRate, numberOfSamples, points: described };
}

interface Said {
  labels: Map<number, string>;
  lengths: Map<number, number>;
  texts: Map<number, string>;
}

/** `labl`: id, text. `ltxt`: id, length, purpose, country, language, dialect, code page, text. The first one counts. */
function readList(list: Buffer, read: ReturnType<typeof reading>, { labels, lengths, texts }: Said): void {
  const put = <T>(map: Map<number, T>, id: number, value: T) => {
    if (!map.has(id)) map.set(id, value);
  };
  for (let at = 4; at + 12 <= list.length;) {
    const id = list.toString('latin1', at, at + 4);
    const bytes = read.uint32(list, at + 4);
    const content = list.subarray(at + 8, at + 8 + bytes);
    if (id === 'labl' && content.length >= 4) put(labels, read.uint32(content, 0), decodeText(content.subarray(4)));
    else if (id === 'ltxt' && content.length >= 20) {
      put(lengths, read.uint32(content, 0), read.uint32(content, 4));
      const text = decodeText(content.subarray(20), read.uint16(content, 18));
      if (text !== '') put(texts, read.uint32(content, 0), text);
    }
    at += 8 + bytes + (bytes % 2);
  }
}

function reading(bigEndian: boolean) {
  return {
    uint16: (bytes: Buffer, at: number) => (bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)),
    uint32: (bytes: Buffer, at: number) => (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)),
  };
}

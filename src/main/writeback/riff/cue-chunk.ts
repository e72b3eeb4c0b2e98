/**
 * Markers put into WAVE files: `cue ` with a point for each, and `LIST/adtl` with its label (`labl`) and, of a region, its length
 * (`ltxt` of the purpose `rgn `), as audio editors write them (Microsoft and IBM, "Multimedia Programming Interface and Data
 * Specifications 1.0": Cue-Points Chunk, Associated Data Chunk). Those that are there stay byte for byte, in front of the new ones.
 */
import { LARGEST_MARKER_CHUNK } from '../../decode/cue-points.ts';
import {
  cannotEdit,
  COPY_AGAIN,
  damaged,
  SAVE_AUDIO_AGAIN,
  type MarkerInFile,
  type OpenFile,
  type Part,
} from '../container.ts';
import { ChunkEditor, DATA, readChunkFile, soundChunk, type ChunkFile, type FileChunk } from './chunk-file.ts';

/** PCM, float, A-law, µ-law: of these a sample is a number of bytes, and a position one of samples. */
const UNCOMPRESSED: ReadonlySet<number> = new Set([1, 3, 6, 7]);
const EXTENSIBLE = 0xfffe;
const CUE_BYTES = 24;
const LOOP_BYTES = 24;
const PLAY_BYTES = 12;
const LARGEST_NUMBER = 0xffffffff;

/**
 * @param markers that the file does not have yet
 * @returns the parts of the new file @throws as `Container.edit`
 */
export async function addCuePoints(file: OpenFile, markers: readonly MarkerInFile[]): Promise<Part[]> {
  const chunks = await readChunkFile(file, DATA);
  const total = await numberOfSamples(file, chunks);
  for (const { startSample, lengthSamples } of markers) {
    if (startSample + lengthSamples > total) throw cannotEdit('A marker lies beyond the end of the file. Rescan its folder.'); // prettier-ignore
    if (startSample > LARGEST_NUMBER || lengthSamples > LARGEST_NUMBER) {
      throw cannotEdit('A marker lies beyond 4,294,967,295 samples, the limit of WAV cue points. Split the file, or export the places as a list with “earmark cut --list”.'); // prettier-ignore
    }
  }
  const bytes = writing(chunks.bigEndian);
  const known = await Associated.read(file, chunks);
  const ids = known.freeIds(markers.length);
  const editor = new ChunkEditor(chunks);
  const points = markers.map(({ startSample }, n) =>
    bytes(ids[n]!, startSample, 'data', 0, 0, startSample),
  ); // prettier-ignore
  mustBeSmall((known.cue?.bytes ?? 4) + CUE_BYTES * points.length);
  if (known.cue === null) editor.add('cue ', Buffer.concat([bytes(points.length), ...points]), null);
  else {
    const { position } = known.cue;
    const end = position + 4 + CUE_BYTES * known.points;
    editor.editContent(known.cue, [
      { from: position, to: position + 4, bytes: bytes(known.points + points.length) },
      { from: end, to: end, bytes: Buffer.concat(points) },
    ]);
  }
  const labels = markers.flatMap(({ label }, n) => {
    const text = Buffer.from(`${label}\0`, 'utf8');
    return label === '' ? [] : [entry('labl', Buffer.concat([bytes(ids[n]!), text]), bytes)];
  });
  const regions = markers.flatMap(({ lengthSamples }, n) => {
    const region = bytes(ids[n]!, lengthSamples, 'rgn ', 0, 0); // country, language, dialect and code page: not stated
    return lengthSamples === 0 ? [] : [entry('ltxt', region, bytes)];
  });
  // FFmpeg reads no further than to the first entry that is no label.
  const entries = [...labels, ...regions];
  if (entries.length > 0) {
    const { list } = known;
    mustBeSmall(entries.reduce((sum, { length }) => sum + length, known.listBytes));
    if (list === null) editor.add('LIST', Buffer.concat([Buffer.from('adtl'), ...entries]), null);
    else {
      const end = list.position + list.bytes;
      // The list itself may have lent its last entry the byte that makes it even.
      editor.editContent(list, [{ from: end, to: end, bytes: Buffer.concat([Buffer.alloc(list.bytes % 2), ...entries]) }]); // prettier-ignore
    }
  }
  return editor.parts();
}

/** What the file says about cue points already. */
class Associated {
  cue: FileChunk | null = null;
  /** In `cue `. */
  points = 0;
  /** A list of labels to which more can be added; null: none, or one that is not in order. */
  list: FileChunk | null = null;
  /** Of all lists of labels together. */
  listBytes = 0;
  /** Also of labels and loops whose cue point is missing: they are not to become those of another. */
  readonly #used = new Set<number>();

  static async read(file: OpenFile, { chunks, bigEndian }: ChunkFile): Promise<Associated> {
    const known = new Associated();
    const view = async ({ position, bytes }: FileChunk) => {
      if (position + bytes > file.size)
        throw damaged('The file is truncated: part of its markers is missing.', COPY_AGAIN);
      mustBeSmall(bytes);
      const content = await file.read(position, bytes);
      return new DataView(content.buffer, content.byteOffset, content.byteLength);
    };
    for (const chunk of chunks) {
      if (chunk.id === 'cue ') {
        if (known.cue !== null) throw cannotEdit(`The file has several chunks of cue points, which programs interpret differently. ${SAVE_AUDIO_AGAIN}`); // prettier-ignore
        const content = await view(chunk);
        known.points = content.byteLength < 4 ? -1 : content.getUint32(0, !bigEndian);
        if (known.points < 0 || 4 + CUE_BYTES * known.points > content.byteLength) {
          throw damaged('The cue points of the file are damaged.');
        }
        known.cue = chunk;
        for (let n = 0; n < known.points; n++) known.#used.add(content.getUint32(4 + CUE_BYTES * n, !bigEndian));
      } else if (chunk.id === 'plst' || chunk.id === 'smpl') {
        const content = await view(chunk);
        const [first, each] = chunk.id === 'plst' ? [4, PLAY_BYTES] : [36, LOOP_BYTES];
        for (let at = first; at + 4 <= content.byteLength; at += each) known.#used.add(content.getUint32(at, !bigEndian)); // prettier-ignore
      } else if (chunk.id === 'LIST' && chunk.bytes >= 4 && chunk.position + 4 <= file.size) {
        if (Buffer.from(await file.read(chunk.position, 4)).toString('latin1') !== 'adtl') continue;
        known.listBytes += chunk.bytes;
        mustBeSmall(known.listBytes);
        if (known.#readList(await view(chunk), bigEndian)) known.list ??= chunk;
      }
    }
    return known;
  }

  /** @returns whether entries fill it to its end: only there can others be put */
  #readList(content: DataView, bigEndian: boolean): boolean {
    let at = 4;
    while (at + 8 <= content.byteLength) {
      const bytes = content.getUint32(at + 4, !bigEndian);
      if (bytes >= 4 && at + 12 <= content.byteLength) this.#used.add(content.getUint32(at + 8, !bigEndian));
      at += 8 + bytes + (bytes % 2);
    }
    return at === content.byteLength + (content.byteLength % 2);
  }

  /** Numbers that nothing in the file refers to; programs count from 1. */
  freeIds(many: number): number[] {
    const ids: number[] = [];
    for (let id = 1; ids.length < many; id++) if (!this.#used.has(id)) ids.push(id);
    return ids;
  }
}

async function numberOfSamples(file: OpenFile, chunks: ChunkFile): Promise<number> {
  const format = chunks.chunks.find(({ id, bytes }) => id === 'fmt ' && bytes >= 16);
  if (!format) throw damaged('The file is damaged (no description of the audio data).');
  const content = await file.read(format.position, Math.min(format.bytes, 40));
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const stated = view.getUint16(0, !chunks.bigEndian);
  const tag = stated === EXTENSIBLE && content.length >= 26 ? view.getUint16(24, !chunks.bigEndian) : stated;
  if (!UNCOMPRESSED.has(tag)) {
    throw cannotEdit(`The file is a WAV with compressed audio (format ${tag}), in which cue points have no exact place. Convert a copy to uncompressed WAV, or export the places as a list with “earmark cut --list”.`); // prettier-ignore
  }
  const frameBytes = view.getUint16(12, !chunks.bigEndian);
  if (frameBytes === 0) throw damaged('The file is damaged (no size of a sample).');
  return Math.floor(soundChunk(chunks, DATA).bytes / frameBytes);
}

/** What is read back has to be all of it. */
function mustBeSmall(bytes: number): void {
  if (bytes <= LARGEST_MARKER_CHUNK) return;
  throw cannotEdit(`The markers of the file would exceed ${LARGEST_MARKER_CHUNK >> 20} MB. Remove some of them in an audio editor first.`); // prettier-ignore
}

type Bytes = (...values: (number | string)[]) => Buffer;

/** 32-bit numbers and ids of four characters, one after the other. */
function writing(bigEndian: boolean): Bytes {
  return (...values) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [n, value] of values.entries()) {
      if (typeof value === 'string') bytes.write(value, 4 * n, 'latin1');
      else if (bigEndian) bytes.writeUInt32BE(value, 4 * n);
      else bytes.writeUInt32LE(value, 4 * n);
    }
    return bytes;
  };
}

function entry(id: string, content: Buffer, bytes: Bytes): Buffer {
  return Buffer.concat([bytes(id, content.length), content, Buffer.alloc(content.length % 2)]);
}

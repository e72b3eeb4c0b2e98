/**
 * Where in the file the sound lies, by the tables of the index (ISO/IEC 14496-12 §8.7). The name of a box says nothing:
 * what a table points to is sound, also in a box that is called `free`.
 */
import { cannotEdit, COPY_AGAIN, damaged } from '../container.ts';
import type { Box, BoxBytes } from './boxes.ts';

export interface TrackPlaces {
  /** Each chunk's place as the table has it: positions in the file. */
  chunks: { from: number; to: number }[];
  /** How chunks are made of samples, verbatim: `stsc` and `stsz` (or `stz2`). */
  tables: Uint8Array[];
}

/**
 * @returns for every track that has tables
 * @throws UserError undecodable-audio for tables that make no sense; unsupported-format for sound in another file
 */
export function samplePlaces(moov: BoxBytes): TrackPlaces[] {
  return moov.children().flatMap((trak): TrackPlaces[] => {
    const minf = trak.box.type === 'trak' ? trak.child('mdia')?.child('minf') : undefined;
    const stbl = minf?.child('stbl');
    if (!minf || !stbl) return [];
    const references = minf.child('dinf')?.child('dref')?.children(8) ?? [];
    if (references.some((reference) => ((reference.content()[3] ?? 1) & 1) === 0)) {
      throw cannotEdit(
        'The audio data is stored in another file. Save it as a self-contained file first, or write a sidecar instead.',
      );
    }
    return [placesOf(stbl)];
  });
}

/**
 * @throws UserError unsupported-format where one of them lies, in full or in part, in no `mdat`; undecodable-audio where
 *   it lies behind the end of the file
 */
export function expectInMdat(tracks: readonly TrackPlaces[], boxes: readonly Box[], fileBytes: number): void {
  const all = tracks.flatMap(({ chunks }) => chunks).filter(({ from, to }) => to > from);
  if (all.some(({ to }) => to > fileBytes)) throw damaged('The file is truncated: audio data is missing.', COPY_AGAIN);
  if (all.every((chunk) => mdatWith(boxes, chunk.from, chunk.to))) return;
  throw cannotEdit('Some audio data is outside the “mdat” box. Save the file again as M4A first.');
}

/**
 * The sound, without its place in the file, to be hashed: what each chunk's place is within its `mdat`, and how samples
 * lie in chunks. Nothing where there is no sound.
 */
export function* placesToCompare(tracks: readonly TrackPlaces[], boxes: readonly Box[]): Generator<Uint8Array> {
  for (const { chunks, tables } of tracks) {
    yield* tables;
    const relative = chunks.map(({ from, to }) => {
      const mdat = mdatWith(boxes, from, to);
      return mdat ? `${boxes.filter(({ type }) => type === 'mdat').indexOf(mdat)}:${from - mdat.contentFrom}` : '';
    });
    yield Buffer.from(relative.join(' '), 'latin1');
  }
}

export function hasSamples(tracks: readonly TrackPlaces[]): boolean {
  return tracks.some(({ chunks }) => chunks.some(({ from, to }) => to > from));
}

function mdatWith(boxes: readonly Box[], from: number, to: number): Box | undefined {
  return boxes.find((box) => box.type === 'mdat' && from >= box.contentFrom && to <= box.to);
}

function placesOf(stbl: BoxBytes): TrackPlaces {
  const toChunk = stbl.child('stsc');
  const sizes = stbl.child('stsz') ?? stbl.child('stz2');
  const offsets = stbl.children().flatMap((table) => {
    const width = table.box.type === 'stco' ? 4 : table.box.type === 'co64' ? 8 : 0;
    return width === 0 ? [] : chunkOffsets(table, width);
  });
  const chunkBytes = sizesOfChunks(toChunk, sizes, offsets.length);
  const chunks = offsets.map((from, n) => ({ from, to: from + chunkBytes[n]! }));
  return { chunks, tables: [toChunk, sizes].flatMap((table) => (table ? [table.content()] : [])) };
}

function chunkOffsets(table: BoxBytes, width: number): number[] {
  const view = viewOf(table);
  return Array.from({ length: entries(view, 4, 8, width) }, (_, n) =>
    width === 8 ? Number(view.getBigUint64(8 + 8 * n)) : view.getUint32(8 + 4 * n),
  );
}

/** @returns bytes of each chunk; 0 where the tables name no samples for it */
function sizesOfChunks(toChunk: BoxBytes | undefined, sizes: BoxBytes | undefined, count: number): number[] {
  const bytes = new Array<number>(count).fill(0);
  if (!toChunk || !sizes) return bytes;
  const view = viewOf(toChunk);
  const runs = entries(view, 4, 8, 12);
  const size = sampleSizes(sizes);
  let sample = 0;
  for (let run = 0; run < runs; run++) {
    const first = view.getUint32(8 + 12 * run) - 1;
    const perChunk = view.getUint32(12 + 12 * run);
    const next = run + 1 < runs ? view.getUint32(20 + 12 * run) - 1 : count;
    for (let chunk = Math.max(0, first); chunk < Math.min(next, count); chunk++) {
      bytes[chunk] = size(sample, perChunk);
      sample += perChunk;
    }
  }
  return bytes;
}

/** @returns a function that gives the bytes of `count` samples from the n-th on */
function sampleSizes(table: BoxBytes): (from: number, count: number) => number {
  const view = viewOf(table);
  const isCompact = table.box.type === 'stz2';
  const bits = isCompact ? view.getUint8(7) : 32;
  const same = isCompact ? 0 : view.getUint32(4);
  const count = view.getUint32(8);
  if (same > 0) return (from, wanted) => same * Math.max(0, Math.min(wanted, count - from));
  if (![4, 8, 16, 32].includes(bits) || 12 + Math.ceil((count * bits) / 8) > view.byteLength) throw cutOffTable();
  const sizeAt = (n: number) => {
    if (bits === 32) return view.getUint32(12 + 4 * n);
    if (bits === 16) return view.getUint16(12 + 2 * n);
    if (bits === 8) return view.getUint8(12 + n);
    return n % 2 === 0 ? view.getUint8(12 + n / 2) >> 4 : view.getUint8(12 + (n - 1) / 2) & 15;
  };
  return (from, wanted) => {
    let sum = 0;
    for (let n = from; n < Math.min(count, from + wanted); n++) sum += sizeAt(n);
    return sum;
  };
}

/** How many entries a table has. @throws UserError undecodable-audio when it has no room for them */
function entries(view: DataView, countAt: number, from: number, width: number): number {
  const count = view.getUint32(countAt);
  if (from + count * width > view.byteLength) throw cutOffTable();
  return count;
}

function viewOf(table: BoxBytes): DataView {
  const content = table.content();
  if (content.length < (isSizes(table) ? 12 : 8)) throw cutOffTable();
  return new DataView(content.buffer, content.byteOffset, content.byteLength);
}

function isSizes({ box: { type } }: BoxBytes): boolean {
  return type === 'stsz' || type === 'stz2';
}

function cutOffTable() {
  return damaged('The MP4 structure is damaged (a table is truncated).');
}

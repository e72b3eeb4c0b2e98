/** Where metadata, sound and free space lie in an MP4 file. */
import { endOfSound } from '../../decode/tags-behind.ts';
import { cannotEdit, damaged, SAVE_TAGS_AGAIN, type OpenFile } from '../container.ts';
import { BoxBytes, LONG_HEADER_BYTES, readBox, type Box } from './boxes.ts';
import { expectInMdat, samplePlaces, type TrackPlaces } from './sample-places.ts';

/** The index of a day of sound is a few MB; pictures come on top. */
const MOST_MOOV_BYTES = 256 * 1024 * 1024;
const MOST_BOXES = 100_000;

export interface Mp4Layout {
  /** All boxes of the file itself, in order. */
  boxes: Box[];
  moov: BoxBytes;
  /** All of them in boxes `mdat`. */
  tracks: TrackPlaces[];
  /** Of these, those that there are: each lies in the one before. */
  udta: BoxBytes | null;
  meta: BoxBytes | null;
  ilst: BoxBytes | null;
}

/** `meta` is a full box: version and flags stand before its children. */
export const META_SKIP = 4;

/** @throws UserError undecodable-audio, unsupported-format */
export async function readLayout(file: OpenFile): Promise<Mp4Layout> {
  const boxes = await fileBoxes(file);
  if (boxes.some(({ type }) => ['moof', 'mfra', 'sidx', 'styp'].includes(type))) throw fragmented();
  const ftyp = boxes.find(({ type }) => type === 'ftyp');
  const brand = ftyp && ftyp.to - ftyp.contentFrom >= 4 ? await file.read(ftyp.contentFrom, 4) : null;
  if (!brand || Buffer.from(brand).toString('latin1') === 'qt  ') {
    throw cannotEdit('The file is a QuickTime movie, which stores tags differently. Export the audio as M4A first.');
  }
  const moovs = boxes.filter(({ type }) => type === 'moov');
  if (moovs.length !== 1) throw damaged('The MP4 structure is damaged (no index, or several).');
  const box = moovs[0]!;
  if (box.to - box.from > MOST_MOOV_BYTES) throw cannotEdit('The MP4 index exceeds 256 MB. Write a sidecar instead.');
  const moov = new BoxBytes(box, await file.read(box.from, box.to - box.from), box.from);
  if (moov.child('mvex')) throw fragmented();
  if (moov.child('cmov'))
    throw cannotEdit('The MP4 index is compressed. Save the file again with another program first.');
  const tracks = samplePlaces(moov);
  expectInMdat(tracks, boxes, file.size);

  const udtas = moov.children().filter(({ box: { type } }) => type === 'udta');
  const udta = udtas.find((candidate) => candidate.child('meta')) ?? udtas[0] ?? null;
  const meta = udta?.child('meta') ?? null;
  return { boxes, moov, tracks, udta, meta, ilst: meta && itemList(meta) };
}

async function fileBoxes(file: OpenFile): Promise<Box[]> {
  const boxes: Box[] = [];
  // Behind the last box there may be a tag of another kind, which stays where it is.
  const tagsFrom = await endOfSound({
    size: file.size,
    read: async (at, length) => Buffer.from(await file.read(at, length)),
  });
  for (let at = 0; at < file.size && at !== tagsFrom;) {
    const header = await file.read(at, Math.min(LONG_HEADER_BYTES, file.size - at));
    // Some programs leave a few zeros at the end.
    if (header.length < 8 && header.every((byte) => byte === 0)) break;
    const box = readBox(header, at, file.size, true);
    boxes.push(box);
    if (boxes.length > MOST_BOXES) throw damaged('The MP4 structure is damaged (too many boxes).');
    at = box.to;
  }
  return boxes;
}

function itemList(meta: BoxBytes): BoxBytes | null {
  // QuickTime's `meta` is no full box: then a child begins where the flags should be.
  const start = Buffer.from(meta.content().subarray(0, 8)).toString('latin1');
  if (start.slice(4) === 'hdlr') {
    throw cannotEdit('The metadata uses the QuickTime layout. Save the file with a tag editor first.');
  }
  if (meta.box.to - meta.box.contentFrom < META_SKIP) throw damaged('The MP4 metadata is damaged.', SAVE_TAGS_AGAIN);
  const handler = meta.child('hdlr', META_SKIP)?.content().subarray(8, 12) ?? [];
  if (Buffer.from(handler).toString('latin1') !== 'mdir') {
    throw cannotEdit('The metadata is not in the iTunes format. Save the file with a tag editor first.');
  }
  const lists = meta.children(META_SKIP).filter(({ box: { type } }) => type === 'ilst');
  if (lists.length > 1) throw cannotEdit('The file has two metadata lists. Save it with a tag editor first.');
  return lists[0] ?? null;
}

function fragmented() {
  return cannotEdit('The file is a fragmented MP4, as used for streaming. Save it as a plain M4A first.');
}

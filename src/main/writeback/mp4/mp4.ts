/**
 * MP4 audio: items of `moov/udta/meta/ilst`. The sound stays where it is as long as there is free space; else the
 * tables that say where it lies move with it.
 */
import { cannotEdit, readRange, type Container, type OpenFile } from '../container.ts';
import { BOX_HEADER_BYTES, renderBox, type Box, type BoxBytes } from './boxes.ts';
import { shiftedOffsets } from './chunk-offsets.ts';
import { editItems, mp4Fields, readItems } from './items.ts';
import { META_SKIP, readLayout, type Mp4Layout } from './layout.ts';
import { growth, partsOf, type Replacement } from './replacements.ts';
import { hasSamples, placesToCompare } from './sample-places.ts';

/** Left in `meta` when the sound has to move anyway, so that it does not have to next time. */
const NEW_FREE_BYTES = 2048;
const FREE_TYPES = ['free', 'skip'];

export const mp4: Container = {
  formats: ['m4a'],
  ...mp4Fields,

  async read(file) {
    const { ilst } = await readLayout(file);
    return ilst ? readItems(ilst) : [];
  },

  async edit(file, edits) {
    const layout = await readLayout(file);
    const { replacements, added } = editItems(layout.ilst, edits);
    if (replacements.length === 0 && added.length === 0) return [{ from: 0, to: file.size }];
    return partsOf(withSizes(layout, [...replacements, ...insertion(layout, added)]), file.size);
  },

  async *payload(file: OpenFile) {
    const { boxes, tracks } = await readLayout(file);
    if (!hasSamples(tracks)) return;
    yield* placesToCompare(tracks, boxes);
    for (const { type, contentFrom, to } of boxes) if (type === 'mdat') yield* readRange(file, contentFrom, to);
  },
};

/** New items, in whatever of their parents has to be made too. */
function insertion({ moov, udta, meta, ilst }: Mp4Layout, items: Uint8Array): Replacement[] {
  if (items.length === 0) return [];
  if (ilst) return [insertedAt(ilst.box.to, items)];
  const list = renderBox('ilst', items);
  if (meta) return [insertedAt(afterHandler(meta), list)];
  const handler = Buffer.alloc(25); // version and flags, type, subtype, manufacturer, flags, name: “”
  handler.write('mdirappl', 8, 'latin1');
  const box = renderBox('meta', new Uint8Array(META_SKIP), renderBox('hdlr', handler), list);
  if (udta) return [insertedAt(udta.childrenEnd(), box)];
  return [insertedAt(moov.childrenEnd(), renderBox('udta', box))];
}

/** Readers look for it there; and free space, which is to be next to it, tends to come last. */
function afterHandler(meta: BoxBytes): number {
  return meta.child('hdlr', META_SKIP)!.box.to;
}

function insertedAt(at: number, bytes: Uint8Array): Replacement {
  return { from: at, to: at, bytes };
}

/** Puts in what follows from a change of the items: free space, sizes of the boxes around, places of the sound. */
function withSizes(layout: Mp4Layout, changes: readonly Replacement[]): Replacement[] {
  const { moov, udta, meta, ilst, boxes } = layout;
  const list = ilst && growth(changes) !== 0 ? [resized(ilst.box, growth(changes))] : [];
  const change = growth(changes);
  if (change === 0) return [...changes, ...list];

  // 1. Free space beside the items.
  const spare = meta?.children(META_SKIP).find(({ box }) => FREE_TYPES.includes(box.type));
  const taken = spare && resizedFree(spare.box, -change);
  if (taken) return [...changes, ...list, ...taken];
  const grown = (by: number) => [meta, udta, moov].flatMap((parent) => (parent ? [resized(parent.box, by)] : []));
  // 2. Free space behind the index.
  const next = boxes[boxes.indexOf(moov.box) + 1];
  const used = next && FREE_TYPES.includes(next.type) && next.size === 'short' ? resizedFree(next, -change) : null;
  if (used) return [...changes, ...list, ...grown(change), ...used];

  // 3. Nothing of the sound behind the index.
  const isBehind = boxes.some(({ type, from }) => type === 'mdat' && from > moov.box.from);
  if (!isBehind) return [...changes, ...list, ...grown(change)];

  // 4. What was taken out leaves free space.
  if (-change >= BOX_HEADER_BYTES && meta && !spare) {
    return [...changes, ...list, insertedAt(meta.childrenEnd(META_SKIP), freeBox(-change))];
  }

  // 5. The audio data moves, and leaves free space for the next write.
  if (boxes.some(({ type }) => type === 'meta')) {
    throw cannotEdit(
      'Adding tags would invalidate metadata that refers to positions in the file. Write a sidecar instead.',
    );
  }
  const room = spare && resizedFree(spare.box, NEW_FREE_BYTES);
  const moved = shiftedOffsets(moov, moov.box.to, change + NEW_FREE_BYTES);
  if (room) return [...changes, ...list, ...room, ...grown(change + NEW_FREE_BYTES), ...moved];
  return [...changes, ...list, ...grown(change), insertedAt(moov.box.to, freeBox(NEW_FREE_BYTES)), ...moved];
}

/** @returns null when it cannot become that much longer or (below 0) shorter */
function resizedFree(box: Box, by: number): Replacement[] | null {
  const bytes = box.to - box.from + by;
  if (box.size !== 'short' || bytes < 0 || (bytes > 0 && bytes < BOX_HEADER_BYTES) || bytes > 0xffff_ffff) return null;
  if (bytes === 0) return [{ from: box.from, to: box.to, bytes: new Uint8Array() }];
  const size = resized(box, by);
  if (by >= 0) return [size, insertedAt(box.to, new Uint8Array(by))];
  return [size, { from: box.to + by, to: box.to, bytes: new Uint8Array() }];
}

function freeBox(bytes: number): Uint8Array {
  return renderBox('free', new Uint8Array(bytes - BOX_HEADER_BYTES));
}

function resized(box: Box, by: number): Replacement {
  const bytes = box.to - box.from + by;
  if (box.size === 'end') return insertedAt(box.from, new Uint8Array());
  if (box.size === 'long') {
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE(BigInt(bytes));
    return { from: box.from + 8, to: box.from + 16, bytes: size };
  }
  if (bytes > 0xffff_ffff) throw cannotEdit('The MP4 metadata would exceed 4 GB. Write a sidecar instead.');
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes);
  return { from: box.from, to: box.from + 4, bytes: size };
}

/** Tables of where in the file the sound lies (`stco`, `co64`), for when it moves. */
import { cannotEdit, damaged } from '../container.ts';
import type { BoxBytes } from './boxes.ts';
import type { Replacement } from './replacements.ts';

/**
 * @param movedFrom everything from this position of the old file on moves
 * @param by bytes
 * @returns the changed tables of all tracks
 * @throws UserError unsupported-format for files with positions in other places too, or beyond 4 GB where the table
 *   has no room for that; undecodable-audio for tables that make no sense
 */
export function shiftedOffsets(moov: BoxBytes, movedFrom: number, by: number): Replacement[] {
  return moov
    .children()
    .filter(({ box }) => box.type === 'trak')
    .flatMap((trak) => {
      const stbl = trak.child('mdia')?.child('minf')?.child('stbl');
      if (!stbl) throw damaged('The MP4 structure is damaged (a track has no sample table).');
      refuseElsewhere(stbl);
      const tables = stbl.children().filter(({ box: { type } }) => type === 'stco' || type === 'co64');
      return tables.map((table) => shiftedTable(table, movedFrom, by));
    });
}

function shiftedTable(table: BoxBytes, movedFrom: number, by: number): Replacement {
  const content = Buffer.from(table.content()); // copied: the old one stays for others to read
  const width = table.box.type === 'co64' ? 8 : 4;
  const count = content.length >= 8 ? content.readUInt32BE(4) : Infinity;
  if (8 + count * width > content.length) throw damaged('The MP4 structure is damaged (a table is truncated).');
  for (let at = 8; at < 8 + count * width; at += width) {
    const offset = width === 8 ? Number(content.readBigUInt64BE(at)) : content.readUInt32BE(at);
    if (offset < movedFrom) continue;
    const moved = offset + by;
    if (moved < 0 || moved > (width === 8 ? Number.MAX_SAFE_INTEGER : 0xffff_ffff)) {
      throw cannotEdit('Adding tags would move audio data beyond 4 GB. Write a sidecar instead.');
    }
    if (width === 8) content.writeBigUInt64BE(BigInt(moved), at);
    else content.writeUInt32BE(moved, at);
  }
  return { from: table.box.contentFrom, to: table.box.to, bytes: content };
}

/** Positions of encryption data. */
function refuseElsewhere(stbl: BoxBytes): void {
  if (stbl.child('saio') || stbl.child('senc')) {
    throw cannotEdit('Adding tags would move encrypted audio data. Write a sidecar instead.');
  }
}

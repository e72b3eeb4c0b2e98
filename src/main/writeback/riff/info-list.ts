/** `LIST` chunks of type `INFO`: short texts by four-letter names (Multimedia Programming Interface 1.0). */
import type { Change } from '../changes.ts';
import { damaged } from '../container.ts';

interface InfoItem {
  id: string;
  /** Of its header, in the chunk's content. */
  start: number;
  position: number;
  bytes: number;
  /** Behind it and the byte that makes it even. */
  end: number;
}

export interface InfoEdit {
  /** `IKEY` */
  id: string;
  /** null: taken out. */
  value: string | null;
}

/** @param content of the chunk, `INFO` included @returns ids with their texts, empty ones left out */
export function readInfo(content: Buffer, bigEndian: boolean): { id: string; value: string }[] {
  return items(content, bigEndian)
    .map(({ id, position, bytes }) => ({ id, value: text(content.subarray(position, position + bytes)) }))
    .filter(({ value }) => value !== '');
}

/**
 * @param at position of `content` in the file
 * @returns what changes in it, as positions of the file
 * @throws UserError undecodable-audio when the list is damaged
 */
export function editInfo(content: Buffer, bigEndian: boolean, edits: readonly InfoEdit[], at: number): Change[] {
  const all = items(content, bigEndian);
  const changes: Change[] = [];
  const added: Buffer[] = [];
  for (const { id, value } of edits) {
    const [first, ...others] = all.filter((item) => item.id === id);
    const out = value === null ? [first, ...others] : others;
    for (const item of out)
      if (item) changes.push({ from: at + item.start, to: at + item.end, bytes: Buffer.alloc(0) });
    if (value === null) continue;
    const item = infoItem(id, value, bigEndian);
    if (first) changes.push({ from: at + first.start, to: at + first.end, bytes: item });
    else added.push(item);
  }
  if (added.length > 0) {
    // The last one may lack the byte that makes it even.
    const fill = Buffer.alloc(content.length % 2);
    changes.push({ from: at + content.length, to: at + content.length, bytes: Buffer.concat([fill, ...added]) });
  }
  return changes;
}

/** Content of a new chunk. */
export function newInfo(bigEndian: boolean, edits: readonly InfoEdit[]): Buffer {
  const values = edits.flatMap(({ id, value }) => (value === null ? [] : [infoItem(id, value, bigEndian)]));
  return values.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from('INFO', 'latin1'), ...values]);
}

/** A zero at the end, as the format asks, and one more where that makes it even. */
function infoItem(id: string, value: string, bigEndian: boolean): Buffer {
  const bytes = Buffer.from(`${value}\0`, 'latin1');
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  if (bigEndian) header.writeUInt32BE(bytes.length, 4);
  else header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, bytes, Buffer.alloc(bytes.length % 2)]);
}

function items(content: Buffer, bigEndian: boolean): InfoItem[] {
  const found: InfoItem[] = [];
  let at = 4;
  while (at + 8 <= content.length) {
    const bytes = bigEndian ? content.readUInt32BE(at + 4) : content.readUInt32LE(at + 4);
    const position = at + 8;
    if (position + bytes > content.length) throw damaged('Its LIST/INFO is damaged: an entry is longer than the list.');
    const end = Math.min(position + bytes + (bytes % 2), content.length);
    found.push({ id: content.toString('latin1', at, at + 4), start: at, position, bytes, end });
    at = end;
  }
  return found;
}

/** Up to the first zero; UTF-8 where it is that, else Latin-1. */
export function text(bytes: Buffer): string {
  const zero = bytes.indexOf(0);
  const value = zero < 0 ? bytes : bytes.subarray(0, zero);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(value).trim();
  } catch {
    return value.toString('latin1').trim();
  }
}

/** `LIST` chunks of type `INFO`: short texts by four-letter names (Multimedia Programming Interface 1.0). */
import { infoItems } from '../../decode/info-items.ts';
import { decodeText } from '../../decode/text-encodings.ts';
import type { Change } from '../changes.ts';
import { cannotEdit, SAVE_TAGS_AGAIN } from '../container.ts';

export interface InfoEdit {
  /** `IKEY` */
  id: string;
  /** null: taken out. */
  value: string | null;
}

/**
 * @param content of the chunk, `INFO` included
 * @param codePage of the file's `CSET`, 0 without one
 * @returns ids with their texts, empty ones left out
 */
export function readInfo(content: Buffer, bigEndian: boolean, codePage = 0): { id: string; value: string }[] {
  return infoItems(content, bigEndian)
    .items.map(({ id, position, bytes }) => ({
      id,
      value: decodeText(content.subarray(position, position + bytes), codePage).trim(),
    }))
    .filter(({ value }) => value !== '');
}

/** A list as it stands in a file. */
export interface InfoList {
  /** Of the chunk, `INFO` included. */
  content: Buffer;
  /** Where that stands in the file. */
  at: number;
}

/**
 * An entry is changed where it stands; a new one goes into the first list.
 * @param lists all of a file, one at least
 * @returns what changes in each of them, as positions of the file
 * @throws UserError unsupported-format when bytes that are no entries follow the last one
 */
export function editInfo(lists: readonly InfoList[], bigEndian: boolean, edits: readonly InfoEdit[]): Change[][] {
  const ids = lists.map(({ content }) => new Set(infoItems(content, bigEndian).items.map(({ id }) => id)));
  return lists.map((list, n) => {
    const here = edits.flatMap(({ id, value }): InfoEdit[] => {
      const holder = Math.max(0, ids.findIndex((each) => each.has(id))); // prettier-ignore
      if (holder === n) return [{ id, value }];
      return ids[n]!.has(id) ? [{ id, value: null }] : [];
    });
    return here.length === 0 ? [] : editList(list, bigEndian, here);
  });
}

function editList({ content, at }: InfoList, bigEndian: boolean, edits: readonly InfoEdit[]): Change[] {
  const { items, end, isCut } = infoItems(content, bigEndian);
  if (isCut) throw cannotEdit(`LIST/INFO is damaged (unknown data after its entries). ${SAVE_TAGS_AGAIN}`);
  // Other readers lose their way behind such an entry, and would not find ours: all get the padding that they need.
  const isRegular = items.every((item) => item.start % 2 === 0 && item.end === Math.min(item.position + item.bytes + (item.bytes % 2), content.length)); // prettier-ignore
  const changes: Change[] = [];
  const change = (from: number, to: number, bytes: Buffer) => changes.push({ from: at + from, to: at + to, bytes });
  const written = new Set<string>();
  for (const { id, start, position, bytes, end: itemEnd } of items) {
    const edit = edits.find((each) => each.id === id);
    const value = edit?.value ?? null;
    if (edit && (value === null || written.has(id))) change(start, itemEnd, Buffer.alloc(0));
    else if (value !== null) change(start, itemEnd, infoItem(id, value, bigEndian));
    else if (!isRegular) change(start, itemEnd, rawItem(id, content.subarray(position, position + bytes), bigEndian));
    if (edit) written.add(id);
  }
  const added = edits.flatMap(({ id, value }) => (value === null || written.has(id) ? [] : [infoItem(id, value, bigEndian)])); // prettier-ignore
  if (added.length > 0) {
    // The last one may lack the byte that makes it even, or have zeros behind it in which nobody looks for another.
    const fill = Buffer.alloc(isRegular ? end % 2 : 0);
    change(end, content.length, Buffer.concat([fill, ...added]));
  }
  return changes;
}

/** Content of a new chunk. */
export function newInfo(bigEndian: boolean, edits: readonly InfoEdit[]): Buffer {
  const values = edits.flatMap(({ id, value }) => (value === null ? [] : [infoItem(id, value, bigEndian)]));
  return values.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from('INFO', 'latin1'), ...values]);
}

/** A zero at the end, as the format asks. */
function infoItem(id: string, value: string, bigEndian: boolean): Buffer {
  return rawItem(id, Buffer.from(`${value}\0`, 'latin1'), bigEndian);
}

/** With one more zero where that makes it even. */
function rawItem(id: string, bytes: Buffer, bigEndian: boolean): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  if (bigEndian) header.writeUInt32BE(bytes.length, 4);
  else header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, bytes, Buffer.alloc(bytes.length % 2)]);
}

/** Up to the first zero; UTF-8 where it is that, else Windows-1252. */
export function text(bytes: Buffer): string {
  return decodeText(bytes).trim();
}

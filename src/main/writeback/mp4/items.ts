/** Items of an `ilst` box: iTunes' metadata, which is what nearly every program reads and writes in MP4. */
import type { FieldEdit, PlacedField, StoredField } from '../container.ts';
import { genreName } from '../id3/genres.ts';
import { renderBox, type BoxBytes } from './boxes.ts';
import type { Replacement } from './replacements.ts';

const FREEFORM = '----:com.apple.iTunes:';
const PLACES: Readonly<Record<PlacedField, string>> = {
  title: '©nam',
  description: 'desc',
  keywords: `${FREEFORM}KEYWORDS`,
  category: `${FREEFORM}CATEGORY`,
  subcategory: `${FREEFORM}SUBCATEGORY`,
  catId: `${FREEFORM}CATID`,
  ucsCategoryFull: `${FREEFORM}CATEGORYFULL`,
  genre: '©gen',
  mood: `${FREEFORM}MOOD`,
  instrument: `${FREEFORM}INSTRUMENT`,
  comment: '©cmt',
  grouping: '©grp',
  bpm: 'tmpo',
  key: `${FREEFORM}initialkey`,
  provenance: `${FREEFORM}EARMARK`,
};
const IDS: ReadonlySet<string> = new Set(Object.values(PLACES));
const LISTS: ReadonlySet<string> = new Set([PLACES.genre, PLACES.mood, PLACES.instrument]);

export const mp4Fields = {
  places: (field: PlacedField): readonly string[] => [PLACES[field]],
  isList: (nativeId: string): boolean => LISTS.has(nativeId),
  otherNames: (nativeId: string): readonly string[] => (nativeId === PLACES.genre ? [GENRE_NUMBER] : []),
  fit,
};

/** What iTunes shows of a description; longer ones are for `ldes`, which music programs do not read. */
const MOST_IN_DESC = 255;

function fit(nativeId: string, value: string): { value: string; note: string } {
  if (nativeId === PLACES.bpm) return fitTempo(value);
  const text = value.replaceAll('\0', ' ').toWellFormed();
  if (nativeId !== PLACES.description || text.length <= MOST_IN_DESC) return { value: text, note: '' };
  const cut = text.slice(0, MOST_IN_DESC - 1).replace(/[\ud800-\udbff]$/, '');
  return { value: `${cut}…`, note: `Shortened to ${MOST_IN_DESC} characters, the maximum of this field.` };
}

/** A tempo is a whole number of two bytes. */
function fitTempo(value: string): { value: string; note: string } {
  const whole = String(Math.min(0xffff, Math.max(0, Math.round(Number(value)))));
  return { value: whole, note: whole === value ? '' : 'Rounded to a whole number, as this field requires.' };
}

/** Well-known types of `data` boxes (QuickTime file format, “Well-known types”). */
const UTF8 = 1;
const UTF16 = 2;
/** A whole number, big-endian, of as many bytes as there are. */
const INTEGER = 21;
/** Type, then a locale that nobody uses. */
const DATA_PREFIX_BYTES = 8;
/** A genre by its number in ID3v1, plus one. */
const GENRE_NUMBER = 'gnre';

interface Item {
  item: BoxBytes;
  nativeId: string;
  values: string[];
}

function itemOf(item: BoxBytes): Item | null {
  if (item.box.type === GENRE_NUMBER) return { item, nativeId: PLACES.genre, values: item.children().flatMap(genreOf) };
  const nativeId = [...IDS].find((id) => id.toLowerCase() === nameOf(item).toLowerCase());
  if (nativeId === undefined) return null;
  return { item, nativeId, values: item.children().flatMap((data) => valueOf(nativeId, data)) };
}

function nameOf(item: BoxBytes): string {
  if (item.box.type !== '----') return item.box.type;
  const text = (type: string) => Buffer.from(item.child(type)?.content().subarray(4) ?? []).toString('utf8');
  return `----:${text('mean')}:${text('name')}`;
}

/** @returns none for a box that holds no value */
function valueOf(nativeId: string, data: BoxBytes): string[] {
  if (data.box.type !== 'data') return [];
  return nativeId === PLACES.bpm ? tempoOf(data) : textOf(data);
}

/** Some programs leave the type out, others write text. */
function tempoOf(data: BoxBytes): string[] {
  const content = Buffer.from(data.content());
  if (content.length <= DATA_PREFIX_BYTES) return [];
  const kind = content.readUInt32BE(0);
  if (kind === UTF8 || kind === UTF16) return textOf(data);
  const number = content.subarray(DATA_PREFIX_BYTES);
  return number.length > 6 ? [] : [String(number.readUIntBE(0, number.length))];
}

function textOf(data: BoxBytes): string[] {
  const content = Buffer.from(data.content());
  if (content.length <= DATA_PREFIX_BYTES) return [];
  const text = content.subarray(DATA_PREFIX_BYTES);
  if (content.readUInt32BE(0) !== UTF16) return [text.toString('utf8')];
  return [
    Buffer.from(text.subarray(0, text.length & ~1))
      .swap16()
      .toString('utf16le'),
  ];
}

/** Most programs give the number two bytes and no type, some more or fewer, or the name as text. */
function genreOf(data: BoxBytes): string[] {
  const content = Buffer.from(data.content());
  if (data.box.type !== 'data' || content.length <= DATA_PREFIX_BYTES) return [];
  const kind = content.readUInt32BE(0);
  if (kind === UTF8 || kind === UTF16) return textOf(data);
  const number = content.subarray(DATA_PREFIX_BYTES);
  if (number.length > 6) return [];
  const name = genreName(String(number.readUIntBE(0, number.length) - 1));
  return name === null ? [] : [name];
}

/** @returns the editable fields, in file order */
export function readItems(ilst: BoxBytes): StoredField[] {
  return ilst.children().flatMap((item) => {
    const known = itemOf(item);
    return known ? known.values.map((value) => ({ nativeId: known.nativeId, value })) : [];
  });
}

/** @param ilst null when there is none yet. @returns what changes, and the items that are to stand behind the others */
export function editItems(
  ilst: BoxBytes | null,
  edits: readonly FieldEdit[],
): { replacements: Replacement[]; added: Uint8Array } {
  const items = ilst?.children().map(itemOf) ?? [];
  const replacements: Replacement[] = [];
  const added: Uint8Array[] = [];
  for (const { nativeId, values } of edits) {
    if (!IDS.has(nativeId)) throw new RangeError(`${nativeId} is no field of ours in MP4`);
    const old = items.filter((item) => item?.nativeId === nativeId) as Item[];
    if (
      same(
        old.flatMap((item) => item.values),
        values,
      )
    )
      continue;
    // Its data may be of a kind that is no text: nothing to be kept beside ours, as programs show one of them.
    const first = old.find(({ item }) => item.box.type !== GENRE_NUMBER);
    for (const item of old) {
      if (item !== first || values.length === 0) replacements.push({ ...place(item.item), bytes: new Uint8Array() });
    }
    if (values.length === 0) continue;
    if (first) replacements.push({ ...place(first.item), bytes: changedItem(first, values) });
    else added.push(newItem(nativeId, values));
  }
  return { replacements, added: Buffer.concat(added) };
}

function place(item: BoxBytes): { from: number; to: number } {
  return { from: item.box.from, to: item.box.to };
}

/** Values that stay keep their boxes as they are; so does what is no value. */
function changedItem({ item, nativeId, values: before }: Item, values: readonly string[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let n = 0;
  for (const child of item.children()) {
    const isValue = valueOf(nativeId, child).length > 0;
    if (!isValue) {
      if (child.box.type !== 'data') pieces.push(child.slice(child.box.from, child.box.to));
      continue;
    }
    const value = values[n];
    if (value !== undefined && value === before[n]) pieces.push(child.slice(child.box.from, child.box.to));
    else if (value !== undefined) pieces.push(dataBox(nativeId, value));
    n++;
  }
  return renderBox(item.box.type, ...pieces, ...values.slice(n).map((value) => dataBox(nativeId, value)));
}

function newItem(nativeId: string, values: readonly string[]): Uint8Array {
  const data = values.map((value) => dataBox(nativeId, value));
  if (!nativeId.startsWith(FREEFORM)) return renderBox(nativeId, ...data);
  const text = (type: string, content: string) => renderBox(type, new Uint8Array(4), Buffer.from(content, 'utf8'));
  return renderBox('----', text('mean', 'com.apple.iTunes'), text('name', nativeId.slice(FREEFORM.length)), ...data);
}

function dataBox(nativeId: string, value: string): Buffer {
  const prefix = Buffer.alloc(DATA_PREFIX_BYTES);
  if (nativeId === PLACES.bpm) {
    prefix.writeUInt32BE(INTEGER);
    const number = Buffer.alloc(2);
    number.writeUInt16BE(Number(value));
    return renderBox('data', prefix, number);
  }
  prefix.writeUInt32BE(UTF8);
  return renderBox('data', prefix, Buffer.from(value, 'utf8'));
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, n) => value === b[n]);
}

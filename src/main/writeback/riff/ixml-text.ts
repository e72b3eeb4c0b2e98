/**
 * iXML edited as text: elements come, change and go, and every other byte stays, also what an XML library would write
 * differently (white space, quotes, comments, entities). https://www.gallery.co.uk/ixml/ gives the format; the `USER`
 * and `ASWG` elements (ASWG-G006) are what programs for sound effects read.
 */
import type { Change } from '../changes.ts';
import { cannotEdit } from '../container.ts';

/** One element below the root or below one of its children. */
interface Element {
  /** `BWFXML` for those below the root. */
  parent: string;
  name: string;
  /** From `<` of its beginning to behind `>` of its end. */
  start: number;
  end: number;
  /** Between its tags; empty for `<NAME/>`. */
  contentStart: number;
  contentEnd: number;
  selfClosing: boolean;
  /** Deeper ones, as deep as it goes. */
  children: Element[];
  /** What stands in it outside of elements. */
  text: string;
}

const ROOT = 'BWFXML';
const ENCODING = /^<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']/i;
/** Deeper nesting is no metadata. */
const DEEPEST = 64;

export interface IxmlValue {
  /** `USER/CATID`, `BWFXML/NOTE` */
  path: string;
  value: string;
}

export interface IxmlEdit {
  path: string;
  /** null: taken out. */
  value: string | null;
}

/**
 * Elements with nothing but text in them, empty ones left out.
 * @param content of the chunk
 * @throws UserError unsupported-format when it is not well-formed
 */
export function readIxmlValues(content: Uint8Array): IxmlValue[] {
  const values: IxmlValue[] = [];
  for (const element of editable(parse(textOf(content)))) {
    const value = element.text.trim();
    if (value !== '' && element.children.length === 0)
      values.push({ path: `${element.parent}/${element.name}`, value });
  }
  return values;
}

/**
 * @param content of the chunk, of which `at` is the position in the file
 * @returns what changes in it, as positions of the file
 * @throws UserError unsupported-format when it is not well-formed, or holds something else where a value should go
 */
export function editIxml(content: Uint8Array, edits: readonly IxmlEdit[], at: number): Change[] {
  const text = textOf(content);
  const root = parse(text);
  const encode = encoderFor(text);
  const changes: { from: number; to: number; text: string }[] = [];
  /** New elements, by the parent they go into. */
  const added = new Map<string, string[]>();
  for (const { path, value } of edits) {
    const [parent, name] = split(path);
    const [first, ...others] = editable(root).filter((each) => each.parent === parent && each.name === name);
    for (const other of others) changes.push(removal(text, other));
    if (first && first.children.length > 0)
      throw cannotEdit(`The iXML contains other elements in ${path}. Write a sidecar instead.`);
    if (!first) {
      if (value !== null) added.set(parent, [...(added.get(parent) ?? []), element(name, encode(value))]);
    } else if (value === null) changes.push(removal(text, first));
    else if (first.selfClosing) changes.push({ from: first.start, to: first.end, text: element(name, encode(value)) });
    else changes.push({ from: first.contentStart, to: first.contentEnd, text: encode(value) });
  }
  // All that goes into one element goes there at once: `<BWFXML/>` can be opened only once.
  const inserted = new Map<Element, string[]>();
  for (const [parent, elements] of added) {
    const into = parent === ROOT ? root : root.children.find(({ name }) => name === parent);
    const pieces = into ? elements : [`<${parent}>${elements.join('')}</${parent}>`];
    inserted.set(into ?? root, [...(inserted.get(into ?? root) ?? []), ...pieces]);
  }
  for (const [into, pieces] of inserted) changes.push(insertion(text, into, pieces));
  return changes.map(({ from, to, text: bytes }) => ({ from: at + from, to: at + to, bytes: latin1(bytes) }));
}

/** A whole chunk, for a file that has none. */
export function newIxml(edits: readonly IxmlEdit[]): Uint8Array {
  const empty = `<?xml version="1.0" encoding="UTF-8"?>\n<${ROOT}>\n\t<IXML_VERSION>1.61</IXML_VERSION>\n</${ROOT}>\n`;
  const content = latin1(empty);
  const changes = editIxml(content, edits, 0);
  let result = empty;
  // From the end, so that positions stay true; those at one place in order.
  for (const { from, to, bytes } of [...changes].reverse()) {
    result = result.slice(0, from) + Buffer.from(bytes).toString('latin1') + result.slice(to);
  }
  return latin1(result);
}

/** One character a byte: nothing is lost, and markup is the same in all encodings that are taken here. */
function textOf(content: Uint8Array): string {
  const [first, second] = content;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || second === 0) {
    throw cannotEdit('The iXML is encoded in UTF-16, which Earmark does not write. Write a sidecar instead.');
  }
  return Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1');
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Characters beyond ASCII go in as UTF-8 where the text is that, else as numbers, which every encoding has. */
function encoderFor(text: string): (value: string) => string {
  const declared = ENCODING.exec(text.slice(0, 200))?.[1] ?? 'utf-8';
  const isUtf8 = /^utf-?8$/i.test(declared) && decodes(text);
  return (value) => {
    const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    if (isUtf8) return Buffer.from(escaped, 'utf8').toString('latin1');
    return escaped.replace(/[^\x20-\x7e\t\n\r]/gu, (character) => `&#x${character.codePointAt(0)!.toString(16)};`);
  };
}

function decodes(text: string): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(latin1(text));
    return true;
  } catch {
    return false;
  }
}

/** Children and grandchildren of the root, in order. */
function editable(root: Element): Element[] {
  return root.children.flatMap((child) => [child, ...child.children]);
}

function split(path: string): [parent: string, name: string] {
  const slash = path.indexOf('/');
  return [path.slice(0, slash), path.slice(slash + 1)];
}

function element(name: string, encoded: string): string {
  return `<${name}>${encoded}</${name}>`;
}

/** With the white space before it, so that no empty line is left. */
function removal(text: string, { start, end }: Element): { from: number; to: number; text: string } {
  return { from: start - leadingSpace(text, start).length, to: end, text: '' };
}

/** At the end of `into`, each on a line of its own if its children are. */
function insertion(text: string, into: Element, elements: string[]): { from: number; to: number; text: string } {
  if (into.selfClosing) {
    return { from: into.start, to: into.end, text: `<${into.name}>${elements.join('')}</${into.name}>` };
  }
  const last = into.children.at(-1);
  const space = last ? leadingSpace(text, last.start) : '';
  const at = last?.end ?? into.contentEnd;
  return { from: at, to: at, text: elements.map((each) => space + each).join('') };
}

function leadingSpace(text: string, at: number): string {
  return /[ \t\r\n]*$/.exec(text.slice(Math.max(0, at - 200), at))![0];
}

/** @returns the root element @throws UserError unsupported-format when it is not well-formed */
function parse(text: string): Element {
  const open: Element[] = [];
  let root: Element | null = null;
  let at = 0;
  while (at < text.length && !root) {
    const markup = text.indexOf('<', at);
    if (markup < 0) break;
    if (open.length > 0) open.at(-1)!.text += decoded(text.slice(at, markup));
    const { end, kind, content } = readMarkup(text, markup);
    if (kind === 'data' && open.length > 0) open.at(-1)!.text += utf8(content);
    if (kind === 'start' || kind === 'empty') {
      const made = startElement(content, markup, end, kind === 'empty', open.at(-1)?.name ?? '');
      if (open.length >= DEEPEST) throw malformed();
      if (kind === 'start') open.push(made);
      else if (open.length > 0) open.at(-1)!.children.push(made);
      else root = made;
    }
    if (kind === 'end') {
      const closed = open.pop();
      if (!closed || closed.name !== content.slice(1).trim()) throw malformed();
      closed.contentEnd = markup;
      closed.end = end;
      if (open.length > 0) open.at(-1)!.children.push(closed);
      else root = closed;
    }
    at = end;
  }
  if (!root || root.name !== ROOT) throw malformed();
  return root;
}

type MarkupKind = 'start' | 'empty' | 'end' | 'data' | 'other';

function readMarkup(text: string, at: number): { end: number; kind: MarkupKind; content: string } {
  const until = (terminator: string, kind: MarkupKind, skip: number) => {
    const found = text.indexOf(terminator, at + skip);
    if (found < 0) throw malformed();
    return { end: found + terminator.length, kind, content: text.slice(at + skip, found) };
  };
  if (text.startsWith('<!--', at)) return until('-->', 'other', 4);
  if (text.startsWith('<![CDATA[', at)) return until(']]>', 'data', 9);
  if (text.startsWith('<?', at)) return until('?>', 'other', 2);
  if (text.startsWith('<!', at)) throw malformed(); // declarations of its own: not in iXML
  const tag = until('>', 'start', 1);
  if (tag.content.startsWith('/')) return { ...tag, kind: 'end' };
  return tag.content.endsWith('/') ? { ...tag, kind: 'empty' } : tag;
}

function startElement(content: string, start: number, end: number, selfClosing: boolean, parent: string): Element {
  const name = /^[^\s/]+/.exec(content)?.[0] ?? '';
  if (!/^[A-Za-z_][\w.:-]*$/.test(name)) throw malformed();
  return { parent, name, start, end, contentStart: end, contentEnd: end, selfClosing, children: [], text: '' };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** @param text one character a byte */
function decoded(text: string): string {
  return utf8(text).replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** Text that is no UTF-8 is taken as Latin-1, which is what old editors wrote. */
function utf8(text: string): string {
  return decodes(text) ? latin1(text).toString('utf8') : text;
}

function malformed(): Error {
  return cannotEdit('The iXML is not well-formed, so Earmark does not change it. Write a sidecar instead.');
}

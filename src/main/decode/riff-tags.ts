/**
 * What WAVE files say about themselves in chunks that music-metadata leaves out or reads in part: LIST/INFO, `bext`
 * (EBU Tech 3285, which gives the offsets) and iXML (the Gallery Software specification, and what editors put in it).
 */
import type { ByteReader } from './byte-reader.ts';
import { readChunks } from './riff.ts';

/** Larger chunks are not text that a person wrote. */
const LARGEST_CHUNK = 4 * 1024 * 1024;

export interface TextTag {
  /** `LIST/INFO:IKEY`, `bext:Description`, `iXML:USER/CATID`. */
  nativeId: string;
  value: string;
}

/** @returns the tags in file order, values as they stand; none for other files */
export async function readRiffTags(file: ByteReader): Promise<TextTag[]> {
  const tags: TextTag[] = [];
  for (const chunk of await readChunks(file)) {
    const id = chunk.id.toLowerCase();
    if (!['list', 'bext', 'ixml'].includes(id) || chunk.bytes > LARGEST_CHUNK) continue;
    const content = await file.read(chunk.position, chunk.bytes);
    if (id === 'list') tags.push(...readInfo(content));
    else if (id === 'bext') tags.push(...readBext(content));
    else tags.push(...readIxml(decodeXml(content)));
  }
  return tags;
}

function readInfo(list: Buffer): TextTag[] {
  const tags: TextTag[] = [];
  if (list.toString('latin1', 0, 4) !== 'INFO') return tags;
  for (let at = 4; at + 8 <= list.length;) {
    const id = list.toString('latin1', at, at + 4);
    const bytes = list.readUInt32LE(at + 4);
    tags.push({ nativeId: `LIST/INFO:${id}`, value: decodeText(list.subarray(at + 8, at + 8 + bytes)) });
    at += 8 + bytes + (bytes % 2);
  }
  return tags;
}

function readBext(bext: Buffer): TextTag[] {
  return [
    { nativeId: 'bext:Description', value: decodeText(bext.subarray(0, 256)) },
    { nativeId: 'bext:Originator', value: decodeText(bext.subarray(256, 288)) },
    { nativeId: 'bext:OriginatorReference', value: decodeText(bext.subarray(288, 320)) },
    { nativeId: 'bext:OriginationDate', value: decodeText(bext.subarray(320, 330)) },
  ];
}

interface OpenElement {
  name: string;
  text: string;
}

/** Deeper nesting is no metadata; unbounded, it would make hostile files slow. */
const DEEPEST = 32;

/**
 * Every element with text in it, named by its parent and itself (`USER/CATID`, `BWFXML/NOTE`, `TRACK/NAME`). Not a
 * full XML parser: no namespaces, no DTDs, and no complaint about elements left open, which occur in real files. Goes
 * through the text once, whatever it contains.
 */
export function readIxml(xml: string): TextTag[] {
  const tags: TextTag[] = [];
  const open: OpenElement[] = [];
  let at = 0;
  while (at < xml.length) {
    const markup = xml.indexOf('<', at);
    const textEnd = markup < 0 ? xml.length : markup;
    addText(open, decodeEntities(xml.slice(at, textEnd)));
    if (markup < 0) break;
    const isData = xml.startsWith('<![CDATA[', markup);
    const terminator = isData ? ']]>' : xml.startsWith('<!--', markup) ? '-->' : '>';
    const end = xml.indexOf(terminator, markup);
    if (end < 0) break;
    if (isData) addText(open, xml.slice(markup + '<![CDATA['.length, end));
    else if (!'?!'.includes(xml.charAt(markup + 1))) readElement(xml.slice(markup + 1, end), open, tags);
    at = end + terminator.length;
  }
  return tags;
}

function addText(open: OpenElement[], text: string): void {
  const current = open.at(-1);
  if (current) current.text += text;
}

/** @param element what stands between `<` and `>` */
function readElement(element: string, open: OpenElement[], tags: TextTag[]): void {
  const name = /^\/?([^\s/]*)/.exec(element)?.[1] ?? '';
  if (!element.startsWith('/')) {
    if (!element.endsWith('/') && open.length < DEEPEST) open.push({ name, text: '' });
    return;
  }
  const depth = open.findLastIndex((candidate) => candidate.name === name);
  if (depth < 0) return;
  const [closed] = open.splice(depth);
  const parent = open.at(-1)?.name;
  const value = closed!.text.trim();
  if (parent !== undefined && value !== '') tags.push({ nativeId: `iXML:${parent}/${name}`, value });
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

function decodeXml(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  return decodeText(bytes);
}

/** Text up to the first NUL: UTF-8 where it is valid, else Latin-1 (which is what old editors wrote). */
function decodeText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return text.toString('latin1');
  }
}

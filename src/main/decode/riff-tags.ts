/**
 * What WAVE files say about themselves in chunks that music-metadata leaves out or reads in part: LIST/INFO, `bext`
 * (EBU Tech 3285, which gives the offsets), iXML (the Gallery Software specification, and what editors put in it), and
 * what loops and samplers have (loop-chunks.ts).
 */
import type { ByteReader } from '../files/byte-reader.ts';
import { infoItems } from './info-items.ts';
import { readAcid, readSmpl } from './loop-chunks.ts';
import { readChunks, type Chunk } from './riff.ts';
import { decodeMacText, decodeText } from './text-encodings.ts';

/** Larger chunks are not text that a person wrote, and not kept in memory for it. */
const LARGEST_CHUNK = 64 * 1024 * 1024;

export interface TextTag {
  /** `LIST/INFO:IKEY`, `bext:Description`, `iXML:USER/CATID`; of AIFF files `NAME`, `AUTH`, `(c) `, `ANNO`. */
  nativeId: string;
  value: string;
}

/** @returns the tags in file order, values as they stand; none for other files */
export async function readRiffTags(file: ByteReader): Promise<TextTag[]> {
  const tags: TextTag[] = [];
  const { kind, chunks, bigEndian } = await readChunks(file);
  const readable = chunks.filter(({ bytes }) => bytes <= LARGEST_CHUNK);
  const content = (chunk: Chunk) => file.read(chunk.position, chunk.bytes);
  if (kind === 'FORM') {
    for (const chunk of readable.filter(({ id }) => AIFF_TEXTS.has(id))) {
      tags.push({ nativeId: chunk.id, value: decodeMacText(await content(chunk)) });
    }
    return tags;
  }
  const codePage = await statedCodePage(file, chunks, bigEndian);
  for (const chunk of readable) {
    const id = chunk.id.toLowerCase();
    if (id === 'list') tags.push(...readInfo(await content(chunk), bigEndian, codePage));
    else if (id === 'bext') tags.push(...readBext(await content(chunk)));
    else if (id === 'acid') tags.push(...readAcid(await content(chunk)));
    else if (id === 'smpl') tags.push(...readSmpl(await content(chunk)));
    else if (id === 'ixml') tags.push(...readIxml(decodeXml(await content(chunk))));
  }
  return tags;
}

/** Of AIFF (Apple, "Audio Interchange File Format", text chunks). */
const AIFF_TEXTS: ReadonlySet<string> = new Set(['NAME', 'AUTH', '(c) ', 'ANNO']);

/** `CSET`: a code page, a country, a language and a dialect, 16 bits each. @returns 0 where there is none */
export async function statedCodePage(
  file: { read(position: number, length: number): Promise<Uint8Array> },
  chunks: readonly Chunk[],
  bigEndian: boolean,
): Promise<number> {
  const chunk = chunks.find(({ id, bytes }) => id === 'CSET' && bytes >= 2);
  if (!chunk) return 0;
  const content = Buffer.from(await file.read(chunk.position, 2));
  if (content.length < 2) return 0;
  return bigEndian ? content.readUInt16BE(0) : content.readUInt16LE(0);
}

function readInfo(list: Buffer, bigEndian: boolean, codePage: number): TextTag[] {
  if (list.toString('latin1', 0, 4) !== 'INFO') return [];
  return infoItems(list, bigEndian).items.map(({ id, position, bytes }) => ({
    nativeId: `LIST/INFO:${id}`,
    value: decodeText(list.subarray(position, position + bytes), codePage),
  }));
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

/**
 * iXML of a source for a piece of it, edited as text so that every other byte stays
 * (https://www.gallery.co.uk/ixml/): time stamps move on by where the piece begins, and the piece names its parent.
 */
import { basename } from 'node:path';
import type { Origin } from './carried.ts';
import { movedOn } from './time-reference.ts';

const TWO_TO_32 = 0x1_0000_0000n;

/** A count of samples, in two elements of 32 bits each. */
const COUNTS = [
  { high: 'TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI', low: 'TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO' },
  { high: 'BWF_TIME_REFERENCE_HIGH', low: 'BWF_TIME_REFERENCE_LOW' },
] as const;

/**
 * @param content of the chunk, in UTF-8 or UTF-16
 * @param uid of the piece
 * @returns the same text where it is no iXML
 */
export function shiftedIxml(content: Buffer, { path, startSample }: Origin, uid: string): Buffer {
  const isUtf16 = content[0] === 0xff && content[1] === 0xfe;
  let text = content.toString(isUtf16 ? 'utf16le' : 'latin1');
  if (!text.includes('</BWFXML>')) return content;
  for (const { high, low } of COUNTS) {
    const [highest, lowest] = [valueOf(text, high), valueOf(text, low)];
    if (lowest === null || !/^\d{1,10}$/.test(lowest) || !/^\d{0,10}$/.test(highest ?? '')) continue;
    const count = movedOn(BigInt(highest ?? 0) * TWO_TO_32 + BigInt(lowest), startSample);
    text = withValue(text, low, String(count % TWO_TO_32));
    text = withValue(text, high, String(count / TWO_TO_32));
  }
  const parent = valueOf(text, 'FILE_UID');
  if (parent !== null) text = withValue(text, 'FILE_UID', uid);
  // Text that is UTF-8 is edited as single bytes: what goes in has to be such bytes, too.
  const name = escaped(basename(path));
  text = withHistory(text, 'PARENT_FILENAME', isUtf16 ? name : Buffer.from(name).toString('latin1'));
  if (parent !== null) text = withHistory(text, 'PARENT_UID', parent);
  return Buffer.from(text, isUtf16 ? 'utf16le' : 'latin1');
}

function element(name: string): RegExp {
  return new RegExp(`(<${name}>)([^<]*)(</${name}>)`);
}

function valueOf(text: string, name: string): string | null {
  return element(name).exec(text)?.[2]?.trim() ?? null;
}

function withValue(text: string, name: string, value: string): string {
  return text.replace(element(name), (_, open: string, _before: string, close: string) => `${open}${value}${close}`);
}

function withHistory(text: string, name: string, value: string): string {
  if (element(name).test(text)) return withValue(text, name, value);
  const made = `<${name}>${value}</${name}>`;
  const before = text.includes('</HISTORY>') ? '</HISTORY>' : '</BWFXML>';
  return text.replace(before, () =>
    before === '</HISTORY>' ? `${made}${before}` : `<HISTORY>${made}</HISTORY>${before}`,
  );
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

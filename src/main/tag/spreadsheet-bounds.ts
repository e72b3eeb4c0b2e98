/**
 * Looks a spreadsheet over before it is unpacked: a few bytes of zip become gigabytes, and a cell far out makes a table as
 * large as its place. Format: ECMA-376 part 1, § 18.3.1.4 (cells) and 18.4 (shared strings), in a zip.
 */
import { fromBufferPromise } from 'yauzl';

const MAX_ENTRIES = 1000;
const MAX_UNPACKED_BYTES = 64 * 2 ** 20;
const MAX_CELLS = 500_000;
const MAX_ROWS = 100_000;
const MAX_COLUMNS = 1000;
const MAX_DEPTH = 100;

/** `message` is the middle of a sentence: "it …". */
export class SpreadsheetBoundsError extends Error {
  override readonly name = 'SpreadsheetBoundsError';
}

/** @throws SpreadsheetBoundsError; Error for what is no zip, or says untrue sizes */
export async function checkSpreadsheet(bytes: Buffer): Promise<void> {
  const zip = await fromBufferPromise(bytes);
  let left = MAX_UNPACKED_BYTES;
  if (zip.entryCount > MAX_ENTRIES) throw new SpreadsheetBoundsError(`it contains more than ${MAX_ENTRIES} parts`);
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    const scan = /\.(xml|rels)$/i.test(entry.fileName) ? new XmlScan() : null;
    // Counted as it comes: the size that the directory states is what a bomb lies about.
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      left -= chunk.length;
      if (left < 0) throw new SpreadsheetBoundsError('it unpacks to more than 64 MiB');
      scan?.add(chunk.toString('latin1'));
    }
  }
}

/** Counts what costs memory, tag by tag; not a parser, and no judge of the rest. */
class XmlScan {
  #pending = '';
  #depth = 0;
  #cells = 0;

  add(text: string): void {
    this.#pending += text;
    const end = this.#pending.lastIndexOf('>') + 1;
    if (end === 0 && this.#pending.length > 1 << 20) throw new SpreadsheetBoundsError('its text is too long');
    for (const [tag, closing, name, attributes] of this.#pending.slice(0, end).matchAll(/<(\/?)([\w:]+)([^<>]*)>/g)) {
      if (closing === '/') this.#depth--;
      else if (!tag.endsWith('/>')) this.#depth++;
      if (this.#depth > MAX_DEPTH) throw new SpreadsheetBoundsError(`its parts are nested more than ${MAX_DEPTH} deep`);
      if (closing !== '/') this.#look(name!.split(':').at(-1)!, attributes!);
    }
    this.#pending = this.#pending.slice(end);
  }

  #look(name: string, attributes: string): void {
    if (name === 'c' || name === 'si' || name === 'row') {
      this.#cells++;
      if (this.#cells > MAX_CELLS) throw new SpreadsheetBoundsError(`it has more than ${MAX_CELLS} cells`);
    }
    if (name !== 'c' && name !== 'row' && name !== 'dimension') return;
    for (const [, letters = '', digits] of attributes.matchAll(
      /(?:["':])\s*\$?([A-Za-z]{0,8})\$?(\d{1,15})(?=["':])/g,
    )) {
      const isStyle = letters === '' && name !== 'row';
      if (!isStyle && Number(digits) > MAX_ROWS && / r\s*=| ref\s*=/.test(` ${attributes}`)) {
        throw new SpreadsheetBoundsError(`it has more than ${MAX_ROWS} rows`);
      }
      if (columnNumber(letters) > MAX_COLUMNS)
        throw new SpreadsheetBoundsError(`it has more than ${MAX_COLUMNS} columns`);
    }
  }
}

/** "A" → 1, "AA" → 27, "" → 0 */
function columnNumber(letters: string): number {
  return [...Buffer.from(letters.toUpperCase())].reduce((sum, letter) => 26 * sum + letter - 64, 0);
}

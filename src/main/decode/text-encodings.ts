/** Text of formats that do not say how it is encoded, or say so elsewhere in the file. */

/** Code pages of Windows and Mac OS, as `CSET` chunks name them, by what the Encoding Standard calls them. */
const CODE_PAGES: Readonly<Record<number, string>> = {
  866: 'ibm866', 874: 'windows-874', 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5', 1250: 'windows-1250',
  1251: 'windows-1251', 1252: 'windows-1252', 1253: 'windows-1253', 1254: 'windows-1254', 1255: 'windows-1255',
  1256: 'windows-1256', 1257: 'windows-1257', 1258: 'windows-1258', 10000: 'macintosh', 10007: 'x-mac-cyrillic',
  20866: 'koi8-r', 21866: 'koi8-u', 28592: 'iso-8859-2', 28595: 'iso-8859-5', 28597: 'iso-8859-7', 51932: 'euc-jp',
  54936: 'gb18030', 65001: 'utf-8',
}; // prettier-ignore
/** Of these a byte says little: what is valid UTF-8 by chance is common in them. */
const MULTI_BYTE: ReadonlySet<string> = new Set(['shift_jis', 'gbk', 'gb18030', 'euc-kr', 'euc-jp', 'big5']);

/**
 * @param bytes up to the first zero
 * @param codePage as the file states it; 0: it does not
 * @returns the text by that code page where it is one of more than a byte; else UTF-8 where it is that, the code page,
 *   or Windows-1252, which is what old editors wrote
 */
export function decodeText(bytes: Uint8Array, codePage = 0): string {
  const text = upToZero(bytes);
  const stated = CODE_PAGES[codePage];
  const order = stated !== undefined && MULTI_BYTE.has(stated) ? [stated, 'utf-8'] : ['utf-8', stated ?? ''];
  for (const encoding of order) {
    const decoded = encoding === '' ? null : strictly(encoding, text);
    if (decoded !== null) return decoded;
  }
  return new TextDecoder('windows-1252').decode(text);
}

/**
 * As {@link decodeText} for formats of the Mac: UTF-8 where it is that; else of Mac Roman and Windows-1252 the one in
 * which more of the odd bytes are letters within words. Where that leaves it open, the second.
 */
export function decodeMacText(bytes: Uint8Array): string {
  const text = upToZero(bytes);
  const utf8 = strictly('utf-8', text);
  if (utf8 !== null) return utf8;
  const [windows, mac] = [new TextDecoder('windows-1252').decode(text), new TextDecoder('macintosh').decode(text)];
  return plausibility(mac) > plausibility(windows) ? mac : windows;
}

function plausibility(text: string): number {
  let points = 0;
  for (const word of text.split(/\s+/u)) {
    const characters = Array.from(word);
    for (const [at, character] of characters.entries()) {
      if (/^[\x20-\x7e]$/.test(character) || /^[’‘“”–—…•©®™°]$/u.test(character)) continue;
      const within = at > 0 && /\p{L}/u.test(characters[at - 1]!);
      const isOdd = /^[\ufb01\ufb02]$/.test(character); // ligatures, which nobody types
      if (/^\p{Ll}$/u.test(character) && !isOdd) points++;
      else if (/^\p{Lu}$/u.test(character) && (!within || /^\p{Lu}+$/u.test(word))) points++;
      else points--;
    }
  }
  return points;
}

function upToZero(bytes: Uint8Array): Uint8Array {
  const zero = bytes.indexOf(0);
  return zero < 0 ? bytes : bytes.subarray(0, zero);
}

/** @returns null when it is not valid in that encoding */
function strictly(encoding: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

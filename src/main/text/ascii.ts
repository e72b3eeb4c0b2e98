/** Text for fields that may hold nothing but ASCII. */

/** What has no plain letter in its decomposition. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'Th',
  ł: 'l', Ł: 'L', ı: 'i', '‘': "'", '’': "'", '‚': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '–': '-',
  '—': '-', '−': '-', '•': '*', '·': '*', '×': 'x', '€': 'EUR', '°': 'deg',
}; // prettier-ignore

/** @returns printable ASCII, accents left out, what cannot be said as `?`; control characters become spaces */
export function toAscii(text: string): { value: string; note: string } {
  const value = Array.from(text.normalize('NFKD').replace(/\p{M}/gu, ''))
    .map((character) => {
      if (/^[\x20-\x7e]$/.test(character)) return character;
      return PLAIN[character] ?? (/^\p{C}$/u.test(character) ? ' ' : '?');
    })
    .join('');
  return {
    value,
    note: value === text ? '' : 'Characters outside ASCII, which this field does not allow, were replaced.',
  };
}

/** Cut at the last place between words. @param limit characters */
export function shorten(text: string, limit: number): { value: string; note: string } {
  if (text.length <= limit) return { value: text, note: '' };
  const cut = text.slice(0, limit + 1);
  const space = Math.max(cut.lastIndexOf(', '), cut.lastIndexOf(' ') > limit / 2 ? cut.lastIndexOf(' ') : 0);
  const value = cut.slice(0, space > 0 ? space : limit).replace(/[ ,;/]+$/, '');
  return { value, note: `Shortened to ${limit} characters, the maximum of this field.` };
}

/** Both notes in one. */
export function notes(...sentences: string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

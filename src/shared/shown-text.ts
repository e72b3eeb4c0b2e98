/** Names of files can hold any character. Those that would change how a line reads, or be obeyed, are shown as codes. */

/**
 * Control characters (a terminal obeys them); marks, embeddings, overrides and isolates of the writing direction, which
 * make `exe.gpj` read as `jpg.exe` (Unicode TR 36 § 2.10); and characters without any width. Joiners stay: scripts and
 * emoji need them.
 */
const MISLEADING = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** One line, with nothing in it that is obeyed or unseen: `\x1b`, `\u202e`, `\u{e0041}`. */
export function shownText(text: string): string {
  return text.replace(MISLEADING, escaped);
}

/** The same for text of several lines. */
export function shownLines(text: string): string {
  return text.replace(MISLEADING, (character) => (character === '\n' ? character : escaped(character)));
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** Names of files that every usual system takes. Pure: no disk. */

/** Whole characters, at most so many bytes of UTF-8; at least the first one. */
export function shortened(text: string, bytes: number): string {
  let kept = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (kept !== '' && Buffer.byteLength(kept + segment) > bytes) return kept.trimEnd();
    kept += segment;
  }
  return kept;
}

/**
 * What any of the usual systems forbids in a name becomes what reads most like it
 * (https://learn.microsoft.com/windows/win32/fileio/naming-a-file); no space at its ends, no dot at its end.
 */
export function portable(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll('<', '(')
    .replaceAll('>', ')')
    .replace(/[:/\\|]/g, '-')
    .replace(/[?*\p{Cc}]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/[\s.]+$/u, '')
    .trimStart();
}

/** Paths of any platform, taken apart for the screen. */
import { shownText } from '../../shared/shown-text.ts';

/** Last part, as it is shown: `/Sounds/Doors/slam.wav` → `slam.wav`; also with backslashes. */
export function fileName(path: string): string {
  return shownText(path.slice(lastSeparator(path) + 1));
}

/** Without its extension, which stands in a column of its own: `slam.wav` → `slam`, `.hidden` stays. */
export function title(path: string): string {
  const name = fileName(path);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** Names differ at their end: so much of it is always shown, where the middle is left out. Graphemes. */
const TAIL = 8;
const FROM = 20;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A name as what is shortened when there is no room, and what is always shown; short names are not parted. */
export function inTwo(name: string): [head: string, tail: string] {
  if (name.length < FROM) return [name, ''];
  const from = [...GRAPHEMES.segment(name)].slice(-TAIL)[0]?.index ?? 0;
  const end = from + /^\s*/.exec(name.slice(from))![0].length; // a gap behind the dots would look like two names
  return [name.slice(0, end), name.slice(end)];
}

/** All of it, as it is shown. */
export function wholePath(path: string): string {
  return shownText(path);
}

/** The folder a file lies in, absolute, without a separator at its end, as it is shown. */
export function folderOf(path: string): string {
  return shownText(path.slice(0, Math.max(lastSeparator(path), 0)));
}

/** Enough of a folder to distinguish it from others: its last two parts, `…/Doors/Wood`. */
export function shortFolder(path: string): string {
  const parts = folderOf(path)
    .split(/[\\/]/)
    .filter((part) => part !== '');
  if (parts.length <= 2) return folderOf(path);
  return `…/${parts.slice(-2).join('/')}`;
}

/** A name in a folder, for the engine: `C:\\` and `Sounds` → `C:\\Sounds`. @param folder absolute */
export function inFolder(folder: string, name: string): string {
  const separator = folder.includes('\\') ? '\\' : '/';
  return `${folder.replace(/[\\/]$/, '')}${separator}${name}`;
}

function lastSeparator(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}

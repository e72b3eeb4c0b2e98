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

/** All of it, as it is shown. */
export function wholePath(path: string): string {
  return shownText(path);
}

/** The folder a file lies in, absolute, without a separator at its end, as it is shown. */
export function folderOf(path: string): string {
  return shownText(path.slice(0, Math.max(lastSeparator(path), 0)));
}

/** Enough of a folder to tell it from others: its last two parts, `…/Doors/Wood`. */
export function shortFolder(path: string): string {
  const parts = folderOf(path)
    .split(/[\\/]/)
    .filter((part) => part !== '');
  if (parts.length <= 2) return folderOf(path);
  return `…/${parts.slice(-2).join('/')}`;
}

function lastSeparator(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}

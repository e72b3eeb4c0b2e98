/** What there is to say about one folder of the library. */
import type { LibraryRoot } from '../../../shared/calls/library.ts';
import { fileName } from '../../words/paths.ts';
import { count, counted, day } from '../../words/units.ts';

/** `/home/me/Sounds/` → `Sounds`; a whole drive is called by its path. */
export function rootName(path: string): string {
  const trimmed = path.replace(/[\\/]+$/, '');
  return fileName(trimmed) || path;
}

/**
 * The drive that a path lies on, as people call it: `/Volumes/SFX-2/Doors` → `SFX-2`, `E:\Doors` → `E:`,
 * `\\nas\sounds\Doors` → `\\nas\sounds`.
 * @returns null where the path does not tell
 */
export function driveName(path: string): string | null {
  const share = /^\\\\[^\\]+\\[^\\]+/.exec(path)?.[0];
  if (share !== undefined) return share;
  const letter = /^([A-Za-z]:)[\\/]/.exec(path)?.[1];
  if (letter !== undefined) return letter.toUpperCase();
  return /^\/(?:Volumes|mnt)\/([^/]+)/.exec(path)?.[1] ?? /^\/(?:run\/)?media\/[^/]+\/([^/]+)/.exec(path)?.[1] ?? null;
}

/** Why a folder is not there, and that nothing is lost by it. */
export function offlineSentence({ path, files }: Pick<LibraryRoot, 'path' | 'files'>): string {
  const drive = driveName(path);
  const kept =
    files === 0
      ? 'it is looked through when it is there again'
      : files === 1
        ? 'its one sound stays in the catalogue'
        : `its ${count(files)} sounds stay in the catalogue`;
  return drive === null
    ? `The folder ${rootName(path)} is not there now; ${kept}.`
    : `The drive ${drive} is not connected; ${kept}.`;
}

/** `12,480 sounds · 12,300 heard · 3 could not be read · 2 not there now · looked through 22 Nov 2026` */
export function rootFacts({ files, ready, failed, offline, online, scannedMs }: LibraryRoot): string {
  const when = scannedMs === null ? null : `looked through ${day(scannedMs)}`;
  if (files === 0) return when === null ? 'Not looked through yet' : `No sounds in it · ${when}`;
  return [
    counted(files, 'sound'),
    ready === files ? 'all heard' : `${count(ready)} heard`,
    failed > 0 ? `${count(failed)} could not be read` : null,
    // Of a drive that is away it has been said already.
    offline > 0 && online ? `${count(offline)} not there now` : null,
    when,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

/** What has been heard of what can be, 0..1; null when nothing is left to hear. */
export function heardShare({ files, ready, failed }: LibraryRoot): number | null {
  return ready + failed >= files ? null : ready / (files - failed);
}

/** Whether changes in it are noticed, and why not. @param busy a job runs: what it ends with is not known yet */
export function watchWords(root: LibraryRoot, busy: boolean): string {
  const { watch, watching, watchProblem, paused, online, scannedMs, drive } = root;
  if (paused) return 'Paused: it is left alone until you resume it.';
  if (!online) return watch ? 'Watching goes on once it is back.' : 'Not watched.';
  if (!watch) {
    return drive === 'network'
      ? 'A network drive: it is watched only if you switch that on, since other machines’ changes may not be announced.'
      : 'Changes in it are found when you look for them.';
  }
  if (watching) return 'Changes are noticed as they happen.';
  if (watchProblem !== null) return watchProblem;
  if (scannedMs === null) return 'It is watched once it has been looked through.';
  if (busy) return 'Watching is on.';
  return 'Watching is on, but nothing watches it just now; look for changes yourself.';
}

/** `12,480 sounds in 3 folders, 12,300 of them heard`; '' before the folders are known */
export function libraryLead(roots: readonly LibraryRoot[] | null): string {
  if (roots === null) return '';
  if (roots.length === 0) return 'No folders yet.';
  const sum = (of: (root: LibraryRoot) => number) => roots.reduce((total, root) => total + of(root), 0);
  const [files, ready] = [sum((root) => root.files), sum((root) => root.ready)];
  const where = `${counted(files, 'sound')} in ${counted(roots.length, 'folder')}`;
  if (files === 0) return where;
  return ready === files ? `${where}, all of them heard` : `${where}, ${count(ready)} of them heard`;
}

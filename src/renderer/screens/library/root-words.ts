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
 * @returns null where the path does not show it
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
      ? 'it is scanned when it is available again'
      : files === 1
        ? 'its file stays in the catalogue'
        : `its ${count(files)} files stay in the catalogue`;
  return drive === null
    ? `The folder ${rootName(path)} is not available; ${kept}.`
    : `The drive ${drive} is not connected; ${kept}.`;
}

/** `12,480 files · 12,300 analysed · 3 could not be analysed · 2 offline · scanned 22 Nov 2026` */
export function rootFacts({ files, ready, failed, offline, online, scannedMs }: LibraryRoot): string {
  const when = scannedMs === null ? null : `scanned ${day(scannedMs)}`;
  if (files === 0) return when === null ? 'Not scanned yet' : `No audio files · ${when}`;
  return [
    counted(files, 'file'),
    ready === files ? 'all analysed' : `${count(ready)} analysed`,
    failed > 0 ? `${count(failed)} could not be analysed` : null,
    // Of a drive that is away it has been said already.
    offline > 0 && online ? `${count(offline)} offline` : null,
    when,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

/** Share of the analysable files that are analysed, 0..1; null when none is left. */
export function analysedShare({ files, ready, failed }: LibraryRoot): number | null {
  return ready + failed >= files ? null : ready / (files - failed);
}

/** Whether changes in it are noticed, and why not. @param busy a job runs: what it ends with is not known yet */
export function watchWords(root: LibraryRoot, busy: boolean): string {
  const { watch, watching, watchProblem, paused, online, scannedMs, drive } = root;
  if (paused) return 'Paused. Resume to scan and analyse this folder.';
  if (!online) return watch ? 'Watching resumes when it is available again.' : 'Not watched.';
  if (!watch) {
    return drive === 'network'
      ? 'Network drive: not watched by default, because changes made by other machines may not be reported.'
      : 'Not watched. Scan for changes to update it.';
  }
  if (watching) return 'Watching for changes.';
  if (watchProblem !== null) return watchProblem;
  if (scannedMs === null) return 'Watching starts after the first scan.';
  if (busy) return 'Watching is on.';
  return 'Watching is on, but not active right now. Scan for changes to update it.';
}

/** `12,480 files in 3 folders, 12,300 analysed`; '' before the folders are known */
export function libraryLead(roots: readonly LibraryRoot[] | null): string {
  if (roots === null) return '';
  if (roots.length === 0) return 'No folders yet.';
  const sum = (of: (root: LibraryRoot) => number) => roots.reduce((total, root) => total + of(root), 0);
  const [files, ready] = [sum((root) => root.files), sum((root) => root.ready)];
  const where = `${counted(files, 'file')} in ${counted(roots.length, 'folder')}`;
  if (files === 0) return where;
  return ready === files ? `${where}, all analysed` : `${where}, ${count(ready)} analysed`;
}

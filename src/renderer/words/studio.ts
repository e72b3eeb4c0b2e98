/** A studio in words: who said what, and how this library stands with it. */
import type { SharedItem, StudioStatus, StudioWord, StudioWorker } from '../../shared/calls/studio.ts';
import { count, counted, day } from './units.ts';

/** `Rejected “rain”` */
export function wordSentence({ what, name, stars }: StudioWord): string {
  switch (what) {
    case 'accepted':
      return `Accepted “${name}”`;
    case 'rejected':
      return `Rejected “${name}”`;
    case 'undecided':
      return `Removed the decision about “${name}”`;
    case 'stars':
      return stars === 0 || stars === null ? 'Removed the stars' : `Rated ${counted(stars, 'star')}`;
    case 'collected':
      return `Added to “${name}”`;
    case 'uncollected':
      return `Removed from “${name}”`;
  }
}

/** `ana, editor · 12,480 files analysed, 3 not yet analysed · synced 29 Nov 2026` */
export function standing({ member, role, problem, files, syncedMs }: StudioStatus): string {
  if (problem !== null) return problem;
  return [
    role === null ? member : `${member}, ${role}`,
    ...(files === null
      ? []
      : [
          [
            `${counted(files.analysed, 'file')} analysed`,
            `${count(files.pending)} not yet analysed${files.inWork > 0 ? ` (${count(files.inWork)} in work)` : ''}`,
            ...(files.failed > 0 ? [`${count(files.failed)} could not be analysed`] : []),
          ].join(', '),
        ]),
    syncedMs === null ? 'never synced' : `synced ${day(syncedMs)}`,
  ].join(' · ');
}

/** `ben · 1,204 files analysed, 2 in work, 1 failed` */
export function workerSentence({ member, analysed, inWork, failed }: StudioWorker): string {
  const parts = [
    `${counted(analysed, 'file')} analysed`,
    ...(inWork > 0 ? [`${count(inWork)} in work`] : []),
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
  ];
  return `${member} · ${parts.join(', ')}`;
}

const KINDS: Record<SharedItem['kind'], string> = {
  collection: 'Collection',
  search: 'Saved search',
  vocabulary: 'Vocabulary',
};

/** `Saved search · changed by ben, 29 Nov 2026` */
export function sharedSentence({ kind, author, atMs }: SharedItem): string {
  return author === null || atMs === null ? KINDS[kind] : `${KINDS[kind]} · changed by ${author}, ${day(atMs)}`;
}

/** `sfx=/mnt/sfx`, a share a line. @returns the line that makes no sense, when there is one */
export function sharesOf(text: string): { shares: { name: string; path: string }[]; problem: string | null } {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const shares = lines.map((line) => ({ name: line.slice(0, Math.max(0, line.indexOf('='))).trim(), path: line.slice(line.indexOf('=') + 1).trim() })); // prettier-ignore
  const at = shares.findIndex(({ name, path }) => name === '' || path === '');
  return {
    shares,
    problem: at < 0 ? null : `“${lines[at]!}” is not a share. Enter name and folder, such as sfx=/mnt/sfx.`,
  };
}

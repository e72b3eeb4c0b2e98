/** In which order files are shown. */
import { ORDERED_FIGURES, type FigureOrder } from '../../shared/analysis.ts';
import type { FileOrder, FileRow } from '../../shared/calls/files.ts';
import type { SearchHit } from '../../shared/types.ts';
import { fileName, folderOf } from '../words/paths.ts';

export interface Order {
  by: 'relevance' | FileOrder;
  descending: boolean;
}

/** As the sort menu has them; `descending` is where each begins. */
export const ORDERS: readonly { by: Order['by']; name: string; descending: boolean }[] = [
  { by: 'relevance', name: 'Relevance', descending: false },
  { by: 'name', name: 'Name', descending: false },
  { by: 'folder', name: 'Folder', descending: false },
  { by: 'duration', name: 'Duration', descending: false },
  { by: 'added', name: 'Date added', descending: true },
  { by: 'changed', name: 'Date modified', descending: true },
  { by: 'stars', name: 'Stars', descending: true },
  ...ORDERED_FIGURES.map(({ order, name }) => ({ by: order, name, descending: true })),
];

const COMPARE = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * Hits come by relevance. By anything else they are sorted here; equals stay by relevance, and what has no figure
 * (loudness of silence, a row that is gone) comes last either way.
 * @param rows by file id; needed for added, changed, stars and loudness
 */
export function arrange(hits: readonly SearchHit[], rows: ReadonlyMap<number, FileRow>, order: Order): SearchHit[] {
  const { by, descending } = order;
  if (by === 'relevance') return [...hits];
  const sign = descending ? -1 : 1;
  if (by === 'name') return hits.toSorted((a, b) => sign * COMPARE.compare(fileName(a.path), fileName(b.path)));
  if (by === 'folder') {
    return hits.toSorted(
      (a, b) =>
        sign * COMPARE.compare(folderOf(a.path), folderOf(b.path)) ||
        COMPARE.compare(fileName(a.path), fileName(b.path)),
    );
  }
  const figure = (hit: SearchHit) => figureOf(hit, rows.get(hit.fileId), by);
  return hits.toSorted((a, b) => {
    const [left, right] = [figure(a), figure(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}

function figureOf(hit: SearchHit, row: FileRow | undefined, by: Exclude<FileOrder, 'name' | 'folder'>): number | null {
  const figure = ORDERED_FIGURES.find(({ order }) => order === by);
  if (figure) return row?.[figure.field] ?? null;
  switch (by as Exclude<typeof by, FigureOrder>) {
    case 'duration':
      return hit.durationSeconds;
    case 'added':
      return row?.addedMs ?? null;
    case 'changed':
      return row?.changedMs ?? null;
    case 'stars':
      return row?.stars ?? null;
  }
}

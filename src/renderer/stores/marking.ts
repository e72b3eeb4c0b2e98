/** What would become markers now: the range selected in the player, or the matches of the selected results. */
import type { MarkerRequest } from '../../shared/calls/markers.ts';
import { tokens } from '../../shared/query/tokens.ts';
import type { App } from './app.svelte.ts';

/** null when there is nothing to mark */
export function markersNow(app: App): MarkerRequest | null {
  const { timeSelection, search, fileMatches, selection, player } = app;
  const { range, span } = timeSelection;
  if (range !== null && span !== null) {
    const { fileId } = range;
    return { from: { ranges: [{ fileId, ...span }] }, kind: 'region', label: wordsOf(search.text) };
  }
  const { query } = fileMatches;
  const selected = selection.fileIds.length > 0 || player.fileId === null ? selection.fileIds : [player.fileId];
  const fileIds = selected.filter((fileId) => (fileMatches.of(fileId)?.length ?? 0) > 0);
  return query === null || fileIds.length === 0 ? null : { from: { query, fileIds }, kind: 'region' };
}

/** Of what is looked for its words alone. */
function wordsOf(text: string): string {
  const words = tokens(text).filter(({ kind, value }) => kind === 'word' && value !== '');
  return words.map(({ value }) => value).join(' ').slice(0, 200); // prettier-ignore
}

/** Lists of files that are at hand elsewhere in the window: to be exported, given sidecars or renamed. */
import type { App } from '../../stores/app.svelte.ts';

export type Source = 'accepted' | 'selection' | 'search';

/** How many there are without asking; null where only the engine knows. */
export function sizeOf(app: App, source: Source): number | null {
  switch (source) {
    case 'selection':
      return app.selection.size;
    case 'search':
      return app.search.answer?.ids.length ?? 0;
    case 'accepted':
      return null;
  }
}

/** In the order they are listed in; each file once. */
export async function fileIdsOf(app: App, source: Source): Promise<number[]> {
  switch (source) {
    case 'selection':
      return app.selection.fileIds;
    case 'search':
      return [...(app.search.answer?.ids ?? [])];
    case 'accepted': {
      const found = await app.client.call('tag.files', { scope: {}, state: 'accepted', order: 'name' });
      return [...new Set(found.map(({ fileId }) => fileId))];
    }
  }
}

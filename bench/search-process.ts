/** An engine in a process of its own, as an application holds it: for measuring its memory and nothing else. */
import { createEngine, type EngineHandle } from '../src/main/engine/engine.ts';
import { serveParent } from '../src/main/process/child.ts';
import type { SearchQuery, SearchResult } from '../src/shared/types.ts';

// A type, not an interface: it has to fit the index signature of Methods.
export type SearchMethods = {
  open: { input: { dataFolder: string; model: string }; output: null };
  search: { input: SearchQuery; output: SearchResult };
  close: { input: null; output: null };
};

let handle: EngineHandle | null = null;

serveParent<SearchMethods>({
  open: ({ dataFolder, model }) => {
    handle = createEngine({ dataFolder, model, load: 'foreground' });
    return null;
  },
  search: (query) => opened().engine['search.query'](query),
  close: async () => {
    await opened().close();
    return null;
  },
});

function opened(): EngineHandle {
  if (!handle) throw new Error('the first call must be open');
  return handle;
}

/** The index process: everything that touches hnswlib's native code. One embedding space. */
import { mkdirSync } from 'node:fs';
import { withDatabaseErrors } from '../catalogue/database-errors.ts';
import { openEmbeddings } from '../catalogue/open-embeddings.ts';
import { serveParent } from '../process/child.ts';
import type { IndexMethods, IndexPushes } from './protocol.ts';
import { SpaceIndex, type SyncControl } from './space-index.ts';

/** Progress reaches the engine at most this often. */
const PROGRESS_INTERVAL_MS = 100;

let space: SpaceIndex | null = null;
/** Where the catalogue lies, for sentences. */
let folder = '';
/** The sync that is under way or was last; the next one waits for it. */
let lastSync: Promise<unknown> = Promise.resolve();
const controls = new Map<number, SyncControl>();

const push = serveParent<IndexMethods, IndexPushes>({
  open: async ({ dataFolder, indexFolder, spaceId, dim, skipFile }) => {
    folder = dataFolder;
    mkdirSync(indexFolder, { recursive: true });
    process.chdir(indexFolder); // so that the native code gets plain file names, see HnswGraph.save
    const { windows } = openEmbeddings(dataFolder);
    const { index, opened } = await SpaceIndex.open(windows, { folder: indexFolder, spaceId, dim, skipFile });
    space = index;
    return opened;
  },
  sync: ({ ticket }) => {
    let lastMs = 0;
    const control: SyncControl = {
      cancelled: false,
      onProgress: (done, total) => {
        if (performance.now() - lastMs < PROGRESS_INTERVAL_MS && done < total) return;
        lastMs = performance.now();
        push('progress', { ticket, done, total });
      },
    };
    controls.set(ticket, control);
    const sync = lastSync.then(() => opened().sync(control)).finally(() => controls.delete(ticket));
    lastSync = sync.catch(() => {}); // its caller gets the error; the next one starts all the same
    return sync;
  },
  cancelSync: ({ ticket }) => {
    const control = controls.get(ticket);
    if (control) control.cancelled = true;
    return null;
  },
  search: ({ embedding, k, fileIds }) => withDatabaseErrors(folder, () => opened().search(embedding, k, fileIds)),
  scoreFiles: ({ embedding, fileIds }) => withDatabaseErrors(folder, () => opened().scoreFiles(embedding, fileIds)),
  levels: ({ embedding, fileIds }) => withDatabaseErrors(folder, () => opened().levels(embedding, fileIds)),
  background: ({ embedding, sample }) => withDatabaseErrors(folder, () => opened().background(embedding, sample)),
  memory: () => ({ residentBytes: process.memoryUsage.rss() }),
});

function opened(): SpaceIndex {
  if (!space) throw new Error('the index has not been opened');
  return space;
}

/** The map process: hnswlib and minutes of arithmetic, away from the engine. */
import { withDatabaseErrors } from '../catalogue/database-errors.ts';
import { openEmbeddings } from '../catalogue/open-embeddings.ts';
import { serveParent } from '../process/child.ts';
import { arrange } from './arrange.ts';
import type { Arranged, ArrangeProgress, MapMethods } from './protocol.ts';

/** Long enough that asking costs nothing beside it, short enough that a pause or a progress bar does not lag. */
const STEP_MS = 120;

let work: Generator<ArrangeProgress, Arranged, undefined> | null = null;
let last: ArrangeProgress = { stage: 'comparing', share: 0, files: null };
let folder = '';

serveParent<MapMethods>({
  begin: ({ dataFolder, spaceId, dim }) => {
    folder = dataFolder;
    work = arrange(openEmbeddings(dataFolder), { spaceId, dim });
    return null;
  },
  step: () =>
    withDatabaseErrors(folder, () => {
      if (!work) throw new Error('no map has been begun');
      const until = performance.now() + STEP_MS;
      for (;;) {
        const { done, value } = work.next();
        if (done) return { progress: { ...last, share: 1 }, arranged: value };
        last = value;
        if (performance.now() >= until) return { progress: last, arranged: null };
      }
    }),
});

/**
 * The write process: the only one that ever changes a user's file (DESIGN.md §10). It keeps the journal itself, on a
 * connection whose commits are on the disk when they return.
 */
import { lstatSync } from 'node:fs';
import { classify } from '../catalogue/database-errors.ts';
import { cataloguePath } from '../catalogue/connection.ts';
import { openCatalogue, type Catalogue } from '../catalogue/open.ts';
import { serveParent } from '../process/child.ts';
import { tempPathFor } from './atomic-write.ts';
import type { WriteJournal } from '../catalogue/stores/write-journal.ts';
import { planFile } from './plan-file.ts';
import { planMarkers } from './plan-markers.ts';
import type { RowToUndo, WriteMethods, WritePushes } from './protocol.ts';
import { recover } from './recover.ts';
import { undoFile, writeFile, type FileToUndo } from './write-file.ts';

let catalogue: Catalogue | null = null;
let stopped = false;

/** The catalogue, for sentences about its disk. */
let where = 'the catalogue';

const journal = (): WriteJournal => {
  if (!catalogue) throw new Error('the write process has not been opened');
  return catalogue.writeJournal;
};

const goOn = () => {
  if (stopped) throw new DOMException('stopped', 'AbortError');
};

const push = serveParent<WriteMethods, WritePushes>(
  {
    open: ({ dataFolder }) => {
      where = cataloguePath(dataFolder);
      catalogue = openCatalogue(dataFolder, { durable: true });
      return null;
    },

    plan: async (files) => {
      const planned = [];
      for (const file of files) {
        goOn();
        planned.push(await planFile(file));
      }
      return planned;
    },

    planMarkers: async (files) => {
      const planned = [];
      for (const file of files) {
        goOn();
        planned.push(await planMarkers(file));
      }
      return planned;
    },

    begin: ({ profileId }) => journal().begin(profileId),

    write: async ({ runId, keepTime, files }) => {
      const rows = journal().add(runId, files, tempPathFor);
      await eachUntilStopped(files.map((file, at) => ({ file, id: rows[at]! })), async ({ file, id }) =>
      push('done', await writeFile(journal(), id, file, keepTime, goOn)),
    ); // prettier-ignore
      return null;
    },

    giveUp: ({ runId, file, reason, outcome }) => {
      const [id] = journal().add(runId, [file], tempPathFor);
      journal().settle(id!, outcome ?? 'failed', reason);
      return null;
    },

    undo: async (rows) => {
      const files = rows.map(whereItIs);
      journal().beginUndo(files.map(({ id, path }) => ({ id, tempPath: tempPathFor(path, id) })));
      await eachUntilStopped(files, async (file) => push('done', await undoFile(journal(), file, goOn)));
      return null;
    },

    stop: () => {
      stopped = true;
      return null;
    },

    finish: ({ runId }) => {
      journal().finish(runId);
      return null;
    },

    recover: async ({ again }) => recover(journal(), again),
  },
  (error) => classify(error, where),
);

/** What was not begun when all is to end, and the file in work, are settled as what they are: as they were. */
async function eachUntilStopped<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  try {
    for (const item of items) {
      goOn();
      await work(item);
    }
  } catch (error) {
    // Where the journal's own disk is full this fails, too: the next start does it then.
    const settled = await recover(journal(), true).catch((failure: unknown) => {
      if (stopped) throw failure;
      return [];
    });
    for (const done of settled) push('done', done);
    if (!stopped) throw error;
  }
}

/** A file that was moved since is undone where it is now; another may lie at its old place by then. */
function whereItIs({ id, fileId, path }: RowToUndo): FileToUndo {
  const row = journal().row(id);
  const places = path === null ? [row.path] : [path, row.path];
  const sizes = places.map((place) => lstatSync(place, { throwIfNoEntry: false })?.size);
  const at = sizes.indexOf(row.afterSize ?? undefined);
  const found = at >= 0 ? at : sizes.findIndex((size) => size !== undefined);
  return { id, fileId, path: places[found] ?? row.path };
}

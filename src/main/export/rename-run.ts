/**
 * Files renamed, renamed back, and put in order after a crash. Each step is journalled before it is taken; the
 * catalogue follows in the transaction that calls it done, so a file keeps its row and all that hangs on it.
 */
import { lstatSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import type { RenameProposal } from '../../shared/calls/write.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { absolutePath } from '../catalogue/stores/roots.ts';
import { besideRelative } from './propose-names.ts';
import { renameWithoutReplacing, settleRename } from './rename-file.ts';
import type { RenameJournal, RenameRow, RenameState } from '../catalogue/stores/rename-journal.ts';
import { syncFolder } from '../files/write-whole.ts';

/** Files between two commits: what a crash leaves to be looked at. */
const BATCH = 50;

export interface RenameDeps {
  catalogue: Catalogue;
  journal: RenameJournal;
  /** Before each batch. Rejects to end it; what was renamed stays so. */
  next: () => Promise<void>;
  /** After each batch, with the ids of the files that have another name now. */
  done: (files: number, failed: number, changed: number[]) => void;
}

interface Step {
  id: number;
  fileId: number;
  from: string;
  to: string;
}
interface Settled {
  state: RenameState;
  reason: string;
}

/** @param proposals those without a reason against them, whose name changes */
export async function renameFiles(
  runId: number,
  proposals: readonly RenameProposal[],
  deps: RenameDeps,
): Promise<void> {
  const { catalogue, journal } = deps;
  await inBatches(proposals, deps, (batch) => {
    const steps = catalogue.transaction(() =>
      batch.map(({ fileId, path, proposed }): Step => {
        return { id: journal.prepare(runId, fileId, path, proposed), fileId, from: path, to: proposed };
      }),
    );
    return { steps, settle: (step) => takeStep(step, deps, whyNotNow(step, catalogue), ['written', 'failed']) };
  });
}

/** @param rows what is to be undone; a file that was renamed or moved since is left alone, and that is said */
export async function undoRenames(rows: readonly RenameRow[], deps: RenameDeps): Promise<void> {
  const { catalogue, journal } = deps;
  await inBatches(rows, deps, (batch) => {
    const steps = catalogue.transaction(() =>
      batch.map(({ id, fileId, path, newPath }): Step => {
        journal.settle(id, 'undoing');
        return { id, fileId, from: newPath, to: path };
      }),
    );
    return { steps, settle: (step) => takeStep(step, deps, movedSince(step, catalogue), ['undone', 'not-restored']) };
  });
}

/**
 * What a killed run left: every file has one name afterwards, the journal and the catalogue say which. Synchronous,
 * so that it is over before anything else begins.
 * @returns how many files were looked at
 */
export function recoverRenames(catalogue: Catalogue, journal: RenameJournal): number {
  const rows = journal.unsettled();
  for (const { id, fileId, path, newPath, state, tempPath } of rows) {
    const undoing = state === 'undoing';
    const [from, to] = undoing ? [newPath, path] : [path, newPath];
    const moved = settleRename(from, to, tempPath);
    catalogue.transaction(() => {
      if (moved) follow(fileId, to, catalogue);
      const { state: settled, reason } = recovered(undoing, moved, basename(from));
      journal.settle(id, settled, reason);
    });
  }
  for (const runId of new Set(rows.map((row) => row.runId))) journal.finish(runId);
  return rows.length;
}

function recovered(undoing: boolean, moved: boolean | null, name: string): Settled {
  const ended = 'Earmark was interrupted';
  if (moved === null) return { state: undoing ? 'not-restored' : 'failed', reason: `${ended}, and “${name}” no longer exists.` }; // prettier-ignore
  if (moved) return { state: undoing ? 'undone' : 'written', reason: '' };
  if (undoing) return { state: 'not-restored', reason: `${ended}, so “${name}” was not renamed back. Undo it again.` };
  return { state: 'skipped', reason: `${ended} before “${name}” was renamed.` };
}

async function inBatches<T>(
  items: readonly T[],
  { catalogue, journal, next, done }: RenameDeps,
  begin: (batch: readonly T[]) => { steps: Step[]; settle: (step: Step) => Settled },
): Promise<void> {
  let files = 0;
  let failed = 0;
  for (let first = 0; first < items.length; first += BATCH) {
    await next();
    const { steps, settle } = begin(items.slice(first, first + BATCH));
    const settled = steps.map((step) => ({ step, ...settle(step) }));
    for (const folder of new Set(steps.map(({ from }) => dirname(from)))) {
      await syncFolder(folder).catch(() => {}); // gone meanwhile: what happened to each file is known
    }
    const changed: number[] = [];
    catalogue.transaction(() => {
      for (const { step, state, reason } of settled) {
        journal.settle(step.id, state, reason);
        if (state !== 'written' && state !== 'undone') continue;
        follow(step.fileId, step.to, catalogue);
        changed.push(step.fileId);
      }
    });
    files += steps.length;
    failed += steps.length - changed.length;
    done(files, failed, changed);
  }
}

/** @param against why it is not even tried; '' when nothing is known against it */
function takeStep(
  { id, from, to }: Step,
  { journal }: RenameDeps,
  against: string,
  [good, bad]: [RenameState, RenameState],
): Settled {
  if (against !== '') return { state: bad === 'failed' ? 'skipped' : bad, reason: against };
  try {
    renameWithoutReplacing(from, to, (path) => journal.markPlaceholder(id, path));
    return { state: good, reason: '' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { state: bad, reason: error.userMessage };
  }
}

/** The accepted tags describe the audio that was analysed. */
function whyNotNow({ fileId, from }: Step, { files }: Catalogue): string {
  const row = files.byId(fileId);
  const facts = lstatSync(from, { throwIfNoEntry: false });
  if (!row || !facts) return `“${basename(from)}” no longer exists.`;
  return row.size === facts.size && row.mtimeMs === facts.mtimeMs
    ? ''
    : `“${basename(from)}” has changed since it was analysed. Rescan its folder first.`;
}

function movedSince({ fileId, from }: Step, { files, roots }: Catalogue): string {
  const row = files.byId(fileId);
  const root = row && roots.byId(row.rootId);
  return root && absolutePath(root.path, row.relativePath) === from
    ? ''
    : `“${basename(from)}” has been moved or renamed since and was skipped.`;
}

/** The row of the file goes along, unless a look through the folder has seen to that already. */
function follow(fileId: number, path: string, { files }: Catalogue): void {
  const row = files.byId(fileId);
  if (!row) return;
  const { rootId, size, mtimeMs } = row;
  const relativePath = besideRelative(row.relativePath, basename(path));
  const there = files.byPath(rootId, relativePath);
  if (there?.id === fileId || (there && there.contentId !== null)) return;
  files.moveTo(fileId, { rootId, relativePath, size, mtimeMs });
}

/** Rename jobs and their undoing: one at a time, never beside an index job. */
import type { CatalogueAccess } from '../catalogue/access.ts';
import { existsSync } from 'node:fs';
import type { NameParts, RenameProposal, WriteRun } from '../../shared/calls/write.ts';
import { toWire, UserError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';
import { cataloguePath } from '../catalogue/connection.ts';
import { openCatalogue, type Catalogue } from '../catalogue/open.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import type { JobContext } from '../jobs/runner.ts';
import { proposeNames } from './propose-names.ts';
import type { RenameJournal, RenameRow } from '../catalogue/stores/rename-journal.ts';
import { recoverRenames, renameFiles, undoRenames, type RenameDeps } from './rename-run.ts';

export interface RenamingListeners {
  /** Files that have another name now. */
  changed: (fileIds: number[]) => void;
  /** A run began, progressed or ended. */
  runChanged: (runId: number) => void;
}

export class Renaming {
  readonly #deps: CatalogueAccess;
  readonly #listeners: RenamingListeners;
  readonly #jobs: JobRegistry;
  readonly #lane: Lane<'rename' | 'undo'>;

  constructor(deps: CatalogueAccess, jobs: JobRegistry, listeners: RenamingListeners) {
    this.#deps = deps;
    this.#jobs = jobs;
    this.#listeners = listeners;
    this.#lane = jobs.lane({ busy: 'Files are already being renamed. Wait for this to finish, or cancel it first.' });
  }

  /** @throws UserError nothing-indexed, bad-input, file-missing */
  propose(fileIds: readonly number[], given: NameParts): Promise<RenameProposal[]> {
    return proposeNames(this.#catalogue(), this.#deps.dataFolder, fileIds, given);
  }

  /**
   * Renames as {@link propose} would have it now; files with something in the way are left as they are.
   * @throws UserError catalogue-busy, and as {@link propose}
   */
  start(fileIds: readonly number[], given: NameParts): Promise<JobId> {
    return this.#begin('rename', { files: fileIds.length }, async (context, catalogue, journal) => {
      const proposals = await proposeNames(catalogue, this.#deps.dataFolder, fileIds, given);
      const wanted = proposals.filter(({ path, proposed }) => proposed !== path);
      context.report({ stage: 'renaming', done: 0, total: wanted.length });
      const runId = journal.begin();
      await this.#run(runId, context, catalogue, journal, (deps) => renameFiles(runId, wanted, deps));
      return journal.run(runId)!;
    });
  }

  /**
   * Renames files back.
   * @param what a run; or files whose last write or rename is to be undone
   * @returns null when it is not about renames: the write-back's affair
   * @throws UserError catalogue-busy; bad-input when some were renamed last and others written
   */
  async undo(what: { runId: number | null; fileIds: number[] }): Promise<JobId | null> {
    const catalogue = this.#deps.existingCatalogue();
    const rows = catalogue && toUndo(catalogue.renameJournal, what);
    if (!rows) return null;
    return this.#begin('undo', what, async (context, own, journal) => {
      const rowsNow = toUndo(journal, what) ?? [];
      context.report({ stage: 'undoing', done: 0, total: rowsNow.length });
      const runId = what.runId ?? rowsNow[0]?.runId ?? rows[0]!.runId;
      await this.#run(runId, context, own, journal, (deps) => undoRenames(rowsNow, deps));
      return journal.run(runId)!;
    });
  }

  /**
   * Puts in order what a killed program left, and says so; what is in the way of it is said, too. Nothing to be done,
   * nothing is opened. Where another program is at work that is its affair.
   */
  async recover(): Promise<void> {
    if (!this.#leftUndecided()) return;
    try {
      await this.#recover();
    } catch (error) {
      this.#deps.notice(toWire(error).userMessage);
    }
  }

  #leftUndecided(): boolean {
    try {
      const catalogue = this.#deps.existingCatalogue();
      return catalogue !== null && catalogue.renameJournal.unsettled().length > 0;
    } catch {
      return false; // calls that need the catalogue report what is wrong with it
    }
  }

  async #recover(): Promise<void> {
    const release = await acquireWriterLock(this.#deps.dataFolder, { work: 'recover' }).catch(() => null);
    if (!release) return;
    try {
      const files = await this.#withJournal((own, journal) => Promise.resolve(recoverRenames(own, journal)));
      if (files > 0) this.#deps.notice(`Earmark was interrupted while renaming. ${files === 1 ? 'One file was' : `${files} files were`} checked; each file has exactly one name.`); // prettier-ignore
    } finally {
      release();
    }
  }

  async #begin(
    kind: 'rename' | 'undo',
    input: unknown,
    work: (context: JobContext, catalogue: Catalogue, journal: RenameJournal) => Promise<WriteRun>,
  ): Promise<JobId> {
    this.#catalogue();
    return this.#lane.reserve(async () => {
      const release = await this.#jobs.preemptAndLock({ work: kind });
      const inOrder = (context: JobContext) =>
        this.#withJournal((own, journal) => {
          recoverRenames(own, journal);
          return work(context, own, journal);
        });
      return this.#lane.start(kind, input, inOrder, { release });
    });
  }

  async #run(
    runId: number,
    { whileNotPaused, report, signal }: JobContext,
    catalogue: Catalogue,
    journal: RenameJournal,
    work: (deps: RenameDeps) => Promise<void>,
  ): Promise<void> {
    this.#listeners.runChanged(runId);
    try {
      await work({
        catalogue,
        journal,
        next: whileNotPaused,
        done: (files, failed, changed) => {
          report({ done: files, failed });
          if (changed.length > 0) this.#listeners.changed(changed);
        },
      });
    } catch (error) {
      if (!signal.aborted) throw error; // cancelled: the run says what was done until then
    } finally {
      journal.finish(runId);
      this.#listeners.runChanged(runId);
    }
  }

  /** A connection of its own: here a commit is on the disk before a file is touched, which others need not wait for. */
  async #withJournal<T>(work: (catalogue: Catalogue, journal: RenameJournal) => Promise<T>): Promise<T> {
    const catalogue = openCatalogue(this.#deps.dataFolder, { durable: true });
    try {
      return await work(catalogue, catalogue.renameJournal);
    } finally {
      catalogue.close();
    }
  }

  /** Asking makes none. */
  #catalogue(): Catalogue {
    if (existsSync(cataloguePath(this.#deps.dataFolder))) return this.#deps.catalogue();
    throw new UserError('nothing-indexed', 'No catalogue yet. Index a folder first.');
  }
}

function toUndo(
  journal: RenameJournal,
  { runId, fileIds }: { runId: number | null; fileIds: number[] },
): RenameRow[] | null {
  if (runId !== null) return journal.isRename(runId) ? journal.undoable(runId, fileIds) : null;
  const { renamed, written } = journal.newest(fileIds);
  if (renamed.length === 0) return null;
  if (written === 0) return renamed;
  throw new UserError('bad-input', 'The last change of some of these files was a rename, of others a write. Undo them separately, or undo a whole run.'); // prettier-ignore
}

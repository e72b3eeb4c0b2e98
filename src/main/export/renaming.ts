/** Rename jobs and their undoing: one at a time, never beside an index job. */
import { existsSync } from 'node:fs';
import type { NameParts, RenameProposal, WriteRun } from '../../shared/calls/write.ts';
import { toWire, UserError } from '../../shared/errors.ts';
import type { JobId, JobProgress } from '../../shared/types.ts';
import { cataloguePath, openCatalogue, type Catalogue } from '../catalogue/open.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import { JobRunner, type JobContext } from '../jobs/runner.ts';
import type { Parts } from '../parts.ts';
import { proposeNames } from './propose-names.ts';
import { renameJournal, type RenameJournal, type RenameRow } from './rename-journal.ts';
import { recoverRenames, renameFiles, undoRenames, type RenameParts } from './rename-run.ts';

export interface RenamingListeners {
  progress: (progress: JobProgress) => void;
  /** Files that have another name now. */
  changed: (fileIds: number[]) => void;
  /** A run began, went on or ended. */
  runChanged: (runId: number) => void;
}

export class Renaming {
  readonly #parts: Parts;
  readonly #listeners: RenamingListeners;
  readonly #makeRoom: () => Promise<void>;
  readonly #ids = new Set<JobId>();
  #runner: JobRunner<WriteRun> | null = null;

  /** @param makeRoom as the write-back's (src/main/writeback/writing.ts): called before files are renamed */
  constructor(parts: Parts, listeners: RenamingListeners, makeRoom: () => Promise<void> = () => Promise.resolve()) {
    this.#parts = parts;
    this.#listeners = listeners;
    this.#makeRoom = makeRoom;
  }

  /** Wait, pause, resume, cancel: what was renamed until then stays so. */
  get jobs(): JobRunner<WriteRun> {
    this.#runner ??= new JobRunner(this.#parts.catalogue().jobs, this.#listeners.progress, () =>
      this.#parts.checkThere(),
    );
    return this.#runner;
  }

  /** Jobs that run or are paused; asking makes no catalogue. */
  get running(): JobProgress[] {
    return this.#runner?.running ?? [];
  }

  /** Whether it is a rename job of this session, or one that undoes renames. */
  has(id: JobId): boolean {
    return this.#ids.has(id);
  }

  /** @throws UserError nothing-indexed, bad-input, file-missing */
  propose(fileIds: readonly number[], given: NameParts): Promise<RenameProposal[]> {
    return proposeNames(this.#catalogue(), this.#parts.options.dataFolder, fileIds, given);
  }

  /**
   * Renames as {@link propose} would have it now; files with something in the way are left as they are.
   * @throws UserError catalogue-busy, and as {@link propose}
   */
  start(fileIds: readonly number[], given: NameParts): Promise<JobId> {
    return this.#begin('rename', { files: fileIds.length }, async (context, catalogue, journal) => {
      const proposals = await proposeNames(catalogue, this.#parts.options.dataFolder, fileIds, given);
      const wanted = proposals.filter(({ path, proposed }) => proposed !== path);
      context.report({ stage: 'renaming', done: 0, total: wanted.length });
      const runId = journal.begin();
      await this.#run(runId, context, catalogue, journal, (parts) => renameFiles(runId, wanted, parts));
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
    const catalogue = this.#parts.existingCatalogue();
    const rows = catalogue && toUndo(renameJournal(catalogue.db), what);
    if (!rows) return null;
    return this.#begin('undo', what, async (context, own, journal) => {
      const rowsNow = toUndo(journal, what) ?? [];
      context.report({ stage: 'undoing', done: 0, total: rowsNow.length });
      const runId = what.runId ?? rowsNow[0]?.runId ?? rows[0]!.runId;
      await this.#run(runId, context, own, journal, (parts) => undoRenames(rowsNow, parts));
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
      this.#parts.notice(toWire(error).userMessage);
    }
  }

  #leftUndecided(): boolean {
    try {
      const catalogue = this.#parts.existingCatalogue();
      return catalogue !== null && renameJournal(catalogue.db).unsettled().length > 0;
    } catch {
      return false; // whoever needs the catalogue says what is wrong with it
    }
  }

  async #recover(): Promise<void> {
    const release = await acquireWriterLock(this.#parts.options.dataFolder, { work: 'recover' }).catch(() => null);
    if (!release) return;
    try {
      const files = await this.#withJournal((own, journal) => Promise.resolve(recoverRenames(own, journal)));
      if (files > 0) this.#parts.notice(`Earmark was ended while it renamed files: ${files === 1 ? 'one file has' : `${files} files have`} been looked at, and each has one name again.`); // prettier-ignore
    } finally {
      release();
    }
  }

  /** Cancels what runs and waits for its end. */
  async close(): Promise<void> {
    await this.#runner?.close();
  }

  async #begin(
    kind: 'rename' | 'undo',
    input: unknown,
    work: (context: JobContext, catalogue: Catalogue, journal: RenameJournal) => Promise<WriteRun>,
  ): Promise<JobId> {
    this.#catalogue();
    if (this.#runner?.active != null) {
      throw new UserError('catalogue-busy', 'Files are being renamed already. Wait for it, or cancel it first.');
    }
    await this.#makeRoom();
    const release = await acquireWriterLock(this.#parts.options.dataFolder, { work: kind });
    try {
      const id = this.jobs.start(kind, input, async (context) => {
        try {
          return await this.#withJournal((own, journal) => {
            recoverRenames(own, journal);
            return work(context, own, journal);
          });
        } finally {
          release();
        }
      });
      this.#ids.add(id);
      return id;
    } catch (error) {
      release();
      throw error;
    }
  }

  async #run(
    runId: number,
    { whileNotPaused, report, signal }: JobContext,
    catalogue: Catalogue,
    journal: RenameJournal,
    work: (parts: RenameParts) => Promise<void>,
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
    const catalogue = openCatalogue(this.#parts.options.dataFolder);
    try {
      catalogue.db.pragma('synchronous = FULL');
      return await work(catalogue, renameJournal(catalogue.db));
    } finally {
      catalogue.close();
    }
  }

  /** Asking makes none. */
  #catalogue(): Catalogue {
    if (existsSync(cataloguePath(this.#parts.options.dataFolder))) return this.#parts.catalogue();
    throw new UserError('nothing-indexed', 'There is no catalogue yet. Index a folder first.');
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
  throw new UserError('bad-input', 'Some of these files were renamed last, others were written. Undo them separately, or undo a whole run.'); // prettier-ignore
}

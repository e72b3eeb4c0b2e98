/**
 * Plan, write and undo jobs: one at a time, and no write beside an index job or another program's write. What they do
 * to files is done in the write process; here it is decided which, and the catalogue follows.
 */
import { existsSync } from 'node:fs';
import type { PlanSummary, WriteCalls, WriteRun } from '../../shared/calls/write.ts';
import { toWire, UserError } from '../../shared/errors.ts';
import type { JobId, JobKind, JobProgress } from '../../shared/types.ts';
import { cataloguePath, type Catalogue } from '../catalogue/open.ts';
import { absolutePath } from '../catalogue/roots.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import { acceptedTags } from '../export/accepted-tags.ts';
import { JobRunner, type JobContext } from '../jobs/runner.ts';
import type { Parts } from '../parts.ts';
import { readSettings } from '../settings.ts';
import { readVocabularies } from '../tag/installed.ts';
import { candidates } from './candidates.ts';
import { writeJournal } from './journal.ts';
import { Plans } from './plans.ts';
import { profileById } from './profiles.ts';
import type { Done, RowToUndo, WantedFile } from './protocol.ts';
import { usedTags, wantedFields } from './wanted.ts';
import { WriteSession } from './write-session.ts';

/** Files that go to the write process at once: one commit of the journal, and a chance to pause in between. */
const BATCH = 16;
/** Another program's look through a folder that has just been changed may hold the catalogue for so long, ms. */
const LOCK_PATIENCE_MS = 5000;

export interface WritingListeners {
  progress: (progress: JobProgress) => void;
  /** Files whose tags are others now. */
  changed: (fileIds: number[]) => void;
  /** A run began, went on or ended. */
  runChanged: (runId: number) => void;
}

export class Writing {
  readonly #parts: Parts;
  readonly #listeners: WritingListeners;
  readonly #makeRoom: () => Promise<void>;
  readonly #plans = new Plans();
  readonly #kinds = new Map<JobId, JobKind>();
  #runner: JobRunner<PlanSummary | WriteRun> | null = null;
  /** From the moment a job is asked for until it runs, no other can be. */
  #starting = false;

  /**
   * @param makeRoom called before files are written or made what they were: resolves when nothing that began by itself
   *   holds the catalogue's lock any more, nor takes it up again at once. Listening to a large library takes hours
   */
  constructor(parts: Parts, listeners: WritingListeners, makeRoom: () => Promise<void> = () => Promise.resolve()) {
    this.#parts = parts;
    this.#listeners = listeners;
    this.#makeRoom = makeRoom;
  }

  /** Wait, pause, resume, cancel: what was written until then stays so. */
  get jobs(): JobRunner<PlanSummary | WriteRun> {
    this.#runner ??= new JobRunner(this.#parts.catalogue().jobs, this.#listeners.progress, () =>
      this.#parts.checkThere(),
    );
    return this.#runner;
  }

  get plans(): Plans {
    return this.#plans;
  }

  /** Jobs that run or are paused; asking makes no catalogue. */
  get running(): JobProgress[] {
    return this.#runner?.running ?? [];
  }

  /** Whether it is a job of this kind of this session. */
  has(id: JobId): boolean {
    return this.#kinds.has(id);
  }

  /** @throws UserError not-found, and what the job threw */
  async planned(id: JobId): Promise<PlanSummary> {
    if (this.#kinds.get(id) !== 'plan') throw new UserError('not-found', `There is no plan ${id} in this session.`);
    return (await this.jobs.wait(id)) as PlanSummary;
  }

  /** @throws UserError not-found, and what the job threw */
  async ended(id: JobId): Promise<WriteRun> {
    const kind = this.#kinds.get(id);
    if (kind !== 'write' && kind !== 'undo')
      throw new UserError('not-found', `There is no write ${id} in this session.`);
    return (await this.jobs.wait(id)) as WriteRun;
  }

  /** @throws UserError nothing-indexed, not-found, catalogue-busy */
  plan({ profileId, ...scope }: WriteCalls['write.plan']['input']): Promise<JobId> {
    const profile = profileById(this.#catalogue(), profileId);
    return this.#begin(
      'plan',
      { profileId, files: scope.fileIds.length, folders: scope.folders },
      async (context, session) => {
        const catalogue = this.#catalogue();
        const { found } = await readVocabularies({ dataFolder: this.#parts.options.dataFolder });
        const tagsOf = acceptedTags(catalogue.db, found.map(({ vocabulary }) => vocabulary)); // prettier-ignore
        const by = { model: await this.#modelId(), date: new Date().toISOString().slice(0, 10), profile: profileId };
        const planId = context.id;
        this.#plans.begin(planId, profileId);
        const pieces = [...candidates(catalogue.db, scope, writeJournal(catalogue.db).writtenFiles(), BATCH)];
        const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
        context.report({ stage: 'planning', done: 0, total });
        let done = 0;
        for (const piece of pieces) {
          await context.whileNotPaused();
          const tags = tagsOf(piece.map(({ fileId }) => fileId));
          const wanted = piece.map((file): WantedFile => {
            const accepted = tags.get(file.fileId) ?? [];
            const labels = usedTags(profile, accepted).map(
              ({ vocabularyId, labelId, probability }): [string, number | null] => [
                `${vocabularyId}/${labelId}`,
                probability,
              ],
            );
            return { ...file, fields: wantedFields(profile, accepted), by: { ...by, labels } };
          });
          const planned = await session.call('plan', wanted);
          this.#plans.add(planId, planned);
          done += piece.length;
          context.report({
            done,
            currentPath: piece.at(-1)?.path ?? null,
            failed: this.#plans.summary(planId).refused,
          });
        }
        return this.#plans.summary(planId);
      },
    );
  }

  /** @throws UserError nothing-indexed, not-found, catalogue-busy */
  start({ planId, leaveOut }: WriteCalls['write.start']['input']): Promise<JobId> {
    const { profileId, change } = this.#plans.summary(planId);
    const { keepTime } = profileById(this.#catalogue(), profileId);
    return this.#begin('write', { planId, profileId, leftOut: leaveOut.length }, async (context, session, count) => {
      const runId = await session.call('begin', { profileId });
      context.report({ stage: 'writing', done: 0, total: change - leaveOut.length });
      return this.#run(runId, context, session, async () => {
        for (const files of this.#plans.toWrite(planId, new Set(leaveOut), BATCH)) {
          await context.whileNotPaused();
          await session.all(
            files,
            (left) => session.call('write', { runId, keepTime, files: left }),
            async (file, how) => {
              const reason = `The process that writes files stopped twice (${how}) over this one, which is as it was.`;
              await session.call('giveUp', { runId, file, reason });
              count({ fileId: file.fileId, path: file.path, outcome: 'failed', reason, now: null });
            },
          );
          this.#listeners.runChanged(runId);
        }
      });
    });
  }

  /**
   * Makes files what they were.
   * @param what a run, or of a run these files; without a run, the last write of these files
   * @throws UserError nothing-indexed, not-found when nothing of it can be undone, catalogue-busy
   */
  undo(what: WriteCalls['write.undo']['input']): Promise<JobId> {
    this.#toUndo(what);
    return this.#begin('undo', what, async (context, session) => {
      const { rows, runId } = this.#toUndo(what);
      context.report({ stage: 'undoing', done: 0, total: rows.length });
      return this.#run(runId, context, session, async () => {
        for (let first = 0; first < rows.length; first += BATCH) {
          await context.whileNotPaused();
          await session.all(
            rows.slice(first, first + BATCH),
            (left) => session.call('undo', left),
            (_, how) => {
              throw new UserError('engine-broken', `The process that writes files stopped twice (${how}). All files are as they were or as they shall be; try again.`); // prettier-ignore
            },
          );
          this.#listeners.runChanged(runId);
        }
      });
    });
  }

  /**
   * Puts in order what a killed program left, and says so. Nothing to be done, nothing is opened or started. Where
   * another program is at work that is its affair.
   */
  async recover(): Promise<void> {
    if (!this.#leftUndecided()) return;
    const { dataFolder } = this.#parts.options;
    const release = await acquireWriterLock(dataFolder, { work: 'recover' }).catch(() => null);
    if (!release) return;
    const session = this.#session(new AbortController().signal, () => {});
    try {
      await this.#settleLeftovers(session);
    } catch (error) {
      this.#parts.notice(toWire(error).userMessage);
    } finally {
      await session.close();
      release();
    }
  }

  /** Cancels what runs and waits for its end. */
  async close(): Promise<void> {
    await this.#runner?.close();
    this.#plans.close();
  }

  /** Plans look at files without the lock. */
  async #begin<T extends PlanSummary | WriteRun>(
    kind: 'plan' | 'write' | 'undo',
    input: unknown,
    work: (context: JobContext, session: WriteSession, count: (done: Done) => void) => Promise<T>,
  ): Promise<JobId> {
    if (this.#starting || this.#runner?.active != null) {
      throw new UserError('catalogue-busy', 'Files are being planned, written or undone already. Wait for that, or cancel it first.'); // prettier-ignore
    }
    this.#starting = true;
    let release = () => {};
    try {
      this.#catalogue();
      if (kind !== 'plan') release = await this.#lock(kind);
      const id = this.jobs.start(kind, input, async (context) => {
        let done = 0;
        let failed = 0;
        const count = (file: Done) => {
          this.#follow(file);
          done++;
          if (file.outcome !== 'written' && file.outcome !== 'undone') failed++;
          context.report({ done, failed, currentPath: file.path });
        };
        const session = this.#session(context.signal, count);
        try {
          if (kind !== 'plan') await this.#settleLeftovers(session);
          return await work(context, session, count);
        } finally {
          await session.close();
          release();
        }
      });
      this.#kinds.set(id, kind);
      return id;
    } catch (error) {
      release();
      throw error;
    } finally {
      this.#starting = false;
    }
  }

  async #run(
    runId: number,
    { signal }: JobContext,
    session: WriteSession,
    work: () => Promise<void>,
  ): Promise<WriteRun> {
    this.#listeners.runChanged(runId);
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) throw error; // cancelled: the run says what was done until then
    } finally {
      await session.call('finish', { runId }).catch(() => {}); // it died: the next start finishes the run
      this.#listeners.runChanged(runId);
    }
    return writeJournal(this.#catalogue().db).run(runId)!;
  }

  #session(signal: AbortSignal, done: (done: Done) => void): WriteSession {
    const { dataFolder, load } = this.#parts.options;
    const lowPriority = load === 'background' && readSettings(this.#parts.existingCatalogue()).lowPriority;
    return new WriteSession({ dataFolder, lowPriority, signal, done });
  }

  async #settleLeftovers(session: WriteSession): Promise<void> {
    if (!this.#leftUndecided()) return;
    const settled = await session.call('recover', { again: false });
    for (const done of settled) this.#follow(done);
    const files = settled.length === 1 ? 'one file has' : `${settled.length} files have`;
    this.#parts.notice(`Earmark was ended while it wrote tags: ${files} been looked at, and each is whole, either as it was or as it was to be. “Undo” shows which.`); // prettier-ignore
  }

  #leftUndecided(): boolean {
    try {
      const catalogue = this.#parts.existingCatalogue();
      return catalogue !== null && writeJournal(catalogue.db).anyUnsettled();
    } catch {
      return false; // whoever needs the catalogue says what is wrong with it
    }
  }

  /** The catalogue knows of the new version before the next look through the folder, which then sees no change. */
  #follow({ fileId, now }: Done): void {
    if (!now) return;
    const catalogue = this.#catalogue();
    if (!catalogue.files.byId(fileId)) return; // taken out of the catalogue meanwhile
    catalogue.files.updateTags(fileId, now.tags, now);
    this.#listeners.changed([fileId]);
  }

  #toUndo({ runId, fileIds }: WriteCalls['write.undo']['input']): { rows: RowToUndo[]; runId: number } {
    const catalogue = this.#catalogue();
    const journal = writeJournal(catalogue.db);
    if (runId === null && fileIds.length === 0) {
      throw new UserError('bad-input', 'Name the run or the files that are to be undone.');
    }
    if (runId !== null && !journal.run(runId)) throw new UserError('not-found', `There is no run ${runId}.`);
    const only = new Set(fileIds);
    const found =
      runId === null
        ? journal.newestOfFiles(fileIds)
        : journal.undoableOfRun(runId).filter(({ fileId }) => only.size === 0 || only.has(fileId));
    if (found.length === 0)
      throw new UserError('not-found', 'Nothing was written that could be undone, or all of it is.');
    const rows = found.map(({ id, fileId }): RowToUndo => {
      const file = catalogue.files.byId(fileId);
      const root = file && catalogue.roots.byId(file.rootId);
      return { id, fileId, path: root ? absolutePath(root.path, file.relativePath) : null };
    });
    return { rows, runId: runId ?? journal.row(rows[0]!.id).runId };
  }

  async #lock(work: 'write' | 'undo'): Promise<() => void> {
    await this.#makeRoom();
    return acquireWriterLock(this.#parts.options.dataFolder, { work, patienceMs: LOCK_PATIENCE_MS });
  }

  /** Accepting is possible without a usable model, and so is writing what was accepted. */
  async #modelId(): Promise<string> {
    try {
      return (await this.#parts.pack()).id;
    } catch (error) {
      if (error instanceof UserError && error.code.startsWith('model-')) return this.#parts.wantedModel;
      throw error;
    }
  }

  /** Asking makes none. @throws UserError nothing-indexed */
  #catalogue(): Catalogue {
    if (existsSync(cataloguePath(this.#parts.options.dataFolder))) return this.#parts.catalogue();
    throw new UserError('nothing-indexed', 'There is no catalogue yet. Index a folder first.');
  }
}

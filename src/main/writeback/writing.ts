/**
 * Plan, write and undo jobs: one at a time, and no write beside an index job or another program's write. What they do
 * to files is done in the write process; here it is decided which, and the catalogue follows.
 */
import type { CatalogueAccess, LoadKind } from '../catalogue/access.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { existsSync } from 'node:fs';
import { MARKERS_PROFILE, type MarkerRequest } from '../../shared/calls/markers.ts';
import { isFactField, type WriteCalls, type WriteRun } from '../../shared/calls/write.ts';
import { toWire, UserError } from '../../shared/errors.ts';
import { nothingNamedToUndo, nothingToUndo, runMissing } from '../../shared/refusals.ts';
import type { JobSummaries } from '../../shared/jobs.ts';
import type { JobId, SearchQuery } from '../../shared/types.ts';
import { cataloguePath } from '../catalogue/connection.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { absolutePath } from '../catalogue/stores/roots.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import { acceptedTags } from '../export/accepted-tags.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import type { JobContext } from '../jobs/runner.ts';
import { readSettings } from '../catalogue/setting-values.ts';
import type { StudioWrites, WriteLocks } from './other-writers.ts';
import { readVocabularies } from '../tag/installed.ts';
import { candidates } from './candidates.ts';
import { Plans } from './plans.ts';
import { profileById } from './profiles.ts';
import type { Done, RowToUndo, WantedFile } from './protocol.ts';
import { measuredFacts, NO_FACTS, usedTags, wantedFields, withTempoAndKey } from './wanted.ts';
import { wantedMarkers } from './wanted-markers.ts';
import { WriteSession } from './write-session.ts';

/** Files that go to the write process at once: one commit of the journal, and a chance to pause in between. */
const BATCH = 16;
/** Of the studio. */
const BEING_WRITTEN = 'Another member of the studio is writing this file. Write it again when that has ended.';
const BEING_WRITTEN_NOW =
  'Another member of the studio is writing some of these files. They were left as they are; undo them again later.';
/** Another program's look through a folder that has just been changed may hold the catalogue for so long, ms. */
const LOCK_PATIENCE_MS = 5000;

export interface WritingListeners {
  /** Files whose tags are others now. */
  changed: (fileIds: number[]) => void;
  /** A run began, progressed or ended. */
  runChanged: (runId: number) => void;
}

export interface WritingDeps extends CatalogueAccess, Pick<ModelAccess, 'wantedModel' | 'pack'> {
  readonly load: LoadKind;
}

/** Where in files a search finds something, by their ids. @throws UserError model-missing, bad-input; signal.reason */
export type FindMatches = (
  search: { query: SearchQuery; fileIds: number[] },
  context: Pick<JobContext, 'signal' | 'report'>,
) => Promise<Map<number, { startSeconds: number; endSeconds: number }[]>>;

export class Writing {
  readonly #deps: WritingDeps;
  readonly #listeners: WritingListeners;
  readonly #jobs: JobRegistry;
  readonly #lane: Lane<'plan' | 'write' | 'undo'>;
  readonly #plans = new Plans();
  readonly #findMatches: FindMatches;
  readonly #studio: StudioWrites;

  constructor(
    deps: WritingDeps,
    jobs: JobRegistry,
    listeners: WritingListeners,
    findMatches: FindMatches,
    studio: StudioWrites,
  ) {
    this.#studio = studio;
    this.#deps = deps;
    this.#jobs = jobs;
    this.#listeners = listeners;
    this.#findMatches = findMatches;
    this.#lane = jobs.lane({
      busy: 'A preview, write or undo is already running. Wait for it to finish, or cancel it first.',
      service: this,
    });
  }

  get plans(): Plans {
    return this.#plans;
  }

  /** @throws UserError nothing-indexed, not-found, catalogue-busy */
  plan({ profileId, tempoAndKey = false, ...scope }: WriteCalls['write.plan']['input']): Promise<JobId> {
    const chosen = profileById(this.#catalogue(), profileId);
    const profile = tempoAndKey ? withTempoAndKey(chosen) : chosen;
    return this.#begin(
      'plan',
      { profileId, files: scope.fileIds.length, folders: scope.folders, tempoAndKey },
      async (context, session) => {
        const catalogue = this.#catalogue();
        const { found } = await readVocabularies({ dataFolder: this.#deps.dataFolder });
        const tagsOf = acceptedTags(catalogue, found.map(({ vocabulary }) => vocabulary)); // prettier-ignore
        const by = { model: await this.#modelId(), date: new Date().toISOString().slice(0, 10), profile: profileId };
        const planId = context.id;
        this.#plans.begin(planId, profileId);
        const facts = profile.rules.map(({ field }) => field).filter(isFactField);
        const pieces = [...candidates(catalogue, { ...scope, facts }, BATCH)];
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
            const known = facts.length === 0 ? NO_FACTS : catalogue.statedFacts.of(file.fileId);
            const measured = measuredFacts(known);
            return { ...file, fields: wantedFields(profile, accepted, known), by: { ...by, labels, measured } };
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

  /** @throws UserError nothing-indexed, catalogue-busy; see {@link MarkerCalls} */
  planMarkers(request: MarkerRequest): Promise<JobId> {
    return this.#begin('plan', { profileId: MARKERS_PROFILE }, async (context, session) => {
      context.report({ stage: 'planning', done: 0, total: null });
      const wanted = await wantedMarkers(request, this.#catalogue(), (query, fileIds) =>
        this.#findMatches({ query, fileIds }, context),
      );
      const planId = context.id;
      this.#plans.begin(planId, MARKERS_PROFILE);
      for (let done = 0; done < wanted.length; done += BATCH) {
        await context.whileNotPaused();
        this.#plans.add(planId, await session.call('planMarkers', wanted.slice(done, done + BATCH)));
        context.report({ done: Math.min(wanted.length, done + BATCH), total: wanted.length });
      }
      return this.#plans.summary(planId);
    });
  }

  /** @throws UserError nothing-indexed, not-found, catalogue-busy */
  start({ planId, leaveOut }: WriteCalls['write.start']['input']): Promise<JobId> {
    const { profileId, change } = this.#plans.summary(planId);
    const keepTime = profileId !== MARKERS_PROFILE && profileById(this.#catalogue(), profileId).keepTime;
    return this.#begin('write', { planId, profileId, leftOut: leaveOut.length }, async (context, session, count) => {
      const runId = await session.call('begin', { profileId });
      context.report({ stage: 'writing', done: 0, total: change - leaveOut.length });
      return this.#run(runId, context, session, async (locks) => {
        for (const batch of this.#plans.toWrite(planId, new Set(leaveOut), BATCH)) {
          await context.whileNotPaused();
          const taken = await locks.take(batch.map(({ path }) => path));
          for (const file of batch.filter(({ path }) => taken.has(path))) {
            await session.call('giveUp', { runId, file, reason: BEING_WRITTEN, outcome: 'skipped' });
            count({ fileId: file.fileId, path: file.path, outcome: 'skipped', reason: BEING_WRITTEN, now: null });
          }
          const files = batch.filter(({ path }) => !taken.has(path));
          await session.all(
            files,
            (left) => session.call('write', { runId, keepTime, files: left }),
            async (file, how) => {
              const reason = `The write process crashed twice on this file (${how}). The file is unchanged.`;
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
      await this.#studio.bringUndo(rows.map(({ id }) => id));
      context.report({ stage: 'undoing', done: 0, total: rows.length });
      return this.#run(runId, context, session, async (locks) => {
        for (let first = 0; first < rows.length; first += BATCH) {
          await context.whileNotPaused();
          const batch = rows.slice(first, first + BATCH);
          // A file that is being written has another content by now or in a moment: it is left, and can be undone later.
          const places = batch.map((row) => row.path ?? this.#catalogue().writeJournal.row(row.id).path);
          const taken = await locks.take(places);
          if (taken.size > 0) this.#deps.notice(BEING_WRITTEN_NOW);
          await session.all(
            batch.filter((_, at) => !taken.has(places[at]!)),
            (left) => session.call('undo', left),
            (_, how) => {
              throw new UserError('engine-broken', `The write process crashed twice (${how}). Each file is either unchanged or completely written. Try again.`); // prettier-ignore
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
    const { dataFolder } = this.#deps;
    const release = await acquireWriterLock(dataFolder, { work: 'recover' }).catch(() => null);
    if (!release) return;
    const session = this.#session(new AbortController().signal, () => {});
    try {
      await this.#settleLeftovers(session);
    } catch (error) {
      this.#deps.notice(toWire(error).userMessage);
    } finally {
      await session.close();
      release();
    }
  }

  /** Cancels what runs and waits for its end. */
  async close(): Promise<void> {
    await this.#lane.close();
    this.#plans.close();
  }

  /** Plans look at files without the lock. */
  #begin<K extends 'plan' | 'write' | 'undo'>(
    kind: K,
    input: unknown,
    work: (context: JobContext, session: WriteSession, count: (done: Done) => void) => Promise<JobSummaries[K]>,
  ): Promise<JobId> {
    return this.#lane.reserve(async () => {
      this.#catalogue();
      const release =
        kind === 'plan' ? undefined : await this.#jobs.preemptAndLock({ work: kind, patienceMs: LOCK_PATIENCE_MS });
      return this.#lane.start(
        kind,
        input,
        async (context) => {
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
          }
        },
        { release },
      );
    });
  }

  async #run(
    runId: number,
    { signal }: JobContext,
    session: WriteSession,
    work: (locks: WriteLocks) => Promise<void>,
  ): Promise<WriteRun> {
    this.#listeners.runChanged(runId);
    const locks = this.#studio.locks();
    try {
      await work(locks);
    } catch (error) {
      if (!signal.aborted) throw error; // cancelled: the run says what was done until then
    } finally {
      await locks.close();
      await session.call('finish', { runId }).catch(() => {}); // it has exited: the next start finishes the run
      this.#listeners.runChanged(runId);
    }
    return this.#catalogue().writeJournal.run(runId)!;
  }

  #session(signal: AbortSignal, done: (done: Done) => void): WriteSession {
    const { dataFolder, load } = this.#deps;
    const lowPriority = load === 'background' && readSettings(this.#deps.existingCatalogue()).lowPriority;
    return new WriteSession({ dataFolder, lowPriority, signal, done });
  }

  async #settleLeftovers(session: WriteSession): Promise<void> {
    if (!this.#leftUndecided()) return;
    const settled = await session.call('recover', { again: false });
    for (const done of settled) this.#follow(done);
    const files = settled.length === 1 ? 'One file was' : `${settled.length} files were`;
    this.#deps.notice(`Earmark was interrupted while writing tags. ${files} checked; each file is either unchanged or completely written. “History and undo” shows which.`); // prettier-ignore
  }

  #leftUndecided(): boolean {
    try {
      const catalogue = this.#deps.existingCatalogue();
      return catalogue !== null && catalogue.writeJournal.anyUnsettled();
    } catch {
      return false; // calls that need the catalogue report what is wrong with it
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
    const journal = catalogue.writeJournal;
    if (runId === null && fileIds.length === 0) throw nothingNamedToUndo();
    if (runId !== null && !journal.run(runId)) throw runMissing(runId);
    const only = new Set(fileIds);
    const found =
      runId === null
        ? journal.newestOfFiles(fileIds)
        : journal.undoableOfRun(runId).filter(({ fileId }) => only.size === 0 || only.has(fileId));
    if (found.length === 0) throw nothingToUndo();
    const rows = found.map(({ id, fileId }): RowToUndo => {
      const file = catalogue.files.byId(fileId);
      const root = file && catalogue.roots.byId(file.rootId);
      return { id, fileId, path: root ? absolutePath(root.path, file.relativePath) : null };
    });
    return { rows, runId: runId ?? journal.row(rows[0]!.id).runId };
  }

  /** Accepting is possible without a usable model, and so is writing what was accepted. */
  async #modelId(): Promise<string> {
    try {
      return (await this.#deps.pack()).id;
    } catch (error) {
      if (error instanceof UserError && error.code.startsWith('model-')) return this.#deps.wantedModel;
      throw error;
    }
  }

  /** Asking makes none. @throws UserError nothing-indexed */
  #catalogue(): Catalogue {
    if (existsSync(cataloguePath(this.#deps.dataFolder))) return this.#deps.catalogue();
    throw new UserError('nothing-indexed', 'No catalogue yet. Index a folder first.');
  }
}

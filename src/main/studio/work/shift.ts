/**
 * A worker while it is connected: claims files, analyses them with the pipeline of an index job, and tells what was found by
 * the way of a sync. What it has not told when the connection is cut is in its catalogue, and is told by the next one.
 */
import { embedFiles, type EmbedOutcome } from '../../embed/embed-files.ts';
import type { EncodersInUse } from '../../embed/encoders-in-use.ts';
import { storeOutcome } from '../../indexing/store-outcome.ts';
import { SpeedMeter } from '../../jobs/speed-meter.ts';
import { RETRYABLE_CODES } from '../../scan/retry.ts';
import type { IndexSummary } from '../../../shared/types.ts';
import type { StudioConnection } from '../connection.ts';
import { mountedOf } from '../shares.ts';
import type { SpacePair, SyncSession } from '../sync/session.ts';
import { send, sendAgain } from '../sync/send.ts';
import { reasonOf } from '../sync/send-places.ts';
import { claimedFile, notThere, type ClaimedFile, type ClaimedFilesDeps } from './claimed-files.ts';
import { isSuspect, type ClaimedPlace, type FileList } from './list.ts';

/** A round ends after so long: then files that crashed the encoder have their second try. */
const ROUND_MS = 60_000;
/** What is known is told after so long, or after so many files. */
const TELL_AFTER_MS = 1000;
const TELL_AFTER_FILES = 50;
/** Files left are counted this often. */
const COUNT_EVERY_MS = 5000;

export type WorkCounts = Pick<IndexSummary, 'skipped' | 'failed' | 'indexed' | 'audioSeconds' | 'warnings'>;

export interface ShiftDeps {
  session: SyncSession;
  /** Of its own, for the list: nothing else may run in the transactions of the session. */
  listConnection: StudioConnection;
  list: FileList;
  space: SpacePair;
  encoders: Pick<EncodersInUse<unknown>, 'pool' | 'supervisor' | 'target'>;
  counts: WorkCounts;
  changed: (fileIds: number[]) => void;
}

export class Shift {
  readonly #deps: ShiftDeps;
  readonly #meter = new SpeedMeter(0);
  /** Ready without having been analysed in this shift. */
  readonly #ready: number[] = [];
  /** Ended here, and not told yet. */
  readonly #untold: ClaimedPlace[] = [];
  #toldMs = performance.now();
  #countedMs = -Infinity;
  #left = 0;

  constructor(deps: ShiftDeps) {
    this.#deps = deps;
  }

  /** Claims and analyses until there is nothing to claim, or a while has passed. @returns number of files claimed */
  async round(): Promise<number> {
    const { session, encoders } = this.#deps;
    const { pool, supervisor, target } = encoders;
    const alone: ClaimedFile[] = [];
    const count = { claimed: 0 };
    await this.#report(true);
    const analyse = async (files: AsyncIterable<ClaimedFile> | Iterable<ClaimedFile>) => {
      for await (const outcome of embedFiles(files, target, pool, supervisor, session.context.signal)) {
        await this.#take(outcome);
      }
    };
    try {
      await analyse(this.#claimed(alone, count));
      // One of them may have stopped a worker before: nothing else is at risk then.
      for (const file of alone) await analyse([file]);
    } finally {
      if (session.context.signal.aborted) await this.#flushStopped();
    }
    await this.flush();
    return count.claimed;
  }

  /** Tells the studio everything that it does not know. */
  async flush(): Promise<void> {
    const { session, list } = this.#deps;
    const [ready, untold] = [this.#ready.splice(0), this.#untold.splice(0)];
    await send(session);
    await sendAgain(session, ready);
    await list.settle(untold);
    this.#toldMs = performance.now();
    session.takenOver.clear();
  }

  /** A cancelled job: what it has done is told all the same, as far as the server takes it. */
  async #flushStopped(): Promise<void> {
    const { session } = this.#deps;
    const { context } = session;
    try {
      session.context = { ...context, signal: new AbortController().signal, whileNotPaused: () => Promise.resolve() };
      await this.flush();
    } catch {
      // It is in the catalogue: the next run tells it.
    } finally {
      session.context = context;
    }
  }

  async *#claimed(alone: ClaimedFile[], count: { claimed: number }): AsyncGenerator<ClaimedFile> {
    const { session, listConnection, list, space, encoders } = this.#deps;
    const { pool, supervisor } = encoders;
    const deps: ClaimedFilesDeps = {
      session: { ...session, connection: listConnection },
      ...{ space, list, pool },
      isReady: (fileId, place) => {
        this.#ready.push(fileId);
        this.#untold.push(place);
        this.#deps.changed([fileId]);
      },
    };
    const endMs = performance.now() + ROUND_MS;
    while (performance.now() < endMs) {
      await session.context.whileNotPaused();
      const mounted = await mountedOf(session.shares);
      const shareIds = session.shares.filter(({ name }) => mounted.has(name)).map(({ id }) => id);
      const places = await list.claim(shareIds, pool.size + supervisor.filesAhead);
      if (places.length === 0) return;
      count.claimed += places.length;
      for (const place of places) {
        session.context.signal.throwIfAborted();
        const file = await claimedFile(place, deps);
        if (file === null) continue;
        if (isSuspect(place)) alone.push(file);
        else yield file;
      }
    }
  }

  async #take(outcome: EmbedOutcome<ClaimedFile>): Promise<void> {
    const { session, list, counts, space, changed } = this.#deps;
    const { file } = outcome;
    const code = outcome.status === 'failed' ? outcome.error.code : null;
    const mayPass = code !== null && RETRYABLE_CODES.has(code);
    if (code === 'vanished') await notThere(file.place, file.share, list);
    else if (mayPass && outcome.status === 'failed') {
      await list.tryLater(file.place, reasonOf(outcome.error.userMessage, file.share, file.place.path));
    }
    storeOutcome(
      outcome,
      { catalogue: session.catalogue, spaceId: space.local, onChanged: changed, nextModel: null },
      counts,
    );
    if (!mayPass) this.#untold.push(file.place);
    const seconds = outcome.status === 'done' ? outcome.report.durationSeconds : 0;
    this.#meter.add(session.context.elapsedSeconds(), seconds, file.size);
    const isDue = performance.now() - this.#toldMs > TELL_AFTER_MS || this.#untold.length >= TELL_AFTER_FILES;
    if (isDue) await this.flush();
    await this.#report(false, file.path);
  }

  async #report(countNow: boolean, currentPath: string | null = null): Promise<void> {
    const { session, list, counts } = this.#deps;
    if (countNow || performance.now() - this.#countedMs > COUNT_EVERY_MS) {
      this.#left = await list.left(session.shares.map(({ id }) => id));
      this.#countedMs = performance.now();
    }
    const done = counts.indexed + counts.failed.length;
    session.context.report({
      ...{ stage: 'analysing', done, total: Math.max(done, done + this.#left - this.#untold.length) },
      ...{ failed: counts.failed.length, audioSeconds: counts.audioSeconds, currentPath },
      realTimeFactor: this.#meter.realTimeFactor,
    });
  }
}

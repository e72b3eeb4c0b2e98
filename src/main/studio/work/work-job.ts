/**
 * What a worker does until it is stopped, or until nothing is left: look through its shares, tell the studio what lies there,
 * and analyse what nobody has. A server that is away for a while is waited for.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkSummary } from '../../../shared/calls/studio.ts';
import { UserError } from '../../../shared/errors.ts';
import type { Catalogue } from '../../catalogue/open.ts';
import type { JobContext } from '../../jobs/runner.ts';
import type { ScanScope } from '../../scan/roots.ts';
import { connected, type StudioConnection } from '../connection.ts';
import type { Membership } from '../membership.ts';
import { mountedOf, type MountedShare } from '../shares.ts';
import { sendAllMoved } from '../sync/moved.ts';
import { nothingChanged, type SyncSession } from '../sync/session.ts';
import { beginSession, emptySyncSummary } from '../sync/sync-job.ts';
import { send } from '../sync/send.ts';
import { Backoff } from '../backoff.ts';
import { WakeUp } from '../wake-up.ts';
import { fileList, type FileList } from './list.ts';
import { Shift, type ShiftDeps, type WorkCounts } from './shift.ts';

/** A worker that stays looks through its shares again after so long. */
const RESCAN_MS = 15 * 60_000;
/** Nothing to claim: asked again after so long without a notice; sooner while other workers have files, which may stop. */
const ASK_AGAIN_MS = 30_000;
const ASK_AGAIN_LEFT_MS = 1000;

export interface WorkOptions {
  /** Ends when no file of its shares is left to analyse. */
  untilEmpty: boolean;
  /** Files that failed are analysed again. */
  retryFailed: boolean;
  /** How long it keeps its files when it stops without a word. */
  leaseSeconds: number;
}

export interface WorkDeps {
  catalogue: Catalogue;
  membership: Membership;
  encoders: ShiftDeps['encoders'];
  /** Of the model in use. */
  spaceId: number;
  /** Its name, for a sentence. */
  modelId: string;
  /** Looks for new, changed and vanished files. */
  walk: (scopes: readonly ScanScope[]) => Promise<void>;
  changed: (fileIds: number[]) => void;
  notice: (message: string) => void;
}

/**
 * A cancelled worker returns its summary, too, and gives back what it has not analysed.
 * @throws UserError studio-…; not-found when no share is there; what no single file is to blame for
 */
export async function runWork(context: JobContext, deps: WorkDeps, options: WorkOptions): Promise<WorkSummary> {
  const work = new Work(context, deps, options);
  try {
    await work.run();
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  return work.summary();
}

class Work {
  readonly #context: JobContext;
  readonly #deps: WorkDeps;
  readonly #options: WorkOptions;
  readonly #name = `${hostname().slice(0, 100)}-${randomBytes(3).toString('hex')}`;
  readonly #counts: WorkCounts = { skipped: 0, failed: [], indexed: 0, audioSeconds: 0, warnings: [] };
  readonly #synced = emptySyncSummary();
  readonly #said = new Set<string>();
  /** A server that never answered is an error; one that is away for a while is waited for. */
  #wasConnected = false;
  #walkedMs = -Infinity;
  #left = 0;
  #retries: boolean;

  constructor(context: JobContext, deps: WorkDeps, options: WorkOptions) {
    this.#context = context;
    this.#deps = deps;
    this.#options = options;
    this.#retries = options.retryFailed;
  }

  summary(): WorkSummary {
    const { indexed, failed, audioSeconds } = this.#counts;
    return {
      ...{ worker: this.#name, analysed: indexed, takenOver: this.#synced.takenOver, failed, left: this.#left },
      ...{ audioSeconds, seconds: this.#context.elapsedSeconds(), cancelled: this.#context.signal.aborted },
    };
  }

  async run(): Promise<void> {
    const backoff = new Backoff();
    for (;;) {
      try {
        await this.#connected(() => {
          this.#wasConnected = true;
          backoff.reset();
        });
        return;
      } catch (error) {
        this.#context.signal.throwIfAborted();
        const mayPass = error instanceof UserError && ['studio-unreachable', 'studio-full'].includes(error.code);
        if (!mayPass || !this.#wasConnected) throw error;
        this.#say(`${error.userMessage} This worker tries again until it can go on.`);
      }
      await sleep(backoff.nextMs(), undefined, { signal: this.#context.signal });
    }
  }

  /** @param begun called when the studio has answered */
  async #connected(begun: () => void): Promise<void> {
    const { membership } = this.#deps;
    await connected(membership.address, (connection) =>
      connected(membership.address, async (listConnection) => {
        const changedHere = nothingChanged();
        const session = await beginSession(this.#context, connection, this.#deps, this.#synced, changedHere);
        if (session.role === 'viewer') {
          throw new UserError('studio-refused', `The role of “${membership.address.user}” in the studio is viewer. A worker needs the role editor: ask an admin for it.`); // prettier-ignore
        }
        begun();
        const list = fileList(listConnection, this.#name, this.#options.leaseSeconds);
        // What was claimed before the connection was lost is in nobody's work, and would be renewed for ever.
        await list.release();
        const renew = () => list.renew(this.#counts.indexed, this.#counts.failed.length);
        // Whoever claims next hears of what is wrong.
        const renewing = setInterval(() => void renew().catch(() => {}), (this.#options.leaseSeconds * 1000) / 3);
        try {
          await this.#work(session, listConnection, list);
        } finally {
          clearInterval(renewing);
          await renew()
            .then(() => list.release())
            .catch(() => {}); // a server that is away frees them when the lease ends
        }
      }),
    );
  }

  async #work(session: SyncSession, listConnection: StudioConnection, list: FileList): Promise<void> {
    const { encoders, spaceId, changed } = this.#deps;
    const space = session.spaces.find(({ local }) => local === spaceId)!;
    const wake = new WakeUp();
    listConnection.onNotice((payload) => {
      if (payload === 'files') wake.wake();
    });
    void listConnection.ended.then(() => wake.wake());
    await listConnection.rows('LISTEN earmark');
    await list.renew(this.#counts.indexed, this.#counts.failed.length); // it is seen from the start
    await this.#checkModel(session, space.remote);
    await this.#walk(session);
    if (this.#retries) {
      await list.retryFailed(session.shares.map(({ id }) => id));
      this.#retries = false;
    }
    const shift = new Shift({ session, listConnection, list, space, encoders, counts: this.#counts, changed });
    for (;;) {
      await this.#context.whileNotPaused();
      if ((await shift.round()) > 0) continue;
      this.#left = await list.left(await this.#shareIds(session));
      if (this.#left === 0 && this.#options.untilEmpty) return;
      if (performance.now() - this.#walkedMs > RESCAN_MS) await this.#walk(session);
      await wake.next(this.#left > 0 ? ASK_AGAIN_LEFT_MS : ASK_AGAIN_MS, this.#context.signal);
    }
  }

  /** What lies in the shares is known here, and to the studio. */
  async #walk(session: SyncSession): Promise<void> {
    const shares = await this.#mounted(session);
    await this.#deps.walk(shares);
    await send(session);
    await sendAllMoved(session);
    this.#walkedMs = performance.now();
  }

  /** @throws UserError not-found when none is there */
  async #mounted(session: SyncSession): Promise<MountedShare[]> {
    const names = await mountedOf(session.shares);
    const missing = session.shares.filter(({ name }) => !names.has(name));
    const sentence = ({ name, path }: MountedShare) =>
      `The share “${name}” is not mounted: the folder “${path}” is missing or empty. Mount it, or specify another one with “--share ${name}=…”.`;
    if (session.shares.length === 0) {
      throw new UserError('not-found', 'The studio has none of the shares of this machine any more. Join again with “earmark studio join”.'); // prettier-ignore
    }
    if (missing.length === session.shares.length) throw new UserError('not-found', sentence(missing[0]!));
    for (const share of missing) this.#say(sentence(share));
    return session.shares.filter(({ name }) => names.has(name));
  }

  async #shareIds(session: SyncSession): Promise<number[]> {
    const names = await mountedOf(session.shares);
    return session.shares.filter(({ name }) => names.has(name)).map(({ id }) => id);
  }

  /** Analyses of another model help nobody who searches with that of the others. */
  async #checkModel({ connection }: SyncSession, spaceId: number): Promise<void> {
    const [other] = await connection.rows<{ modelId: string }>(
      `SELECT model_id AS "modelId" FROM earmark.space
        WHERE EXISTS (SELECT FROM earmark.analysis WHERE space_id = space.id)
          AND NOT EXISTS (SELECT FROM earmark.analysis WHERE space_id = $1) LIMIT 1`,
      [spaceId],
    );
    if (other) this.#say(`The studio was analysed with the model “${other.modelId}”, this worker uses “${this.#deps.modelId}”. Choose the model of the others with “--model”.`); // prettier-ignore
  }

  /** Each sentence once. */
  #say(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#deps.notice(message);
  }
}

/** One sync, until both sides know the same. Each step may end midway: the next sync continues there. */
import type { SyncSummary } from '../../../shared/calls/studio.ts';
import type { Catalogue } from '../../catalogue/open.ts';
import type { DecoderPool } from '../../decode/decoder-pool.ts';
import type { JobContext } from '../../jobs/runner.ts';
import { UserError } from '../../../shared/errors.ts';
import type { ScanScope } from '../../scan/roots.ts';
import { connected, type StudioConnection } from '../connection.ts';
import type { Membership } from '../membership.ts';
import { openStudio } from '../schema/migrate.ts';
import { roleHere, sayHello, sharesOf } from '../server.ts';
import { documentKinds } from '../documents/kinds.ts';
import { mountShares } from '../shares.ts';
import { CLIENT } from '../studio.ts';
import { beginFeeds, receive } from './receive.ts';
import { clockOf, nothingChanged, spacesOf, type ChangedHere, type SyncSession } from './session.ts';
import { takeOver } from './take-over.ts';
import { send } from './send.ts';

/** While somebody keeps deciding here there is always something to send: the rest is left to the next sync. */
const MOST_ROUNDS = 5;

export interface SyncDeps {
  catalogue: Catalogue;
  membership: Membership;
  /** Of the model in use. */
  spaceId: number;
  pool: () => DecoderPool;
  /** Looks for new, changed and vanished files, as at the begin of an analysis. */
  walk: (scopes: readonly ScanScope[]) => Promise<void>;
  /** The index follows the catalogue. */
  syncIndex: () => Promise<void>;
  /** Called with what the studio changed here, also for a sync that ends midway. */
  changed: (changed: ChangedHere) => void;
  notice: (message: string) => void;
}

/**
 * walk → take over → send → receive → index. A cancelled sync returns its summary, too: what was done is done.
 * @throws UserError studio-unreachable, studio-refused, studio-outdated, studio-damaged, studio-full
 */
export async function runSync(context: JobContext, deps: SyncDeps): Promise<SyncSummary> {
  const summary = emptySyncSummary();
  const changed = nothingChanged();
  try {
    await connected(deps.membership.address, async (connection) => {
      const session = await beginSession(context, connection, deps, summary, changed);
      await deps.walk(session.shares);
      await beginFeeds(session);
      await takeOver(session, deps.spaceId, deps.pool);
      for (let round = 1; round <= MOST_ROUNDS; round++) {
        const sent = await send(session);
        await receive(session);
        if (!sent) break;
      }
      for (const name of session.taken)
        deps.notice(`The studio has another collection named “${name}”. Yours keeps its name.`);
      for (const sentence of session.said) deps.notice(sentence);
      summary.kept += session.kept.size;
      if (changed.files.size > 0) await deps.syncIndex();
      deps.catalogue.studio.setSynced(Date.now());
    });
  } catch (error) {
    if (!context.signal.aborted) throw error;
    summary.cancelled = true;
  } finally {
    deps.changed(changed);
  }
  return summary;
}

/**
 * Before files are analysed here: what the studio knows of them is taken over, whatever else a sync would do. A server that is
 * away is no news then.
 * @returns files that are ready by that
 */
export async function takeOverKnown(
  context: JobContext,
  deps: Pick<SyncDeps, 'catalogue' | 'membership' | 'spaceId' | 'pool' | 'notice'>,
): Promise<number[]> {
  const changed = nothingChanged();
  try {
    await connected(deps.membership.address, async (connection) => {
      await takeOver(
        await beginSession(context, connection, deps, emptySyncSummary(), changed),
        deps.spaceId,
        deps.pool,
      );
    });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    if (error.code !== 'studio-unreachable') deps.notice(error.userMessage);
  }
  return [...changed.files];
}

export function emptySyncSummary(): SyncSummary {
  return { takenOver: 0, analysesSent: 0, changesSent: 0, changesReceived: 0, kept: 0, pending: 0, cancelled: false };
}

/**
 * Greets the studio and brings both sides onto common ground: shares, spaces, clocks.
 * @param summary counted up by whoever works with the session
 * @throws UserError studio-…
 */
export async function beginSession(
  context: JobContext,
  connection: StudioConnection,
  { catalogue, membership }: Pick<SyncDeps, 'catalogue' | 'membership'>,
  summary: SyncSummary,
  changed: ChangedHere,
): Promise<SyncSession> {
  const { id, feedId } = await openStudio(connection);
  const role = await roleHere(connection);
  await sayHello(connection, CLIENT);
  catalogue.studio.belongTo(id, membership.address.user);
  catalogue.studio.followFeed(feedId);
  const shares = await mountShares(membership.shares, await sharesOf(connection), catalogue.roots);
  const spaces = await spacesOf(connection, catalogue, role !== 'viewer');
  const toServerMs = await clockOf(connection);
  return {
    context,
    connection,
    catalogue,
    role,
    shares,
    mounted: new Set(),
    spaces,
    toServerMs,
    takenOver: new Set(),
    taken: [],
    documents: documentKinds(catalogue, membership, changed),
    kept: new Set(),
    said: [],
    summary,
    changed,
  };
}

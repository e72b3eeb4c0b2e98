/** The index job: the order of its stages, written once. */
import type { PendingRow } from '../catalogue/stores/files.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { embedFiles, type EmbeddingTarget } from '../embed/embed-files.ts';
import type { EncoderSupervisor } from '../embed/supervisor.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import { compareWithCatalogue } from '../scan/compare.ts';
import { recognise } from '../scan/recognise.ts';
import type { ScanScope } from '../scan/roots.ts';
import { isBelow } from '../scan/roots.ts';
import { toAbsolute } from '../scan/walk.ts';
import type { IndexSummary } from '../../shared/types.ts';
import type { JobContext } from '../jobs/runner.ts';
import { refreshFacts } from './refresh-facts.ts';
import { storeOutcome, type PendingFile } from './store-outcome.ts';
import { isTakenAway } from './taken-away.ts';
import { SyncMeanwhile } from './sync-meanwhile.ts';
import { SpeedMeter } from '../jobs/speed-meter.ts';

/** Waiting files counted before the engine gets to do something else. */
const COUNT_AT_ONCE = 5000;

export interface IndexJobDeps {
  catalogue: Catalogue;
  pool: DecoderPool;
  supervisor: EncoderSupervisor;
  target: EmbeddingTarget;
  spaceId: number;
  /** Opened when it is needed. */
  openIndex: () => Promise<VectorIndex>;
  /** New embeddings are in the catalogue. */
  onChanged: (fileIds: number[]) => void;
  /**
   * Pack id of the model that the library moves to, if the job analyses with that one: it takes the files in the
   * catalogue, without another walk through the folders. null: the model in use.
   */
  nextModel: string | null;
  /** Files that look unchanged are looked into as well: tags, and whether the sound is the same. */
  again: boolean;
  /** Asked before anything is analysed: what others have found out is taken over. @returns files that are ready by that */
  takeOver: (context: JobContext, spaceId: number, pool: DecoderPool) => Promise<number[]>;
}

/**
 * walk → recognise → take over → analyse → index → refresh. A cancelled job returns its summary, too: what was done is done.
 * @throws what no single file is to blame for: a full disk, a broken catalogue, a model that does not run
 */
export async function runIndexJob(
  context: JobContext,
  scopes: readonly ScanScope[],
  deps: IndexJobDeps,
): Promise<IndexSummary> {
  const summary = emptySummary();
  try {
    if (deps.nextModel === null) await walkAndRecognise(context, scopes, deps, summary);
    else context.report({ nextModel: deps.nextModel });
    await takeOverKnown(context, deps, summary);
    await analyseWaiting(context, scopes, deps, summary);
    context.report({ stage: 'indexing', currentPath: null, etaSeconds: null });
    const index = await deps.openIndex();
    await index.sync(context.signal);
    if (deps.nextModel === null) await refreshFacts(context, scopes, deps, summary);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    summary.cancelled = true;
  }
  summary.files = summary.indexed + summary.unchanged + summary.moved + summary.retagged + summary.failed.filter(({ code }) => code !== 'unreadable-folder').length; // prettier-ignore
  summary.seconds = context.elapsedSeconds();
  return summary;
}

export function emptySummary(): IndexSummary {
  return {
    files: 0, indexed: 0, unchanged: 0, moved: 0, retagged: 0, offline: 0, returned: 0, skipped: 0,
    refreshed: 0, failed: [], warnings: [], seconds: 0, audioSeconds: 0, cancelled: false,
  }; // prettier-ignore
}

/** New, changed and vanished files are in the catalogue as such; those that have to be analysed wait. */
export async function walkAndRecognise(
  context: JobContext,
  scopes: readonly ScanScope[],
  deps: Pick<IndexJobDeps, 'catalogue' | 'pool' | 'spaceId' | 'again'>,
  summary: IndexSummary,
): Promise<void> {
  const { catalogue } = deps;
  let met = 0;
  const unknown = [];
  const gone = new Set<number>();
  for (const scope of scopes) {
    const report = (filesMet: number) => context.report({ done: met + filesMet });
    const comparison = await compareWithCatalogue(scope, catalogue, context.signal, report, deps.again);
    met += comparison.unchanged + comparison.skipped + comparison.unknown.length;
    summary.unchanged += comparison.unchanged;
    summary.returned += comparison.returned;
    summary.skipped += comparison.skipped;
    summary.failed.push(...comparison.failed);
    unknown.push(...comparison.unknown);
    for (const id of comparison.goneOffline) gone.add(id);
  }
  context.report({ stage: 'recognising', done: 0, total: unknown.length, failed: summary.failed.length });
  let done = 0;
  for await (const { what, fileId } of recognise(unknown, gone.size > 0, deps, context.signal)) {
    await context.whileNotPaused();
    if (what === 'moved') summary.moved++;
    if (what === 'retagged') summary.retagged++;
    if (what === 'unchanged') summary.unchanged++;
    if (what === 'copy') summary.indexed++;
    if (what === 'moved') gone.delete(fileId);
    context.report({ done: ++done });
  }
  summary.offline = gone.size;
}

/** The next model has nothing from others that anybody searches yet, but is spared the work, too. */
async function takeOverKnown(context: JobContext, deps: IndexJobDeps, summary: IndexSummary): Promise<void> {
  const fileIds = await deps.takeOver(context, deps.spaceId, deps.pool);
  if (fileIds.length === 0) return;
  deps.onChanged(fileIds);
  summary.indexed += fileIds.length;
}

async function analyseWaiting(
  context: JobContext,
  scopes: readonly ScanScope[],
  deps: IndexJobDeps,
  summary: IndexSummary,
): Promise<void> {
  const { pool, supervisor, target } = deps;
  const waiting = await countWaiting(scopes, deps);
  const meter = new SpeedMeter(waiting.bytes);
  let done = 0;
  context.report({ stage: 'analysing', done, total: waiting.files });
  if (waiting.files === 0) return;
  await supervisor.loadAudio(); // a model that cannot run here ends the job, not each of its files
  const meanwhile = new SyncMeanwhile(async (signal) => (await deps.openIndex()).sync(signal));
  try {
    for await (const outcome of embedFiles(
      waitingFiles(context, scopes, deps),
      target,
      pool,
      supervisor,
      context.signal,
    )) {
      storeOutcome(outcome, deps, summary);
      if (deps.nextModel === null && outcome.file.wasReady) summary.unchanged--; // the walk had counted it
      meanwhile.poke();
      done++;
      const seconds = outcome.status === 'done' ? outcome.report.durationSeconds : 0;
      meter.add(context.elapsedSeconds(), seconds, outcome.file.size);
      context.report({
        done,
        failed: summary.failed.length,
        audioSeconds: summary.audioSeconds,
        realTimeFactor: meter.realTimeFactor,
        etaSeconds: meter.etaSeconds,
        currentPath: outcome.file.path,
      });
    }
  } finally {
    await meanwhile.end();
  }
}

async function countWaiting(
  scopes: readonly ScanScope[],
  deps: IndexJobDeps,
): Promise<{ files: number; bytes: number }> {
  const waiting = { files: 0, bytes: 0 };
  for (const { row } of waitingRows(scopes, deps)) {
    waiting.files++;
    waiting.bytes += row.size;
    if (waiting.files % COUNT_AT_ONCE === 0) await new Promise(setImmediate);
  }
  return waiting;
}

async function* waitingFiles(
  context: JobContext,
  scopes: readonly ScanScope[],
  deps: IndexJobDeps,
): AsyncGenerator<PendingFile> {
  for (const { row, path } of waitingRows(scopes, deps)) {
    await context.whileNotPaused();
    if (isTakenAway(row.rootId, scopes, deps.catalogue)) continue;
    yield { fileId: row.id, path, size: row.size, mtimeMs: row.mtimeMs, wasReady: row.state === 'ready' };
  }
}

function* waitingRows(
  scopes: readonly ScanScope[],
  { catalogue, spaceId }: IndexJobDeps,
): Generator<{ row: PendingRow; path: string }> {
  const rootPaths = new Map(scopes.map((scope) => [scope.root.id, scope.root.path]));
  for (const row of catalogue.files.pending([...rootPaths.keys()], spaceId)) {
    const inScope = scopes.some((scope) => scope.root.id === row.rootId && isBelow(row.relativePath, scope.below));
    if (inScope) yield { row, path: toAbsolute(rootPaths.get(row.rootId)!, row.relativePath) };
  }
}

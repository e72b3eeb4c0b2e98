/** The index job: the order of its stages, written once. */
import type { PendingRow } from '../catalogue/files.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { listen, type FileToHear, type Heard, type ListeningTarget } from '../embed/listen.ts';
import { mergeAlikeNeighbours } from '../embed/merge-windows.ts';
import type { EncoderSupervisor } from '../embed/supervisor.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import { compareWithCatalogue } from '../scan/compare.ts';
import { recognise } from '../scan/recognise.ts';
import { RETRYABLE_CODES } from '../scan/retry.ts';
import type { ScanScope } from '../scan/roots.ts';
import { isBelow } from '../scan/roots.ts';
import { toAbsolute } from '../scan/walk.ts';
import type { IndexSummary } from '../../shared/types.ts';
import type { JobContext } from './runner.ts';
import { SyncMeanwhile } from './sync-meanwhile.ts';
import { SpeedMeter } from './speed-meter.ts';

/** Waiting files counted before the engine gets to do something else. */
const COUNT_AT_ONCE = 5000;

export interface IndexJobParts {
  catalogue: Catalogue;
  pool: DecoderPool;
  supervisor: EncoderSupervisor;
  target: ListeningTarget;
  spaceId: number;
  /** Opened when it is needed. */
  openIndex: () => Promise<VectorIndex>;
  /** New embeddings are in the catalogue. */
  onChanged: (fileIds: number[]) => void;
  /**
   * Pack id of the model that the library moves to, where it is that one that listens: to what is catalogued, without
   * another look through the folders. null: the model in use.
   */
  nextModel: string | null;
  /** Files that look unchanged are looked into as well: tags, and whether the sound is the same. */
  again: boolean;
}

/** A file that waits to be listened to. */
interface WaitingFile extends FileToHear {
  size: number;
  mtimeMs: number;
  /** Listened to before, in another space or with other content. */
  wasReady: boolean;
}

/**
 * walk → recognise → listen → index. A cancelled job returns its summary, too: what was done is done.
 * @throws what no single file is to blame for: a full disk, a broken catalogue, a model that does not run
 */
export async function runIndexJob(
  context: JobContext,
  scopes: readonly ScanScope[],
  parts: IndexJobParts,
): Promise<IndexSummary> {
  const summary = emptySummary();
  try {
    if (parts.nextModel === null) await walkAndRecognise(context, scopes, parts, summary);
    else context.report({ nextModel: parts.nextModel });
    await listenToWaiting(context, scopes, parts, summary);
    context.report({ stage: 'indexing', currentPath: null, etaSeconds: null });
    const index = await parts.openIndex();
    await index.sync(context.signal);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    summary.cancelled = true;
  }
  summary.files = summary.indexed + summary.unchanged + summary.moved + summary.retagged + summary.failed.filter(({ code }) => code !== 'unreadable-folder').length; // prettier-ignore
  summary.seconds = context.elapsedSeconds();
  return summary;
}

function emptySummary(): IndexSummary {
  return {
    files: 0, indexed: 0, unchanged: 0, moved: 0, retagged: 0, offline: 0, returned: 0, skipped: 0,
    failed: [], warnings: [], seconds: 0, audioSeconds: 0, cancelled: false,
  }; // prettier-ignore
}

async function walkAndRecognise(
  context: JobContext,
  scopes: readonly ScanScope[],
  parts: IndexJobParts,
  summary: IndexSummary,
): Promise<void> {
  const { catalogue, pool, spaceId } = parts;
  let met = 0;
  const unknown = [];
  const gone = new Set<number>();
  for (const scope of scopes) {
    const report = (filesMet: number) => context.report({ done: met + filesMet });
    const comparison = await compareWithCatalogue(scope, catalogue, context.signal, report, parts.again);
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
  for await (const { what, fileId } of recognise(unknown, catalogue, pool, spaceId, context.signal)) {
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

async function listenToWaiting(
  context: JobContext,
  scopes: readonly ScanScope[],
  parts: IndexJobParts,
  summary: IndexSummary,
): Promise<void> {
  const { pool, supervisor, target } = parts;
  const waiting = await countWaiting(scopes, parts);
  const meter = new SpeedMeter(waiting.bytes);
  let done = 0;
  context.report({ stage: 'listening', done, total: waiting.files });
  if (waiting.files === 0) return;
  await supervisor.loadAudio(); // a model that cannot run here ends the job, not each of its files
  const meanwhile = new SyncMeanwhile(async (signal) => (await parts.openIndex()).sync(signal));
  try {
    for await (const heard of listen(waitingFiles(context, scopes, parts), target, pool, supervisor, context.signal)) {
      store(heard, parts, summary);
      if (parts.nextModel === null && heard.file.wasReady) summary.unchanged--; // the walk had counted it
      meanwhile.poke();
      done++;
      const seconds = heard.status === 'done' ? heard.report.durationSeconds : 0;
      meter.add(context.elapsedSeconds(), seconds, heard.file.size);
      context.report({
        done,
        failed: summary.failed.length,
        audioSeconds: summary.audioSeconds,
        realTimeFactor: meter.realTimeFactor,
        etaSeconds: meter.etaSeconds,
        currentPath: heard.file.path,
      });
    }
  } finally {
    await meanwhile.end();
  }
}

async function countWaiting(
  scopes: readonly ScanScope[],
  parts: IndexJobParts,
): Promise<{ files: number; bytes: number }> {
  const waiting = { files: 0, bytes: 0 };
  for (const { row } of waitingRows(scopes, parts)) {
    waiting.files++;
    waiting.bytes += row.size;
    if (waiting.files % COUNT_AT_ONCE === 0) await new Promise(setImmediate);
  }
  return waiting;
}

async function* waitingFiles(
  context: JobContext,
  scopes: readonly ScanScope[],
  parts: IndexJobParts,
): AsyncGenerator<WaitingFile> {
  for (const { row, path } of waitingRows(scopes, parts)) {
    await context.whileNotPaused();
    if (isTakenAway(row.rootId, scopes, parts.catalogue)) continue;
    yield { fileId: row.id, path, size: row.size, mtimeMs: row.mtimeMs, wasReady: row.state === 'ready' };
  }
}

/** Removed or paused since the job began: what waits in it is left for another time. */
function isTakenAway(rootId: number, scopes: readonly ScanScope[], catalogue: Catalogue): boolean {
  const now = catalogue.roots.byId(rootId);
  const pausedBefore = scopes.some(({ root }) => root.id === rootId && root.paused);
  return now === null || now.removedMs !== null || (now.paused && !pausedBefore);
}

function* waitingRows(
  scopes: readonly ScanScope[],
  { catalogue, spaceId }: IndexJobParts,
): Generator<{ row: PendingRow; path: string }> {
  const rootPaths = new Map(scopes.map((scope) => [scope.root.id, scope.root.path]));
  for (const row of catalogue.files.pending([...rootPaths.keys()], spaceId)) {
    const inScope = scopes.some((scope) => scope.root.id === row.rootId && isBelow(row.relativePath, scope.below));
    if (inScope) yield { row, path: toAbsolute(rootPaths.get(row.rootId)!, row.relativePath) };
  }
}

function store(
  heard: Heard<WaitingFile>,
  { catalogue, spaceId, onChanged, nextModel }: IndexJobParts,
  summary: IndexSummary,
): void {
  const { file } = heard;
  const { size, mtimeMs } = file;
  if (heard.status === 'not-audio') {
    catalogue.files.setOther(file.fileId);
    summary.skipped++;
  } else if (heard.status === 'failed') {
    const { code, userMessage } = heard.error;
    // What other models heard in a file stays when it is only out of reach now, or too much for the next model.
    if (code === 'vanished') catalogue.files.setOffline([file.fileId]);
    else if (!file.wasReady || (nextModel === null && !RETRYABLE_CODES.has(code))) {
      catalogue.files.setFailed(file.fileId, { code, message: userMessage, size, mtimeMs });
    }
    summary.failed.push({ path: file.path, code, message: userMessage });
  } else {
    const { report } = heard;
    const windows = mergeAlikeNeighbours(heard.windows);
    const { tags, ...facts } = report;
    catalogue.files.storeListened({ fileId: file.fileId, spaceId, facts, tags, windows });
    onChanged([file.fileId]);
    summary.indexed++;
    summary.audioSeconds += report.durationSeconds;
    for (const { code, message } of report.warnings) summary.warnings.push({ path: file.path, code, message });
  }
}

/**
 * The last stage of an index job: facts of known files that an older version found, or none yet, are found again.
 * What needs the tags alone comes first; then each file is decoded once for all that is wanted of its samples. Nothing
 * is embedded.
 */
import { mapUnordered } from '../async/map-unordered.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { StaleFile } from '../catalogue/stores/analysis.ts';
import { inWords, KINDS, NEEDS, type AnalysisKind, type Need, type SampleKind } from '../../shared/analysis.ts';
import { isFileError, UserError, type FileError } from '../../shared/errors.ts';
import type { IndexSummary } from '../../shared/types.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { quoted } from '../decode/file-errors.ts';
import type { EmbeddingTarget } from '../embed/embed-files.ts';
import type { JobContext } from '../jobs/runner.ts';
import { SpeedMeter } from '../jobs/speed-meter.ts';
import { ChildExitedError } from '../process/child.ts';
import { RETRYABLE_CODES } from '../scan/retry.ts';
import { isBelow, type ScanScope } from '../scan/roots.ts';
import { toAbsolute } from '../scan/walk.ts';
import { isTakenAway } from './taken-away.ts';

export interface RefreshDeps {
  catalogue: Catalogue;
  pool: Pick<DecoderPool, 'analyse' | 'tags' | 'size'>;
  /** As much of a long file is decoded as the model embeds. */
  target: EmbeddingTarget;
  /** Facts of these files are new. */
  onChanged: (fileIds: number[]) => void;
}

/** Stores what was found, unless the catalogue knows the file with another sound by now. @returns whether it did */
type Store = () => boolean;

/** How what is needed is read, and what is found in it. @throws FileError, ChildExitedError */
type Find = (file: StaleFile, path: string, deps: RefreshDeps, signal: AbortSignal) => Promise<Store>;

const FIND: { readonly [N in Need]: Find } = { tags: findInTags, samples: findInSamples };

/** A stop for the event loop between so many files counted. */
const COUNT_AT_ONCE = 1000;

/**
 * @param summary gets how many files have newer facts, and which could not be analysed again
 * @throws signal.reason when cancelled; what is done by then stays, and the next job does the rest
 */
export async function refreshFacts(
  context: JobContext,
  scopes: readonly ScanScope[],
  deps: RefreshDeps,
  summary: Pick<IndexSummary, 'refreshed' | 'warnings'>,
): Promise<void> {
  const waiting = await countWaiting(context, scopes, deps);
  if (waiting.files === 0) return;
  const failedBefore = summary.warnings.length;
  const { files: total, kinds } = waiting;
  context.report({ stage: 'refreshing', done: 0, total, kinds, currentPath: null, etaSeconds: null });
  const meter = new SpeedMeter(waiting.bytesToDecode);
  let done = 0;
  for (const need of NEEDS) {
    const find = (file: StaleFile, stop: AbortSignal) => findAgain(file, need, pathOf(file, scopes), deps, stop);
    const files = staleFiles(context, scopes, deps, need);
    for await (const { file, found } of mapUnordered(files, deps.pool.size + 1, find, context.signal)) {
      const path = pathOf(file, scopes);
      if (typeof found !== 'function') {
        keepAsKnown(file, found, deps);
        summary.warnings.push({ path, code: 'outdated-facts', message: notRefreshed(file, found) });
      } else if (found()) {
        if (file.last) summary.refreshed++;
        deps.onChanged([file.fileId]);
      }
      if (need === 'samples') meter.add(context.elapsedSeconds(), 0, file.size);
      const { etaSeconds } = meter;
      if (file.last) done++;
      context.report({ done, failed: summary.warnings.length - failedBefore, currentPath: path, etaSeconds });
    }
  }
}

interface Waiting {
  files: number;
  bytesToDecode: number;
  kinds: AnalysisKind[];
}

async function countWaiting(context: JobContext, scopes: readonly ScanScope[], deps: RefreshDeps): Promise<Waiting> {
  const kinds = new Set<AnalysisKind>();
  const waiting = { files: 0, bytesToDecode: 0 };
  let looked = 0;
  for (const need of NEEDS) {
    for (const file of deps.catalogue.analysis.staleFiles(need, rootIdsOf(scopes))) {
      if (!isInScope(file, scopes)) continue;
      if (file.last) waiting.files++;
      if (need === 'samples') waiting.bytesToDecode += file.size;
      for (const kind of file.kinds) kinds.add(kind);
      if (++looked % COUNT_AT_ONCE === 0) await new Promise(setImmediate);
      context.signal.throwIfAborted();
    }
  }
  return { ...waiting, kinds: KINDS.filter((kind) => kinds.has(kind)) };
}

async function* staleFiles(
  context: JobContext,
  scopes: readonly ScanScope[],
  { catalogue }: RefreshDeps,
  need: Need,
): AsyncGenerator<StaleFile> {
  for (const listed of catalogue.analysis.staleFiles(need, rootIdsOf(scopes))) {
    if (!isInScope(listed, scopes)) continue;
    await context.whileNotPaused();
    // Looked up when its turn comes: much may have happened to it since it was listed.
    const file = catalogue.analysis.staleFile(listed.fileId, need);
    if (file && isInScope(file, scopes) && !isTakenAway(file.rootId, scopes, catalogue)) yield file;
  }
}

function rootIdsOf(scopes: readonly ScanScope[]): number[] {
  return [...new Set(scopes.map(({ root }) => root.id))];
}

function isInScope({ rootId, relativePath }: StaleFile, scopes: readonly ScanScope[]): boolean {
  return scopes.some(({ root, below }) => root.id === rootId && isBelow(relativePath, below));
}

function pathOf({ rootId, relativePath }: StaleFile, scopes: readonly ScanScope[]): string {
  return toAbsolute(scopes.find(({ root }) => root.id === rootId)!.root.path, relativePath);
}

async function findAgain(
  file: StaleFile,
  need: Need,
  path: string,
  deps: RefreshDeps,
  signal: AbortSignal,
): Promise<{ file: StaleFile; found: Store | FileError }> {
  try {
    return { file, found: await FIND[need](file, path, deps, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (isFileError(error)) return { file, found: error };
    if (!(error instanceof ChildExitedError)) throw error;
    const sentence = `${quoted(path)} crashed the decoder. The file may be damaged; try to play it in another program.`;
    return { file, found: new UserError('decoder-crashed', sentence, error) as FileError };
  }
}

async function findInTags(
  { fileId }: StaleFile,
  path: string,
  { pool, catalogue }: RefreshDeps,
  signal: AbortSignal,
): Promise<Store> {
  const tags = await pool.tags({ path }, signal);
  return () => {
    catalogue.files.refreshTags(fileId, tags);
    return true;
  };
}

async function findInSamples(
  { fileId, contentId, kinds }: StaleFile,
  path: string,
  { pool, catalogue, target }: RefreshDeps,
  signal: AbortSignal,
): Promise<Store> {
  const { windowSeconds, hopSeconds, maxWindows } = target;
  const plan = { windowSeconds, hopSeconds, maxWindows };
  const found = await pool.analyse({ path, kinds: kinds as SampleKind[], plan }, signal);
  if (found.notAudio || found.contentId !== contentId) {
    // Under the size and time of the sound that is known.
    const sentence = `The audio of ${quoted(path)} has changed since it was analysed. Rescan its folder.`;
    throw new UserError('not-audio', sentence);
  }
  return () => catalogue.analysis.storeFacts(fileId, contentId, kinds, found.facts);
}

function keepAsKnown({ fileId, kinds }: StaleFile, { code }: FileError, { catalogue }: RefreshDeps): void {
  if (code === 'vanished') catalogue.files.setOffline([fileId]);
  // What may pass by itself is tried again by the next job; anything else not before a newer version.
  else if (RETRYABLE_CODES.get(code) !== Infinity) catalogue.analysis.markFailed(fileId, kinds);
}

function notRefreshed({ kinds }: StaleFile, { userMessage }: FileError): string {
  return `${userMessage} The file keeps its previous ${inWords(kinds)}.`;
}

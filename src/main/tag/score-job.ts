/** The tag job: scores files against vocabularies and stores what fits. Nothing is embedded but labels. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { ScoreSummary } from '../../shared/calls/tags.ts';
import { UserError } from '../../shared/errors.ts';
import type { JobContext } from '../jobs/runner.ts';
import { Child, ChildExitedError } from '../process/child.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import { labelEmbeddings } from './label-embeddings.ts';
import { readLevels, stillHolds, writeLevels } from './library-levels.ts';
import { prepareVocabulary, type PreparedVocabulary, type ScoringDeps } from './prepare.ts';
import type { ScoredBlock, ScoreMethods } from './protocol.ts';
import { teachTags } from './teach/teaching.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Files stored in one transaction: some ms, so that no call has to wait meanwhile. */
const FILES_AT_ONCE = 60;

export interface ScoreJobDeps extends ScoringDeps {
  threads: number;
  lowPriority: boolean;
  vocabularies: Vocabulary[];
  /** Absolute; none: everything. */
  folders: string[];
  /** Also what is up to date. */
  again: boolean;
  /** Told the id of each score process. */
  started?: (pid: number) => void;
}

/**
 * @returns what was stored, also when cancelled: what is stored stays, and the next job continues from there
 * @throws UserError engine-broken, and what reading the catalogue or the labels throws
 */
export async function runScoreJob(context: JobContext, deps: ScoreJobDeps): Promise<ScoreSummary> {
  const summary: ScoreSummary = {
    files: 0,
    vocabularies: deps.vocabularies.map(({ id }) => id),
    suggestions: 0,
    unknown: 0,
    seconds: 0,
    cancelled: false,
  };
  context.report({ stage: 'tagging', done: 0, total: null });
  for (let attempt = 1; ; attempt++) {
    try {
      // What was stored is up to date and not scored again, unless everything is asked for.
      await score(context, deps, summary);
    } catch (error) {
      if (context.signal.aborted) summary.cancelled = true;
      else if (!(error instanceof ChildExitedError)) throw error;
      else if (attempt > 1) throw crashedAgain(error);
      else {
        if (deps.again) Object.assign(summary, { files: 0, suggestions: 0, unknown: 0 });
        continue;
      }
    }
    return { ...summary, seconds: context.elapsedSeconds() };
  }
}

async function score(context: JobContext, deps: ScoreJobDeps, summary: ScoreSummary): Promise<void> {
  context.signal.throwIfAborted();
  const { processName, entry } = { processName: 'score', entry: PROCESS_ENTRIES.score };
  const child = new Child<ScoreMethods>({ processName, entry, lowPriority: deps.lowPriority });
  deps.started?.(child.pid);
  const kill = () => void child.kill();
  context.signal.addEventListener('abort', kill, { once: true });
  try {
    const { dataFolder, spaceId, pack, threads, folders, again } = deps;
    const input = { dataFolder, spaceId, dim: pack.dim, threads };
    const vocabularies = await prepareAll(context, deps, child);
    const { files } = await child.call('begin', {
      ...input,
      vocabularies: vocabularies.map(({ id, hash, set, labels, tagIds }) => ({ id, hash, set, labels, tagIds })),
      folders,
      again,
    });
    const before = summary.files;
    context.report({ total: before + files });
    let next = child.call('step', null);
    for (;;) {
      const block = await next;
      if (block === null) break;
      await context.whileNotPaused();
      next = child.call('step', null); // it works while this one is stored
      next.catch(() => {}); // awaited by the next round, which a cancel may forestall
      await store(context, block, vocabularies, deps, summary);
      context.report({ done: summary.files, etaSeconds: remaining(context, summary.files - before, files) });
    }
  } finally {
    context.signal.removeEventListener('abort', kill);
    await child.kill();
  }
}

/** Measures the library where it has changed much since it was measured last, and lets tags learn. */
async function prepareAll(
  context: JobContext,
  deps: ScoreJobDeps,
  child: Child<ScoreMethods>,
): Promise<PreparedVocabulary[]> {
  const { catalogue, dataFolder, spaceId, pack, threads } = deps;
  const libraryWindows = catalogue.windows.count(spaceId);
  const prepared: PreparedVocabulary[] = [];
  for (const vocabulary of deps.vocabularies) {
    await context.whileNotPaused();
    const embeddings = await labelEmbeddings(vocabulary, { ...deps, signal: context.signal });
    let levels = await readLevels(deps, vocabulary);
    if (levels === null || !stillHolds(levels, libraryWindows)) {
      const input = { dataFolder, spaceId, dim: pack.dim, threads };
      const { windows, levels: measured } = await child.call('measure', { ...input, embeddings: [embeddings] });
      levels = { ...measured[0]!, windows, libraryWindows, measuredMs: Date.now() };
      await writeLevels(deps, vocabulary, levels);
    }
    const before = await prepareVocabulary(vocabulary, deps, levels);
    const taught = await teachTags(before, deps, threads, child, context.signal);
    prepared.push(taught ? await prepareVocabulary(vocabulary, deps, levels) : before);
  }
  return prepared;
}

async function store(
  { signal }: JobContext,
  block: ScoredBlock,
  vocabularies: readonly PreparedVocabulary[],
  { catalogue, spaceId }: ScoreJobDeps,
  summary: ScoreSummary,
): Promise<void> {
  let at = 0;
  for (let first = 0; first < block.fileIds.length; first += FILES_AT_ONCE) {
    signal.throwIfAborted();
    const end = Math.min(first + FILES_AT_ONCE, block.fileIds.length);
    catalogue.transaction(() => {
      for (let file = first; file < end; file++) {
        for (const [which, { id, hash }] of vocabularies.entries()) {
          const found = Array.from({ length: block.counts[file * vocabularies.length + which]! }, () => ({
            tagId: block.tagIds[at]!,
            probability: block.probabilities[at]!,
            startSeconds: block.starts[at]!,
            endSeconds: block.ends[at++]!,
          }));
          catalogue.suggestions.replace(block.fileIds[file]!, spaceId, id, hash, found);
        }
      }
    });
    summary.files += end - first;
    await yieldToEventLoop();
  }
  summary.suggestions += block.tagIds.length;
  summary.unknown += block.unknown;
}

/** s; null while it is unknown. */
function remaining({ elapsedSeconds }: JobContext, done: number, files: number): number | null {
  return done < 1000 || files === 0 ? null : (elapsedSeconds() * (files - done)) / done;
}

function crashedAgain(cause: unknown): UserError {
  return new UserError(
    'engine-broken',
    'The scoring process crashed twice. Nothing else is affected. Free some memory, then try again.',
    cause,
  );
}

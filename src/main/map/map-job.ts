/** The map job: makes a map, or completes the one that is there. */
import type { MapSummary } from '../../shared/calls/map.ts';
import { UserError } from '../../shared/errors.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import type { JobContext } from '../jobs/runner.ts';
import { Child, ChildExitedError } from '../process/child.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import { embeddedFiles } from './embedded-files.ts';
import { loadMap, saveMap } from './map-file.ts';
import { GrowingMap } from './place-new.ts';
import type { Arranged, MapMethods } from './protocol.ts';
import { pick, standing } from './shown.ts';

export interface MapJobDeps {
  dataFolder: string;
  catalogue: Catalogue;
  spaceId: number;
  dim: number;
  lowPriority: boolean;
  /** Opened when it is needed. */
  openIndex: () => Promise<VectorIndex>;
  /** Told the id of each map process. */
  started?: (pid: number) => void;
}

/**
 * @param anew also where there is a map already; otherwise its files stay where they are
 * @throws signal.reason when cancelled: the map is as it was; UserError engine-broken, and what reading the catalogue throws
 */
export async function runMapJob(context: JobContext, anew: boolean, deps: MapJobDeps): Promise<MapSummary> {
  const { dataFolder, spaceId } = deps;
  context.report({ stage: 'comparing', done: 0, total: null });
  const before = anew ? null : await loadMap(dataFolder, spaceId);
  const madeMs = Date.now();
  const usable = before !== null && before !== 'damaged' && before.fileIds.length > 0;
  const { map, placed } = usable ? await complete(context, before, deps) : await makeAnew(context, deps);
  await context.whileNotPaused();
  if (placed > 0 || !usable || map.fileIds.length !== before.fileIds.length) {
    await saveMap(dataFolder, spaceId, { ...map, madeMs });
  }
  return { files: map.fileIds.length, placed };
}

async function complete(
  context: JobContext,
  before: Arranged,
  { catalogue, spaceId, dim, openIndex }: MapJobDeps,
): Promise<{ map: Arranged; placed: number }> {
  const embedded = embeddedFiles(catalogue, spaceId, dim);
  const { valid, missing } = await standing(before, embedded);
  const growing = new GrowingMap(pick(before, valid));
  const clock = remainingTime(context);
  context.report({ stage: 'arranging', done: 0, total: missing.length });
  if (missing.length > 0) {
    const index = await openIndex();
    for (const [done, { fileId, doneMs }] of missing.entries()) {
      await context.whileNotPaused();
      await growing.place(fileId, doneMs, { embedded, index, dim });
      context.report({ done: done + 1, etaSeconds: clock((done + 1) / missing.length) });
    }
  }
  return { map: growing.finished(), placed: growing.added };
}

/** In a process of its own. Should it die of something, once more from the beginning. */
async function makeAnew(context: JobContext, deps: MapJobDeps): Promise<{ map: Arranged; placed: number }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const map = await arranged(context, deps);
      return { map, placed: map.fileIds.length };
    } catch (error) {
      context.signal.throwIfAborted(); // we ended it
      if (!(error instanceof ChildExitedError)) throw error;
      if (attempt > 1) {
        throw new UserError(
          'engine-broken',
          'The map process crashed twice. Nothing else is affected. Free some memory, then try again.',
          error,
        );
      }
    }
  }
}

async function arranged(
  context: JobContext,
  { dataFolder, spaceId, dim, lowPriority, started }: MapJobDeps,
): Promise<Arranged> {
  context.signal.throwIfAborted();
  const child = new Child<MapMethods>({ processName: 'map', entry: PROCESS_ENTRIES.map, lowPriority });
  started?.(child.pid);
  const kill = () => void child.kill();
  context.signal.addEventListener('abort', kill, { once: true });
  try {
    await child.call('begin', { dataFolder, spaceId, dim });
    const clock = remainingTime(context);
    for (;;) {
      await context.whileNotPaused();
      const { progress, arranged } = await child.call('step', null);
      const { stage, share, files } = progress;
      context.report({
        stage,
        total: files,
        ...(files === null ? {} : { done: Math.floor(share * files), etaSeconds: clock(share) }),
      });
      if (arranged) return arranged;
    }
  } finally {
    context.signal.removeEventListener('abort', kill);
    await child.kill();
  }
}

/** Below this the remaining time is unknown. */
const FIRST_SHARE = 0.05;

/** @returns from the share that is done, how much longer it takes, s; null while it is unknown */
function remainingTime({ elapsedSeconds }: JobContext): (share: number) => number | null {
  const began = elapsedSeconds();
  return (share) => (share < FIRST_SHARE ? null : ((elapsedSeconds() - began) * (1 - share)) / share);
}

/** Jobs that write pieces: one at a time, beside all other jobs. */
import type {
  CutProgress,
  CutRequest,
  CutSummary,
  ListedRange,
  ListRequest,
  PieceRange,
} from '../../shared/calls/cut.ts';
import { UserError, type FileErrorCode } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import type { JobContext } from '../jobs/runner.ts';
import type { QueryEncoders } from '../search/locate-match.ts';
import type { SecondModelAccess } from '../search/beside.ts';
import { rangesOf } from './matches.ts';
import { PieceFolder } from './piece-folder.ts';
import { checkPattern } from './piece-name.ts';

export interface CuttingDeps extends Pick<CatalogueAccess, 'dataFolder' | 'existingCatalogue'> {
  withDecoders<T>(work: (pool: DecoderPool) => Promise<T>): Promise<T>;
  /** @throws UserError model-missing, model-damaged */
  withEncoders<T>(work: (encoders: QueryEncoders) => Promise<T>): Promise<T>;
  second: SecondModelAccess;
  /** @returns what the list holds, and what it cannot */
  writeList(
    ranges: readonly ListedRange[],
    order: ListOrder,
  ): Promise<{ listed: ListedRange[]; leftOut: { path: string; reason: string }[] }>;
}

/** With the file that its token stood for. */
export type ListOrder = Omit<ListRequest, 'output'> & { output: { path: string; replace: boolean } };

/** With the folder that its token stood for; absolute. */
export type CutOrder = Omit<CutRequest, 'output'> & { folder: string };

type Context = Pick<JobContext<CutProgress>, 'signal' | 'report'>;

export class Cutting {
  readonly #deps: CuttingDeps;
  readonly #lane: Lane<'cut'>;

  constructor(deps: CuttingDeps, jobs: JobRegistry) {
    this.#deps = deps;
    this.#lane = jobs.sessionLane({
      busy: 'Parts of files are already being exported. Wait for this to finish, or cancel it first.',
      unpausable: 'An export cannot be paused. Cancel it instead: files written so far are kept.',
      first: { stage: 'finding', done: 0, total: null, failed: 0, currentPath: null },
    });
  }

  /** @throws UserError bad-input for a pattern that cannot be used, catalogue-busy; see {@link CutCalls} */
  start(order: CutOrder): JobId {
    checkPattern(order.name);
    return this.#lane.start('cut', null, (context) => this.#cut(order, context));
  }

  /** @throws UserError catalogue-busy */
  startList(order: ListOrder): JobId {
    return this.#lane.start('cut', null, (context) => this.#list(order, context));
  }

  async #list(order: ListOrder, context: Context): Promise<CutSummary> {
    const { from, output } = order;
    const summary: CutSummary = { pieces: [], failed: [], notices: [], cancelled: false };
    try {
      const ranges = 'pieces' in from ? from.pieces.map(listedRange) : await this.#matches(from, context, summary);
      context.signal.throwIfAborted();
      if (ranges.length === 0) return summary;
      const { listed, leftOut } = await this.#deps.writeList(ranges, order);
      for (const { path, ...range } of listed) summary.pieces.push({ path: output.path, source: path, startSeconds: range.startSeconds, endSeconds: range.endSeconds }); // prettier-ignore
      for (const { path, reason } of leftOut)
        summary.failed.push({ path, code: 'unsupported-format', message: reason });
    } catch (error) {
      if (!context.signal.aborted) throw error;
      summary.cancelled = true;
    }
    return summary;
  }

  async #cut({ from, folder: path, format, name }: CutOrder, context: Context): Promise<CutSummary> {
    const { signal, report } = context;
    const folder = await PieceFolder.open({ folder: path, dataFolder: this.#deps.dataFolder, format, name });
    const summary: CutSummary = { pieces: [], failed: [], notices: [], cancelled: false };
    try {
      const ranges = 'pieces' in from ? from.pieces : await this.#matches(from, context, summary);
      report({ stage: 'cutting', total: ranges.length });
      await this.#deps.withDecoders((pool) => write(ranges, folder, pool, context, summary));
    } catch (error) {
      if (!signal.aborted) throw error;
      summary.cancelled = true;
    } finally {
      if (summary.pieces.length === 0) await folder.close();
    }
    return summary;
  }

  #matches(
    from: Exclude<CutOrder['from'], { pieces: PieceRange[] }>,
    { signal, report }: Context,
    summary: CutSummary,
  ): Promise<ListedRange[]> {
    return this.#deps.withEncoders((encoders) =>
      rangesOf({ ...from, encoders, second: this.#deps.second, catalogue: this.#deps.existingCatalogue() }, signal, {
        looking: (currentPath) => report({ currentPath }),
        failed: (failure) => report({ failed: summary.failed.push(failure) }),
        notice: (sentence) => summary.notices.push(sentence),
      }),
    );
  }
}

async function write(
  ranges: readonly PieceRange[],
  folder: PieceFolder,
  pool: DecoderPool,
  { signal, report }: Context,
  { pieces, failed, notices }: CutSummary,
): Promise<void> {
  for (const [at, range] of ranges.entries()) {
    signal.throwIfAborted();
    report({ done: at, currentPath: range.path });
    try {
      const cut = await folder.cut(range, { number: at + 1, of: ranges.length }, pool, signal);
      pieces.push(cut.piece);
      notices.push(...cut.notices);
    } catch (error) {
      // No further piece would find room either.
      if (!(error instanceof UserError) || error.code === 'disk-full') throw error;
      const failure = { path: range.path, code: error.code as FileErrorCode, message: error.userMessage };
      report({ failed: failed.push(failure) });
    }
  }
  report({ done: ranges.length, currentPath: null });
}

function listedRange({ path, startSeconds, endSeconds }: PieceRange): ListedRange {
  if (endSeconds === null) throw new UserError('bad-input', 'A list needs the end of each range. Specify it.');
  if (endSeconds <= startSeconds) throw new UserError('bad-input', 'The range is empty. Specify an end after the start.'); // prettier-ignore
  return { path, startSeconds, endSeconds, band: null };
}

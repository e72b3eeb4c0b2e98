/** The job that compares: files that were not compared yet with all others, one after the other; kept after each. */
import type { CompareSummary } from '../../shared/calls/duplicates.ts';
import { isFileError } from '../../shared/errors.ts';
import { EventLoopYielder } from '../async/yield-to-event-loop.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { Fingerprinted, NearPair, PairFacts } from '../catalogue/stores/near-duplicates.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { partRequest } from '../decode/part-request.ts';
import { notAudio } from '../decode/file-errors.ts';
import type { JobContext } from '../jobs/runner.ts';
import { ChildExitedError } from '../process/child.ts';
import { countWaiting } from './near-groups.ts';
import { CandidateIndex } from './candidates.ts';
import { Comparison, COMPARISON_VERSION, type ReadPart } from './compare.ts';
import { COMPARED_RATE } from './likeness.ts';

export interface CompareDeps {
  catalogue: Catalogue;
  pool: Pick<DecoderPool, 'read'>;
  /** Absolute; none: all. */
  folders: readonly string[];
}

/** Sounds in one index, which takes up to 110 MB. A larger library is asked part by part. */
const MOST_SOUNDS = 40_000;
/** Sounds whose candidates are looked up together. */
const CHUNK = 20_000;
/** Compared of those whose fingerprints are alike. */
const MOST_CANDIDATES = 16;
/** Rows read at a time. */
const PAGE = 1000;
/** Pairs of this run that are known not to need another look. */
const MOST_REMEMBERED = 500_000;

/** A sound and those that it may be the same as. */
interface Query extends Fingerprinted {
  candidates: { contentId: string; common: number; offsets: number[] }[];
}

/** @returns what was done, also when it was cancelled @throws what reading the catalogue throws */
export async function runCompareJob(context: JobContext, deps: CompareDeps): Promise<CompareSummary> {
  const { catalogue, folders } = deps;
  const summary: CompareSummary = { compared: 0, found: 0, failed: [], cancelled: false };
  const store = catalogue.nearDuplicates;
  try {
    store.forgetOlder(COMPARISON_VERSION);
    const yielder = new EventLoopYielder(context.signal);
    for (let after: string | null = ''; after !== null;) {
      after = store.forgetGone(after);
      await yielder.yieldIfDue();
    }
    const total = await countWaiting(store, folders, yielder);
    context.report({ stage: 'matching', done: 0, total });
    const run = new Run(context, deps, summary, total);
    for (let after = ''; ;) {
      const queries = store.waiting(folders, after, CHUNK).map((sound): Query => ({ ...sound, candidates: [] }));
      if (queries.length === 0) break;
      after = queries.at(-1)!.contentId;
      await run.suggest(queries);
      for (const query of queries) await run.compare(query);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    summary.cancelled = true;
  }
  return summary;
}

class Run {
  readonly #context: JobContext;
  readonly #deps: CompareDeps;
  readonly #summary: CompareSummary;
  readonly #total: number;
  readonly #yielder: EventLoopYielder;
  readonly #comparison: Comparison;
  readonly #done = new Set<string>();
  readonly #failed = new Set<string>();
  /** The index of a library that fits into one. */
  #whole: { index: CandidateIndex; contentIds: string[] } | null = null;

  constructor(context: JobContext, deps: CompareDeps, summary: CompareSummary, total: number) {
    this.#context = context;
    this.#deps = deps;
    this.#summary = summary;
    this.#total = total;
    this.#yielder = new EventLoopYielder(context.signal);
    this.#comparison = new Comparison(readerOf(deps.pool, context.signal), this.#yielder);
  }

  /** Fills in the candidates of each. */
  async suggest(queries: readonly Query[]): Promise<void> {
    if (this.#whole) return this.#ask(queries, this.#whole);
    for (let after = '', isFirst = true; ; isFirst = false) {
      const part = await this.#part(after);
      if (part.contentIds.length === 0) return;
      await this.#ask(queries, part);
      if (isFirst && part.contentIds.length < MOST_SOUNDS) this.#whole = part;
      if (part.contentIds.length < MOST_SOUNDS) return;
      after = part.contentIds.at(-1)!;
    }
  }

  async #part(after: string): Promise<{ index: CandidateIndex; contentIds: string[] }> {
    const index = new CandidateIndex();
    const contentIds: string[] = [];
    while (contentIds.length < MOST_SOUNDS) {
      const page = this.#deps.catalogue.nearDuplicates.fingerprints(after, Math.min(PAGE, MOST_SOUNDS - contentIds.length));
      for (const { contentId, fingerprint } of page) {
        index.add(fingerprint);
        contentIds.push(contentId);
      }
      await this.#yielder.yieldIfDue();
      if (page.length === 0) break;
      after = contentIds.at(-1)!;
    }
    index.seal();
    return { index, contentIds };
  } // prettier-ignore

  async #ask(
    queries: readonly Query[],
    { index, contentIds }: { index: CandidateIndex; contentIds: string[] },
  ): Promise<void> {
    const at = new Map(contentIds.map((contentId, i) => [contentId, i]));
    for (const query of queries) {
      const found = index.of(query.fingerprint, at.get(query.contentId) ?? null, MOST_CANDIDATES);
      query.candidates.push(...found.map(({ sound, common, offsets }) => ({ contentId: contentIds[sound]!, common, offsets }))); // prettier-ignore
      query.candidates.sort((a, b) => b.common - a.common);
      query.candidates.length = Math.min(query.candidates.length, MOST_CANDIDATES);
      await this.#yielder.yieldIfDue();
    }
  }

  /** Compares one with its candidates, and keeps what is found. */
  async compare({ contentId, candidates }: Query): Promise<void> {
    const { catalogue } = this.#deps;
    await this.#context.whileNotPaused();
    await this.#yielder.yieldIfDue();
    const own = candidates.length === 0 ? null : catalogue.nearDuplicates.place(contentId);
    const found: NearPair[] = [];
    let isWhole = true;
    for (const candidate of own ? candidates : []) {
      const [a, b] = [contentId, candidate.contentId].toSorted() as [string, string];
      if (this.#done.has(a + b)) continue;
      const other = catalogue.nearDuplicates.place(candidate.contentId);
      if (!other) continue; // it asks for itself when it is back
      const facts = await this.#tried(own!.path, other.path, () => this.#comparison.of(own!, other, candidate.offsets));
      if (facts === 'failed') isWhole = false;
      else if (facts) found.push({ a, b, ...(a === contentId ? facts : reversed(facts)) });
      if (facts !== 'failed' && this.#done.size < MOST_REMEMBERED) this.#done.add(a + b);
      if (this.#failed.has(own!.path)) break;
    }
    if (isWhole) {
      catalogue.nearDuplicates.keep(contentId, COMPARISON_VERSION, found);
      this.#summary.compared++;
    } else catalogue.nearDuplicates.keepPairs(found);
    this.#summary.found += found.length;
    const done = this.#summary.compared + (isWhole ? 0 : 1);
    this.#context.report({ done: Math.min(this.#total, done), failed: this.#failed.size, currentPath: own?.path ?? null });
  } // prettier-ignore

  /** A file that cannot be read now is told of once. */
  async #tried<T>(first: string, second: string, work: () => Promise<T>): Promise<T | 'failed'> {
    if (this.#failed.has(first) || this.#failed.has(second)) return 'failed';
    try {
      return await work();
    } catch (error) {
      if (this.#context.signal.aborted || !(error instanceof UnreadableError)) throw error;
      this.#failed.add(error.failure.path);
      this.#summary.failed.push(error.failure);
      return 'failed';
    }
  }
}

class UnreadableError extends Error {
  readonly failure: CompareSummary['failed'][number];
  constructor(failure: CompareSummary['failed'][number], cause: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

function readerOf(pool: CompareDeps['pool'], signal: AbortSignal): ReadPart {
  return async (path, fromSeconds, seconds) => {
    try {
      const windows = await pool.read(partRequest(path, fromSeconds, seconds, COMPARED_RATE), signal);
      if (!Array.isArray(windows) || windows.length === 0) throw notAudio(path, null);
      const { samples, startSeconds } = windows.at(-1)!;
      return { samples, startSeconds };
    } catch (error) {
      if (isFileError(error)) throw new UnreadableError({ path, code: error.code, message: error.userMessage }, error);
      if (error instanceof ChildExitedError && !signal.aborted) {
        const message = `“${path}” crashed the decoder. The file may be damaged; try to play it in another program.`;
        throw new UnreadableError({ path, code: 'decoder-crashed', message }, error);
      }
      throw error;
    }
  };
}

/** As the second sees it. */
function reversed(facts: PairFacts): PairFacts {
  return {
    similarity: facts.similarity,
    levelDb: -facts.levelDb,
    offsetSeconds: -facts.offsetSeconds,
    lostHeadSeconds: -facts.lostHeadSeconds,
    lostTailSeconds: -facts.lostTailSeconds,
    addedHeadSeconds: -facts.addedHeadSeconds,
    addedTailSeconds: -facts.addedTailSeconds,
  };
}

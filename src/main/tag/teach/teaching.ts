/** Before a scoring: tags whose decisions have changed learn again, in the score process; what they learnt is kept. */
import { createHash } from 'node:crypto';
import type { Catalogue } from '../../catalogue/open.ts';
import { IMPORTED } from '../../catalogue/stores/heads.ts';
import type { Child } from '../../process/child.ts';
import type { PreparedVocabulary, ScoringDeps } from '../prepare.ts';
import type { ScoreMethods } from '../protocol.ts';
import { LEAST_DECISIONS, TEACHING_VERSION } from './learn-tag.ts';
import { MADE_TAGS } from './made-tags.ts';

/** Tags that learn in one question to the process: between two, a pause or an end is noticed. */
const TAGS_AT_ONCE = 8;

interface DueTag {
  tagId: number;
  label: number;
  learntFrom: string;
}

/**
 * @param prepared of the vocabulary, without new heads
 * @returns whether a head is another now, so that the vocabulary has to be prepared again
 */
export async function teachTags(
  prepared: PreparedVocabulary,
  { catalogue, dataFolder, spaceId, pack }: ScoringDeps,
  threads: number,
  child: Child<ScoreMethods>,
  signal: AbortSignal,
): Promise<boolean> {
  const { due, stale } = tagsToTeach(catalogue, spaceId, prepared);
  const { heads } = catalogue;
  for (const tagId of stale) heads.forget(tagId, spaceId);
  const { set } = prepared;
  for (let first = 0; first < due.length; first += TAGS_AT_ONCE) {
    signal.throwIfAborted();
    const some = due.slice(first, first + TAGS_AT_ONCE);
    const examplesOnly = prepared.id === MADE_TAGS;
    const learnt = await child.call('learn', {
      dataFolder,
      spaceId,
      dim: pack.dim,
      threads,
      set,
      tags: some.map(({ tagId, label }) => ({ tagId, label, examplesOnly })),
    });
    catalogue.transaction(() => {
      for (const [at, head] of learnt.entries()) {
        const { tagId, learntFrom } = some[at]!;
        if (head) heads.keep({ ...head, spaceId }, learntFrom);
        else heads.forget(tagId, spaceId);
      }
    });
  }
  return due.length > 0 || stale.length > 0;
}

/** `due`: decided on since they learnt. `stale`: not enough decisions left for what they learnt. */
function tagsToTeach(
  catalogue: Catalogue,
  spaceId: number,
  { tagIds }: PreparedVocabulary,
): { due: DueTag[]; stale: number[] } {
  const labelOf = new Map([...tagIds].map((tagId, label) => [tagId, label]));
  const heads = catalogue.heads.learntFrom(spaceId);
  // Files that this model has not analysed teach it nothing; once analysed, they count as a change.
  const byTag = new Map<number, { hash: ReturnType<typeof createHash>; count: number }>();
  for (const [tagId, ...decision] of catalogue.decided.inSpace(spaceId)) {
    if (!labelOf.has(tagId)) continue;
    const of = byTag.get(tagId) ?? { hash: createHash('sha256').update(String(TEACHING_VERSION)), count: 0 };
    of.hash.update(`${decision.join(',')};`);
    of.count++;
    byTag.set(tagId, of);
  }
  const due: DueTag[] = [];
  for (const [tagId, { hash, count }] of byTag) {
    const learntFrom = hash.digest('hex').slice(0, 32);
    if (count >= LEAST_DECISIONS && heads.get(tagId) !== learntFrom) {
      due.push({ tagId, label: labelOf.get(tagId)!, learntFrom });
    }
  }
  const stale = [...heads].flatMap(([tagId, learntFrom]) =>
    labelOf.has(tagId) && learntFrom !== IMPORTED && (byTag.get(tagId)?.count ?? 0) < LEAST_DECISIONS ? [tagId] : [],
  );
  return { due, stale };
}

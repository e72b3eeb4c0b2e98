/**
 * Decisions and what was learnt from them as a JSON file, for another machine or another catalogue. Sounds are named
 * by the hash of their audio, so that folders and names may differ. Nothing decided here is overruled by a file.
 */
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { Decision } from '../../../shared/calls/tags.ts';
import { UserError } from '../../../shared/errors.ts';
import { LISTED } from '../../catalogue/file-lists.ts';
import { spaceOf, type EmbeddingSpace, type ModelPack } from '../../models/pack.ts';
import { readRegularFile, UnfitFileError } from '../../untrusted/regular-file.ts';
import { IMPORTED } from './teaching.ts';

const MAX_BYTES = 128 * 2 ** 20;

const HEAD = z.object({
  space: z.object({
    modelId: z.string(),
    weightHash: z.string(),
    preprocessing: z.number().int(),
    dim: z.number().int().positive(),
  }),
  values: z.array(z.number()).max(8194), // direction, bias, share of the prompts
  accepted: z.number().int().nonnegative(),
  rejected: z.number().int().nonnegative(),
  before: z.number().nullable(),
  after: z.number().nullable(),
});
const CONTENT = z.object({
  format: z.literal('earmark-taught'),
  version: z.literal(1),
  tags: z.array(
    z.object({
      vocabularyId: z.string(),
      labelId: z.string(),
      name: z.string(),
      decisions: z.array(z.object({ contentId: z.string().max(200), accepted: z.boolean(), decidedMs: z.number() })),
      heads: z.array(HEAD),
    }),
  ),
});

export type TaughtFile = z.infer<typeof CONTENT>;

/** Every tag with decisions or heads; decisions about sounds without a content id (never read) are left out. */
export function taughtContent(db: Database): TaughtFile {
  const tags = db
    .prepare<[], { id: number; vocabularyId: string; labelId: string; name: string }>(
      `SELECT id, vocabulary_id AS vocabularyId, label_id AS labelId, name FROM tag
        WHERE id IN (SELECT tag_id FROM decision UNION SELECT tag_id FROM tag_head) ORDER BY vocabulary_id, label_id`,
    )
    .all();
  const decisions = db.prepare<[number], { contentId: string; accepted: 0 | 1; decidedMs: number }>(
    `SELECT content_id AS contentId, accepted, decided_ms AS decidedMs
       FROM decision JOIN file ON file.id = decision.file_id
      WHERE tag_id = ? AND content_id IS NOT NULL ORDER BY content_id`,
  );
  const heads = db.prepare<
    [number],
    EmbeddingSpace & { head: Buffer; accepted: number; rejected: number; before: number | null; after: number | null }
  >(
    `SELECT model_id AS modelId, weight_hash AS weightHash, preprocessing, dim, head, accepted, rejected,
            before_score AS before, after_score AS after
       FROM tag_head JOIN space ON space.id = tag_head.space_id WHERE tag_id = ? ORDER BY space_id`,
  );
  return {
    format: 'earmark-taught',
    version: 1,
    tags: tags.map(({ id, ...tag }) => ({
      ...tag,
      decisions: decisions.all(id).map((decision) => ({ ...decision, accepted: decision.accepted === 1 })),
      heads: heads.all(id).map(({ head, accepted, rejected, before, after, ...space }) => ({
        space,
        values: [...new Float32Array(new Uint8Array(head).buffer)],
        accepted,
        rejected,
        before,
        after,
      })),
    })),
  };
}

/**
 * Of any size and shape that a file can have: to be called in a process of its own (untrusted/read-untrusted.ts).
 * @throws UserError not-found, bad-input for anything but such a file
 */
export async function readTaughtFile(path: string): Promise<TaughtFile> {
  let text: string;
  try {
    text = (await readRegularFile(path, MAX_BYTES)).toString('utf8');
  } catch (error) {
    if (error instanceof UnfitFileError) throw notOne(path, error.message, error);
    throw new UserError('not-found', `“${path}” cannot be read. Check that it is a file, and its permissions.`, error);
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw notOne(path, 'it is not JSON', error);
  }
  const result = CONTENT.safeParse(raw);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw notOne(path, `${issue?.path.join('.') ?? ''} is not as expected`, result.error);
}

function notOne(path: string, what: string, cause?: unknown): UserError {
  return new UserError('bad-input', `“${path}” does not hold what Earmark has learnt: ${what}. Choose a file that “Export what was learnt” has written.`, cause); // prettier-ignore
}

/**
 * Decisions of a file that are news here: about sounds that are here and tags that this file's sound has no decision for.
 * @param tagIdOf the tag's number here; null when its vocabulary is not installed
 */
export function newDecisions(
  db: Database,
  { tags }: TaughtFile,
  tagIdOf: (tag: TaughtFile['tags'][number]) => number | null,
): Decision[] {
  const files = db
    .prepare<[string, number], number>(
      `SELECT file.id FROM file WHERE content_id = ? AND ${LISTED}
          AND NOT EXISTS (SELECT 1 FROM decision WHERE decision.file_id = file.id AND tag_id = ?)`,
    )
    .pluck();
  return tags.flatMap((tag) => {
    const tagId = tagIdOf(tag);
    if (tagId === null) return [];
    return tag.decisions.flatMap(({ contentId, accepted }) =>
      files.all(contentId, tagId).map((fileId) => ({ fileId, tagId, accepted })),
    );
  });
}

/** A head of the same embedding space, where this tag has none. @returns whether it was taken over */
export function adoptHead(
  db: Database,
  { spaceId, pack }: { spaceId: number; pack: ModelPack },
  tagId: number,
  heads: TaughtFile['tags'][number]['heads'],
): boolean {
  const here = spaceOf(pack);
  const head = heads.find(
    ({ space, values }) =>
      space.modelId === here.modelId &&
      space.weightHash === here.weightHash &&
      space.preprocessing === here.preprocessing &&
      values.length === here.dim + 2,
  );
  if (!head) return false;
  const bytes = Buffer.from(Float32Array.from(head.values).buffer);
  const { accepted, rejected, before, after } = head;
  const { changes } = db
    .prepare<[number, number, Buffer, string, number, number, number | null, number | null, number]>(
      `INSERT INTO tag_head (tag_id, space_id, head, learnt_from, accepted, rejected, before_score, after_score, in_use, learnt_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING`,
    )
    .run(tagId, spaceId, bytes, IMPORTED, accepted, rejected, before, after, Date.now());
  return changes === 1;
}

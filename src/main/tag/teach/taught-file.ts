/**
 * Decisions and what was learnt from them as a JSON file, for another machine or another catalogue. Sounds are named
 * by the hash of their audio, so that folders and names may differ. Nothing decided here is overruled by a file.
 */
import { z } from 'zod';
import type { Decision } from '../../../shared/calls/tags.ts';
import { UserError } from '../../../shared/errors.ts';
import type { Catalogue } from '../../catalogue/open.ts';
import { spaceOf, type ModelPack } from '../../packs/pack.ts';
import { readRegularFile, UnfitFileError } from '../../files/regular-file.ts';
import type { ParserName } from '../../untrusted/parser.ts';
import { wrongShape } from '../../text/wrong-shape.ts';

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

/** Every tag with decisions or heads; decisions about files without a content id (never read) are left out. */
export function taughtContent({ tagRows, decided, heads }: Catalogue): TaughtFile {
  return {
    format: 'earmark-taught',
    version: 1,
    tags: tagRows.used().map(({ id, ...tag }) => ({
      ...tag,
      decisions: decided.sounds(id),
      heads: heads.ofTag(id).map(({ head, accepted, rejected, before, after, ...space }) => ({
        space,
        values: [...head],
        accepted,
        rejected,
        before,
        after,
      })),
    })),
  };
}

export const TAUGHT_FILE: ParserName<{ path: string }, TaughtFile> = { name: 'taught file' };

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
  throw notOne(path, wrongShape(result.error), result.error);
}

function notOne(path: string, what: string, cause?: unknown): UserError {
  return new UserError('bad-input', `“${path}” is not an export of learned tags: ${what}. Choose a file exported on the Learned screen or with “earmark taught export”.`, cause); // prettier-ignore
}

/**
 * Decisions of a file that are news here: about sounds that are here and tags that this file's sound has no decision for.
 * @param tagIdOf the tag's number here; null when its vocabulary is not installed
 */
export function newDecisions(
  { decided }: Catalogue,
  { tags }: TaughtFile,
  tagIdOf: (tag: TaughtFile['tags'][number]) => number | null,
): Decision[] {
  return tags.flatMap((tag) => {
    const tagId = tagIdOf(tag);
    if (tagId === null) return [];
    return tag.decisions.flatMap(({ contentId, accepted }) =>
      decided.undecided(contentId, tagId).map((fileId) => ({ fileId, tagId, accepted })),
    );
  });
}

/** A head of the same embedding space, where this tag has none. @returns whether it was taken over */
export function adoptHead(
  catalogue: Catalogue,
  { spaceId, pack }: { spaceId: number; pack: ModelPack },
  tagId: number,
  heads: TaughtFile['tags'][number]['heads'],
): boolean {
  const here = spaceOf(pack);
  const found = heads.find(
    ({ space, values }) =>
      space.modelId === here.modelId &&
      space.weightHash === here.weightHash &&
      space.preprocessing === here.preprocessing &&
      values.length === here.dim + 2,
  );
  if (!found) return false;
  const { values, accepted, rejected, before, after } = found;
  const head = Float32Array.from(values);
  return catalogue.heads.adopt({ tagId, spaceId, head, accepted, rejected, before, after });
}

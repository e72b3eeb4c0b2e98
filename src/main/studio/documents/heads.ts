/**
 * What tags have learned from accepted and rejected examples, in a space. The key is tag and space. A machine learns again when its
 * own decisions change, and not because another one has learned: that would never end.
 */
import { z } from 'zod';
import type { Catalogue } from '../../catalogue/open.ts';
import type { SharedHead } from '../../catalogue/stores/heads.ts';
import type { DocumentKind, LocalDocument } from './document-kind.ts';

const LONGEST_KEY = 600;
const content = z.object({
  name: z.string().min(1).max(500),
  head: z.string().max(2 ** 20), // base64 of float32le[dim + 2]
  accepted: z.number().int().min(0).max(1e9),
  rejected: z.number().int().min(0).max(1e9),
  before: z.number().min(0).max(1).nullable(),
  after: z.number().min(0).max(1).nullable(),
});

type Identity = Pick<SharedHead, 'vocabularyId' | 'labelId' | 'modelId' | 'weightHash' | 'preprocessing'>;

/** @param changed called with tags that are scored by another head now */
export function sharedHeads(
  { heads, tagRows, windows }: Pick<Catalogue, 'heads' | 'tagRows' | 'windows'>,
  changed: (tagIds: readonly number[]) => void,
): DocumentKind {
  const kind: DocumentKind = {
    kind: 'head',
    tellsRemoval: false,
    nameOf: null,
    local() {
      const found = new Map<string, LocalDocument | null>();
      for (const head of heads.all()) {
        const key = keyOf(head);
        if (key.length > LONGEST_KEY) continue;
        found.set(key, {
          mark: markOf(head),
          changedMs: head.learntMs,
          content: () => {
            const { name, accepted, rejected, before, after } = head;
            const values = heads.bytesOf(head.tagId, head.spaceId);
            return JSON.stringify({ name, head: values.toString('base64'), accepted, rejected, before, after });
          },
        });
      }
      return Promise.resolve(found);
    },
    apply(key, text) {
      const [said, identity] = [content.safeParse(jsonOrNull(text)), identityOf(key)];
      const space = identity && windows.spaces().find((one) => one.modelId === identity.modelId && one.weightHash === identity.weightHash && one.preprocessing === identity.preprocessing); // prettier-ignore
      if (!said.success || !identity || !space) return Promise.resolve(null);
      const bytes = Buffer.from(said.data.head, 'base64');
      if (bytes.length !== 4 * (space.dim + 2)) return Promise.resolve(null);
      const values = Float32Array.from({ length: space.dim + 2 }, (_, at) => bytes.readFloatLE(4 * at));
      if (!values.every(Number.isFinite)) return Promise.resolve(null);
      const { name, head: _, ...figures } = said.data;
      const tagId = tagRows.idOf(identity.vocabularyId, identity.labelId, name);
      heads.follow({ ...figures, tagId, spaceId: space.id, head: values });
      changed([tagId]);
      const now = heads.all().find((one) => one.tagId === tagId && one.spaceId === space.id);
      return Promise.resolve(now ? markOf(now) : null);
    },
    remove: () => Promise.resolve(), // nobody says so
    keep: () => {},
  };
  return kind;
}

function keyOf({ vocabularyId, labelId, modelId, weightHash, preprocessing }: Identity): string {
  return JSON.stringify([vocabularyId, labelId, modelId, weightHash, preprocessing]);
}

const KEY = z.tuple([
  z.string().min(1).max(200),
  z.string().min(1).max(200),
  z.string().max(200),
  z.string().max(200),
  z.number(),
]);

function identityOf(key: string): Identity | null {
  const parsed = KEY.safeParse(jsonOrNull(key));
  if (!parsed.success) return null;
  const [vocabularyId, labelId, modelId, weightHash, preprocessing] = parsed.data;
  return { vocabularyId, labelId, modelId, weightHash, preprocessing };
}

function markOf({ learntMs, accepted, rejected, after }: SharedHead): string {
  return `${learntMs} ${accepted} ${rejected} ${after ?? ''}`;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

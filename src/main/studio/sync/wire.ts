/**
 * Rows of the server that become part of the catalogue: checked here, since whoever may write to the server may write
 * anything. A row that makes no sense is left out.
 */
import { z } from 'zod';
import type { SharedSound, SharedTags, SharedWindows } from '../../catalogue/stores/studio/shared-sounds.ts';
import { WRITE_FIELDS } from '../../../shared/calls/write.ts';
import { AUDIO_FORMATS } from '../../../shared/types.ts';

const LONGEST_TEXT = 100_000;
const text = z.string().max(LONGEST_TEXT);
/** PostgreSQL's bigint comes as digits. */
const bigintMs = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const figure = z.union([z.number(), text, z.null()]);

const kinds = z.record(
  z.string(),
  z.record(z.string(), figure).and(z.object({ v: z.number().int().min(1).max(1_000_000) })),
);

export const sound = z.object({
  contentId: z.string().min(1).max(200),
  format: z.enum(AUDIO_FORMATS),
  codec: text.nullable(),
  durationSeconds: z.number().min(0).max(1e9),
  sampleRate: z.number().int().min(1),
  channels: z.number().int().min(1),
  bitDepth: z.number().int().nullable(),
  warnings: z.array(z.object({ code: text, message: text })),
  kinds,
}) as unknown as z.ZodType<SharedSound>;

export const soundKinds = z.object({ contentId: z.string().min(1).max(200), kinds });

export const tags: z.ZodType<SharedTags> = z.object({
  v: z.number().int().min(0).max(1_000_000),
  fields: z.array(z.tuple([text, text, text])).max(10_000),
});

export const windows: z.ZodType<SharedWindows> = z.object({
  places: z.array(z.number().min(0)).max(1_000_000),
  embeddings: z.instanceof(Buffer),
});

const said = {
  contentId: z.string().min(1).max(200),
  author: z.string().max(200),
  atMs: bigintMs,
};

export const decision = z.object({
  ...said,
  vocabularyId: z.string().min(1).max(200),
  labelId: z.string().min(1).max(200),
  name: z.string().min(1).max(500),
  accepted: z.boolean().nullable(),
  bulk: z.boolean(),
  probability: z.number().min(0).max(1).nullable(),
});

export const mark = z.object({ ...said, kind: z.enum(['stars', 'favourite']), value: z.number().int().min(0).max(5) });

/** With at least one letter or digit, as a name here has to have. */
export const collection = z.object({
  id: z.string(),
  name: z
    .string()
    .max(500)
    .regex(/[\p{L}\p{N}]/u),
  removed: z.boolean(),
  unshared: z.boolean(),
  atMs: bigintMs,
});

const fieldChange = z.object({
  field: z.enum([...WRITE_FIELDS, 'provenance', 'takenOver', 'marker']),
  nativeId: text,
  before: text.nullable(),
  after: text.nullable(),
  mode: z.enum(['fill', 'append', 'replace']),
  note: text,
});

function asJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

export const document = z.object({
  kind: z.enum(['search', 'vocabulary', 'head']),
  key: z.string().min(1).max(600),
  state: z.enum(['shared', 'removed', 'unshared']),
  content: z
    .string()
    .max(16 * 2 ** 20)
    .nullable(),
  author: z.string().max(200),
  atMs: bigintMs,
});

const hash = z.string().regex(/^[0-9a-f]{64}$/);
export const written = z.object({
  runId: z.string().max(100),
  number: bigintMs,
  profileId: z.string().max(200),
  startedMs: bigintMs,
  writer: z.string().max(200),
  author: z.string().max(200),
  atMs: bigintMs,
  shareId: z.number().int(),
  path: z.string().max(2400),
  state: z.enum(['written', 'undone', 'not-restored']),
  beforeHash: hash,
  afterHash: hash,
  beforeSize: bigintMs,
  afterSize: bigintMs,
  beforeMtimeMs: z.number(),
  beforeMtimeNs: z.string().max(30).nullable(),
  changes: z.string().max(2 ** 20).transform(asJson).pipe(z.array(fieldChange)).transform((changes) => JSON.stringify(changes)), // prettier-ignore
});

export const item = z.object({ ...said, held: z.boolean(), collection });

/** @returns null for what makes no sense */
export function valid<T>(schema: z.ZodType<T>, row: unknown): T | null {
  const parsed = schema.safeParse(row);
  return parsed.success ? parsed.data : null;
}

export const SOUND_COLUMNS = `sound.content_id AS "contentId", format, codec, duration_s AS "durationSeconds",
  sample_rate AS "sampleRate", channels, bit_depth AS "bitDepth", warnings, kinds`;

/** A model pack: a folder with `model.json`, the ONNX graphs and the tokenizer it names. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { UserError } from '../../shared/errors.ts';
import { notedHash } from './verified-files.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { wrongShape } from '../text/wrong-shape.ts';

/** Golden values included; real ones have some kilobytes. */
const MAX_DESCRIPTION_BYTES = 16 * 2 ** 20;

/** A name below the pack's folder, never a way out of it; '/' on every platform, as in the description. */
const packFile = z
  .string()
  .min(1)
  .max(255)
  .refine(staysInside, { error: 'must be a relative path that stays inside the pack folder' });

/** The same network with other weights: passed a comparison with the published ones, and runs better on this hardware. */
const variants = z
  .array(z.object({ precision: z.enum(['float16', 'int8']), for: z.enum(['cpu', 'gpu']), file: packFile }))
  .default([]);

const sigmoid = z.object({ slope: z.number(), intercept: z.number() });

/** model.json. Unknown fields are accepted: a newer pack may say more than this version understands. */
const DESCRIPTION = z.object({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must consist of letters, digits, ".", "_" or "-"'),
  name: z.string().min(1),
  version: z.number().int().positive(),
  license: z.string().min(1),
  citation: z.string().default(''),
  dim: z.number().int().min(1).max(8192), // length of every embedding
  audio: z
    .object({
      file: packFile,
      sampleRate: z.number().int().min(8000).max(192_000), // Hz
      windowSeconds: z.number().positive().max(60),
      hopSeconds: z.number().positive().max(60),
      // Filled up with itself again and again; the same as often as it fits whole, then silence; with silence.
      shortClip: z.enum(['repeat', 'repeat-pad', 'pad']),
      // Two further outputs a graph may have. `frames` float32[N, T, dim]: raw embeddings of the T steps of a window, the
      // first beginning with it, comparable with texts as the window's own. `classes` float32[N, C]: logits of C classes,
      // whose [identifier, name] the JSON file lists in their order.
      frames: z.object({ stepSeconds: z.number().positive().max(60) }).optional(),
      classes: z.object({ file: packFile }).optional(),
      variants,
    })
    .refine(({ hopSeconds, windowSeconds }) => hopSeconds <= windowSeconds, {
      error: 'hopSeconds must not exceed windowSeconds: audio between the windows would be skipped',
    }),
  text: z.object({
    file: packFile,
    variants,
    tokenizer: z.discriminatedUnion('type', [
      z.object({
        type: z.literal('tokenizer.json'),
        file: packFile,
        maxLength: z.number().int().min(1).max(4096),
        padId: z.number().int().nonnegative(),
      }),
      z.object({
        type: z.literal('gpt2-bpe'),
        maxLength: z.number().int().min(1).max(4096),
        padId: z.number().int().nonnegative().default(0),
      }),
    ]),
    // A JSON file with words that the encoder has learnt although its tokenizer takes them apart as it does random letters
    // (../search/known-words.ts): those of other languages than the one that most of its texts are in.
    words: packFile.optional(),
  }),
  logitScale: z.number().positive(),
  promptTemplate: z.string().includes('{label}').default('{label}'),
  relevance: z.object({ text: sigmoid, audio: sigmoid }).optional(),
  // First values of raw embeddings: of the texts, and of the two-tone test sound (self-check.ts).
  selfCheck: z
    .object({
      texts: z.array(z.string().min(1)).min(1).max(64),
      textEmbeddings: z.array(z.array(z.number()).min(1)),
      audioEmbedding: z.array(z.number()).min(1),
      tolerance: z.number().positive(), // largest absolute difference
    })
    .refine(({ texts, textEmbeddings }) => texts.length === textEmbeddings.length, {
      error: 'texts and textEmbeddings must have the same length',
    })
    .optional(),
  // How high labels of vocabularies score on sounds in general (../tag/background.ts).
  background: packFile.optional(),
  preprocessingVersion: z.number().int().nonnegative().default(1),
  sha256: z.record(
    packFile,
    z
      .string()
      .toLowerCase()
      .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
  ),
});

/** The content of model.json, checked, defaults filled in, hashes in lower case. */
type PackDescription = z.infer<typeof DESCRIPTION>;
/** p(relevant | cosine) = 1 / (1 + exp(−(slope · cosine + intercept))) */
export type RelevanceCurve = z.infer<typeof sigmoid>;

/**
 * A validated pack: the fields of its model.json, whose meaning DESCRIPTION above and the packs' documentation give,
 * and where its files are. Plain data: it is sent to the inference process as it is.
 */
export interface ModelPack extends Omit<PackDescription, 'audio' | 'text' | 'relevance' | 'background' | 'selfCheck'> {
  /** Absolute. */
  folder: string;
  audio: Omit<PackDescription['audio'], 'variants'> & {
    /** Absolute path of the graph: waveform float32[N, windowSamples] → embedding float32[N, dim], raw. */
    path: string;
    /** round(sampleRate · windowSeconds) */
    windowSamples: number;
    variants: PackVariant[];
  };
  text: Omit<PackDescription['text'], 'variants'> & {
    variants: PackVariant[];
    /** Absolute path of the graph: input_ids, attention_mask int64[N, T] → embedding float32[N, dim], raw. */
    path: string;
    /** Absolute; null when the tokenizer is not a file of the pack. */
    tokenizerPath: string | null;
    /** Absolute; null for a pack that lists no words. */
    wordsPath: string | null;
  };
  /** null for a pack without calibration. */
  relevance: { text: RelevanceCurve; audio: RelevanceCurve } | null;
  /** Absolute path; null for a pack without background statistics. */
  backgroundPath: string | null;
  /** Golden values; null for a pack that brings none. */
  selfCheck: NonNullable<PackDescription['selfCheck']> | null;
  /** Of all files the description names, and of the description. */
  bytes: number;
}

/** A graph with the inputs and the output of the one it stands for. */
export type PackVariant = z.infer<typeof variants>[number] & {
  /** Absolute. */
  path: string;
};

/** Which embeddings may be compared with each other: those whose space is the same in all four. */
export interface EmbeddingSpace {
  modelId: string;
  /** SHA-256 (hex) over the hashes of the graph and tokenizer files. */
  weightHash: string;
  preprocessing: number;
  dim: number;
}

/**
 * Reads and validates a pack: the description, and size and SHA-256 of every file it names.
 * @param folder the pack's folder, absolute or relative to the working directory
 * @throws UserError 'model-missing' when there is no pack, 'model-damaged' when files and description disagree
 */
export async function loadPack(folder: string): Promise<ModelPack> {
  const at = resolve(folder);
  const { description, descriptionBytes } = await readDescription(at);
  const { audio, text, sha256 } = description;
  const tokenizer = text.tokenizer;
  const used = [
    ...filesOfSpace(description),
    ...(description.background === undefined ? [] : [description.background]),
    ...(audio.classes === undefined ? [] : [audio.classes.file]),
    ...(text.words === undefined ? [] : [text.words]),
    ...[...audio.variants, ...text.variants].map(({ file }) => file),
  ];
  const located = (all: PackDescription['audio']['variants']) =>
    all.map((one) => ({ ...one, path: join(at, one.file) }));
  const unhashed = used.filter((name) => !Object.hasOwn(sha256, name));
  if (unhashed.length > 0) throw damaged(at, `its model.json has no SHA-256 for ${unhashed.join(', ')}`);
  let bytes = descriptionBytes;
  for (const [name, hash] of Object.entries(sha256)) bytes += await checkFile(at, name, hash);
  return {
    ...description,
    folder: at,
    audio: {
      ...audio,
      path: join(at, audio.file),
      windowSamples: Math.round(audio.sampleRate * audio.windowSeconds),
      variants: located(audio.variants),
    },
    text: {
      ...text,
      path: join(at, text.file),
      variants: located(text.variants),
      tokenizerPath: tokenizer.type === 'tokenizer.json' ? join(at, tokenizer.file) : null,
      wordsPath: text.words === undefined ? null : join(at, text.words),
    },
    relevance: description.relevance ?? null,
    backgroundPath: description.background === undefined ? null : join(at, description.background),
    selfCheck: description.selfCheck ?? null,
    bytes,
  };
}

/** The identity under which embeddings are stored. Independent of where the pack lies. */
export function spaceOf(pack: ModelPack): EmbeddingSpace {
  const lines = filesOfSpace(pack).map((name) => `${name}:${pack.sha256[name]!}`);
  return {
    modelId: pack.id,
    weightHash: createHash('sha256').update(lines.sort().join('\n')).digest('hex'),
    preprocessing: pack.preprocessingVersion,
    dim: pack.dim,
  };
}

/**
 * What decides the embeddings. Calibration may be improved without analysing everything again; a variant is offered
 * only because what it gives can stand beside what the published weights give.
 */
function filesOfSpace({ audio, text }: Pick<PackDescription, 'audio' | 'text'>): string[] {
  return [audio.file, text.file, ...(text.tokenizer.type === 'tokenizer.json' ? [text.tokenizer.file] : [])];
}

async function readDescription(folder: string): Promise<{ description: PackDescription; descriptionBytes: number }> {
  let json: string;
  try {
    json = (await readRegularFile(join(folder, 'model.json'), MAX_DESCRIPTION_BYTES)).toString('utf8');
  } catch (error) {
    if (isMissing(error)) {
      throw new UserError(
        'model-missing',
        `No model pack in “${folder}”: model.json is missing. Choose another model, or copy the pack again.`,
        error,
      );
    }
    throw damaged(folder, 'its model.json cannot be read', error);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw damaged(folder, 'its model.json is not valid JSON', error);
  }
  const result = DESCRIPTION.safeParse(parsed);
  if (!result.success) {
    throw damaged(folder, `in its model.json, ${wrongShape(result.error)}`, result.error);
  }
  return { description: result.data, descriptionBytes: Buffer.byteLength(json) };
}

/** What was hashed before in this process, and what the file looked like then. */
const hashesSeen = new Map<string, { size: number; mtimeMs: number; hash: string }>();

/** @returns the file's size in bytes */
async function checkFile(folder: string, name: string, expected: string): Promise<number> {
  const path = join(folder, name);
  let found;
  try {
    found = await stat(path);
  } catch (error) {
    if (isMissing(error)) throw damaged(folder, `its file “${name}” is missing`, error);
    throw damaged(folder, `its file “${name}” cannot be read`, error);
  }
  if (!found.isFile() || found.size === 0) throw damaged(folder, `its file “${name}” is empty or not a file`);
  const seen = hashesSeen.get(path);
  const sameAsSeen = seen?.size === found.size && seen.mtimeMs === found.mtimeMs;
  let hash = sameAsSeen ? seen.hash : await notedHash(path, found);
  if (hash === null) {
    const sha256 = createHash('sha256');
    try {
      await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), sha256);
    } catch (error) {
      throw damaged(folder, `its file “${name}” cannot be read`, error);
    }
    hash = sha256.digest('hex');
    hashesSeen.set(path, { size: found.size, mtimeMs: found.mtimeMs, hash });
  }
  if (hash !== expected) throw damaged(folder, `its file “${name}” does not match its published SHA-256`);
  return found.size;
}

function damaged(folder: string, what: string, cause?: unknown): UserError {
  return new UserError(
    'model-damaged',
    `The model pack in “${folder}” cannot be used: ${what}. Reinstall the pack.`,
    cause,
  );
}

function staysInside(name: string): boolean {
  // Backslashes and drive letters would mean something else on Windows than here: refused everywhere.
  if (name.includes('\\') || name.includes('\0') || name.includes(':') || name.startsWith('/')) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

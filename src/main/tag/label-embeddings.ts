/** Labels as directions in embedding space, kept in the data folder so that texts are read once. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { meanDirection } from '../vectors/normalise.ts';
import type { ModelPack } from '../packs/pack.ts';
import { queryTexts } from '../packs/prompt.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Texts sent to the encoder at a time: between two, others get their turn. */
const TEXTS_AT_ONCE = 64;

export interface LabelEncoder {
  dataFolder: string;
  spaceId: number;
  pack: Pick<ModelPack, 'promptTemplate' | 'dim'>;
  /** @returns embeddings of L2 norm 1, one a text */
  embedTexts: (texts: string[]) => Promise<Float32Array[]>;
  signal?: AbortSignal;
}

/**
 * Each label is the mean direction of its prompts, each as it is and in the pack's template, as training/background.py
 * has it. Kept by what decides it: a label that did not change is not read again.
 * @returns Float32Array[labels · dim], rows of norm 1 in the order of the vocabulary
 * @throws what the text encoder throws; UserError bad-input when the prompts of a label cancel out; signal.reason
 */
export async function labelEmbeddings(vocabulary: Vocabulary, encoder: LabelEncoder): Promise<Float32Array> {
  const { dim } = encoder.pack;
  const texts = vocabulary.labels.map(({ prompts }) => prompts.flatMap((prompt) => queryTexts(prompt, encoder.pack)));
  const path = cachePath(encoder, vocabulary.id);
  const keys = texts.map((ofLabel) => keyOf(ofLabel));
  const known = await readCache(path, dim);
  const missing = [...new Set(texts.flatMap((ofLabel, at) => (known.has(keys[at]!) ? [] : ofLabel)))];
  const read = new Map<string, Float32Array>();
  for (let at = 0; at < missing.length; at += TEXTS_AT_ONCE) {
    encoder.signal?.throwIfAborted();
    const part = missing.slice(at, at + TEXTS_AT_ONCE);
    const embeddings = await encoder.embedTexts(part);
    for (const [i, text] of part.entries()) read.set(text, embeddings[i]!);
  }
  const all = new Float32Array(vocabulary.labels.length * dim);
  for (const [at, { name }] of vocabulary.labels.entries()) {
    const direction = known.get(keys[at]!) ?? meanDirection(texts[at]!.map((text) => read.get(text)!));
    if (!direction)
      throw new UserError('bad-input', `The prompts of “${name}” cancel each other out. Use other prompts.`);
    all.set(direction, at * dim);
  }
  if (missing.length > 0) await writeCache(path, keys, all, dim);
  return all;
}

const KEY_BYTES = 16;

function keyOf(texts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(texts.toSorted()))
    .digest('hex')
    .slice(0, 2 * KEY_BYTES);
}

function cachePath({ dataFolder, spaceId }: LabelEncoder, vocabularyId: string): string {
  return join(dataFolder, 'tags', `labels-${String(spaceId)}-${vocabularyId}.bin`);
}

/** Records of key and float32le[dim]. A file that is not whole records, or not there, is an empty cache. */
async function readCache(path: string, dim: number): Promise<Map<string, Float32Array>> {
  const known = new Map<string, Float32Array>();
  const record = KEY_BYTES + 4 * dim;
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return known;
    throw new UserError('no-permission', `The label cache “${path}” cannot be read. Check its permissions.`, error); // prettier-ignore
  }
  if (bytes.length % record !== 0) return known;
  for (let at = 0; at < bytes.length; at += record) {
    const values = new Float32Array(new Uint8Array(bytes.subarray(at + KEY_BYTES, at + record)).buffer);
    // Anything but a unit vector was damaged on the disk: read again rather than trusted.
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    if (Math.abs(squares - 1) < 0.01) known.set(bytes.toString('hex', at, at + KEY_BYTES), values);
  }
  return known;
}

async function writeCache(path: string, keys: readonly string[], all: Float32Array, dim: number): Promise<void> {
  const parts = keys.flatMap((key, at) => [
    Buffer.from(key, 'hex'),
    Buffer.from(all.buffer, all.byteOffset + 4 * at * dim, 4 * dim),
  ]);
  await mkdir(join(path, '..'), { recursive: true });
  const temporary = `${path}.${String(process.pid)}`;
  await writeFile(temporary, Buffer.concat(parts));
  await rename(temporary, path);
}

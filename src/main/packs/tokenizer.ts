/** Text → token ids, as the pack's text encoder was trained with. */
import * as tokenizers from '@huggingface/tokenizers';
import { UserError } from '../../shared/errors.ts';
import type { ModelPack } from './pack.ts';
import { readRegularFile } from '../files/regular-file.ts';

/** Those of a quarter of a million tokens take 17. */
const MAX_BYTES = 64 * 2 ** 20;

/** @returns token ids, special tokens included, 1 to maxLength of them (none only if the tokenizer gives none) */
export type Tokenize = (text: string) => { ids: number[] };

interface HuggingFaceTokenizer {
  encode(text: string, options?: { add_special_tokens?: boolean }): { ids: number[] };
}
// The library's type declarations import each other without file extensions, which TypeScript does not follow in an
// ES module: its class would count as `any`.
const { Tokenizer } = tokenizers as unknown as {
  Tokenizer: new (tokenizerJson: object, tokenizerConfig: object) => HuggingFaceTokenizer;
};

export interface TokenBatch {
  /** int64[numberOfTexts, numberOfTokens], row by row, padded on the right with padId. */
  inputIds: BigInt64Array;
  /** The same shape: 1 for a token, 0 for padding. */
  attentionMask: BigInt64Array;
  numberOfTexts: number;
  /** Of the longest text; at least 1, for a graph cannot take an empty axis. */
  numberOfTokens: number;
}

/** @throws UserError 'model-damaged' for a tokenizer file that cannot be used */
export async function loadTokenizer(pack: ModelPack): Promise<Tokenize> {
  const { tokenizerPath } = pack.text;
  const { maxLength } = pack.text.tokenizer;
  if (tokenizerPath === null) {
    // Loaded only where it is needed: its table takes half a megabyte of source.
    const { gpt2Tokenizer } = await import('./gpt2-tokenizer.ts');
    return gpt2Tokenizer(maxLength);
  }
  try {
    return await readTokenizer(tokenizerPath, maxLength);
  } catch (error) {
    throw new UserError(
      'model-damaged',
      `The tokenizer of the model pack in “${pack.folder}” cannot be read. Reinstall the pack.`,
      error,
    );
  }
}

/** @param path of a tokenizer.json @param maxLength tokens @throws what the file is not: of the disk, of JSON, of the library */
export async function readTokenizer(path: string, maxLength: number): Promise<Tokenize> {
  const content = JSON.parse((await readRegularFile(path, MAX_BYTES)).toString('utf8')) as object;
  const tokenizer = new Tokenizer(content, {});
  return (text) => ({ ids: truncated(tokenizer, text, maxLength) });
}

/** Several texts as one batch: padded to the longest of them, with the mask that hides the padding. */
export function tokenBatch(rows: { ids: number[] }[], padId: number): TokenBatch {
  const numberOfTokens = rows.reduce((longest, { ids }) => Math.max(longest, ids.length), 1);
  const inputIds = new BigInt64Array(rows.length * numberOfTokens).fill(BigInt(padId));
  const attentionMask = new BigInt64Array(rows.length * numberOfTokens);
  for (const [row, { ids }] of rows.entries()) {
    for (const [column, id] of ids.entries()) {
      inputIds[row * numberOfTokens + column] = BigInt(id);
      attentionMask[row * numberOfTokens + column] = 1n;
    }
  }
  return { inputIds, attentionMask, numberOfTexts: rows.length, numberOfTokens };
}

/**
 * The library does not truncate. A long text loses its last words, not the special tokens around them: an encoder
 * that pools at its closing token must still find it.
 */
function truncated(tokenizer: HuggingFaceTokenizer, text: string, maxLength: number): number[] {
  const { ids } = tokenizer.encode(text);
  if (ids.length <= maxLength) return ids;
  const words = tokenizer.encode(text, { add_special_tokens: false }).ids;
  const before = Math.max(
    0,
    ids.findIndex((_, at) => words.every((id, i) => ids[at + i] === id)),
  );
  const closing = ids.slice(before + words.length);
  return [...ids.slice(0, maxLength - closing.length), ...closing];
}

/** Texts to embeddings: class names inside prompts, captions as they are, ensembles of both. */
import { meanDirection } from '../vectors/normalise.ts';
import type { EncoderSupervisor } from '../embed/supervisor.ts';
import type { EvalProgress } from '../../shared/eval-report.ts';
import { UserError } from '../../shared/errors.ts';
import type { EmbeddingCache } from './embedding-cache.ts';

/** Kept in one transaction, and the step of the progress shown. */
const TEXTS_AT_ONCE = 64;
const PLACE = '{label}';

/**
 * @param given by the user; each must have a place for the label
 * @param packTemplate of the model pack
 * @param alone what texts go through when nothing is given: class names also alone, captions only alone
 * @returns the ways of prompting to report, each one or more templates whose embeddings are averaged
 * @throws UserError bad-input for a prompt without a place for the label
 */
export function promptVariants(given: string[], packTemplate: string, alone: 'also' | 'only'): string[][] {
  const placeless = given.find((prompt) => !prompt.includes(PLACE));
  if (placeless !== undefined) {
    throw new UserError('bad-input', `The prompt “${placeless}” has no placeholder for the class. Add ${PLACE}.`);
  }
  if (given.length > 0) return [given];
  if (alone === 'only' || packTemplate === PLACE) return [[PLACE]];
  return [[packTemplate], [PLACE]];
}

/** A function replaces, so that "$&" in a label stays "$&". */
function fillIn(template: string, label: string): string {
  return template.replaceAll(PLACE, () => label);
}

export interface TextReader {
  cache: EmbeddingCache;
  /** Started only when a text is not in the cache. */
  supervisor: () => Promise<EncoderSupervisor>;
  signal: AbortSignal;
  report: (progress: EvalProgress) => void;
}

/**
 * Each label through all templates; the embedding is the normalised mean of the normalised embeddings, as for the
 * prompt ensembles of CLIP (Radford et al. 2021, section 3.1.4).
 * @param templates at least one
 * @returns Float32Array[dim] of norm 1 each, in the order of the labels
 * @throws UserError what the text encoder throws, and bad-input when the prompts of a label cancel out; signal.reason
 */
export async function embedLabels(
  labels: readonly string[],
  templates: readonly string[],
  reader: TextReader,
): Promise<Float32Array[]> {
  const texts = labels.flatMap((label) => templates.map((template) => fillIn(template, label)));
  const known = await embedTexts([...new Set(texts)], reader);
  return labels.map((label) => {
    const direction = meanDirection(templates.map((template) => known.get(fillIn(template, label))!));
    if (direction) return direction;
    throw new UserError('bad-input', `The prompts for “${label}” cancel each other out. Use other prompts.`);
  });
}

async function embedTexts(texts: string[], reader: TextReader): Promise<Map<string, Float32Array>> {
  const { cache, supervisor, signal, report } = reader;
  const known = new Map<string, Float32Array>();
  const unknown: string[] = [];
  for (const text of texts) {
    const embedding = cache.text(text);
    if (embedding) known.set(text, embedding);
    else unknown.push(text);
  }
  for (let at = 0; at < unknown.length; at += TEXTS_AT_ONCE) {
    const part = unknown.slice(at, at + TEXTS_AT_ONCE);
    const { encoder } = await (await supervisor()).running();
    const embeddings = await encoder.embedTexts(part, { signal });
    const entries = part.map((text, i) => ({ text, embedding: embeddings[i]! }));
    cache.putTexts(entries);
    for (const { text, embedding } of entries) known.set(text, embedding);
    report({ stage: 'reading', done: known.size, total: texts.length, failed: 0, realTimeFactor: null, etaSeconds: null, currentPath: null }); // prettier-ignore
  }
  return known;
}

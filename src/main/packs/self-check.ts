/** Does this pack give, on this machine, the numbers that its maker measured? Run after an install and by the doctor. */
import { cosineSimilarity, normalised } from '../vectors/normalise.ts';
import type { ModelPack } from './pack.ts';
import { loadTokenizer } from './tokenizer.ts';

/** The part of the encoder that the check needs; embeddings are raw. */
export interface CheckedEncoder {
  embedTexts(texts: string[], options: { raw: true }): Promise<Float32Array[]>;
  embedWindows(windows: Float32Array[], options: { raw: true }): Promise<Float32Array[]>;
}

export type SelfCheckResult = { ok: true; message: string } | { ok: false; message: string };

/** Texts of a pack that brings none of its own: different enough for any encoder to distinguish. */
const UNLIKE_TEXTS = ['a dog barks', 'heavy rain falls', 'someone plays an acoustic guitar', 'an explosion'];
/** Above this, "different" texts are the same point for every practical purpose. */
const SAME_COSINE = 0.9999;

/**
 * @returns ok with what was compared, or the sentence that says what is wrong
 * @throws what the encoder throws when it cannot run at all
 */
export async function selfCheck(pack: ModelPack, encoder: CheckedEncoder): Promise<SelfCheckResult> {
  const { name, dim, selfCheck: golden } = pack;
  const texts = golden?.texts ?? UNLIKE_TEXTS;
  const textEmbeddings = await encoder.embedTexts(texts, { raw: true });
  const [audioEmbedding] = await encoder.embedWindows([twoTones(pack.audio)], { raw: true });
  const all = [audioEmbedding!, ...textEmbeddings];
  const problem =
    all.map((embedding) => unusable(embedding, dim)).find((message) => message !== null) ??
    (await sameTexts(texts, textEmbeddings, pack)) ??
    (golden && offGolden(golden.audioEmbedding, audioEmbedding!, golden.tolerance, 'the test sound')) ??
    (golden &&
      golden.texts
        .map((text, i) => offGolden(golden.textEmbeddings[i]!, textEmbeddings[i]!, golden.tolerance, `“${text}”`))
        .find((message) => message !== null)) ??
    null;
  if (problem !== null) {
    return {
      ok: false,
      message: `The model “${name}” does not work correctly on this machine: ${problem}. Reinstall the pack, or choose another model.`,
    };
  }
  return {
    ok: true,
    message: golden
      ? `“${name}” reproduces the published embeddings of a test sound and ${texts.length} texts`
      : `“${name}” returns finite values and distinguishes ${texts.length} texts (the pack has no published values)`,
  };
}

/**
 * The sound for which packs state their golden values: 0.5·sin(2π·440·t) + 0.25·sin(2π·1760·t), one window long.
 * @returns Float32Array[windowSamples]; the sine is taken in float64
 */
export function twoTones({ sampleRate, windowSamples }: { sampleRate: number; windowSamples: number }): Float32Array {
  return Float32Array.from({ length: windowSamples }, (_, n) => {
    const low = 0.5 * Math.sin((2 * Math.PI * 440 * n) / sampleRate);
    return low + 0.25 * Math.sin((2 * Math.PI * 1760 * n) / sampleRate);
  });
}

function unusable(embedding: Float32Array, dim: number): string | null {
  if (embedding.length !== dim) return `its embeddings have ${embedding.length} values instead of ${dim}`;
  if (normalised(embedding) === null) return 'its embeddings are zero or not numbers';
  return null;
}

/**
 * Texts that a pack names must all be distinguished. Of the built-in ones it is enough that some are: a small vocabulary
 * knows few words, and to it texts of as many unknown words are one and the same.
 */
async function sameTexts(texts: string[], embeddings: Float32Array[], pack: ModelPack): Promise<string | null> {
  const all = texts.flatMap((one, a) => texts.slice(a + 1).map((other, i) => ({ one, other, a, b: a + 1 + i })));
  const unlike = all.filter(({ one, other }) => one !== other);
  const same = unlike.filter(({ a, b }) => cosineSimilarity(embeddings[a]!, embeddings[b]!) > SAME_COSINE);
  let told = same[0];
  if (!pack.selfCheck) {
    if (same.length < unlike.length) return null;
    const tokenize = await loadTokenizer(pack);
    told = same.find(({ one, other }) => tokenize(one).ids.join() !== tokenize(other).ids.join());
  }
  return told ? `it does not distinguish “${told.one}” from “${told.other}”` : null;
}

function offGolden(expected: number[], embedding: Float32Array, tolerance: number, what: string): string | null {
  const difference = expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - embedding[i]!)), 0);
  if (difference <= tolerance) return null;
  return `the embedding of ${what} differs from the published values by ${difference.toPrecision(2)} (allowed: ${tolerance})`;
}

/** The embeddings that stand for a query. All are Float32Array[dim] of L2 norm 1. */
import { cosineSimilarity, meanDirection } from '../vectors/normalise.ts';
import type { ReferenceWindows } from './reference-windows.ts';
import type { EncodeTexts } from './window-search.ts';

/** Up to here the windows of a query sound are one thing and their mean stands for it. */
const MEAN_UP_TO = 3;
/** A longer sound may hold several things: at most this many windows represent it. */
const MAX_REPRESENTATIVES = 8;

/**
 * What stands for a sound given as query. Up to three windows: their mean. More: up to eight of its windows that
 * differ most from each other, the most typical one first; a hit has to resemble one of them (its score is the
 * highest of their cosines).
 * @param windows of the query sound, L2 norm 1, at least one
 */
export function representatives(windows: readonly Float32Array[]): Float32Array[] {
  const mean = meanDirection([...windows]);
  if (windows.length <= MEAN_UP_TO) return mean ? [mean] : [...windows];
  // Farthest-first traversal: each next window is the one least like those already taken (Gonzalez 1985).
  const centre = mean ?? windows[0]!;
  const taken = [indexOfHighest(windows.map((window) => cosineSimilarity(window, centre)))];
  const nearest = windows.map((window) => cosineSimilarity(window, windows[taken[0]!]!));
  while (taken.length < Math.min(MAX_REPRESENTATIVES, windows.length)) {
    const next = indexOfHighest(nearest.map((cosine) => -cosine));
    taken.push(next);
    windows.forEach((window, at) => {
      nearest[at] = Math.max(nearest[at]!, cosineSimilarity(window, windows[next]!));
    });
  }
  return taken.map((at) => windows[at]!);
}

/** The direction between the sounds to resemble; null for fewer than two, and for those that cancel each other out. */
export function meanOfSeveral({ like }: ReferenceWindows): Float32Array | null {
  if (like.length < 2) return null;
  return meanDirection(like.map((windows) => meanDirection([...windows]) ?? windows[0]!));
}

/**
 * An {@link EncodeTexts} that embeds several wordings of each text and gives their mean direction.
 * @param expand the wordings of one text (packs/prompt.ts `queryTexts`), at least one
 * @param embedTexts one embedding per text in order; called once for everything
 */
export function queryEncoder(expand: (text: string) => string[], embedTexts: EncodeTexts): EncodeTexts {
  return async (texts) => {
    const wordings = texts.map(expand);
    const embeddings = await embedTexts(wordings.flat());
    let at = 0;
    return wordings.map(({ length }) => {
      const own = embeddings.slice(at, (at += length));
      // Wordings that cancel each other out do not happen with a working model; the text as typed then counts.
      return meanDirection(own) ?? own[0]!;
    });
  };
}

/**
 * An {@link EncodeTexts} that remembers the texts asked for last.
 * @param kept how many
 */
export function rememberingEncoder(encode: EncodeTexts, kept: number): EncodeTexts {
  const known = new Map<string, Float32Array>();
  return async (texts) => {
    const missing = [...new Set(texts.filter((text) => !known.has(text)))];
    const answer = new Map(texts.map((text) => [text, known.get(text)]));
    const fresh = missing.length === 0 ? [] : await encode(missing);
    missing.forEach((text, at) => answer.set(text, fresh[at]));
    for (const [text, embedding] of answer) {
      known.delete(text); // put in again at the end: the one asked for last goes last
      known.set(text, embedding!);
    }
    for (const text of known.keys()) {
      if (known.size <= kept) break;
      known.delete(text);
    }
    return texts.map((text) => answer.get(text)!);
  };
}

function indexOfHighest(values: readonly number[]): number {
  return values.reduce((best, value, at) => (value > values[best]! ? at : best), 0);
}

/**
 * What else a sound could be. A vocabulary of three labels would find one of them in everything, if these were all
 * there is to choose from: so labels of the shipped sound-effects vocabulary, which has words for nearly every sound,
 * stand beside them and take their share. Those that mean nearly the same as a label of the vocabulary do not.
 */
import { dot } from '../vectors/float16-dot.ts';
import type { LabelSet } from './scorer.ts';

/** Labels as directions, with their cosines to sounds in general. */
export type Directions = Pick<LabelSet, 'embeddings' | 'centres'>;

/**
 * Cosine between labels, the mean of the reference's labels taken off both, from which on they count as saying the
 * same. Chosen on the dev clips with vocabularies of 3, 10 and 40 of their labels (calibration error 0.13, 0.09, 0.05;
 * without rivals 0.56, 0.38, 0.22).
 */
const SAME_FROM = 0.4;

/**
 * @param own embeddings of the vocabulary, Float32Array[labels · dim]
 * @returns those of the reference that are rivals to all of them
 */
export function rivalsOf(own: Float32Array, reference: Directions, dim: number): Directions {
  const rows = reference.centres.length;
  const mean = new Float32Array(dim);
  for (let at = 0; at < reference.embeddings.length; at++) mean[at % dim]! += reference.embeddings[at]! / rows;
  const mine = split(own, dim).map((row) => direction(row, mean));
  const rivals = split(reference.embeddings, dim).flatMap((row, at) => {
    const away = direction(row, mean);
    return mine.some((label) => dot(label, away, 0) >= SAME_FROM) ? [] : [{ row, centre: reference.centres[at]! }];
  });
  const embeddings = new Float32Array(rivals.length * dim);
  for (const [at, { row }] of rivals.entries()) embeddings.set(row, at * dim);
  return { embeddings, centres: Float32Array.from(rivals, ({ centre }) => centre) };
}

function split(values: Float32Array, dim: number): Float32Array[] {
  return Array.from({ length: values.length / dim }, (_, row) => values.subarray(row * dim, (row + 1) * dim));
}

/** From the mean, of norm 1. */
function direction(row: Float32Array, mean: Float32Array): Float32Array {
  const away = row.map((value, i) => value - mean[i]!);
  const norm = Math.sqrt(dot(away, away, 0)) || 1;
  return away.map((value) => value / norm);
}

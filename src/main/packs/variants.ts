/** The same network with weights of another precision: which one runs where. */
import type { GraphPrecision } from '../../shared/calls/models.ts';
import type { ModelPack } from './pack.ts';

/** What a graph is run by: lower precision that helps one can slow the other down. */
export type Hardware = 'cpu' | 'gpu';
export type { GraphPrecision };

type Graphs = Pick<ModelPack['audio'], 'path' | 'variants'>;

/**
 * @param precision only a variant in this one
 * @returns the variant made for this hardware; the published precision where the pack has none
 */
export function graphFor(
  { path, variants }: Graphs,
  hardware: Hardware,
  precision?: GraphPrecision,
): { path: string; precision: GraphPrecision } {
  const fits = (variant: Graphs['variants'][number]) =>
    variant.for === hardware && (precision === undefined || variant.precision === precision);
  return variants.find(fits) ?? { path, precision: 'float32' };
}

export function hasVariants({ audio, text }: ModelPack): boolean {
  return audio.variants.length > 0 || text.variants.length > 0;
}

/** The pack in the precision in which it was published. */
export function withoutVariants(pack: ModelPack): ModelPack {
  return { ...pack, audio: { ...pack.audio, variants: [] }, text: { ...pack.text, variants: [] } };
}

/** For people: ", 8-bit weights"; nothing for the published precision. */
export function precisionWords(precision: GraphPrecision): string {
  if (precision === 'float32') return '';
  return precision === 'int8' ? ', 8-bit weights' : ', 16-bit weights';
}

/** The same network with weights of another precision: which one runs where. */
import type { ModelPack } from './pack.ts';

/** What a graph is run by: lower precision that helps one can slow the other down. */
export type Hardware = 'cpu' | 'gpu';
export type GraphPrecision = 'float32' | 'float16' | 'int8';

type Graphs = Pick<ModelPack['audio'], 'path' | 'variants'>;

/** @returns the variant made for this hardware; the published precision where the pack has none */
export function graphFor({ path, variants }: Graphs, hardware: Hardware): { path: string; precision: GraphPrecision } {
  return variants.find((variant) => variant.for === hardware) ?? { path, precision: 'float32' };
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

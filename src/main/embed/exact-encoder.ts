/** Embeddings in the precision in which a model was published, for checks: slower than the ones used for searching. */
import { hasVariants, withoutVariants } from '../packs/variants.ts';
import type { ModelPack } from '../packs/pack.ts';
import { EncoderSupervisor } from './supervisor.ts';
import type { EncoderOptions } from './encoder.ts';

/**
 * @param usual used as it is where the pack has one precision only
 * @param work must be done with the supervisor when it returns
 */
export async function withExactEncoder<T>(
  pack: ModelPack,
  usual: EncoderSupervisor,
  options: EncoderOptions,
  work: (supervisor: EncoderSupervisor) => Promise<T>,
): Promise<T> {
  if (!hasVariants(pack)) return work(usual);
  const supervisor = new EncoderSupervisor(withoutVariants(pack), options, () => {});
  try {
    return await work(supervisor);
  } finally {
    await supervisor.close();
  }
}

/** How a checkpoint of transformers keeps an attention layer, in both encoders. */
import type { CheckpointTensors } from '../../checkpoint/tensors.ts';
import type { AttentionWeights } from '../../networks/attention-weights.ts';
import { readLinear } from '../../networks/weights.ts';

/** @param key of the layer @returns [width, width] each, with bias */
export async function readAttention(tensors: CheckpointTensors, key: string, width: number): Promise<AttentionWeights> {
  const read = (name: string) => readLinear(tensors, `${key}.${name}`, width, width, { bias: true });
  return {
    q: await read('self.query'),
    k: await read('self.key'),
    v: await read('self.value'),
    proj: await read('output.dense'),
  };
}

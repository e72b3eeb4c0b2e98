/** What it takes to turn files into embeddings, held by the engine for as long as the work lasts. */
import type { DecoderPool } from '../decode/decoder-pool.ts';
import type { EmbeddingTarget } from './embed-files.ts';
import type { EncoderSupervisor } from './supervisor.ts';

/** `Model`: what the work asks of the model, such as its pack, space, index or search. */
export interface EncodersInUse<Model> {
  model: Model;
  pool: DecoderPool;
  supervisor: EncoderSupervisor;
  target: EmbeddingTarget;
}

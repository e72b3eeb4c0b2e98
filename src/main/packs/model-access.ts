/** How a service of the engine reaches the model in use, which is loaded when it is first needed. */
import type { ModelPack } from './pack.ts';

export interface ModelAccess {
  /** Pack id, folder name or folder of the model in use, found or not. */
  readonly wantedModel: string;
  /** Pack id of the model that the library moves to; null when it does not. */
  readonly nextModel: string | null;
  /** @throws UserError model-missing, model-damaged */
  pack(): Promise<ModelPack>;
  /** Of the model in use, in the catalogue. @throws UserError as {@link pack} */
  spaceId(): Promise<number>;
}

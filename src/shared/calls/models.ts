/** The model packs: which one is in use, whether it works here, and how fast. */
import type { ModelStatus } from '../types.ts';

export interface ModelCheck {
  id: string;
  /** Execution provider in use, in plain words: "CPU, 4 threads", "NVIDIA GPU (CUDA)"; '' when the model does not run. */
  provider: string;
  /** null: passed. Else the sentence that says what is wrong. */
  problem: string | null;
  /** Audio seconds listened to a second on this machine, decoding left out; null when the check failed. */
  realTimeFactor: number | null;
  /** Milliseconds for one text query; null when the check failed. */
  textMs: number | null;
}

export interface ModelCalls {
  /** Runs the pack's self-check and measures its speed; some seconds. @throws UserError model-missing */
  'model.check': { input: { id: string }; output: ModelCheck };
  /**
   * Copies a pack folder into the data folder after its hashes are checked; one that is there already stays as it is.
   * @throws UserError model-missing (no pack in the folder), model-damaged, bad-input (its id belongs to another pack)
   */
  'model.install': { input: { folder: string }; output: ModelStatus };
}

/** Facts of files with their sources: kind, tempo, key, root note, and what was measured. */
import type { Fact, FactName, MeasuredName } from '../facts.ts';

export interface FileFacts {
  /** Absolute. */
  path: string;
  /** null where nothing is known. */
  facts: Record<FactName | MeasuredName, Fact | null>;
}

export interface FactCalls {
  /**
   * Of files in the catalogue or not; what is not known of them is analysed now, and not kept.
   * @throws nothing for a file that cannot be analysed: it is in `failed`
   */
  'fact.of': {
    input: { paths: string[] };
    output: { items: FileFacts[]; failed: { path: string; code: string; message: string }[] };
  };
  /**
   * The user corrects a fact; that is kept, whatever is found or read later.
   * @param value as it is typed; 'none': it has none; null: the correction is taken back
   * @throws UserError bad-input for a value that is not understood
   */
  'fact.set': { input: { fileIds: number[]; fact: FactName; value: string | null }; output: null };
}

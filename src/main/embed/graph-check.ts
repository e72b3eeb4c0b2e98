/** Does a loaded graph have the inputs and the output that every pack promises? */
import { UserError } from '../../shared/errors.ts';
import type { InferenceSession } from 'onnxruntime-node';

export const AUDIO_INPUTS = ['waveform'] as const;
export const TEXT_INPUTS = ['input_ids', 'attention_mask'] as const;
export const OUTPUT = 'embedding';
/** What an audio graph is asked for: one embedding a window, or one a step of it where the pack has `frames`. */
export type AudioOutput = typeof OUTPUT | 'frames';

/**
 * @param inputs names of the tensors that will be fed
 * @param dim length of an embedding by the pack's description
 * @throws UserError 'model-damaged' when a name is missing or the embedding has another length
 */
export function checkGraph(session: InferenceSession, path: string, inputs: readonly string[], dim: number): void {
  const missing = inputs.filter((name) => !session.inputNames.includes(name));
  // A text encoder that needs no mask has none; every other extra input could not be fed.
  const optional = new Set<string>(['attention_mask']);
  const required = missing.filter((name) => !optional.has(name));
  const unknown = session.inputNames.filter((name) => !inputs.includes(name));
  if (required.length > 0 || unknown.length > 0 || !session.outputNames.includes(OUTPUT)) {
    const has = `${session.inputNames.join(', ')} → ${session.outputNames.join(', ')}`;
    throw wrongGraph(path, `it has ${has} instead of ${inputs.join(', ')} → ${OUTPUT}`);
  }
  const output = session.outputMetadata.find(({ name }) => name === OUTPUT);
  const length = output?.isTensor ? output.shape.at(-1) : undefined;
  if (typeof length === 'number' && length !== dim) {
    throw wrongGraph(path, `its embeddings have ${length} values, model.json says ${dim}`);
  }
}

/**
 * One row a window or text.
 * @param data float32[rows, dim] or float32[rows, T, dim] as the session gave it
 * @param dim values of a row
 * @returns rows copies, each with its own buffer
 * @throws UserError 'model-damaged' when the size is another one
 */
export function splitRows(data: unknown, rows: number, dim: number, path: string): Float32Array[] {
  if (!(data instanceof Float32Array) || data.length !== rows * dim) {
    const found = data instanceof Float32Array ? `${data.length} values` : 'no float32 values';
    throw wrongGraph(path, `it gave ${found} for ${rows} × ${dim}`);
  }
  return Array.from({ length: rows }, (_, row) => data.slice(row * dim, (row + 1) * dim));
}

function wrongGraph(path: string, what: string): UserError {
  return new UserError(
    'model-damaged',
    `The model file “${path}” does not match its description: ${what}. Reinstall the pack.`,
  );
}

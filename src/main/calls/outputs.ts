/** Granting where files may be written. */
import type { OutputCalls } from '../../shared/calls/outputs.ts';
import type { Engine } from '../../shared/contract.ts';
import type { OutputGrants } from '../export/output-grants.ts';

export function outputCalls(outputs: OutputGrants): Pick<Engine, keyof OutputCalls> {
  return { 'output.grant': (output) => Promise.resolve(outputs.grant(output)) };
}

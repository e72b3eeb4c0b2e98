/** Pieces of sounds. */
import type { CutCalls } from '../../shared/calls/cut.ts';
import type { Engine } from '../../shared/contract.ts';
import type { Cutting } from '../cut/cutting.ts';
import type { OutputGrants } from '../export/output-grants.ts';

export function cutCalls(outputs: OutputGrants, cutting: Cutting): Pick<Engine, keyof CutCalls> {
  return {
    'cut.start': ({ output, ...request }) =>
      Promise.resolve(cutting.start({ ...request, folder: outputs.take(output).path })),
    'cut.list': ({ output, ...request }) =>
      Promise.resolve(cutting.startList({ ...request, output: outputs.take(output) })),
  };
}

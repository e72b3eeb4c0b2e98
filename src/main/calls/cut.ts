/** Pieces of files. */
import type { CutCalls } from '../../shared/calls/cut.ts';
import type { Engine } from '../../shared/contract.ts';
import type { DraggedPieces } from '../cut/dragged-pieces.ts';
import type { Cutting } from '../cut/cutting.ts';
import type { OutputGrants } from '../export/output-grants.ts';

export function cutCalls(
  outputs: OutputGrants,
  cutting: Cutting,
  dragged: Pick<DraggedPieces, 'make'>,
): Pick<Engine, keyof CutCalls> {
  return {
    'piece.make': async (range) => ({ path: await dragged.make(range) }),
    'cut.start': ({ output, ...request }) =>
      Promise.resolve(cutting.start({ ...request, folder: outputs.take(output).path })),
    'cut.list': ({ output, ...request }) =>
      Promise.resolve(cutting.startList({ ...request, output: outputs.take(output) })),
  };
}

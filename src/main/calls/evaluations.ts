/** Evaluations of the model in use on a labelled data set. */
import type { Engine } from '../../shared/contract.ts';
import type { Evaluations } from '../eval/evaluations.ts';

export function evaluationCalls(evaluations: Evaluations): Pick<Engine, 'eval.start'> {
  return { 'eval.start': (request) => Promise.resolve(evaluations.start(request)) };
}

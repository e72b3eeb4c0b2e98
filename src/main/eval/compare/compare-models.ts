/** One evaluation with two models, and what lies between their figures. */
import type { EvalComparison, EvalProgress, EvalReport, EvalRequest } from '../../../shared/eval-report.ts';
import { findPack } from '../../packs/installed.ts';
import { evaluate, type EvalDeps } from '../evaluate.ts';
import { OutcomeLog } from './outcomes.ts';
import { pairedDifference, RESAMPLES } from './paired-bootstrap.ts';

export interface ComparisonDeps {
  dataFolder: string;
  /** Holds a model while the work runs. @param wanted id or folder of its pack */
  withModel<T>(wanted: string, work: (deps: EvalDeps) => Promise<T>): Promise<T>;
}

/**
 * One model after the other, so that only one is in memory.
 * @returns the report of the first, with `comparison`; without figures and without it when aborted
 * @throws UserError model-missing or model-damaged before either is at work; what {@link evaluate} throws
 */
export async function compareModels(
  request: EvalRequest,
  wanted: readonly [string, string],
  deps: ComparisonDeps,
  signal: AbortSignal,
  report: (progress: EvalProgress) => void,
): Promise<EvalReport> {
  for (const model of wanted) await findPack({ dataFolder: deps.dataFolder }, model);
  const logs = [new OutcomeLog(), new OutcomeLog()] as const;
  const measure = (model: string, log: OutcomeLog) =>
    deps.withModel(model, (evalDeps) => evaluate(request, evalDeps, signal, report, log));
  const first = await measure(wanted[0], logs[0]);
  if (first.cancelled) return first;
  const second = await measure(wanted[1], logs[1]);
  const stopped: EvalReport = { ...first, cancelled: true, figures: null };
  if (second.cancelled) return stopped;
  try {
    const differences: EvalComparison['differences'] = [];
    for (const [figure, outcomes] of logs[0].figures) {
      const others = logs[1].figures.get(figure);
      const found = others ? await pairedDifference(outcomes, others, signal) : null;
      if (found) differences.push(found);
    }
    return { ...first, comparison: { second, resamples: RESAMPLES, differences } };
  } catch (error) {
    if (!signal.aborted) throw error;
    return stopped;
  }
}

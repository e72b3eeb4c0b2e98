/** Evaluations of the model in use: one at a time, beside all other jobs. */
import type { EvalRequest } from '../../shared/eval-report.ts';
import type { JobId } from '../../shared/types.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import { evaluate, type EvalDeps } from './evaluate.ts';

export interface EvaluationsDeps {
  /** Holds the model in use while the work runs. */
  withEncoders<T>(work: () => Promise<T>): Promise<T>;
}

export class Evaluations {
  readonly #deps: EvaluationsDeps;
  readonly #lane: Lane<'evaluation'>;
  readonly #evalDeps: () => Promise<EvalDeps>;

  /** @param evalDeps asked for when an evaluation begins */
  constructor(deps: EvaluationsDeps, jobs: JobRegistry, evalDeps: () => Promise<EvalDeps>) {
    this.#deps = deps;
    this.#evalDeps = evalDeps;
    this.#lane = jobs.sessionLane({
      busy: 'An evaluation is already running. Wait for it to finish, or cancel it first.',
      unpausable: 'An evaluation cannot be paused. Cancel it instead: the next run continues from there.',
      first: {
        ...{ stage: 'analysing', done: 0, total: 0, failed: 0 },
        ...{ realTimeFactor: null, etaSeconds: null, currentPath: null },
      },
    });
  }

  /** @throws UserError catalogue-busy while one runs; its job throws what {@link evaluate} throws */
  start(request: EvalRequest): JobId {
    return this.#lane.start('evaluation', request, ({ signal, report }) =>
      this.#deps.withEncoders(async () => evaluate(request, await this.#evalDeps(), signal, report)),
    );
  }
}

/** Evaluations of the model in use, or of two models: one at a time, beside all other jobs. */
import type { EvalRequest } from '../../shared/eval-report.ts';
import type { JobId } from '../../shared/types.ts';
import type { EncodersInUse } from '../embed/encoders-in-use.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import type { ModelPack } from '../packs/pack.ts';
import { compareModels } from './compare/compare-models.ts';
import { evaluate, type EvalDeps } from './evaluate.ts';

type Encoders = EncodersInUse<{ pack(): Promise<ModelPack> }>;

export interface EvaluationsDeps {
  dataFolder: string;
  notice: (message: string) => void;
  /** Holds the model in use while the work runs. */
  withEncoders<T>(work: (encoders: Encoders) => Promise<T>): Promise<T>;
  /** Holds another one. @param wanted id or folder of its pack */
  withOtherModel<T>(wanted: string, work: (encoders: Encoders) => Promise<T>): Promise<T>;
}

export class Evaluations {
  readonly #deps: EvaluationsDeps;
  readonly #lane: Lane<'evaluation'>;

  constructor(deps: EvaluationsDeps, jobs: JobRegistry) {
    this.#deps = deps;
    this.#lane = jobs.sessionLane({
      busy: 'An evaluation is already running. Wait for it to finish, or cancel it first.',
      unpausable: 'An evaluation cannot be paused. Cancel it instead: the next run continues from there.',
      first: {
        ...{ stage: 'analysing', done: 0, total: 0, failed: 0 },
        ...{ realTimeFactor: null, etaSeconds: null, currentPath: null },
      },
    });
  }

  /** @throws UserError catalogue-busy while one runs; its job throws what evaluate and compareModels throw */
  start(request: EvalRequest): JobId {
    const { compare } = request;
    return this.#lane.start('evaluation', request, ({ signal, report }) => {
      if (compare === undefined) {
        return this.#deps.withEncoders(async (encoders) =>
          evaluate(request, await this.#evalDeps(encoders), signal, report),
        );
      }
      const deps = {
        dataFolder: this.#deps.dataFolder,
        withModel: <T>(wanted: string, work: (evalDeps: EvalDeps) => Promise<T>) =>
          this.#deps.withOtherModel(wanted, async (encoders) => work(await this.#evalDeps(encoders))),
      };
      return compareModels(request, compare, deps, signal, report);
    });
  }

  async #evalDeps({ model, pool, supervisor, target }: Encoders): Promise<EvalDeps> {
    const { dataFolder, notice } = this.#deps;
    const pack = await model.pack();
    return { pack, dataFolder, notice, target, pool: () => pool, supervisor: () => Promise.resolve(supervisor) };
  }
}

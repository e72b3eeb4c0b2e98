/** Data sets of tones in a temporary folder, for the tiny model, which knows low, middle and high ones. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate, type EvalDeps } from '../../src/main/eval/evaluate.ts';
import { EngineResources } from '../../src/main/engine/resources.ts';
import type { EvalProgress, EvalReport, EvalRequest } from '../../src/shared/eval-report.ts';
import { TINY_PACK } from '../faults/program.ts';
import { put, tone, wav } from '../faults/sounds.ts';
import { bandFrequency } from '../fixtures/tiny-pack/make-tiny-pack.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** Bands that the tiny model's words mean. */
const BANDS = { low: 2, middle: 7, high: 13 };
export type Pitch = keyof typeof BANDS;

export class ToneDataset {
  readonly folder = temporaryFolder('ee');
  /** Where the cache goes. */
  readonly data = join(this.folder, 'data');
  readonly notices: string[] = [];

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  at(relativePath: string): string {
    return join(this.folder, relativePath);
  }

  /** @param shift in hertz, so that no two tones are the same */
  addTone(relativePath: string, pitch: Pitch, { shift = 0, seconds = 1 } = {}): void {
    put(this.at(relativePath), wav([tone(bandFrequency(BANDS[pitch]) + shift, seconds)]));
  }

  /** @param lines of the table; its absolute path is returned */
  addTable(relativePath: string, lines: string[]): string {
    put(this.at(relativePath), lines.map((line) => `${line}\r\n`).join(''));
    return this.at(relativePath);
  }

  /**
   * @param resources the model's processes, which evaluations may share
   * @param onProgress gets every piece of progress, and a way to stop
   */
  async run(
    resources: EngineResources,
    request: Partial<EvalRequest> = {},
    onProgress: (progress: EvalProgress, stop: () => void) => void = () => {},
  ): Promise<EvalReport> {
    const controller = new AbortController();
    const evalParts: EvalDeps = {
      pack: await resources.pack(),
      dataFolder: this.data,
      notice: (message) => void this.notices.push(message),
      target: await resources.target(),
      pool: () => resources.pool(),
      supervisor: () => resources.supervisor(),
    };
    const whole: EvalRequest = { dataset: this.folder, layout: 'auto', prompts: [], ...request };
    return evaluate(whole, evalParts, controller.signal, (progress) => onProgress(progress, () => controller.abort()));
  }
}

/** A model's processes, not yet started. Close them. */
export function partsOf(model = TINY_PACK): EngineResources {
  return new EngineResources({ dataFolder: '/no/catalogue/is/opened', model, load: 'background' }, () => {});
}

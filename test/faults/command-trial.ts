/** A trial whose commands run in this process: for what they say and do, in half the time that a program takes. */
import { createEngine } from '../../src/main/engine/engine.ts';
import { runInProcess, SharedEngine } from './in-process.ts';
import type { Run, StartOptions } from './program.ts';
import { Trial } from './trial.ts';

export class CommandTrial extends Trial {
  readonly #shared: SharedEngine | null;

  /**
   * @param engine 'each' command has its own, as a program does; 'shared' by all, which is quicker still, for commands
   *   that need no fresh start: it knows nothing of what is changed in the data folder behind its back
   */
  constructor(engine: 'each' | 'shared' = 'each') {
    super();
    this.#shared = engine === 'shared' ? new SharedEngine() : null;
  }

  /** As the program, which is started where options ask for what only a program can be given: more than an environment. */
  override async run(args: string[], { env = {}, ...options }: StartOptions = {}): Promise<Run> {
    if (Object.keys(options).length > 0) return super.run(args, { env, ...options });
    const open = this.#shared?.open ?? createEngine;
    const { run, ...left } = await runInProcess(this.wordsOf(args), { TMPDIR: this.newTemporary(), ...env }, open);
    if (this.#shared === null) await this.expectGone(left);
    return run;
  }

  /** Ends the shared engine, then as {@link remove}. */
  async end(): Promise<void> {
    await this.#shared?.close();
    this.remove();
  }
}

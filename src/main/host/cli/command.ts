/** What a command of the program is given, and how it is run. */
import type { EngineOptions } from '../../engine/engine.ts';
import type { Client } from '../../../shared/contract.ts';

export interface CommandContext {
  client: Client;
  json: boolean;
  /** Aborted by Ctrl-C. */
  stop: AbortSignal;
}

/** As main.ts runs a command: with an engine of its own, closed at the end. */
export type RunCommand = (
  command: (context: CommandContext) => Promise<number>,
  onCtrlC?: 'leaves' | 'winds-up',
  engine?: Partial<Pick<EngineOptions, 'load' | 'followOthers' | 'watchRoots'>>,
) => Promise<void>;

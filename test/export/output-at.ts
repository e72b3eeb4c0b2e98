/** Where a test lets the engine write, as a host would. */
import type { Calls } from '../../src/shared/contract.ts';

type Grant = 'output.grant';
type Caller = { call(name: Grant, input: Calls[Grant]['input']): Promise<Calls[Grant]['output']> };

/** @param path absolute */
export async function outputAt(caller: Caller, path: string, replace = false): Promise<{ output: string }> {
  return { output: await caller.call('output.grant', { path, replace }) };
}

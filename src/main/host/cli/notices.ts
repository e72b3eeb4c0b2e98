/** What the engine has to tell while a command runs: an interrupted write put in order, a slower way taken. */
import type { Client } from '../../../shared/contract.ts';
import type { EngineHandle } from '../../engine.ts';
import { directClient } from '../dispatch.ts';
import { printAside } from './output.ts';

/**
 * @returns the engine as one command sees it. A notice that the command does not listen for at that moment (few do, and
 *   none while the engine closes) goes to stderr as a line of its own
 */
export function clientOf(handle: EngineHandle): Client {
  const client = directClient(handle.engine, handle.on);
  const listeners = new Set<object>();
  handle.on('engine.notice', ({ message }) => {
    if (listeners.size === 0) printAside(message);
  });
  return {
    call: (name, input) => client.call(name, input),
    on: (event, listener) => {
      const off = client.on(event, listener);
      if (event !== 'engine.notice') return off;
      listeners.add(off);
      return () => {
        listeners.delete(off);
        off();
      };
    },
  };
}

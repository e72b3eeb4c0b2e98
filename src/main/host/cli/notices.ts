/** Notices of the engine while a command runs: an interrupted write was resolved, a slower method is used. */
import type { Client } from '../../../shared/contract.ts';
import type { EngineHandle } from '../../engine/engine.ts';
import { directClient } from '../dispatch.ts';
import { printAside } from './output.ts';

/**
 * @returns the engine as one command sees it. A notice that the command has not subscribed to at that moment (few do, and
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

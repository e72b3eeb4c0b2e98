/**
 * Processes of the engine, started by main: Electron lets no other process start one. Both ends of the way are here;
 * main passes bytes on and never reads them.
 */
import { fromPortBytes, toPortBytes } from '../../process/parent-channel.ts';
import type { ProcessListener, StartProcess } from '../../process/start-process.ts';
import type { EngineMethods, EnginePushes, RelayedId } from './engine-protocol.ts';
import { forkUtility, type BytesProcess, type UtilityProcesses } from './utility-processes.ts';

/** Of what is told about a process. */
type Told = 'process.started' | 'process.bytes' | 'process.ended';
/** Of what is wanted of one. */
type Wanted = 'process.start' | 'process.send' | 'process.kill';

/** Main's end: holds the processes of one engine. */
export class ProcessRelay {
  readonly #utilityProcess: UtilityProcesses;
  readonly #tell: <N extends Told>(name: N, what: EngineMethods[N]['input']) => void;
  readonly #processes = new Map<RelayedId, BytesProcess>();

  /** @param tell says something to the engine; nothing happens when it is gone */
  constructor(
    utilityProcess: UtilityProcesses,
    tell: <N extends Told>(name: N, what: EngineMethods[N]['input']) => void,
  ) {
    this.#utilityProcess = utilityProcess;
    this.#tell = tell;
  }

  start({ id, options }: EnginePushes['process.start']): void {
    const tell = this.#tell;
    const relayed = forkUtility(
      this.#utilityProcess,
      { ...options, entry: new URL(options.entry) },
      {
        started: (pid) => tell('process.started', { id, pid }),
        bytes: (bytes) => tell('process.bytes', { id, bytes }),
        ended: (how) => {
          this.#processes.delete(id);
          tell('process.ended', { id, how });
        },
      },
    );
    this.#processes.set(id, relayed);
  }

  send({ id, bytes }: EnginePushes['process.send']): void {
    this.#processes.get(id)?.sendBytes(bytes);
  }

  kill(id: RelayedId): void {
    this.#processes.get(id)?.kill();
  }

  /** The engine is gone, and with it the parent of these. */
  killAll(): void {
    for (const relayed of this.#processes.values()) relayed.kill();
  }
}

export interface RelayedProcesses {
  startProcess: StartProcess;
  /** What main tells of them. */
  handlers: { [N in Told]: (what: EngineMethods[N]['input']) => null };
}

/** The engine's end. @param want says something to main */
export function relayedProcesses(want: <N extends Wanted>(name: N, what: EnginePushes[N]) => void): RelayedProcesses {
  const listeners = new Map<RelayedId, ProcessListener>();
  let nextId: RelayedId = 1;
  return {
    startProcess: ({ entry, ...options }, listener) => {
      const id = nextId++;
      listeners.set(id, listener);
      want('process.start', { id, options: { ...options, entry: entry.href } });
      return {
        send: (what) => want('process.send', { id, bytes: toPortBytes(what) }),
        kill: () => want('process.kill', id),
      };
    },
    handlers: {
      'process.started': ({ id, pid }) => {
        listeners.get(id)?.started(pid);
        return null;
      },
      'process.bytes': ({ id, bytes }) => {
        listeners.get(id)?.message(fromPortBytes(bytes));
        return null;
      },
      'process.ended': ({ id, how }) => {
        listeners.get(id)?.ended(how);
        listeners.delete(id);
        return null;
      },
    },
  };
}

/** Child processes of the packaged app: Electron's utility processes instead of Node's fork. Why: docs/adr/0004. */
import { fileURLToPath } from 'node:url';
import type { UtilityProcess } from 'electron';
import { fromPortBytes, toPortBytes } from '../../process/parent-channel.ts';
import {
  heapFlags,
  type ProcessListener,
  type ProcessOptions,
  type StartProcess,
} from '../../process/start-process.ts';

/** As much of it as is used here. */
export type UtilityProcesses = {
  fork: (
    path: string,
    args: string[],
    options: Electron.ForkOptions,
  ) => Pick<UtilityProcess, 'pid' | 'postMessage' | 'kill'> & {
    on(event: 'spawn', listener: () => void): unknown;
    on(event: 'message', listener: (message: unknown) => void): unknown;
    on(event: 'exit', listener: (code: number) => void): unknown;
    on(event: 'error', listener: (type: string, location: string) => void): unknown;
  };
};

/** What a process tells, its messages as the bytes they came in. */
export interface BytesListener extends Omit<ProcessListener, 'message'> {
  bytes: (bytes: unknown) => void;
}

export interface BytesProcess {
  /** @param bytes as {@link toPortBytes} makes them */
  sendBytes: (bytes: Uint8Array) => void;
  /** At once, without asking it. */
  kill: () => void;
}

/** Of main's own; messages are read here. @param utilityProcess can be used once the app is ready */
export function utilityProcesses(utilityProcess: UtilityProcesses): StartProcess {
  return (options, { started, message, ended }) => {
    const bytes = (received: unknown) => message(fromPortBytes(received));
    const { sendBytes, kill } = forkUtility(utilityProcess, options, { started, ended, bytes });
    return { send: (what) => sendBytes(toPortBytes(what)), kill };
  };
}

/** @param utilityProcess can be used once the app is ready */
export function forkUtility(
  utilityProcess: UtilityProcesses,
  options: ProcessOptions,
  { started, bytes, ended }: BytesListener,
): BytesProcess {
  const { processName, entry, env, silent = false } = options;
  const child = utilityProcess.fork(fileURLToPath(entry), [], {
    serviceName: `Earmark ${processName}`,
    stdio: ['ignore', 'ignore', silent ? 'ignore' : 'inherit'],
    env,
    // As with a fork; where it has no effect, Electron's own limit of 4 GB holds.
    execArgv: heapFlags(options),
  });
  let isWanted = true;
  let reason: string | null = null;
  // Its own `kill` sends a request that a process inside native code does not handle.
  const kill = () => {
    isWanted = false;
    if (child.pid !== undefined) killAtOnce(child.pid);
  };
  child.on('spawn', () => {
    if (child.pid !== undefined) started(child.pid);
    if (!isWanted) kill();
  });
  child.on('message', bytes);
  // V8 could not continue (out of memory); the exit follows. Without a listener it would be thrown here.
  child.on('error', (type, location) => (reason = `${type} at ${location}`));
  child.on('exit', (code) => ended(reason ?? `code ${code}`));
  return { sendBytes: (message) => child.postMessage(message), kill };
}

function killAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It was faster; its exit is on the way.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

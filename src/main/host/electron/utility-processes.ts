/** Child processes of the packaged app: Electron's utility processes instead of Node's fork. Why: docs/adr/0004. */
import { fileURLToPath } from 'node:url';
import type { UtilityProcess } from 'electron';
import { fromPortBytes, toPortBytes } from '../../process/parent-channel.ts';
import type { StartProcess } from '../../process/start-process.ts';

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

/** @param utilityProcess can be used once the app is ready */
export function utilityProcesses(utilityProcess: UtilityProcesses): StartProcess {
  return ({ processName, entry, env, maxOldSpaceMiB, silent = false }, { started, message, ended }) => {
    const child = utilityProcess.fork(fileURLToPath(entry), [], {
      serviceName: `Earmark ${processName}`,
      stdio: ['ignore', 'ignore', silent ? 'ignore' : 'inherit'],
      env,
      // As with a fork; where it has no effect, Electron's own limit of 4 GB holds.
      execArgv: maxOldSpaceMiB === undefined ? [] : [`--max-old-space-size=${maxOldSpaceMiB}`],
    });
    let isWanted = true;
    let reason: string | null = null;
    // Its own `kill` asks politely, and a process inside native code does not listen.
    const kill = () => {
      isWanted = false;
      if (child.pid !== undefined) killAtOnce(child.pid);
    };
    child.on('spawn', () => {
      if (child.pid !== undefined) started(child.pid);
      if (!isWanted) kill();
    });
    child.on('message', (bytes) => message(fromPortBytes(bytes)));
    // V8 could not go on (out of memory); the exit follows. Without a listener it would be thrown here.
    child.on('error', (type, location) => (reason = `${type} at ${location}`));
    child.on('exit', (code) => ended(reason ?? `code ${code}`));
    return {
      send: (what) => child.postMessage(toPortBytes(what)),
      kill,
    };
  };
}

function killAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It was faster; its exit is on the way.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

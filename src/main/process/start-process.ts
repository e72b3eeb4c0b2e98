/**
 * How a child process begins and how messages get to it: Node's fork, unless the host has another way (the desktop app:
 * host/electron/utility-processes.ts). What is said to a process, and what it answers, is child.ts.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ProcessOptions {
  /** For messages and for the system's list of processes: "decoder", "inference", … */
  processName: string;
  /** File URL of the script it begins with. */
  entry: URL;
  /** All of its environment. */
  env: NodeJS.ProcessEnv;
  /** V8 old-space limit in MiB; native memory is not counted. */
  maxOldSpaceMiB?: number;
  /** In MiB: before there is so much, its heap is collected in part only. */
  initialOldSpaceMiB?: number;
  /** What it prints is dropped: drivers that are only tried print what nobody can act on. */
  silent?: boolean;
}

/** What a process reports to its parent. */
export interface ProcessListener {
  /** Once, as soon as its id is known; not at all when it could not be started. */
  started: (pid: number) => void;
  message: (message: unknown) => void;
  /** Once, and the last of all. @param how "code 1", "signal SIGKILL", or why it could not be started */
  ended: (how: string) => void;
}

export interface StartedProcess {
  /** Structured-cloned; typed arrays and Buffers arrive as such. Never throws: a process that cannot receive messages is ended. */
  send: (message: unknown) => void;
  /** At once, without asking it. */
  kill: () => void;
}

/** `started` may be called before it has returned, the others not. */
export type StartProcess = (options: ProcessOptions, listener: ProcessListener) => StartedProcess;

/** As V8 takes them on the command line. */
export function heapFlags({ maxOldSpaceMiB, initialOldSpaceMiB }: ProcessOptions): string[] {
  return [
    ...(maxOldSpaceMiB === undefined ? [] : [`--max-old-space-size=${maxOldSpaceMiB}`]),
    ...(initialOldSpaceMiB === undefined ? [] : [`--initial-old-space-size=${initialOldSpaceMiB}`]),
  ];
}

const forkProcess: StartProcess = (options, { started, message, ended }) => {
  const { entry, env, silent = false } = options;
  const child = fork(fileURLToPath(entry), [], {
    serialization: 'advanced',
    // stdout of the engine belongs to the command line (one JSON document); children may only speak on stderr.
    stdio: ['ignore', 'ignore', silent ? 'ignore' : 'inherit', 'ipc'],
    env,
    execArgv: heapFlags(options),
  });
  const { pid } = child;
  if (pid !== undefined) started(pid);
  let isEnded = false;
  const end = (how: string) => {
    if (isEnded) return;
    isEnded = true;
    ended(how);
  };
  child.on('message', message);
  child.on('error', (error) => end(error.message));
  child.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `code ${code}`));
  return {
    // Its channel is broken: it is dead or as good as dead. Only its exit rejects the calls under way: a caller that
    // tries again before that would be given the same process.
    send: (what) =>
      child.send(what as object, (error) => {
        if (error) child.kill('SIGKILL');
      }),
    kill: () => child.kill('SIGKILL'),
  };
};

let start = forkProcess;

/** From now on processes begin in another way. For a host, before it makes an engine. @returns the way before */
export function startProcessesBy(other: StartProcess): StartProcess {
  const before = start;
  start = other;
  return before;
}

export const startProcess: StartProcess = (options, listener) => start(options, listener);

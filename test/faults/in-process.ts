/** The command line in this process: what a command prints and returns, without a program started for it. */
import { randomUUID } from 'node:crypto';
import { createEngine, type EngineHandle, type EngineOptions } from '../../src/main/engine/engine.ts';
import { runCommandLine } from '../../src/main/host/cli/command-line.ts';
import { MARK, strays, type Member, type Run } from './program.ts';

/** Makes the engine of a command. */
export type OpenEngine = (options: EngineOptions) => EngineHandle;

/** As a `Program` that has ended: what it left can be looked for. */
export interface CommandRun {
  run: Run;
  /** Its folder for temporary files. */
  temporary: string;
  strays(): Promise<Member[]>;
}

let running = false;

/**
 * One at a time, as streams and environment are those of the process. What child processes say on stderr is not part
 * of the run: tests of that start the program.
 * @param env added to the environment; TMPDIR is the folder for its temporary files
 */
export async function runInProcess(
  args: string[],
  env: Record<string, string> & { TMPDIR: string },
  open: OpenEngine,
): Promise<CommandRun> {
  if (running) throw new Error('another command line is running in this process');
  running = true;
  const mark = randomUUID();
  const run: Run = { code: null, signal: null, stdout: '', stderr: '' };
  const { exitCode } = process;
  const restore = [
    withEnvironment({ ...env, [MARK]: mark }),
    captured('stdout', (text) => (run.stdout += text)),
    captured('stderr', (text) => (run.stderr += text)),
  ];
  try {
    run.code = await runCommandLine(args, open);
  } finally {
    for (const each of restore) each();
    process.exitCode = exitCode;
    running = false;
  }
  return { run, temporary: env.TMPDIR, strays: () => strays(mark) };
}

/** One engine for all command lines of a trial, instead of one for each. */
export class SharedEngine {
  #shared: { handle: EngineHandle; options: string } | null = null;

  /** The first one makes it. What listens to it stops at the end of its command. @throws Error for other options */
  readonly open: OpenEngine = (options) => {
    const wanted = JSON.stringify(options);
    this.#shared ??= { handle: createEngine(options), options: wanted };
    const { handle } = this.#shared;
    if (this.#shared.options !== wanted)
      throw new Error(`the shared engine has ${this.#shared.options}, not ${wanted}`);
    const offs: (() => void)[] = [];
    return {
      ...handle,
      on: (event, listener) => {
        const off = handle.on(event, listener);
        offs.push(off);
        return off;
      },
      close: () => {
        for (const off of offs) off();
        return Promise.resolve();
      },
    };
  };

  async close(): Promise<void> {
    await this.#shared?.handle.close();
    this.#shared = null;
  }
}

function withEnvironment(values: Record<string, string>): () => void {
  const before = { ...process.env };
  Object.assign(process.env, values);
  return () => {
    for (const name of Object.keys(values)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  };
}

/** What is written to a stream of this process goes to `take`. @returns puts the stream back */
function captured(name: 'stdout' | 'stderr', take: (text: string) => void): () => void {
  const stream = process[name];
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const done = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
    done?.();
    return true;
  };
  return () => {
    stream.write = write;
  };
}

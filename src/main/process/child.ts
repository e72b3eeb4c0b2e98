/**
 * Child processes with typed calls. Native code (FFmpeg, onnxruntime, hnswlib) lives only in such children:
 * a crash there costs the item in work, and killing a child is a clean way to cancel (a worker_thread inside
 * native code cannot be terminated without aborting the whole program).
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import os from 'node:os';
import { fromWire, toWire, type WireError } from '../../shared/errors.ts';
import { NO_TELEMETRY } from './no-telemetry.ts';

/** Calls that a child answers: name → input and output. Payloads are structured-cloned (typed arrays allowed). */
export type Methods = Record<string, { input: unknown; output: unknown }>;
/** A child that only answers. */
export type NoPushes = Record<string, never>;
/** What a child pushes unasked: name → payload. */
export type Pushes = Record<string, unknown>;

interface CallMessage {
  call: number;
  name: string;
  input: unknown;
}
type ReplyMessage = { reply: number; value: unknown } | { reply: number; error: WireError };
interface PushMessage {
  push: string;
  payload: unknown;
}

/** The child died while a call was under way, or before it could be made. */
export class ChildDiedError extends Error {
  override readonly name = 'ChildDiedError';
  readonly how: string;
  constructor(processName: string, how: string) {
    super(`the ${processName} process ended (${how})`);
    this.how = how;
  }
}

export interface ChildOptions {
  /** For messages: "decoder", "inference", … */
  processName: string;
  entry: URL;
  /** Added to the engine's own environment. */
  env?: Record<string, string>;
  /** Run below normal priority (background work in the app). */
  lowPriority?: boolean;
  /** V8 old-space limit in MiB; native memory is not counted. */
  maxOldSpaceMiB?: number;
}

/** A running child process, as its parent sees it. */
export class Child<M extends Methods, P extends Pushes = NoPushes> {
  readonly pid: number;
  /** Resolves with how it ended ("code 1", "signal SIGKILL"), never rejects. */
  readonly exited: Promise<string>;
  readonly #process: ChildProcess;
  readonly #processName: string;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  readonly #listeners = new Map<keyof P, Set<(payload: never) => void>>();
  #nextCall = 1;
  #ended: string | null = null;

  constructor(options: ChildOptions) {
    this.#processName = options.processName;
    this.#process = fork(fileURLToPath(options.entry), [], {
      serialization: 'advanced',
      // stdout of the engine belongs to the command line (one JSON document); children may only speak on stderr.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...options.env, ...NO_TELEMETRY },
      execArgv: options.maxOldSpaceMiB === undefined ? [] : [`--max-old-space-size=${options.maxOldSpaceMiB}`],
    });
    this.pid = this.#process.pid ?? -1;
    if (options.lowPriority && this.pid > 0) {
      try {
        os.setPriority(this.pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
      } catch {
        // A process that ended at once has no priority to set; its exit is reported below.
      }
    }
    this.#process.on('message', (message) => this.#receive(message as ReplyMessage | PushMessage));
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        if (this.#ended !== null) return;
        this.#ended = how;
        for (const { reject } of this.#waiting.values()) reject(new ChildDiedError(this.#processName, how));
        this.#waiting.clear();
        resolve(how);
      };
      this.#process.on('error', (error) => end(error.message));
      this.#process.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `code ${code}`));
    });
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  /**
   * Asks the child.
   * @throws what the child threw (UserErrors keep their code and sentence); {@link ChildDiedError} when it dies first
   */
  call<N extends keyof M & string>(name: N, input: M[N]['input']): Promise<M[N]['output']> {
    if (this.#ended !== null) return Promise.reject(new ChildDiedError(this.#processName, this.#ended));
    const call = this.#nextCall++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#process.send({ call, name, input } satisfies CallMessage, (error) => {
        // Its channel is broken: it is dead or as good as dead. Only its exit rejects the call: a caller that tries
        // again before that would be given the same process.
        if (error) this.#process.kill('SIGKILL');
      });
    });
  }

  /** @returns a function that stops listening */
  on<N extends keyof P & string>(name: N, listener: (payload: P[N]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Kills at once and waits until it is gone. Calls under way are rejected. */
  async kill(): Promise<void> {
    if (this.#ended === null) this.#process.kill('SIGKILL');
    await this.exited;
  }

  #receive(message: ReplyMessage | PushMessage): void {
    if ('push' in message) {
      for (const listener of this.#listeners.get(message.push) ?? []) listener(message.payload as never);
      return;
    }
    const waiting = this.#waiting.get(message.reply);
    if (!waiting) return;
    this.#waiting.delete(message.reply);
    if ('error' in message) waiting.reject(fromWire(message.error));
    else waiting.resolve(message.value as never);
  }
}

export type Handlers<M extends Methods> = {
  [N in keyof M]: (input: M[N]['input']) => Promise<M[N]['output']> | M[N]['output'];
};

/**
 * The child's side: answers calls, several at once if the handlers are asynchronous, and exits when the parent
 * is gone (also after a kill -9 of the parent: the channel closes).
 * @returns push: sends an unasked message to the parent
 */
export function serveParent<M extends Methods, P extends Pushes = NoPushes>(
  handlers: Handlers<M>,
): <N extends keyof P & string>(name: N, payload: P[N]) => void {
  if (!process.send) throw new Error('this file is the beginning of a child process; it is not run by hand');
  const send = (message: ReplyMessage | PushMessage) => {
    // A parent that went away shows as an error here and as 'disconnect' below; one of them is enough.
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  process.on('disconnect', () => process.exit(0));
  // The parent may have gone while this file was being loaded; nobody would tell us any more.
  if (!process.connected) process.exit(0);
  // Ctrl-C reaches the whole process group; when to stop is the parent's decision.
  process.on('SIGINT', () => {});
  process.on('message', (message: CallMessage) => {
    void answer(message);
  });
  async function answer({ call, name, input }: CallMessage): Promise<void> {
    try {
      const handler = handlers[name];
      if (!handler) throw new TypeError(`unknown call: ${name}`);
      send({ reply: call, value: await handler(input) });
    } catch (error) {
      send({ reply: call, error: toWire(error) });
    }
  }
  return (name, payload) => send({ push: name, payload });
}

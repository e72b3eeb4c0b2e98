/**
 * Child processes with typed calls. Native code (FFmpeg, onnxruntime, hnswlib) lives only in such children:
 * a crash there costs the item in work, and killing a child is a clean way to cancel (a worker_thread inside
 * native code cannot be terminated without aborting the whole program).
 */
import { flushCompileCache } from 'node:module';
import { fromWire, toWire, type UserError, type WireError } from '../../shared/errors.ts';
import { lowerPriority } from './lower-priority.ts';
import { NO_TELEMETRY } from './no-telemetry.ts';
import { openParentChannel } from './parent-channel.ts';
import { startProcess, type ProcessOptions, type StartedProcess } from './start-process.ts';

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

/** The child exited during a call, or before it could be made. */
export class ChildExitedError extends Error {
  override readonly name = 'ChildExitedError';
  readonly how: string;
  constructor(processName: string, how: string) {
    super(`the ${processName} process ended (${how})`);
    this.how = how;
  }
}

export interface ChildOptions extends Omit<ProcessOptions, 'env'> {
  /** Added to the engine's own environment. */
  env?: Record<string, string>;
  /** Run below normal priority (background work in the app). */
  lowPriority?: boolean;
}

/** A running child process, as its parent sees it. */
export class Child<M extends Methods, P extends Pushes = NoPushes> {
  /** Resolves with how it ended ("code 1", "signal SIGKILL"), never rejects. */
  readonly exited: Promise<string>;
  readonly #process: StartedProcess;
  readonly #processName: string;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  readonly #listeners = new Map<keyof P, Set<(payload: never) => void>>();
  #nextCall = 1;
  #pid = -1;
  #ended: string | null = null;

  constructor({ lowPriority = false, ...options }: ChildOptions) {
    const { processName } = options;
    this.#processName = processName;
    const exited = Promise.withResolvers<string>();
    this.exited = exited.promise;
    this.#process = startProcess(
      { ...options, env: { ...process.env, ...options.env, ...NO_TELEMETRY } },
      {
        started: (pid) => {
          this.#pid = pid;
          if (lowPriority) lowerPriority(pid);
        },
        message: (message) => this.#receive(message as ReplyMessage | PushMessage),
        ended: (how) => {
          this.#ended = how;
          for (const { reject } of this.#waiting.values()) reject(new ChildExitedError(processName, how));
          this.#waiting.clear();
          exited.resolve(how);
        },
      },
    );
  }

  /** −1 until it is known, and when it could not be started. */
  get pid(): number {
    return this.#pid;
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  /**
   * Asks the child.
   * @throws what the child threw (UserErrors keep their code and sentence); {@link ChildExitedError} when it exits first
   */
  call<N extends keyof M & string>(name: N, input: M[N]['input']): Promise<M[N]['output']> {
    if (this.#ended !== null) return Promise.reject(new ChildExitedError(this.#processName, this.#ended));
    const call = this.#nextCall++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#process.send({ call, name, input } satisfies CallMessage);
    });
  }

  /** @returns a function that unsubscribes */
  on<N extends keyof P & string>(name: N, listener: (payload: P[N]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Kills at once and waits until it is gone. Calls under way are rejected. */
  async kill(): Promise<void> {
    if (this.#ended === null) this.#process.kill();
    await this.exited;
  }

  #receive(message: ReplyMessage | PushMessage): void {
    if ('push' in message) {
      this.#tellListeners(message);
      return;
    }
    const waiting = this.#waiting.get(message.reply);
    if (!waiting) return;
    this.#waiting.delete(message.reply);
    if ('error' in message) waiting.reject(fromWire(message.error));
    else waiting.resolve(message.value as never);
  }

  /**
   * Nobody called it, so nobody would catch what a listener throws, and the whole program would end (a full disk under
   * a catalogue that it writes is enough). Callers that wait for the child get the error; what was pushed is lost, so its
   * work cannot continue as if nothing had happened.
   */
  #tellListeners({ push, payload }: PushMessage): void {
    try {
      for (const listener of this.#listeners.get(push) ?? []) listener(payload as never);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const { reject } of this.#waiting.values()) reject(reason);
      this.#waiting.clear();
      this.#process.kill();
    }
  }
}

export type Handlers<M extends Methods> = {
  [N in keyof M]: (input: M[N]['input']) => Promise<M[N]['output']> | M[N]['output'];
};

export interface ServeOptions {
  /**
   * What the process makes lies in the user's data folder and is nobody else's; files of the user get the rights they
   * had. False for one that writes new files for the user as well.
   * @default true
   */
  onlyOwnFiles?: boolean;
}

/**
 * The child's side: answers calls, several at once if the handlers are asynchronous, and exits when the parent
 * is gone (also after a kill -9 of the parent: the channel closes).
 * @param sentenceFor what a user should know about an error that the handlers leave to this; null for all others
 * @returns push: sends an unasked message to the parent
 */
export function serveParent<M extends Methods, P extends Pushes = NoPushes>(
  handlers: Handlers<M>,
  sentenceFor: (error: unknown) => UserError | null = () => null,
  { onlyOwnFiles = true }: ServeOptions = {},
): <N extends keyof P & string>(name: N, payload: P[N]) => void {
  if (onlyOwnFiles) process.umask(0o077);
  // Most children are killed, and Node keeps what it has compiled only at an orderly exit.
  flushCompileCache();
  const parent = openParentChannel();
  const send = (message: ReplyMessage | PushMessage) => parent.send(message);
  // Ctrl-C and the end of a terminal reach the whole process group; when to stop is the parent's decision.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  parent.onMessage((message) => void answer(message as CallMessage));
  async function answer({ call, name, input }: CallMessage): Promise<void> {
    try {
      const handler = handlers[name];
      if (!handler) throw new TypeError(`unknown call: ${name}`);
      send({ reply: call, value: await handler(input) });
    } catch (error) {
      send({ reply: call, error: toWire(sentenceFor(error) ?? error) });
    }
  }
  return (name, payload) => send({ push: name, payload });
}

/** The engine as the main process sees it: asked over messages, its processes held, started again when it crashes. */
import type { CallName, Calls, EventName, Events, Reply } from '../../../shared/contract.ts';
import { fromWire, toWire, UserError } from '../../../shared/errors.ts';
import type { AudioFiles } from '../../playback/audio-file.ts';
import { readPart } from '../../playback/read-part.ts';
import { Child, ChildExitedError } from '../../process/child.ts';
import { CrashCount } from '../../process/crash-count.ts';
import { PROCESS_ENTRIES } from '../../process/entries.ts';
import type { EngineMethods, EnginePushes } from './engine-protocol.ts';
import { ProcessRelay } from './process-relay.ts';
import type { UtilityProcesses } from './utility-processes.ts';

/** Crashes in a row after which it rests before it is started again. */
const CRASHES = 3;

export interface EngineLinkOptions {
  utilityProcess: UtilityProcesses;
  dataFolder: string;
  /** Since the user last did anything. */
  idleSeconds: () => number;
  event: <E extends EventName>(event: E, payload: Events[E]) => void;
  /** lost: it has crashed, with its jobs, and is being started again. connected: it answers, as at the beginning. */
  state: (state: 'lost' | 'connected') => void;
}

export class EngineLink {
  /** Absolute paths of the folders in use, as the engine told last. */
  roots: readonly string[] = [];
  readonly #options: EngineLinkOptions;
  readonly #crashes = new CrashCount({ limit: CRASHES });
  #child: Child<EngineMethods, EnginePushes>;
  #restart: NodeJS.Timeout | null = null;
  #closing = false;
  #nextRequest = 1;
  /** Resolves when the engine answers. @throws UserError why it cannot be opened */
  readonly opened: Promise<void>;

  /** Processes must begin as utility processes by now (`startProcessesBy`). */
  constructor(options: EngineLinkOptions) {
    this.#options = options;
    this.#child = this.#start();
    this.opened = this.#open();
  }

  /** −1 until it is known. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Never rejects; also answers while the engine is being started again. */
  async call<N extends CallName>(name: N, input: unknown): Promise<Reply<N>> {
    try {
      return await this.#child.call('call', { name, input });
    } catch (error) {
      return { ok: false, error: toWire(error instanceof ChildExitedError ? crashed(error) : error) };
    }
  }

  /** For main's own questions. @throws UserError */
  async granted(path: string): Promise<Calls['output.grant']['output']> {
    const reply = await this.call('output.grant', { path, replace: true });
    if (!reply.ok) throw fromWire(reply.error);
    return reply.value;
  }

  /** Sounds: where they lie, the engine says; this process reads them, so that bytes cross no process. */
  get audio(): Pick<AudioFiles, 'open'> {
    return {
      open: async (fileId, { asWav = false }, signal) => {
        const request = this.#nextRequest++;
        const giveUp = () => this.#release(request);
        signal.addEventListener('abort', giveUp, { once: true });
        try {
          const { fixed, ...facts } = await this.#child.call('audio.open', { request, fileId, asWav });
          signal.throwIfAborted();
          const read = fixed
            ? (start: number, end: number) => readPart(() => Promise.resolve(fixed), start, end)
            : (start: number, end: number) => this.#readCopy({ fileId, asWav, etag: facts.etag }, start, end);
          return { ...facts, read };
        } catch (error) {
          throw error instanceof ChildExitedError ? crashed(error) : error;
        } finally {
          signal.removeEventListener('abort', giveUp);
        }
      },
    };
  }

  /** Waits until jobs have ended in order and the catalogue is closed, then ends its processes. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#restart) clearTimeout(this.#restart);
    try {
      if (this.#child.alive) await this.#child.call('close', null);
    } catch (error) {
      if (!(error instanceof ChildExitedError)) throw error; // gone is closed
    } finally {
      await this.#child.kill();
    }
  }

  async *#readCopy(
    copy: { fileId: number; asWav: boolean; etag: string },
    start: number,
    end: number,
  ): AsyncGenerator<Buffer, void, undefined> {
    const request = this.#nextRequest++;
    const place: AudioPlace = (at) => this.#child.call('audio.place', { request, ...copy, end: at });
    try {
      yield* readPart(place, start, end);
    } finally {
      this.#release(request);
    }
  }

  #release(request: number): void {
    this.#child.call('audio.release', request).catch(() => undefined); // a crash has released everything
  }

  #start(): Child<EngineMethods, EnginePushes> {
    const child = new Child<EngineMethods, EnginePushes>({ processName: 'engine', entry: PROCESS_ENTRIES.engine });
    const { event, idleSeconds, utilityProcess } = this.#options;
    const relay = new ProcessRelay(utilityProcess, (name, what) => {
      child.call(name, what).catch(() => undefined); // the engine is gone, and the relay is told below
    });
    child.on('process.start', (what) => relay.start(what));
    child.on('process.send', (what) => relay.send(what));
    child.on('process.kill', (id) => relay.kill(id));
    child.on('event', (told) => event(told.event, told.payload as never));
    child.on('roots', (roots) => (this.roots = roots));
    child.on('idle', () => {
      child.call('idle', idleSeconds()).catch(() => undefined); // nobody is there any more to wait for it
    });
    void child.exited.then((how) => {
      relay.killAll();
      if (!this.#closing) this.#crashed(how);
    });
    return child;
  }

  async #open(): Promise<void> {
    await this.#child.call('open', { dataFolder: this.#options.dataFolder });
    this.#options.state('connected');
  }

  #crashed(how: string): void {
    this.#crashes.note();
    this.#options.state('lost');
    this.#restart = setTimeout(() => {
      this.#child = this.#start();
      this.#open().then(
        () =>
          this.#options.event('engine.notice', {
            message: `The engine crashed (${how}) and was restarted. Results so far are kept. Restart unfinished jobs.`,
          }),
        () => this.#child.kill(), // counted as a crash, and tried again after a rest
      );
    }, this.#crashes.restMs);
  }
}

type AudioPlace = Parameters<typeof readPart>[0];

function crashed(error: ChildExitedError): UserError {
  return new UserError(
    'engine-broken',
    `The engine crashed (${error.how}). It is being restarted. Try again in a moment.`,
    error,
  );
}

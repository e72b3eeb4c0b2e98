/** The inference process's audio encoder threads and the bounded queue before them. */
import { Worker } from 'node:worker_threads';
import { fromWire, UserError } from '../../shared/errors.ts';
import type { ModelPack } from '../packs/pack.ts';
import { WORKER_ENTRIES } from '../process/entries.ts';
import type { AudioBatch, AudioWorkerData, AudioWorkerMessage } from './audio-encoder-worker.ts';
import { fillWindow } from './filling.ts';
import type { Row } from './batch-runner.ts';
import type { AudioOutput } from './graph-check.ts';
import type { AudioPlan, ProviderChoice } from './providers.ts';

export type { Row };

/** A window on its way through; `sender` gets the results of one batch together. */
export interface QueuedWindow<T> {
  /** Mono, −1..1, at the pack's rate; 1 to windowSamples samples. */
  samples: Float32Array;
  output: AudioOutput;
  tag: T;
  sender: (results: { tag: T; row: Row }[]) => void;
}

/** As {@link AudioPlan}; 'auto', without a reason, is the CPU. */
export type EncodersPlan = Omit<AudioPlan, 'provider' | 'reason'> & {
  provider: AudioPlan['provider'] | 'auto';
  reason: string | null;
};

export interface AudioEncodersOptions {
  pack: ModelPack;
  plan: EncodersPlan;
  /** Called when the queue has room again after it was full. */
  onRoom: () => void;
  /** Something the user should know: one sentence. */
  onNotice: (message: string) => void;
  /** The provider failed and the CPU continues. */
  onGaveUp: (message: string) => void;
}

interface Thread {
  worker: Worker;
  /** Batches sent and not answered: at most two, so that the thread never waits for the next one. */
  inFlight: QueuedWindow<unknown>[][];
  spare: ArrayBuffer[];
  /** After a reset the wait before the next batch belongs to nobody. */
  skipIdle: boolean;
}

export class AudioEncoders {
  readonly #options: AudioEncodersOptions;
  #plan: EncodersPlan;
  readonly #urgent: QueuedWindow<unknown>[] = [];
  readonly #queue: QueuedWindow<unknown>[] = [];
  #threads: Thread[] = [];
  #loading: Promise<ProviderChoice> | null = null;
  #broken: string | null = null;
  #full = false;
  readonly counts = { busySeconds: 0, idleSeconds: 0, windows: 0, failed: 0, batches: 0, mostQueued: 0 };

  /** Loads nothing yet. */
  constructor(options: AudioEncodersOptions) {
    this.#options = options;
    this.#plan = options.plan;
  }

  get #capacity(): number {
    return 2 * this.#plan.batchSize * this.#plan.encoders;
  }

  /** Whether the source of windows should stop for now ({@link AudioEncodersOptions.onRoom} says when to continue). */
  get full(): boolean {
    return this.#full;
  }

  get queued(): number {
    return this.#queue.length + this.#urgent.length;
  }

  /**
   * @param plan instead of the one given at the start, unless the encoders are there already
   * @throws UserError when the pack's audio encoder cannot be loaded
   */
  load(plan?: EncodersPlan): Promise<ProviderChoice> {
    if (plan && !this.#loading) this.#plan = plan;
    this.#loading ??= this.#start();
    return this.#loading;
  }

  /**
   * Takes a window, always: stopping in time is the sender's work. Loads the encoders if they are not there.
   * @param urgent goes before everything that is not
   */
  add<T>(window: QueuedWindow<T>, urgent: boolean): void {
    const queued = window as QueuedWindow<unknown>;
    if (this.#broken !== null) {
      this.#giveUp([queued], this.#broken);
      return;
    }
    (urgent ? this.#urgent : this.#queue).push(queued);
    this.counts.mostQueued = Math.max(this.counts.mostQueued, this.queued);
    if (this.#threads.length > 0) this.#dispatch();
    else this.load().catch(() => {}); // a failure reaches every queued window through #giveUp
    if (this.#queue.length >= this.#capacity) this.#full = true;
  }

  resetCounts(): void {
    Object.assign(this.counts, { busySeconds: 0, idleSeconds: 0, windows: 0, failed: 0, batches: 0, mostQueued: 0 });
    for (const thread of this.#threads) thread.skipIdle = true;
  }

  async #start(): Promise<ProviderChoice> {
    try {
      const started = await Promise.all(Array.from({ length: this.#plan.encoders }, () => this.#startThread()));
      this.#threads = started.map(({ thread }) => thread);
      this.#dispatch();
      return started[0]!.choice;
    } catch (error) {
      this.#broken = error instanceof UserError ? error.userMessage : String(error);
      this.#giveUp([...this.#urgent.splice(0), ...this.#queue.splice(0)], this.#broken);
      this.#announceRoom();
      throw error;
    }
  }

  #startThread(): Promise<{ thread: Thread; choice: ProviderChoice }> {
    const { pack, onNotice, onGaveUp } = this.#options;
    const { provider, precision, threadsPerEncoder: threads, reason } = this.#plan;
    return new Promise((resolve, reject) => {
      const worker = new Worker(WORKER_ENTRIES.audioEncoder, {
        workerData: { pack, provider, ...(precision ? { precision } : {}), threads, reason } satisfies AudioWorkerData,
      });
      const thread: Thread = { worker, inFlight: [], spare: [], skipIdle: false };
      // A thread that throws outside a batch is a bug of ours: it ends the process, and the engine is notified.
      worker.on('error', (error) => {
        throw error;
      });
      worker.on('message', (message: AudioWorkerMessage) => {
        if (message.kind === 'ready') resolve({ thread, choice: message.choice });
        else if (message.kind === 'broken') reject(fromWire(message.error));
        else if (message.kind === 'notice') onNotice(message.message);
        else if (message.kind === 'gave-up') onGaveUp(message.message);
        else this.#finish(thread, message);
      });
    });
  }

  /** Idle threads take what there is, shared evenly; busy ones get a second batch only if it is a full one. */
  #dispatch(): void {
    const { batchSize } = this.#plan;
    const idle = this.#threads.filter(({ inFlight }) => inFlight.length === 0);
    for (const [i, thread] of idle.entries()) {
      if (this.queued === 0) break;
      this.#send(thread, Math.min(batchSize, Math.ceil(this.queued / (idle.length - i))));
    }
    for (const thread of this.#threads) {
      if (this.queued < batchSize) break;
      if (thread.inFlight.length === 1) this.#send(thread, batchSize);
    }
    if (this.#full && this.#queue.length <= this.#capacity / 2) this.#announceRoom();
  }

  #announceRoom(): void {
    this.#full = false;
    this.#options.onRoom();
  }

  #send(thread: Thread, count: number): void {
    const { batchSize } = this.#plan;
    const { windowSamples, shortClip } = this.#options.pack.audio;
    const { output } = (this.#urgent[0] ?? this.#queue[0])!;
    const windows = takeWhile(this.#urgent, count, output);
    if (this.#urgent.length === 0) windows.push(...takeWhile(this.#queue, count - windows.length, output));
    // Two buffers a thread travel to and fro; nothing is allocated once the work flows.
    const buffer = thread.spare.pop() ?? new ArrayBuffer(batchSize * windowSamples * Float32Array.BYTES_PER_ELEMENT);
    const samples = new Float32Array(buffer, 0, windows.length * windowSamples);
    for (const [row, window] of windows.entries()) {
      fillWindow(window.samples, samples.subarray(row * windowSamples, (row + 1) * windowSamples), shortClip);
    }
    thread.inFlight.push(windows);
    thread.worker.postMessage({ samples, count: windows.length, output } satisfies AudioBatch, [buffer]);
  }

  #finish(thread: Thread, { rows, buffer, busyMs, idleMs }: Extract<AudioWorkerMessage, { kind: 'result' }>): void {
    const windows = thread.inFlight.shift()!;
    thread.spare.push(buffer);
    const failed = rows.filter((row) => !(row instanceof Float32Array)).length;
    this.counts.busySeconds += busyMs / 1000;
    if (!thread.skipIdle) this.counts.idleSeconds += idleMs / 1000;
    thread.skipIdle = false;
    this.counts.batches += 1;
    this.counts.failed += failed;
    this.counts.windows += rows.length - failed;
    this.#dispatch(); // first the next work, then the news
    deliver(windows.map((window, i) => ({ window, row: rows[i]! })));
  }

  #giveUp(windows: QueuedWindow<unknown>[], message: string): void {
    this.counts.failed += windows.length;
    deliver(windows.map((window) => ({ window, row: { message } })));
  }
}

/** Takes up to `count` windows from the front of a queue, as far as the same output is wanted: a batch has one. */
function takeWhile(queue: QueuedWindow<unknown>[], count: number, output: AudioOutput): QueuedWindow<unknown>[] {
  const other = queue.findIndex((window) => window.output !== output);
  return queue.splice(0, Math.min(count, other === -1 ? queue.length : other));
}

/** One call a sender, in the order of the windows. */
function deliver(results: { window: QueuedWindow<unknown>; row: Row }[]): void {
  for (const [sender, own] of Map.groupBy(results, ({ window }) => window.sender)) {
    sender(own.map(({ window, row }) => ({ tag: window.tag, row })));
  }
}

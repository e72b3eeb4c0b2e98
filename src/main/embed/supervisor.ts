/** Keeps one inference process at hand: started when first needed, started again when it crashed, left alone while that has no use. */
import { toWire, UserError } from '../../shared/errors.ts';
import {
  ChildExitedError,
  Encoder,
  type EmbeddedWindow,
  type EncoderOptions,
  type FailedWindow,
  type ProviderChoice,
} from './encoder.ts';
import type { ModelPack } from '../packs/pack.ts';
import { CrashCount } from '../process/crash-count.ts';
import { cpuPlan } from './provider-choice.ts';
import type { AudioPlan, Provider } from './providers.ts';

/** After this many crashes without one answer in between, the model cannot run here for now. */
const CRASH_LIMIT = 6;
/** After so many of them a driver is taken to be the cause where one is in use. */
const BLOCKLISTED_AFTER_CRASHES = 2;
/** On the CPU: the next files decode while the last windows of others are being embedded. */
const DECODED_AHEAD = 2;

/** How long things may take, ms. */
export interface Patience {
  /** An inference process that nobody needs gives its memory back after this long. */
  idleMs: number;
  /** A process that has files to embed and makes no progress for this long hangs (in a driver, say) and is killed. */
  stuckMs: number;
  /** How often that is looked at. */
  checkMs: number;
}
/** Decoding twelve silent hours, which sends nothing to the model, takes two minutes. */
const PATIENCE: Patience = { idleMs: 3 * 60_000, stuckMs: 5 * 60_000, checkMs: 30_000 };

/** Decides what the audio encoder runs on. */
export interface PlanSource {
  /** Called once, when audio is to be embedded for the first time. @throws UserError */
  choose(): Promise<AudioPlan>;
  /** Told when the one that was chosen failed. */
  blocklist(provider: Provider, why: string): void;
}

export interface SupervisorOptions extends EncoderOptions {
  /** Without it the other options say it all. */
  plans?: PlanSource;
}

/** What has arrived of one attempt at one file. */
interface Collection {
  windows: Map<number, EmbeddedWindow>;
  failure: FailedWindow | null;
  /** null until the decoder has said how many there are. */
  expected: number | null;
  finished: PromiseWithResolvers<EmbeddedWindow[]>;
}

/** The windows of one item as they come in. */
export interface ItemCollector {
  /**
   * @param windowCount how many the decoder has sent
   * @returns all windows in order, as soon as the last one is embedded; embeddings raw
   * @throws NoEmbeddingError when the model makes no finite embedding of it; Error when the process ends
   */
  complete(windowCount: number): Promise<EmbeddedWindow[]>;
  /** Late windows of this item are dropped from now on. */
  forget(): void;
}

/** The model made nothing of a window: its embedding is zero, or not numbers. */
export class NoEmbeddingError extends Error {
  override readonly name = 'NoEmbeddingError';
}

/** An inference process that runs now. */
export class RunningEncoder {
  readonly encoder: Encoder;
  readonly #collections = new Map<number, Collection>();
  #lastSignMs = performance.now();
  #alive = true;

  constructor(encoder: Encoder, onProgress: () => void) {
    this.encoder = encoder;
    encoder.onEmbedded(
      (window) => {
        onProgress();
        this.#lastSignMs = performance.now();
        this.#receive(window);
      },
      { raw: true },
    );
    encoder.onFailed((failure) => {
      const collection = this.#collections.get(failure.item);
      if (!collection) return;
      collection.failure = failure;
      this.#settle(collection);
    });
    void encoder.exited.then((how) => {
      this.#alive = false;
      const error = new Error(`the inference process ended (${how})`);
      for (const collection of this.#collections.values()) collection.finished.reject(error);
      this.#collections.clear();
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Files are being embedded. */
  get busy(): boolean {
    return this.#collections.size > 0;
  }

  /** How long ago a window came back or a file was begun or ended, ms. */
  get silentMs(): number {
    return performance.now() - this.#lastSignMs;
  }

  get socketPath(): string {
    return this.encoder.socketPath;
  }

  /** Begins to collect what comes for this item; call before its first window is sent. */
  collect(item: number): ItemCollector {
    const collection: Collection = {
      windows: new Map(),
      failure: null,
      expected: null,
      finished: Promise.withResolvers(),
    };
    collection.finished.promise.catch(() => {}); // nobody waits when the decoder fails first
    this.#collections.set(item, collection);
    this.#lastSignMs = performance.now();
    return {
      complete: (windowCount) => {
        if (!this.#alive) return Promise.reject(new Error('the inference process ended'));
        collection.expected = windowCount;
        this.#settle(collection);
        return collection.finished.promise;
      },
      forget: () => {
        this.#lastSignMs = performance.now();
        this.#collections.delete(item);
      },
    };
  }

  #receive(window: EmbeddedWindow): void {
    const collection = this.#collections.get(window.item);
    if (!collection) return;
    collection.windows.set(window.windowIndex, window);
    this.#settle(collection);
  }

  #settle(collection: Collection): void {
    if (collection.failure) {
      collection.finished.reject(new NoEmbeddingError(collection.failure.message));
    } else if (collection.expected !== null && collection.windows.size >= collection.expected) {
      collection.finished.resolve([...collection.windows.values()].sort((a, b) => a.windowIndex - b.windowIndex));
    }
  }
}

export class EncoderSupervisor {
  readonly #pack: ModelPack;
  readonly #options: EncoderOptions;
  readonly #plans: PlanSource | null;
  #plan: Promise<AudioPlan> | null = null;
  /** The plan once it is known. */
  #known: AudioPlan | null = null;
  readonly #notice: (message: string) => void;
  readonly #patience: Patience;
  readonly #watch: NodeJS.Timeout;
  #current: Promise<RunningEncoder> | null = null;
  #lastUsedMs = 0;
  readonly #crashes: CrashCount;
  /** The process that crashed had loaded the audio encoder: the next one must, before it is given windows. */
  #reloadAudio = false;
  #closed = false;

  /**
   * @param notice called with a sentence when the process crashed and is restarted
   */
  constructor(
    pack: ModelPack,
    { plans, ...options }: SupervisorOptions,
    notice: (message: string) => void,
    patience = PATIENCE,
    crashes = new CrashCount({ limit: CRASH_LIMIT }),
  ) {
    this.#pack = pack;
    this.#options = options;
    this.#plans = plans ?? null;
    this.#notice = notice;
    this.#patience = patience;
    this.#crashes = crashes;
    this.#watch = setInterval(() => {
      this.#look().catch((error: unknown) => this.#notice(toWire(error).userMessage));
    }, patience.checkMs);
    this.#watch.unref();
  }

  /**
   * The running inference process; starts one if there is none.
   * @throws UserError engine-broken while it keeps crashing; what {@link Encoder.start} throws
   */
  async running(): Promise<RunningEncoder> {
    this.#lastUsedMs = performance.now();
    if (this.#current === null) this.#expectRest(); // not in the start itself, which would be remembered as the current one
    this.#current ??= this.#start();
    return this.#current;
  }

  /**
   * Asks the running process; should it die under the question, the next one.
   * @throws UserError engine-broken while it keeps crashing; what `ask` throws
   */
  async asking<T>(ask: (encoder: Encoder) => Promise<T>): Promise<T> {
    for (;;) {
      const { encoder, busy } = await this.running();
      try {
        const answer = await ask(encoder);
        // While files are analysed only their windows count: an answer to words says nothing of what crashes on sounds.
        if (!busy) this.#crashes.clear();
        return answer;
      } catch (error) {
        if (!(error instanceof ChildExitedError) || this.#closed) throw error;
        await encoder.exited; // after this its crash has been counted, and `running` starts another
      }
    }
  }

  /**
   * Loads the audio encoder now.
   * @throws UserError model-damaged, model-unusable when it cannot run on this machine
   */
  async loadAudio(): Promise<ProviderChoice> {
    const plan = await this.#planned();
    const choice = await this.asking((encoder) => encoder.loadAudio(plan));
    if (plan === null || plan.provider === 'cpu' || choice.provider === plan.provider) return choice;
    const { encoder } = await this.running();
    if (this.#known === plan) {
      // It was said to work and does not even start: the CPU does it, with as many encoders as are right for it.
      this.#giveUp(plan.provider, choice.reason);
      this.#current = null; // before it ends, so that this counts as no crash
      await encoder.close();
    }
    return this.loadAudio();
  }

  /** Files that may be on their way to the encoder beyond those being decoded, so that its batches get full. */
  get filesAhead(): number {
    return this.#known === null || this.#known.provider === 'cpu' ? DECODED_AHEAD : 2 * this.#known.batchSize;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    await this.#rest();
  }

  /** @returns null where nobody knows of a plan */
  async #planned(): Promise<AudioPlan | null> {
    if (!this.#plans) return null;
    this.#plan ??= this.#plans.choose();
    this.#plan.catch(() => (this.#plan = null));
    this.#known = await this.#plan;
    return this.#known;
  }

  /** The CPU from now on. @param why as shown to the user */
  #giveUp(provider: Provider, why: string): void {
    const plan = cpuPlan(why, this.#options.encoders ?? 1);
    this.#known = plan;
    this.#plan = Promise.resolve(plan);
    this.#plans?.blocklist(provider, why);
    this.#notice(
      `The model now runs on the CPU: ${why.replace(/\.$/, '')}. Run “earmark doctor --gpu” to test the GPU again.`,
    );
  }

  /** Ends the process and gives its memory back; the next {@link running} starts a new one. */
  async #rest(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    if (!current) return;
    const running = await current.catch(() => null);
    await running?.encoder.close();
  }

  async #look(): Promise<void> {
    const running = await this.#current?.catch(() => null);
    if (!running) return;
    if (running.busy) {
      // Its crash is noted and its files are tried again as after any other.
      if (running.silentMs > this.#patience.stuckMs) await running.encoder.close();
    } else if (performance.now() - this.#lastUsedMs > this.#patience.idleMs) await this.#rest();
  }

  /** A call, so that the compiler does not take an earlier answer for the present one. */
  #isClosed(): boolean {
    return this.#closed;
  }

  async #start(): Promise<RunningEncoder> {
    if (this.#closed) throw new Error('the engine is closing');
    try {
      const encoder = await this.#startEncoder();
      if (this.#isClosed()) await encoder.close();
      const running = new RunningEncoder(encoder, () => this.#crashes.clear());
      encoder.onNotice((message) => this.#notice(message));
      encoder.onGaveUp((message) => {
        if (this.#known !== null && this.#known.provider !== 'cpu') this.#giveUp(this.#known.provider, message);
      });
      const mine = this.#current;
      void encoder.exited.then((how) => {
        if (this.#closed || this.#current !== mine) return;
        this.#current = null;
        this.#reloadAudio = encoder.provider !== null;
        this.#noteCrash(how);
      });
      return running;
    } catch (error) {
      this.#current = null;
      throw error;
    }
  }

  /** A process that exits before it is ready has crashed like any other. */
  async #startEncoder(): Promise<Encoder> {
    for (;;) {
      try {
        return await this.#startOnce();
      } catch (error) {
        const cause = error instanceof UserError ? error.cause : error;
        if (!(cause instanceof ChildExitedError) || this.#isClosed()) throw error;
        this.#noteCrash(cause.how);
        this.#expectRest();
      }
    }
  }

  /** @throws what {@link Encoder.start} and {@link Encoder.loadAudio} throw */
  async #startOnce(): Promise<Encoder> {
    const encoder = await Encoder.start(this.#pack, { ...this.#options, ...this.#known });
    try {
      // A model that cannot be loaded any more must end the job; windows sent to it would each fail for their file.
      if (this.#reloadAudio) await encoder.loadAudio();
      return encoder;
    } catch (error) {
      await encoder.close();
      throw error;
    }
  }

  /** Why it does not run: it crashed again and again and has not answered since. null: nothing is known against it. */
  get trouble(): string | null {
    if (!this.#crashes.isBeyond) return null;
    return `The process that runs this model keeps crashing. Check the model again. If the problem persists, free some memory, run “earmark doctor”, or use another model.`;
  }

  /** @throws UserError engine-broken while starting it has no use */
  #expectRest(): void {
    const { restMs } = this.#crashes;
    if (restMs === 0) return;
    const seconds = Math.ceil(restMs / 1000);
    throw new UserError(
      'engine-broken',
      `The model “${this.#pack.name}” keeps crashing on this machine. Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}. If the problem persists, free some memory, run “earmark doctor”, or use another model.`,
    );
  }

  #noteCrash(how: string): void {
    this.#crashes.note();
    if (this.#crashes.count >= BLOCKLISTED_AFTER_CRASHES && this.#known !== null && this.#known.provider !== 'cpu') {
      this.#giveUp(this.#known.provider, `the driver of ${this.#known.provider} crashed several times`);
    }
    this.#notice(
      `The inference process exited unexpectedly (${how}) and is being restarted. Files in progress are retried.`,
    );
  }
}

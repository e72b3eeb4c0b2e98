/** The engine's handle on the inference process of one model pack. */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { GraphPrecision } from '../../shared/calls/models.ts';
import { UserError } from '../../shared/errors.ts';
import type { ModelPack } from '../packs/pack.ts';
import { Child, ChildExitedError } from '../process/child.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import { newSocketPath } from '../process/pcm-wire.ts';
import { removeStaleSockets } from '../process/stale-sockets.ts';
import type {
  EmbeddedWindow,
  FailedWindow,
  InferenceMethods,
  InferencePushes,
  InferenceStats,
} from './inference-types.ts';
import { normalised } from '../vectors/normalise.ts';
import { MODEL_ENVIRONMENT, type AudioPlan, type Provider, type ProviderChoice } from './providers.ts';

export type { EmbeddedWindow, FailedWindow, InferenceStats, ProviderChoice };

export interface EncoderOptions {
  /** Audio sessions side by side; each holds the weights once more. @default half the cores, at least 1 */
  encoders?: number;
  /** Threads within one session. More encoders with one thread do more windows a second than the other way round. @default 1 */
  threadsPerEncoder?: number;
  /** @default 'auto', which is the CPU */
  provider?: Provider | 'auto';
  /** Below normal priority: background work in the app. @default false */
  lowPriority?: boolean;
  /** Windows that one session takes at once. @default 4 */
  batchSize?: number;
  /** Why this provider. @default what it says itself */
  reason?: string;
  /** Of the weights. @default that of the variant made for the hardware */
  precision?: GraphPrecision;
}

export interface EmbedOptions {
  /** As the model gives them, before L2 normalisation. @default false */
  raw?: boolean;
  /** Looked at between parts of a long list. */
  signal?: AbortSignal;
}

/** What crosses the channel in one message: 16 windows of 5 s at 32 kHz are 10 MB. */
const WINDOWS_PER_CALL = 16;
const FRAMED_WINDOWS_PER_CALL = 4;
const TEXTS_PER_CALL = 256;
const NO_DIRECTION = 'the model returned an invalid embedding (zero, or not numbers)';

export class Encoder {
  readonly pack: ModelPack;
  /** Decoders connect here and send PCM frames (process/pcm-wire.ts). */
  readonly socketPath: string;
  /** Resolves with how the process ended, also after {@link close}; never rejects. */
  readonly exited: Promise<string>;
  readonly #child: Child<InferenceMethods, InferencePushes>;
  readonly #failedListeners = new Set<(window: FailedWindow) => void>();
  #choice: ProviderChoice | null = null;

  private constructor(pack: ModelPack, child: Child<InferenceMethods, InferencePushes>, socketPath: string) {
    this.pack = pack;
    this.socketPath = socketPath;
    this.#child = child;
    this.exited = child.exited.then((how) => {
      this.#removeSocket(); // the process does it when it ends by itself; after a kill -9 it cannot
      return how;
    });
    child.on('failed', ({ windows }) => {
      for (const window of windows) this.#fail(window);
    });
  }

  /**
   * Starts the inference process. It listens for decoders at once and loads each of its two models when it is first
   * needed: a search by words does not pay for the audio encoder.
   * @throws UserError 'engine-broken' when the process cannot be started
   */
  static async start(pack: ModelPack, options: EncoderOptions = {}): Promise<Encoder> {
    const child = new Child<InferenceMethods, InferencePushes>({
      processName: 'inference',
      entry: PROCESS_ENTRIES.inference,
      env: MODEL_ENVIRONMENT,
      lowPriority: options.lowPriority ?? false,
    });
    removeStaleSockets().catch(() => {}); // tidiness only; a folder that cannot be listed is said so by what needs it
    const encoder = new Encoder(pack, child, newSocketPath());
    try {
      await child.call('open', {
        pack,
        socketPath: encoder.socketPath,
        plan: {
          encoders: options.encoders ?? Math.max(1, Math.floor(availableParallelism() / 2)),
          threadsPerEncoder: options.threadsPerEncoder ?? 1,
          provider: options.provider ?? 'auto',
          batchSize: options.batchSize ?? 4,
          reason: options.reason ?? null,
          ...(options.precision ? { precision: options.precision } : {}),
        },
      });
    } catch (error) {
      await encoder.close();
      throw new UserError(
        'engine-broken',
        'The inference process could not be started. Run “earmark doctor” to find the cause.',
        error,
      );
    }
    return encoder;
  }

  /** What runs the audio encoder; null until it has been loaded. */
  get provider(): ProviderChoice | null {
    return this.#choice;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#child.alive;
  }

  /**
   * Loads the audio encoder now. Call it before a job: windows sent to an encoder that cannot be loaded all fail.
   * @param plan instead of what the options said, unless it has been loaded before
   * @returns the provider in use and why, for the user to see
   * @throws UserError 'model-damaged' or 'model-unusable'; {@link ChildExitedError} when the process exits
   */
  async loadAudio(plan: AudioPlan | null = null): Promise<ProviderChoice> {
    this.#choice = await this.#child.call('loadAudio', plan);
    return this.#choice;
  }

  /** Calls `listener` with messages for the user. @returns a function that unsubscribes */
  onNotice(listener: (message: string) => void): () => void {
    return this.#child.on('notice', ({ message }) => listener(message));
  }

  /** Calls `listener` when the provider failed during work and the CPU continues. @returns a function that unsubscribes */
  onGaveUp(listener: (message: string) => void): () => void {
    return this.#child.on('gaveUp', ({ message }) => {
      this.#choice = { provider: 'cpu', reason: message };
      listener(message);
    });
  }

  /** Loads the text encoder now, so that the first search need not wait for it. @throws as {@link loadAudio} */
  loadText(): Promise<ProviderChoice> {
    return this.#child.call('loadText', null);
  }

  /**
   * @param texts as a person typed them; longer ones than the model can take lose their end
   * @returns Float32Array[dim] each, in the order of the texts, of L2 norm 1 unless raw
   * @throws UserError 'bad-input' for a text without any word, 'model-…' when the model cannot be loaded or gives no
   *   direction; {@link ChildExitedError} when the process exits; signal.reason
   */
  embedTexts(texts: string[], options: EmbedOptions = {}): Promise<Float32Array[]> {
    const call = (part: string[]) => this.#child.call('embedTexts', { texts: part });
    return this.#inParts(texts, TEXTS_PER_CALL, call, options, (text) => {
      return new UserError('model-unusable', `For “${text}”, ${NO_DIRECTION}. Type other words, or use another model.`);
    });
  }

  /**
   * One-off sounds, before anything the decoders have sent. Many windows of many files belong on the socket instead.
   * @param windows mono, −1..1, at the pack's rate, 1 to windowSamples samples each (short ones are filled up)
   * @returns Float32Array[dim] each, in the order of the windows, of L2 norm 1 unless raw
   * @throws UserError 'bad-input' for a window without samples or with too many, 'undecodable-audio' when the model
   *   makes nothing of one (NaN in it, or silence unless raw), 'model-…'; {@link ChildExitedError}; signal.reason
   */
  async embedWindows(windows: Float32Array[], options: EmbedOptions = {}): Promise<Float32Array[]> {
    const { windowSamples } = this.pack.audio;
    const odd = windows.find(({ length }) => length === 0 || length > windowSamples);
    if (odd) {
      const message = `A window must have 1 to ${windowSamples} samples for this model, not ${odd.length}.`;
      throw new UserError('bad-input', message);
    }
    const call = (part: Float32Array[]) => this.#child.call('embedWindows', { windows: part });
    const embeddings = await this.#inParts(windows, WINDOWS_PER_CALL, call, options, () => {
      return new UserError('undecodable-audio', `For this audio, ${NO_DIRECTION}. Check whether it is silent.`);
    });
    this.#choice ??= await this.#child.call('loadAudio', null);
    return embeddings;
  }

  /**
   * @param windows as for {@link embedWindows}
   * @returns Float32Array[T · dim] a window: raw embeddings of the T steps of `pack.audio.frames`
   * @throws UserError 'model-unusable' for a pack without frames; else as {@link embedWindows}
   */
  async embedFrames(windows: Float32Array[]): Promise<Float32Array[]> {
    if (this.pack.audio.frames === undefined) {
      throw new UserError('model-unusable', `The model “${this.pack.name}” does not provide frame-level embeddings.`);
    }
    const frames: Float32Array[] = [];
    for (let at = 0; at < windows.length; at += FRAMED_WINDOWS_PER_CALL) {
      const part = windows.slice(at, at + FRAMED_WINDOWS_PER_CALL);
      frames.push(...(await this.#child.call('embedFrames', { windows: part })));
    }
    return frames;
  }

  /**
   * Calls `listener` for every window from the socket that has been embedded, L2-normalised unless raw. Windows of one
   * item can arrive out of order when there are several encoders. A window whose embedding has no direction goes to
   * {@link onFailed} instead (raw: is passed on).
   * @returns a function that unsubscribes
   */
  onEmbedded(listener: (window: EmbeddedWindow) => void, { raw = false }: { raw?: boolean } = {}): () => void {
    return this.#child.on('embedded', ({ windows }) => {
      for (const { embedding, ...window } of windows) {
        const own = ownEmbedding(embedding, raw);
        if (own) listener({ ...window, embedding: own });
        else this.#fail({ ...window, message: NO_DIRECTION });
      }
    });
  }

  /** Calls `listener` for every window from the socket that could not be embedded. @returns a function that unsubscribes */
  onFailed(listener: (window: FailedWindow) => void): () => void {
    this.#failedListeners.add(listener);
    return () => this.#failedListeners.delete(listener);
  }

  /** Resident memory of the inference process, with what it has loaded so far, bytes. */
  async memory(): Promise<number> {
    return (await this.#child.call('memory', null)).residentBytes;
  }

  /** @param options.reset begin to count anew after this */
  stats({ reset = false }: { reset?: boolean } = {}): Promise<InferenceStats> {
    return this.#child.call('stats', { reset });
  }

  /**
   * Ends the process at once and waits until it is gone; calls under way are rejected. It keeps nothing on disk, so
   * a kill is clean, while an orderly end would have to wait for the models.
   */
  async close(): Promise<void> {
    this.#removeSocket(); // before the kill: should this process be killed in between, nobody would do it
    await this.#child.kill();
    await this.exited;
  }

  async #inParts<T>(
    items: T[],
    size: number,
    call: (part: T[]) => Promise<Float32Array[]>,
    { raw = false, signal }: EmbedOptions,
    onNoDirection: (item: T) => UserError,
  ): Promise<Float32Array[]> {
    const embeddings: Float32Array[] = [];
    for (let at = 0; at < items.length; at += size) {
      signal?.throwIfAborted();
      for (const embedding of await call(items.slice(at, at + size))) {
        const own = ownEmbedding(embedding, raw);
        if (!own) throw onNoDirection(items[embeddings.length]!);
        embeddings.push(own);
      }
    }
    signal?.throwIfAborted();
    return embeddings;
  }

  #removeSocket(): void {
    if (process.platform !== 'win32') rmSync(this.socketPath, { force: true });
  }

  #fail(window: FailedWindow): void {
    for (const listener of this.#failedListeners) listener(window);
  }
}

/** A copy in any case: what arrives may be a view of the whole message. @returns null when it has no direction */
function ownEmbedding(embedding: Float32Array, raw: boolean): Float32Array | null {
  return raw ? embedding.slice() : normalised(embedding);
}

export { ChildExitedError };

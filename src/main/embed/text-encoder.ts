/** The inference process's handle on its text encoder thread. */
import { Worker } from 'node:worker_threads';
import { fromWire } from '../../shared/errors.ts';
import type { ModelPack } from '../packs/pack.ts';
import { WORKER_ENTRIES } from '../process/entries.ts';
import type { ProviderChoice } from './providers.ts';
import type { TextRequest, TextWorkerData, TextWorkerMessage } from './text-encoder-worker.ts';

/** Texts per run: enough to fill the cores, few enough that a search waits for no more than one of them. */
const TEXTS_PER_RUN = 16;

interface Waiting {
  resolve: (embeddings: Float32Array[]) => void;
  reject: (error: Error) => void;
}

export class TextEncoder {
  readonly #data: TextWorkerData;
  readonly #waiting = new Map<number, Waiting>();
  #nextRequest = 1;
  #loading: Promise<{ worker: Worker; choice: ProviderChoice }> | null = null;

  /** Loads nothing yet. */
  constructor(pack: ModelPack, threads: number) {
    this.#data = { pack, threads };
  }

  /** @throws UserError when the pack's text encoder cannot be loaded */
  async load(): Promise<ProviderChoice> {
    return (await this.#worker()).choice;
  }

  /**
   * @returns raw embeddings in the order of the texts, Float32Array[dim] each
   * @throws UserError 'bad-input' for a text without a token
   */
  async embed(texts: string[]): Promise<Float32Array[]> {
    const { worker } = await this.#worker();
    // Texts of similar length share a run: padding is work for nothing.
    const order = texts.map((_, i) => i).sort((a, b) => texts[a]!.length - texts[b]!.length);
    const embeddings = new Array<Float32Array>(texts.length);
    for (let at = 0; at < order.length; at += TEXTS_PER_RUN) {
      const part = order.slice(at, at + TEXTS_PER_RUN);
      const request = this.#nextRequest++;
      const rows = await new Promise<Float32Array[]>((resolve, reject) => {
        this.#waiting.set(request, { resolve, reject });
        worker.postMessage({ request, texts: part.map((i) => texts[i]!) } satisfies TextRequest);
      });
      for (const [row, i] of part.entries()) embeddings[i] = rows[row]!;
    }
    return embeddings;
  }

  #worker(): Promise<{ worker: Worker; choice: ProviderChoice }> {
    this.#loading ??= new Promise((resolve, reject) => {
      const worker = new Worker(WORKER_ENTRIES.textEncoder, { workerData: this.#data });
      // A thread that throws outside a request is a bug of ours: it ends the process, and the engine is notified.
      worker.on('error', (error) => {
        throw error;
      });
      worker.on('message', (message: TextWorkerMessage) => {
        if (message.kind === 'ready') resolve({ worker, choice: message.choice });
        else if (message.kind === 'broken') reject(fromWire(message.error));
        else this.#settle(message);
      });
    });
    return this.#loading;
  }

  #settle(message: Extract<TextWorkerMessage, { request: number }>): void {
    const waiting = this.#waiting.get(message.request);
    this.#waiting.delete(message.request);
    if (message.kind === 'result') waiting?.resolve(message.embeddings);
    else waiting?.reject(fromWire(message.error));
  }
}

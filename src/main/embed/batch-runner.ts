/**
 * Batches through a model that may turn out too small for them: a batch that does not fit into the memory is halved, a
 * GPU that fails is replaced by the CPU, and one bad window affects only itself.
 */

import type { AudioOutput } from './graph-check.ts';

export type Row = Float32Array | { message: string };

/** Float32Array[count · windowSamples] in, `count` rows of the output out. */
export type RunBatch = (samples: Float32Array, count: number, output: AudioOutput) => Promise<Float32Array[]>;

export interface BatchRunnerOptions {
  windowSamples: number;
  run: RunBatch;
  /**
   * Opens the same model on the CPU; null where it runs there already.
   * @throws what loading throws: then the GPU's own error counts
   */
  openOnCpu: (() => Promise<RunBatch>) | null;
  /** From now on fewer windows go in at once. One sentence for the user. */
  onSmaller: (message: string) => void;
  /** From now on the CPU is used. @param why one sentence for the user */
  onCpu: (why: string) => void;
}

export class BatchRunner {
  readonly #options: BatchRunnerOptions;
  #run: RunBatch;
  #openOnCpu: (() => Promise<RunBatch>) | null;
  #limit = Infinity;

  constructor(options: BatchRunnerOptions) {
    this.#options = options;
    this.#run = options.run;
    this.#openOnCpu = options.openOnCpu;
  }

  /** Windows that go in at once at most, as far as is known. */
  get limit(): number {
    return this.#limit;
  }

  /** @returns one a window, in order: its row of the output, or why there is none; never throws */
  async embed(samples: Float32Array, count: number, output: AudioOutput): Promise<Row[]> {
    const rows: Row[] = [];
    while (rows.length < count) {
      const size = Math.min(this.#limit, count - rows.length);
      const part = await this.#embedPart(this.#rows(samples, rows.length, size), size, output);
      if (part) rows.push(...part); // else the limit is lower now, or the CPU is used: the same once more
    }
    return rows;
  }

  /** @returns null when it must be tried again with the new limits */
  async #embedPart(samples: Float32Array, count: number, output: AudioOutput): Promise<Row[] | null> {
    try {
      return (await this.#run(samples, count, output)).map(checked);
    } catch (error) {
      if (isOutOfMemory(error) && count > 1) {
        this.#limit = Math.floor(count / 2);
        this.#options.onSmaller(
          `Not enough memory for a batch of ${count} windows. The batch size is now ${this.#limit}.`,
        );
        return null;
      }
      if (count === 1) return this.#alone(samples, output, error);
    }
    // One window that the model cannot take must not cost its neighbours in the batch: they are tried alone.
    const rows: Row[] = [];
    for (let row = 0; row < count; row++) {
      const own = this.#rows(samples, row, 1);
      try {
        rows.push(checked((await this.#run(own, 1, output))[0]!));
      } catch (error) {
        rows.push(...(await this.#alone(own, output, error)));
      }
    }
    return rows;
  }

  /** Is it the window's fault or the GPU's? The CPU decides. */
  async #alone(samples: Float32Array, output: AudioOutput, error: unknown): Promise<Row[]> {
    const open = this.#openOnCpu;
    if (!open) return [{ message: describe(error) }];
    let onCpu: RunBatch;
    let embedding: Float32Array;
    try {
      onCpu = await open();
      this.#openOnCpu = () => Promise.resolve(onCpu);
      embedding = (await onCpu(samples, 1, output))[0]!;
    } catch {
      return [{ message: describe(error) }];
    }
    this.#run = onCpu;
    this.#openOnCpu = null;
    this.#limit = Infinity;
    const why = isOutOfMemory(error) ? 'out of memory for a single window' : describe(error);
    this.#options.onCpu(`The GPU failed (${why}); analysis continues on the CPU.`);
    return [checked(embedding)];
  }

  #rows(samples: Float32Array, first: number, count: number): Float32Array {
    const { windowSamples } = this.#options;
    return samples.subarray(first * windowSamples, (first + count) * windowSamples);
  }
}

/** By its words: onnxruntime hands on the text of CUDA, Direct3D, Vulkan or the C++ library and no code. */
export function isOutOfMemory(error: unknown): boolean {
  return /out[ _]of[ _](device[ _]|host[ _])?memory|failed to allocate|bad_?alloc|cudaErrorMemoryAllocation|not enough memory/i.test(
    describe(error),
  );
}

function checked(embedding: Float32Array): Row {
  if (embedding.every(Number.isFinite)) return embedding;
  return { message: 'the model returned values that are not numbers' };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error); // of a UserError, its sentence
}

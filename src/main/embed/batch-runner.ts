/**
 * Batches through a model that may turn out too small for them: a batch that does not fit into the memory is halved, a
 * graphics processor that cannot go on gives way to the processor, and one bad window costs only itself.
 */

export type Row = Float32Array | { message: string };

/** Float32Array[count · windowSamples] in, `count` embeddings out. */
export type RunBatch = (samples: Float32Array, count: number) => Promise<Float32Array[]>;

export interface BatchRunnerOptions {
  windowSamples: number;
  run: RunBatch;
  /**
   * Opens the same model on the processor; null where it runs there already.
   * @throws what loading throws: then the graphics processor's own error counts
   */
  openOnCpu: (() => Promise<RunBatch>) | null;
  /** From now on fewer windows go in at once. One sentence for the user. */
  onSmaller: (message: string) => void;
  /** From now on the processor does it. @param why one sentence for the user */
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

  /** @returns one a window, in order: the raw embedding, or why there is none; never throws */
  async embed(samples: Float32Array, count: number): Promise<Row[]> {
    const rows: Row[] = [];
    while (rows.length < count) {
      const size = Math.min(this.#limit, count - rows.length);
      const part = await this.#embedPart(this.#rows(samples, rows.length, size), size);
      if (part) rows.push(...part); // else the limit is lower now, or the processor does it: the same once more
    }
    return rows;
  }

  /** @returns null when it shall be tried again under what holds now */
  async #embedPart(samples: Float32Array, count: number): Promise<Row[] | null> {
    try {
      return (await this.#run(samples, count)).map(checked);
    } catch (error) {
      if (isOutOfMemory(error) && count > 1) {
        this.#limit = Math.floor(count / 2);
        this.#options.onSmaller(
          `The memory does not suffice for ${count} windows of sound at once; from now on it is ${this.#limit}.`,
        );
        return null;
      }
      if (count === 1) return this.#alone(samples, error);
    }
    // One window that the model cannot take must not cost its neighbours in the batch: they are tried alone.
    const rows: Row[] = [];
    for (let row = 0; row < count; row++) {
      const own = this.#rows(samples, row, 1);
      try {
        rows.push(checked((await this.#run(own, 1))[0]!));
      } catch (error) {
        rows.push(...(await this.#alone(own, error)));
      }
    }
    return rows;
  }

  /** Is it the window's fault or the graphics processor's? The processor knows. */
  async #alone(samples: Float32Array, error: unknown): Promise<Row[]> {
    const open = this.#openOnCpu;
    if (!open) return [{ message: describe(error) }];
    let onCpu: RunBatch;
    let embedding: Float32Array;
    try {
      onCpu = await open();
      this.#openOnCpu = () => Promise.resolve(onCpu);
      embedding = (await onCpu(samples, 1))[0]!;
    } catch {
      return [{ message: describe(error) }];
    }
    this.#run = onCpu;
    this.#openOnCpu = null;
    this.#limit = Infinity;
    const why = isOutOfMemory(error) ? 'its memory does not suffice for a single window of sound' : describe(error);
    this.#options.onCpu(`The graphics processor cannot go on (${why}); from now on the processor listens.`);
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
  return { message: 'the model gave values that are not numbers' };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error); // of a UserError, its sentence
}

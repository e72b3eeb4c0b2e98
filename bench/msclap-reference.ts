/** PyTorch as the yardstick for MS CLAP 2023: the same weights and inputs through a model as one would train it. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { MsclapRun } from './msclap-process.ts';

const PROGRAM = fileURLToPath(new URL('./reference/msclap_process.py', import.meta.url));
const SYSTEM_PYTHON = '/usr/bin/python3';

interface Answer {
  seconds: number;
  cpuSeconds: number;
  embedding: number[];
  peakKiB: number;
}

/** @returns a Python that has PyTorch; null when there is none */
export function pythonWithTorch(): string | null {
  const has = (python: string) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
  return ['python3', SYSTEM_PYTHON].find(has) ?? null;
}

export class Reference {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(python: string, threads: number) {
    const env = {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      OMP_NUM_THREADS: `${threads}`,
      OPENBLAS_NUM_THREADS: `${threads}`,
      // Waiting threads sleep, as ours do. Spinning, PyTorch's own take the cores from those of its matrix library:
      // measured with two threads on two cores, 216 ms a clip instead of 122.
      OMP_WAIT_POLICY: 'PASSIVE',
    };
    this.#child = spawn(python, [PROGRAM], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Fills both encoders with the pseudo-random weights, which takes some seconds. */
  static async start(python: string, threads: number): Promise<{ reference: Reference; torch: string }> {
    const reference = new Reference(python, threads);
    const { torch } = await reference.#ask<{ torch: string }>({ op: 'open', threads, audio: true, text: true });
    return { reference, torch };
  }

  /** The audio encoder on the first GPU that PyTorch finds; null if it finds none. */
  static async startOnGpu(python: string): Promise<{ reference: Reference; device: string } | null> {
    const reference = new Reference(python, 1);
    const { device } = await reference.#ask<{ device: string | null }>({ op: 'open', threads: 1, audio: true, gpu: true }); // prettier-ignore
    if (device !== null) return { reference, device };
    await reference.close();
    return null;
  }

  /**
   * @param path of a file of float32 samples, clip after clip; repeated until there are `batch` of them
   * @param precision of the products (autocast); on a GPU only
   */
  async embed(path: string, batch: number, precision: 'float32' | 'float16' = 'float32'): Promise<MsclapRun> {
    return asRun(await this.#ask<Answer>({ op: 'audio', pcm: path, batch, half: precision === 'float16' }));
  }

  async read(ids: readonly number[]): Promise<MsclapRun> {
    return asRun(await this.#ask<Answer>({ op: 'text', ids: [ids] }));
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exited;
  }

  async #ask<T>(request: object): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('the PyTorch process ended without an answer');
    return JSON.parse(line.value) as T;
  }
}

function asRun({ seconds, cpuSeconds, embedding, peakKiB }: Answer): MsclapRun {
  return {
    ms: seconds * 1000,
    cpuMs: cpuSeconds * 1000,
    embedding: Float32Array.from(embedding),
    peakBytes: peakKiB * 1024,
  };
}

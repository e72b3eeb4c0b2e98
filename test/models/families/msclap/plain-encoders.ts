/**
 * Both encoders once more, in double precision and as plainly as possible: loops over rows and columns in the order of
 * the description, nothing folded, nothing rearranged. Slow; for small sizes.
 */
import { AUDIO_PROJECTION, GPT2, HTSAT, TEXT_PROJECTION } from '../../../../src/main/models/families/msclap/sizes.ts';
import type { AudioSizes, TextSizes } from '../../../../src/main/models/families/msclap/sizes.ts';
import { pseudoTensor } from './pseudo-checkpoint.ts';

type Row = number[];
type Matrix = Row[];

/** Looks weights up by name. */
class Weights {
  readonly #shapes: Map<string, number[]>;

  constructor(shapes: Map<string, number[]>) {
    this.#shapes = shapes;
  }

  row(key: string): Row {
    return Array.from(pseudoTensor(key, this.#shapes.get(key)!));
  }

  /** First axis by everything else. */
  matrix(key: string): Matrix {
    const values = this.row(key);
    const rows = this.#shapes.get(key)![0]!;
    const columns = values.length / rows;
    return Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
  }

  /** PyTorch's Linear: weight [outputs, inputs]. */
  linear(x: Matrix, key: string, withBias = true): Matrix {
    const weight = this.matrix(`${key}.weight`);
    const bias = withBias ? this.row(`${key}.bias`) : weight.map(() => 0);
    return x.map((row) => weight.map((to, o) => to.reduce((sum, w, i) => sum + w * row[i]!, bias[o]!)));
  }

  /** GPT-2's layer: weight [inputs, outputs]. */
  inputFirst(x: Matrix, key: string): Matrix {
    const weight = this.matrix(`${key}.weight`);
    return x.map((row) =>
      this.row(`${key}.bias`).map((b, o) => row.reduce((sum, v, i) => sum + v * weight[i]![o]!, b)),
    );
  }

  norm(x: Matrix, key: string): Matrix {
    const [weight, bias] = [this.row(`${key}.weight`), this.row(`${key}.bias`)];
    return x.map((row) => {
      const mean = row.reduce((sum, v) => sum + v, 0) / row.length;
      const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / row.length;
      return row.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * weight[i]! + bias[i]!);
    });
  }

  projection(x: Matrix, key: string): Row {
    const first = this.linear(x, `${key}.linear1`, false);
    const second = this.linear(map(first, gelu), `${key}.linear2`, false);
    return this.norm(plus(first, second), `${key}.layer_norm`)[0]!;
  }
}

export function plainAudioEmbedding(pcm: Float32Array, shapes: Map<string, number[]>, sizes: AudioSizes): Row {
  const w = new Weights(shapes);
  let x = w.norm(
    w.linear(patchRows(image(pcm, w, sizes), sizes), `${HTSAT}.patch_embed.proj`),
    `${HTSAT}.patch_embed.norm`,
  );
  for (const [stage, depth] of sizes.depths.entries()) {
    const grid = sizes.imageSide / sizes.patch / 2 ** stage;
    for (let block = 0; block < depth; block++) {
      const key = `${HTSAT}.layers.${stage}.blocks.${block}`;
      const shift = block % 2 === 1 && grid > sizes.window ? sizes.window / 2 : 0;
      const heads = sizes.heads[stage]!;
      x = plus(
        x,
        windowAttention(w, w.norm(x, `${key}.norm1`), `${key}.attn`, { grid, shift, heads, side: sizes.window }),
      );
      const hidden = map(w.linear(w.norm(x, `${key}.norm2`), `${key}.mlp.fc1`), gelu);
      x = plus(x, w.linear(hidden, `${key}.mlp.fc2`));
    }
    if (stage === sizes.depths.length - 1) continue;
    const cells: Matrix = [];
    for (let row = 0; row < grid; row += 2) {
      for (let column = 0; column < grid; column += 2) {
        const at = (r: number, c: number) => x[(row + r) * grid + column + c]!;
        cells.push([...at(0, 0), ...at(1, 0), ...at(0, 1), ...at(1, 1)]);
      }
    }
    const key = `${HTSAT}.layers.${stage}.downsample`;
    x = w.linear(w.norm(cells, `${key}.norm`), `${key}.reduction`, false);
  }
  const last = w.norm(x, `${HTSAT}.norm`);
  const latent = last[0]!.map((_, i) => last.reduce((sum, row) => sum + row[i]!, 0) / last.length);
  return w.projection([latent], AUDIO_PROJECTION);
}

export function plainTextEmbedding(ids: readonly number[], shapes: Map<string, number[]>, sizes: TextSizes): Row {
  const w = new Weights(shapes);
  const [words, places] = [w.matrix(`${GPT2}.wte.weight`), w.matrix(`${GPT2}.wpe.weight`)];
  let x = ids.map((id, at) => words[id]!.map((v, i) => v + places[at]![i]!));
  const width = sizes.width / sizes.heads;
  for (let layer = 0; layer < sizes.layers; layer++) {
    const key = `${GPT2}.h.${layer}`;
    const qkv = w.inputFirst(w.norm(x, `${key}.ln_1`), `${key}.attn.c_attn`);
    const mixed = qkv.map((row, i) =>
      Array.from({ length: sizes.heads }, (_, head) => {
        const part = (of: Row, third: number) =>
          of.slice(third * sizes.width + head * width, third * sizes.width + (head + 1) * width);
        const before = qkv.slice(0, i + 1);
        const weights = softmax(before.map((other) => dot(part(row, 0), part(other, 1)) / Math.sqrt(width)));
        return weightedSum(
          weights,
          before.map((other) => part(other, 2)),
        );
      }).flat(),
    );
    x = plus(x, w.inputFirst(mixed, `${key}.attn.c_proj`));
    const hidden = map(w.inputFirst(w.norm(x, `${key}.ln_2`), `${key}.mlp.c_fc`), tanhGelu);
    x = plus(x, w.inputFirst(hidden, `${key}.mlp.c_proj`));
  }
  const pooled = ids.filter((id) => id !== 0).length - 1;
  return w.projection([w.norm(x, `${GPT2}.ln_f`)[pooled]!], TEXT_PROJECTION);
}

function image(pcm: Float32Array, w: Weights, sizes: AudioSizes): Matrix {
  const { fftLength, hopLength, nMels, imageSide } = sizes;
  const half = fftLength / 2;
  const sample = (at: number) => pcm[at < 0 ? -at : at >= pcm.length ? 2 * (pcm.length - 1) - at : at]!;
  const mel = w.matrix(`${HTSAT}.logmel_extractor.melW`);
  const [mean, variance, weight, bias] = ['running_mean', 'running_var', 'weight', 'bias'].map((name) =>
    w.row(`${HTSAT}.bn0.${name}`),
  );
  const frames: Matrix = [];
  for (let t = 0; t <= Math.floor(pcm.length / hopLength); t++) {
    const power: Row = [];
    for (let k = 0; k <= half; k++) {
      let [re, im] = [0, 0];
      for (let n = 0; n < fftLength; n++) {
        const value = sample(t * hopLength + n - half) * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / fftLength));
        re += value * Math.cos((2 * Math.PI * k * n) / fftLength);
        im -= value * Math.sin((2 * Math.PI * k * n) / fftLength);
      }
      power.push(re * re + im * im);
    }
    frames.push(
      Array.from({ length: nMels }, (_, m) => {
        const decibels =
          10 *
          Math.log10(
            Math.max(
              power.reduce((sum, p, k) => sum + p * mel[k]![m]!, 0),
              1e-10,
            ),
          );
        return ((decibels - mean![m]!) / Math.sqrt(variance![m]! + 1e-5)) * weight![m]! + bias![m]!;
      }),
    );
  }
  const length = (imageSide / nMels) * imageSide;
  const resized = Array.from({ length }, (_, i) => {
    const s = (i * (frames.length - 1)) / (length - 1);
    const f = Math.floor(s);
    const taps = [-1, 0, 1, 2].map((tap) => ({
      weight: cubic(Math.abs(s - f - tap)),
      row: frames[Math.min(frames.length - 1, Math.max(0, f + tap))]!,
    }));
    return weightedSum(
      taps.map((tap) => tap.weight),
      taps.map((tap) => tap.row),
    );
  });
  return Array.from({ length: imageSide }, (_, row) =>
    Array.from({ length: imageSide }, (_, j) => resized[imageSide * Math.floor(row / nMels) + j]![row % nMels]!),
  );
}

function cubic(v: number): number {
  const a = -0.75;
  if (v <= 1) return (a + 2) * v ** 3 - (a + 3) * v ** 2 + 1;
  return v < 2 ? a * v ** 3 - 5 * a * v ** 2 + 8 * a * v - 4 * a : 0;
}

function patchRows(pixels: Matrix, { imageSide, patch }: AudioSizes): Matrix {
  const rows: Matrix = [];
  for (let top = 0; top < imageSide; top += patch) {
    for (let left = 0; left < imageSide; left += patch) {
      rows.push(pixels.slice(top, top + patch).flatMap((row) => row.slice(left, left + patch)));
    }
  }
  return rows;
}

/** Every token looks at all tokens of its window; the grid rolls, the windows stand still. */
function windowAttention(
  w: Weights,
  x: Matrix,
  key: string,
  { grid, shift, heads, side }: { grid: number; shift: number; heads: number; side: number },
): Matrix {
  const width = x[0]!.length;
  const each = width / heads;
  const qkv = w.linear(x, `${key}.qkv`);
  const table = w.matrix(`${key}.relative_position_bias_table`);
  const region = (p: number) => (p < grid - side ? 0 : p < grid - shift ? 1 : 2);
  const mixed: Matrix = [];
  for (let r = 0; r < grid; r++) {
    for (let c = 0; c < grid; c++) {
      const [top, left] = [r - (r % side), c - (c % side)]; // r, c: places on the rolled grid
      const token = (row: number, column: number) => ((row + shift) % grid) * grid + ((column + shift) % grid);
      const others = Array.from(
        { length: side * side },
        (_, j) => [top + Math.floor(j / side), left + (j % side)] as const,
      );
      mixed[token(r, c)] = Array.from({ length: heads }, (_, head) => {
        const part = (row: Row, third: number) =>
          row.slice(third * width + head * each, third * width + (head + 1) * each);
        const logits = others.map(([row, column]) => {
          const apart = (2 * side - 1) * (r - row + side - 1) + (c - column + side - 1);
          const hidden = shift > 0 && (region(r) !== region(row) || region(c) !== region(column));
          const q = part(qkv[token(r, c)]!, 0);
          return (
            dot(q, part(qkv[token(row, column)]!, 1)) / Math.sqrt(each) + table[apart]![head]! + (hidden ? -100 : 0)
          );
        });
        return weightedSum(
          softmax(logits),
          others.map(([row, column]) => part(qkv[token(row, column)]!, 2)),
        );
      }).flat();
    }
  }
  return w.linear(mixed, `${key}.proj`);
}

function softmax(logits: Row): Row {
  const largest = Math.max(...logits);
  const powers = logits.map((v) => Math.exp(v - largest));
  const sum = powers.reduce((total, v) => total + v, 0);
  return powers.map((v) => v / sum);
}

function weightedSum(weights: Row, rows: Matrix): Row {
  return rows[0]!.map((_, i) => weights.reduce((sum, weight, at) => sum + weight * rows[at]![i]!, 0));
}

function dot(a: Row, b: Row): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0);
}

function plus(a: Matrix, b: Matrix): Matrix {
  return a.map((row, i) => row.map((v, j) => v + b[i]![j]!));
}

function map(x: Matrix, f: (v: number) => number): Matrix {
  return x.map((row) => row.map(f));
}

function gelu(v: number): number {
  return (v / 2) * (1 + erf(v / Math.SQRT2));
}

function tanhGelu(v: number): number {
  return (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
}

/** By its power series, which converges everywhere; beyond 4 it is ±1 to within 2e-8. */
function erf(v: number): number {
  if (Math.abs(v) > 4) return Math.sign(v);
  let [term, sum] = [v, v];
  for (let n = 1; n < 100; n++) {
    term *= (-v * v) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

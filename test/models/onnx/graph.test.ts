import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeEach, expect, test } from 'vitest';
import { Graph } from '../../../src/main/models/onnx/graph.ts';
import { sha256 } from '../../kit/sha256.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('onnx');
});

const weights = (length: number) => Float32Array.from({ length }, (_, i) => (i % 17) - 8);

test('onnxruntime runs what was written: attributes, constants, weights inside and beside the graph', async () => {
  const large = weights(600_000); // 2.4 MB: begins where a file can be mapped
  const written = await Graph.write(folder, 'g.onnx', async (graph) => {
    const x = graph.input('x', 'float32', ['N', 3]);
    const inside = await graph.tensor('inside', 'float32', [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));
    const product = graph.op('Gemm', [x, inside, graph.float(0.5)], { alpha: { float: 2 } });
    const odd = await graph.tensor('odd', 'int8', [3001], new Int8Array(3001).fill(7));
    const beside = await graph.tensor('beside', 'float32', [600_000], large);
    const last = graph.op('Slice', [beside, graph.ints([-2]), graph.ints([600_000])]);
    const sum = graph.op('Add', [product, last]);
    const seven = graph.op('Cast', [graph.op('Slice', [odd, graph.ints([3000]), graph.ints([3001])])], { to: 1 });
    const [low, high] = graph.ops('Split', [sum], 2, { axis: 1, num_outputs: 2 });
    graph.output('low', 'float32', ['N', 1], graph.op('Mul', [low!, seven]));
    graph.output('high', 'float32', ['N', 1], high!);
  });
  const session = await InferenceSession.create(join(folder, 'g.onnx'));
  expect(session.inputNames).toEqual(['x']);
  expect(session.outputNames).toEqual(['low', 'high']);
  const { low, high } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 0, 0, 0, 1, 1), [2, 3]) });
  const [a, b] = [large[599_998]!, large[599_999]!];
  expect([...(low!.data as Float32Array)]).toEqual([7 * (2.5 + a), 7 * (16.5 + a)]);
  expect([...(high!.data as Float32Array)]).toEqual([4.5 + b, 20.5 + b]);

  expect((await readdir(folder)).toSorted()).toEqual(['g.onnx', 'g.onnx.data']);
  let bytes = 0;
  for (const [name, hash] of Object.entries(written.sha256)) {
    expect(sha256(await readFile(join(folder, name)))).toBe(hash);
    bytes += (await stat(join(folder, name))).size;
  }
  expect(written.bytes).toBe(bytes);
  expect(bytes - 2_400_000).toBeLessThan(65_536 + 3001 + 4096);
});

test('the hash of the graph tells weights apart that lie beside it', async () => {
  const write = (fileName: string, value: number) =>
    Graph.write(folder, fileName, async (graph) => {
      const x = graph.input('x', 'float32', [1000]);
      const w = await graph.tensor('w', 'float32', [1000], new Float32Array(1000).fill(value));
      graph.output('y', 'float32', [1000], graph.op('Add', [x, w]));
    });
  const first = await write('g.onnx', 1);
  const again = await write('g.onnx', 1);
  const other = await write('g.onnx', 2);
  expect(again).toEqual(first);
  expect(other.sha256['g.onnx']).not.toBe(first.sha256['g.onnx']);
});

test('too few values for a shape are refused, and the error of the definition comes through', async () => {
  const writing = Graph.write(folder, 'g.onnx', async (graph) => {
    await graph.tensor('w', 'float32', [2, 3], new Float32Array(5));
  });
  await expect(writing).rejects.toThrow('w: 20 bytes for float32[2, 3]');
});

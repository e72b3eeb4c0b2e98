// Runs the teacher graph over all rows of a packed log-mel file. Usage: node training/teacher.mjs <graph> <views.npy> <set> <rows>;
// writes <set>-pooled.f32 and <set>-logits.f32. teacher.py calls it.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import * as ort from 'onnxruntime-node';

const [graph, source, set, count] = process.argv.slice(2);
const rows = Number(count);
const [MELS, FRAMES, BATCH] = [128, 500, 16];
const file = openSync(source, 'r');
const start = Buffer.alloc(10);
readSync(file, start, 0, 10, 0);
const header = 10 + start.readUInt16LE(8); // of an .npy file, version 1
const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const out = { pooled: openSync(`${set}-pooled.f32`, 'w'), logits: openSync(`${set}-logits.f32`, 'w') };
for (let first = 0; first < rows; first += BATCH) {
  const some = Math.min(BATCH, rows - first);
  const packed = new Uint8Array(some * MELS * FRAMES);
  readSync(file, packed, 0, packed.length, header + first * MELS * FRAMES);
  const output = await session.run({ packed: new ort.Tensor('uint8', packed, [some, MELS, FRAMES]) });
  for (const name of ['pooled', 'logits']) {
    const { data } = output[name];
    writeSync(out[name], new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}
[file, ...Object.values(out)].forEach(closeSync);

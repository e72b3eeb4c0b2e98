// Holds the exported pack against onnxruntime-node and the JS tokenizer: token ids, embeddings, gain, speed.
// Usage: node training/check_pack.mjs [pack folder] [PyTorch embeddings] [strings with ids]; export.py writes the last two.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { Tokenizer } from '@huggingface/tokenizers';

const here = fileURLToPath(new URL('.', import.meta.url));
const pack = process.argv[2] ?? join(here, '../resources/models/starter');
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const model = readJson(join(pack, 'model.json'));
let failures = 0;
const expect = (ok, what) => {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}`);
  if (!ok) failures += 1;
};
const largestDifference = (a, b) => a.reduce((m, v, i) => Math.max(m, Math.abs(v - b[i])), 0);

const tokenizer = new Tokenizer(readJson(join(pack, 'tokenizer.json')), {});
const encode = (text) => tokenizer.encode(text).ids;
const { cases } = readJson(process.argv[4] ?? join(here, 'parity/tokenizer.json'));
const wrong = cases.filter(({ text, ids }) => JSON.stringify(encode(text)) !== JSON.stringify(ids));
for (const { text, ids } of wrong) console.log('  ', JSON.stringify(text), 'here', encode(text), 'there', ids);
expect(wrong.length === 0, `tokenizer: ${cases.length - wrong.length} of ${cases.length} strings give the same ids`);

const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const audio = await ort.InferenceSession.create(join(pack, model.audio.file), options);
const text = await ort.InferenceSession.create(join(pack, model.text.file), options);
const samples = model.audio.sampleRate * model.audio.windowSeconds;
const embedAudio = async (windows) => {
  const data = new Float32Array(windows.length * samples);
  windows.forEach((w, i) => data.set(w, i * samples));
  return (await audio.run({ waveform: new ort.Tensor('float32', data, [windows.length, samples]) })).embedding.data;
};
const embedText = async (texts, padTo = 0) => {
  const rows = texts.map((t) => encode(t).slice(0, model.text.tokenizer.maxLength));
  const length = Math.max(padTo, ...rows.map((r) => r.length));
  const ids = new BigInt64Array(rows.length * length).fill(BigInt(model.text.tokenizer.padId));
  const mask = new BigInt64Array(rows.length * length);
  rows.forEach((row, i) => row.forEach((id, j) => { ids[i * length + j] = BigInt(id); mask[i * length + j] = 1n; }));
  const shape = [rows.length, length];
  return (await text.run({ input_ids: new ort.Tensor('int64', ids, shape), attention_mask: new ort.Tensor('int64', mask, shape) })).embedding.data;
};
const cosine = (a, b) => {
  let dot = 0, aa = 0, bb = 0;
  a.forEach((v, i) => { dot += v * b[i]; aa += v * v; bb += b[i] * b[i]; });
  return dot / Math.sqrt(aa * bb);
};

const tone = Float32Array.from({ length: samples }, (_, n) =>
  0.5 * Math.sin((2 * Math.PI * 440 * n) / model.audio.sampleRate) + 0.25 * Math.sin((2 * Math.PI * 1760 * n) / model.audio.sampleRate));
const toneEmbedding = await embedAudio([tone]);
const { selfCheck } = model;
const audioDifference = largestDifference(selfCheck.audioEmbedding, toneEmbedding);
expect(audioDifference <= selfCheck.tolerance, `audio self-check: largest difference ${audioDifference.toExponential(1)}`);
const together = await embedText(selfCheck.texts);
for (const [i, t] of selfCheck.texts.entries()) {
  const difference = largestDifference(selfCheck.textEmbeddings[i], together.slice(i * model.dim));
  const alone = largestDifference(await embedText([t]), together.slice(i * model.dim, (i + 1) * model.dim));
  const padded = largestDifference(await embedText([t], 64), together.slice(i * model.dim, (i + 1) * model.dim));
  expect(difference <= selfCheck.tolerance && alone < 1e-4 && padded < 1e-4,
    `text self-check "${t}": ${difference.toExponential(1)}, alone ${alone.toExponential(1)}, padded to 64 ${padded.toExponential(1)}`);
}
expect((await embedText([''])).every(Number.isFinite), 'an empty text gives finite numbers');
expect((await embedAudio([new Float32Array(samples)])).every(Number.isFinite), 'silence gives finite numbers');

const quiet = cosine(toneEmbedding, await embedAudio([tone.map((v) => v * 0.01)]));
expect(quiet > 0.999, `40 dB quieter: cosine ${quiet.toFixed(5)}`);
const noise = tone.map((_, n) => (((n * 1103515245 + 12345) >>> 0) % 65536) / 65536 - 0.5);
const pair = await embedAudio([noise, tone]);
expect(largestDifference(toneEmbedding, pair.slice(model.dim)) < 1e-4, 'a batch of two gives the same as one');

// Processor time, which does not depend on what else the machine does.
const before = process.cpuUsage();
for (let i = 0; i < 60; i += 1) await embedAudio([noise]);
const spent = process.cpuUsage(before);
const each = (spent.user + spent.system) / 60_000;
console.log(`audio: ${each.toFixed(2)} ms of processor time per 5-s window on one thread (${(5000 / each).toFixed(0)} x real time)`);
expect(each <= 16, 'audio within 16 ms a window');
const start = performance.now();
for (let i = 0; i < 100; i += 1) await embedText(['this is the sound of a dog barking']);
console.log(`text: ${((performance.now() - start) / 100).toFixed(2)} ms a query`);

if (process.argv[3]) {
  const golden = readJson(process.argv[3]);
  expect(largestDifference(golden.audio, toneEmbedding) <= 1e-3, `ONNX against PyTorch float32, audio: ${largestDifference(golden.audio, toneEmbedding).toExponential(1)}`);
  const flat = golden.texts.flat();
  expect(largestDifference(flat, together) <= 1e-3, `ONNX against PyTorch float32, text: ${largestDifference(flat, together).toExponential(1)}`);
}
process.exit(failures === 0 ? 0 : 1);

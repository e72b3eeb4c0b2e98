// Embeds texts and audio windows with an exported pack, for evaluate.py.
// Usage: node embed_pack.mjs <pack> <folder>; reads texts.json and windows.f32 there, writes *-embeddings.f32.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { Tokenizer } from '@huggingface/tokenizers';

const [pack, folder] = process.argv.slice(2);
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const model = readJson(join(pack, 'model.json'));
const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };

const tokenizer = new Tokenizer(readJson(join(pack, model.text.tokenizer.file)), {});
const text = await ort.InferenceSession.create(join(pack, model.text.file), options);
const texts = readJson(join(folder, 'texts.json'));
const textEmbeddings = new Float32Array(texts.length * model.dim);
for (const [i, sentence] of texts.entries()) {
  const ids = tokenizer.encode(sentence).ids.slice(0, model.text.tokenizer.maxLength);
  const { embedding } = await text.run({
    input_ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    attention_mask: new ort.Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
  });
  textEmbeddings.set(embedding.data, i * model.dim);
}
writeFileSync(join(folder, 'text-embeddings.f32'), textEmbeddings);

const audio = await ort.InferenceSession.create(join(pack, model.audio.file), options);
const samples = model.audio.sampleRate * model.audio.windowSeconds;
const file = readFileSync(join(folder, 'windows.f32'));
const windows = new Float32Array(file.buffer, file.byteOffset, file.byteLength / 4);
const count = windows.length / samples;
const windowEmbeddings = new Float32Array(count * model.dim);
for (let i = 0; i < count; i += 1) {
  const waveform = new ort.Tensor('float32', windows.subarray(i * samples, (i + 1) * samples), [1, samples]);
  windowEmbeddings.set((await audio.run({ waveform })).embedding.data, i * model.dim);
}
writeFileSync(join(folder, 'window-embeddings.f32'), windowEmbeddings);

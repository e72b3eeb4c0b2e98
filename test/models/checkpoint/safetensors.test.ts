import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Safetensors } from '../../../src/main/models/checkpoint/safetensors.ts';
import type { UserError } from '../../../src/shared/errors.ts';
import { expectSentence } from '../../faults/trial.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';
import { safetensorsBytes, writeSafetensors, type SafetensorsType } from './safetensors-file.ts';

const MATRIX = { key: 'layer.weight', shape: [2, 3], values: Float32Array.of(0, -1.5, 2, 0.125, 1000, -3) };
const SCALAR = { key: 'scale', shape: [], values: Float32Array.of(2.5) };

let folder: string;
beforeAll(() => {
  folder = temporaryFolder('safetensors');
});

test.each<SafetensorsType>(['F32', 'F16', 'BF16'])('tensors of %s are read as float32', async (dtype) => {
  const path = join(folder, `${dtype}.safetensors`);
  writeSafetensors(path, [SCALAR, MATRIX], dtype);
  const checkpoint = await Safetensors.open(path);
  expect(checkpoint.get(MATRIX.key)).toMatchObject({ shape: [2, 3], dtype: 'float32' });
  expect(await checkpoint.get(MATRIX.key).read()).toEqual(MATRIX.values); // all of them are exact in half precision
  expect(await checkpoint.get(SCALAR.key).read()).toEqual(SCALAR.values);
  expect(() => checkpoint.get('another')).toThrow('its tensor “another” is missing');
  await checkpoint.close();
  expect(await Safetensors.outline(path)).toEqual(new Map([['', new Map([['scale', []], ['layer.weight', [2, 3]]])]])); // prettier-ignore
});

test('a model in several files is read as one', async () => {
  const index = join(folder, 'model.safetensors.index.json');
  writeSafetensors(join(folder, 'a-1.safetensors'), [MATRIX]);
  writeSafetensors(join(folder, 'a-2.safetensors'), [SCALAR]);
  const map = { [MATRIX.key]: 'a-1.safetensors', [SCALAR.key]: 'a-2.safetensors' };
  writeFileSync(index, JSON.stringify({ metadata: {}, weight_map: map }));
  const checkpoint = await Safetensors.open(index);
  expect(await checkpoint.get(MATRIX.key).read()).toEqual(MATRIX.values);
  expect(await checkpoint.get(SCALAR.key).read()).toEqual(SCALAR.values);
  await checkpoint.close();
  writeSafetensors(join(folder, 'a-2.safetensors'), [SCALAR, MATRIX]);
  expect(await refusal(index)).toContain('“layer.weight” is in another of the model’s files, too');
  writeFileSync(index, JSON.stringify({ weight_map: { x: '../a-1.safetensors' } }));
  expect(await refusal(index)).toContain('its list of files is invalid');
  writeFileSync(index, JSON.stringify({ weight_map: { x: 'not-here.safetensors' } }));
  expect(await refusal(index)).toMatch(/not-here\.safetensors” was not found/);
});

test('what is missing or has another shape or type is named, all at once', async () => {
  const path = join(folder, 'shapes.safetensors');
  const ids = { dtype: 'I64', shape: [1], data_offsets: [0, 8] };
  const matrix = { dtype: 'F32', shape: [2, 3], data_offsets: [8, 32] };
  writeFileSync(path, safetensorsBytes({ ids, matrix }, Buffer.alloc(32)));
  const checkpoint = await Safetensors.open(path);
  expect(() => checkpoint.expect(new Map([['matrix', [2, 3]]]))).not.toThrow();
  const wanted = new Map([['ids', [1]], ['matrix', [3, 2]], ['more', [4]]]); // prettier-ignore
  expect(() => checkpoint.expect(wanted)).toThrow(
    '“ids” contains I64 instead of float32; “matrix” has the shape [2, 3] instead of [3, 2]; “more” is missing',
  );
  await checkpoint.close();
});

const F32 = (from: number, to: number, shape = [(to - from) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});

test.each<[what: string, bytes: Buffer, sentence: RegExp]>([
  ['nothing', Buffer.alloc(0), /is damaged: it is empty/],
  ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'), /Git LFS pointer/],
  ['something else', Buffer.from('RIFF....WAVEfmt and so on'), /it is not a safetensors file/],
  ['a header longer than any', Buffer.concat([Buffer.alloc(8, 0xff), Buffer.from('{}')]), /it is not a safetensors file/], // prettier-ignore
  ['a header longer than the file', Buffer.concat([Buffer.from([200, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]), /it ends within its header/], // prettier-ignore
  ['a header that is no JSON', Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{]')]), /not valid JSON/], // prettier-ignore
  ['overlapping tensors', safetensorsBytes({ a: F32(0, 16), b: F32(8, 24) }, Buffer.alloc(24)), /“b” overlaps another/],
  ['bytes between tensors', safetensorsBytes({ a: F32(0, 8), b: F32(16, 24) }, Buffer.alloc(24)), /8 bytes before “b”/],
  ['bytes at the end', safetensorsBytes({ a: F32(0, 8) }, Buffer.alloc(24)), /16 bytes at its end/],
  ['an end that is missing', safetensorsBytes({ a: F32(0, 80) }, Buffer.alloc(24)), /has \d+ bytes instead of \d+/],
  ['a shape of other size', safetensorsBytes({ a: F32(0, 8, [3]) }, Buffer.alloc(8)), /“a” has 8 bytes instead of 12/],
  ['a place before its own start', safetensorsBytes({ a: F32(8, 0, []) }, Buffer.alloc(8)), /has -8 bytes instead of 4/], // prettier-ignore
  ['a negative place', safetensorsBytes({ a: F32(-8, 0) }, Buffer.alloc(8)), /entry “a” is invalid/],
  ['an enormous shape', safetensorsBytes({ a: F32(0, 8, [2 ** 40, 2 ** 40]) }, Buffer.alloc(8)), /instead of/],
  ['a type that nobody knows', safetensorsBytes({ a: { ...F32(0, 8), dtype: 'F4\n' } }, Buffer.alloc(8)), /unknown type “F4\?”/], // prettier-ignore
])('refused: %s', async (_, bytes, sentence) => {
  const path = join(folder, 'odd.safetensors');
  writeFileSync(path, bytes);
  expect(await refusal(path)).toMatch(sentence);
});

test('values that are no numbers are refused when they are read', async () => {
  const path = join(folder, 'nan.safetensors');
  writeSafetensors(path, [{ key: 'a', shape: [2], values: Float32Array.of(1, NaN) }]);
  const checkpoint = await Safetensors.open(path);
  await expect(checkpoint.get('a').read()).rejects.toThrow('“a” contains values that are not finite');
  await checkpoint.close();
});

test('a folder in place of a file is refused', async () => {
  const path = join(folder, 'folder.safetensors');
  mkdirSync(path);
  expect(await refusal(path)).toContain('it is not a regular file');
});

async function refusal(path: string): Promise<string> {
  const error = await Safetensors.open(path).then(
    () => expect.unreachable('it was opened'),
    (reason: unknown) => reason as UserError,
  );
  expectSentence(error.userMessage);
  return error.userMessage;
}

import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadPack, spaceOf } from '../../src/main/packs/pack.ts';
import { UserError } from '../../src/shared/errors.ts';
import { writeTinyPack } from '../fixtures/tiny-pack/make-tiny-pack.ts';
import { sha256 } from '../kit/sha256.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const TINY = join(import.meta.dirname, '../fixtures/tiny-pack');
let top: string, folder: string;
beforeEach(() => {
  top = temporaryFolder('pack');
  folder = join(top, 'pack');
  writeTinyPack(folder);
});

/** What loading says, as [code, sentence]. */
async function refusal(at = folder): Promise<[string, string]> {
  const error: unknown = await loadPack(at).then(
    () => 'it was accepted',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  const { code, userMessage } = error as UserError;
  expect(userMessage).toContain(at);
  expect(userMessage).toMatch(/(again|another model|Reinstall the pack)[^.]*\.$/); // ends with what to do now
  return [code, userMessage];
}

/** Rewrites model.json. */
function describeAs(change: (description: Record<string, Record<string, unknown>>) => void): void {
  const path = join(folder, 'model.json');
  const description = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>;
  change(description);
  writeFileSync(path, JSON.stringify(description));
}

test('a good pack tells where its files are and how long a window is', async () => {
  const pack = await loadPack(folder);
  expect(pack).toMatchObject({
    folder,
    id: 'tiny',
    dim: 16,
    audio: { path: join(folder, 'audio.onnx'), sampleRate: 8000, windowSamples: 8000, shortClip: 'repeat' },
    text: { path: join(folder, 'text.onnx'), tokenizerPath: join(folder, 'tokenizer.json') },
    relevance: { text: { slope: 10, intercept: -5 } },
  });
  const sizes = ['model.json', 'audio.onnx', 'text.onnx', 'tokenizer.json'].map(
    (n) => readFileSync(join(folder, n)).length,
  );
  expect(pack.bytes).toBe(sizes.reduce((sum, size) => sum + size));
});

test('the committed fixture is what its script writes', () => {
  for (const name of ['model.json', 'audio.onnx', 'text.onnx', 'tokenizer.json']) {
    expect(readFileSync(join(TINY, name)).equals(readFileSync(join(folder, name))), name).toBe(true);
  }
});

test('fields of a newer version and upper-case hashes are accepted; optional fields may be absent', async () => {
  describeAs((description) => {
    description['fromTheFuture'] = { much: true };
    description['audio']!['alsoNew'] = 1;
    delete description['relevance'];
    delete description['selfCheck'];
    const hashes = description['sha256'] as Record<string, string>;
    for (const name of Object.keys(hashes)) hashes[name] = hashes[name]!.toUpperCase();
  });
  const pack = await loadPack(folder);
  expect(pack.relevance).toBeNull();
  expect(pack.selfCheck).toBeNull();
  writeTinyPack(join(top, 'same'));
  expect(spaceOf(pack)).toEqual(spaceOf(await loadPack(join(top, 'same'))));
});

test('further outputs of the audio graph are described in the pack, and the names of classes are a file of it', async () => {
  const names = '[["/m/0bt9lr","Dog"]]';
  writeFileSync(join(folder, 'classes.json'), names);
  const hash = sha256(names);
  describeAs((description) => {
    Object.assign(description['audio']!, { frames: { stepSeconds: 0.32 }, classes: { file: 'classes.json' } });
  });
  expect((await refusal())[1]).toContain('no SHA-256 for classes.json');
  describeAs((description) => void (description['sha256']!['classes.json'] = hash));
  const pack = await loadPack(folder);
  expect(pack.audio).toMatchObject({ frames: { stepSeconds: 0.32 }, classes: { file: 'classes.json' } });
  writeTinyPack(join(top, 'same'));
  expect(spaceOf(pack)).toEqual(spaceOf(await loadPack(join(top, 'same')))); // what they say decides no embedding
  describeAs((description) => void (description['audio']!['frames'] = { stepSeconds: 0 }));
  expect((await refusal())[1]).toContain('stepSeconds');
});

test('no folder and no model.json: the model is missing', async () => {
  expect((await refusal(join(top, 'nowhere')))[0]).toBe('model-missing');
  rmSync(join(folder, 'model.json'));
  expect((await refusal())[0]).toBe('model-missing');
});

describe('a damaged pack is refused with its reason', () => {
  test.each<[string, () => void, string]>([
    ['broken JSON', () => writeFileSync(join(folder, 'model.json'), '{"id": '), 'not valid JSON'],
    ['JSON that is no description', () => writeFileSync(join(folder, 'model.json'), '[1]'), 'top level'],
    ['a missing file', () => rmSync(join(folder, 'text.onnx')), '“text.onnx” is missing'],
    ['an empty file', () => writeFileSync(join(folder, 'audio.onnx'), ''), '“audio.onnx” is empty'],
    [
      'another content',
      () => writeFileSync(join(folder, 'audio.onnx'), 'not the one'),
      'does not match its published SHA-256',
    ],
    [
      'no hash for a file',
      () => describeAs((d) => delete d['sha256']!['tokenizer.json']),
      'no SHA-256 for tokenizer.json',
    ],
    ['dim 0', () => describeAs((d) => void Object.assign(d, { dim: 0 })), '“dim” must be at least 1'],
    ['dim as text', () => describeAs((d) => void Object.assign(d, { dim: '16' })), '“dim” must be a number'],
    ['gaps between windows', () => describeAs((d) => void (d['audio']!['hopSeconds'] = 2)), 'hopSeconds'],
    [
      'an unknown tokenizer',
      () => describeAs((d) => void (d['text']!['tokenizer'] = { type: 'magic' })),
      'text.tokenizer',
    ],
    [
      'a template without label',
      () => describeAs((d) => void Object.assign(d, { promptTemplate: 'x' })),
      'promptTemplate',
    ],
  ])('%s', async (_, damage, reason) => {
    damage();
    const [code, sentence] = await refusal();
    expect(code).toBe('model-damaged');
    expect(sentence).toContain(reason);
  });

  test.each([
    '../audio.onnx',
    '/etc/passwd',
    'a/../../audio.onnx',
    'C:\\audio.onnx',
    '..\\audio.onnx',
    './audio.onnx',
    '',
  ])('a file name that leads out of the folder: “%s”', async (name) => {
    const audio = readFileSync(join(folder, 'audio.onnx'));
    writeFileSync(join(top, 'audio.onnx'), audio); // it exists there, so that only the name can be the reason
    describeAs((description) => {
      description['audio']!['file'] = name;
      description['sha256']![name] = sha256(audio);
    });
    const [code, sentence] = await refusal();
    expect(code).toBe('model-damaged');
    expect(sentence).toContain('audio.file');
  });
});

test('a file that changes after it was checked is checked again', async () => {
  await loadPack(folder);
  const path = join(folder, 'audio.onnx');
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  expect((await refusal())[1]).toContain('does not match its published SHA-256');
});

test('the embedding space follows the weights and the preprocessing, not the folder', async () => {
  const space = spaceOf(await loadPack(folder));
  expect(space).toMatchObject({ modelId: 'tiny', preprocessing: 1, dim: 16 });
  cpSync(folder, join(top, 'copy'), { recursive: true });
  renameSync(folder, join(top, 'moved'));
  expect(spaceOf(await loadPack(join(top, 'moved')))).toEqual(space);
  expect(spaceOf(await loadPack(join(top, 'copy')))).toEqual(space);
  writeTinyPack(folder, { slowness: 1 });
  expect(spaceOf(await loadPack(folder)).weightHash).not.toBe(space.weightHash);
  writeTinyPack(folder, { extra: { preprocessingVersion: 2 } });
  expect(spaceOf(await loadPack(folder))).toEqual({ ...space, preprocessing: 2 });
});

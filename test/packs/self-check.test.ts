import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { Encoder } from '../../src/main/embed/encoder.ts';
import { findPack } from '../../src/main/packs/installed.ts';
import { loadPack, type ModelPack } from '../../src/main/packs/pack.ts';
import { selfCheck, type SelfCheckResult } from '../../src/main/packs/self-check.ts';
import { writeTinyPack } from '../fixtures/tiny-pack/make-tiny-pack.ts';
import { sha256 } from '../kit/sha256.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('self-check');
});

async function check(pack: ModelPack): Promise<SelfCheckResult> {
  const encoder = await Encoder.start(pack, { encoders: 1 });
  try {
    return await selfCheck(pack, encoder);
  } finally {
    await encoder.close();
  }
}

/** Changes a file of the pack and its hash with it, as a badly converted model would come. */
function rewrite(name: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(join(folder, name));
  const before = sha256(bytes);
  change(bytes);
  writeFileSync(join(folder, name), bytes);
  const after = sha256(bytes);
  expect(after).not.toBe(before);
  const description = readFileSync(join(folder, 'model.json'), 'utf8');
  writeFileSync(join(folder, 'model.json'), description.replace(before, after));
}

test('the starter model gives its golden values on this machine', async () => {
  expect(await check(await findPack({ dataFolder: folder }))).toMatchObject({ ok: true });
});

test('a starter model with damaged weights does not', async () => {
  cpSync((await findPack({ dataFolder: folder })).folder, folder, { recursive: true });
  // Half of the file's bytes in the middle of it: among them are certainly weights.
  rewrite('audio.onnx', (bytes) => bytes.fill(0x11, bytes.length >> 2, (bytes.length >> 2) * 3));
  const pack = await loadPack(folder);
  // Damage of this size may also make the graph unreadable: that is an error with the file's name instead.
  const outcome = await check(pack).then(
    ({ ok, message }) => `${ok ? 'ok' : 'not ok'}: ${message}`,
    (error: unknown) => `not ok: ${String(error)}`,
  );
  expect(outcome).toMatch(/^not ok: .*(“Earmark Starter”|audio\.onnx)/);
});

test('reference values that differ are reported with the audio or text and the difference', async () => {
  writeTinyPack(folder);
  expect(await check(await loadPack(folder))).toMatchObject({ ok: true });
  const kernels = Float32Array.of(1).buffer; // 0x3f800000: a weight of the "pairs" matrix
  rewrite('audio.onnx', (bytes) => {
    const at = bytes.indexOf(Buffer.from(kernels));
    expect(at).toBeGreaterThan(0);
    bytes.writeFloatLE(4, at);
  });
  const damagedAudio = await check(await loadPack(folder));
  expect(damagedAudio).toMatchObject({
    ok: false,
    message: expect.stringMatching(/“Tiny test model”.*test sound/) as string,
  });
});

test('texts that a model cannot tell apart fail, with golden values and without', async () => {
  const texts = ['this xyz', 'this abc']; // unknown words all
  const selfCheckOf = { texts, textEmbeddings: [[0.02], [0.02]], audioEmbedding: [0], tolerance: 1 };
  writeTinyPack(folder, { extra: { selfCheck: selfCheckOf } });
  const message = expect.stringContaining('does not distinguish “this xyz” from “this abc”') as string;
  expect(await check(await loadPack(folder))).toMatchObject({ ok: false, message });
  writeTinyPack(folder, { extra: { selfCheck: undefined } }); // the built-in sentences are all unknown words to it
  expect(await check(await loadPack(folder))).toMatchObject({ ok: false });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findPack } from '../../src/main/packs/installed.ts';
import { loadPack, type ModelPack } from '../../src/main/packs/pack.ts';
import { loadTokenizer, tokenBatch } from '../../src/main/packs/tokenizer.ts';
import { writeTinyPack } from '../fixtures/tiny-pack/make-tiny-pack.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string, pack: ModelPack;
beforeEach(async () => {
  folder = temporaryFolder('tokenizer');
  writeTinyPack(folder);
  pack = await loadPack(folder);
});

test('the starter model gets the ids that it was trained with', async () => {
  const starter = await findPack({ dataFolder: folder });
  const tokenize = await loadTokenizer(starter);
  const parity = join(import.meta.dirname, '../../training/parity/tokenizer.json');
  const { cases } = JSON.parse(readFileSync(parity, 'utf8')) as { cases: { text: string; ids: number[] }[] };
  expect(cases.length).toBeGreaterThanOrEqual(30);
  const { maxLength } = starter.text.tokenizer;
  for (const { text, ids } of cases) expect(tokenize(text).ids, JSON.stringify(text)).toEqual(ids.slice(0, maxLength));
});

test('a long text loses its last words', async () => {
  const tokenize = await loadTokenizer(pack);
  const words = ['low', ...Array.from({ length: 20 }, () => 'tone'), 'high'];
  expect(tokenize(words.join(' ')).ids).toEqual([2, ...Array.from({ length: 11 }, () => 7)]);
});

test('a long text keeps the special tokens around it, the closing one too', async () => {
  const path = join(folder, 'tokenizer.json');
  const tokenizerJson = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const special = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const single = [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')];
  const specialTokens = Object.fromEntries(
    Object.entries({ '[CLS]': 8, '[SEP]': 9 }).map(([token, id]) => [token, { id: token, ids: [id], tokens: [token] }]),
  );
  // "is" and "the" play the special tokens: the vocabulary has no others to spare.
  const model = tokenizerJson['model'] as { vocab: Record<string, number> };
  model.vocab = { ...model.vocab, '[CLS]': 8, '[SEP]': 9 };
  tokenizerJson['post_processor'] = { type: 'TemplateProcessing', single, pair: single, special_tokens: specialTokens };
  writeFileSync(path, JSON.stringify(tokenizerJson));
  const tokenize = await loadTokenizer(pack);
  expect(tokenize('low tone').ids).toEqual([8, 2, 7, 9]);
  expect(tokenize(`low ${'tone '.repeat(30)}high`).ids).toEqual([8, 2, ...Array.from({ length: 9 }, () => 7), 9]);
});

test('a batch is padded to its longest text and the padding is masked', () => {
  const batch = tokenBatch([{ ids: [5, 6, 7] }, { ids: [8] }], 3);
  expect(batch).toEqual({
    inputIds: BigInt64Array.of(5n, 6n, 7n, 8n, 3n, 3n),
    attentionMask: BigInt64Array.of(1n, 1n, 1n, 1n, 0n, 0n),
    numberOfTexts: 2,
    numberOfTokens: 3,
  });
});

test('an unreadable tokenizer is reported', async () => {
  writeFileSync(join(folder, 'tokenizer.json'), '{"model": {"type": "Unheard"}}');
  await expect(loadTokenizer(pack)).rejects.toMatchObject({ code: 'model-damaged' });
});

test('a pack can ask for the tokenizer of GPT-2, which is no file of its own', async () => {
  writeTinyPack(folder, { extra: { text: { file: 'text.onnx', tokenizer: { type: 'gpt2-bpe', maxLength: 77 } } } });
  const tokenize = await loadTokenizer(await loadPack(folder));
  expect(tokenize('rain').ids).toEqual([3201, 220, 50256]);
});

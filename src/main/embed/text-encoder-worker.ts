/** Tokenizer and text session on a thread of their own, so that a long list of prompts never holds up the audio. */
import { parentPort, workerData } from 'node:worker_threads';
import { toWire, UserError, type WireError } from '../../shared/errors.ts';
import type { ModelPack } from '../packs/pack.ts';
import { loadTokenizer, tokenBatch } from '../packs/tokenizer.ts';
import { graphFor } from '../packs/variants.ts';
import { checkGraph, OUTPUT, splitRows, TEXT_INPUTS } from './graph-check.ts';
import { openSession, type ProviderChoice } from './providers.ts';

export interface TextWorkerData {
  pack: ModelPack;
  threads: number;
}

/** A few texts; the caller splits long lists, so that a search can get in between. */
export interface TextRequest {
  request: number;
  texts: string[];
}

export type TextWorkerMessage =
  | { kind: 'ready'; choice: ProviderChoice }
  | { kind: 'broken'; error: WireError }
  | { kind: 'result'; request: number; embeddings: Float32Array[] }
  | { kind: 'error'; request: number; error: WireError };

const port = parentPort!;
const { pack, threads } = workerData as TextWorkerData;
const { tokenizer } = pack.text;
// Always the CPU: texts are few and short, and a transfer to a GPU takes longer than the work.
const { path } = graphFor(pack.text, 'cpu');
const { padId } = tokenizer;
const post = (message: TextWorkerMessage) => port.postMessage(message);

try {
  const tokenize = await loadTokenizer(pack);
  const { session, ort, provider, reason } = await openSession(path, { provider: 'cpu', threads });
  checkGraph(session, path, TEXT_INPUTS, pack.dim);

  const embed = async (texts: string[]): Promise<Float32Array[]> => {
    const rows = texts.map(tokenize);
    const wordless = rows.findIndex(({ ids }) => ids.length === 0);
    if (wordless >= 0) {
      throw new UserError(
        'bad-input',
        `“${texts[wordless]!}” contains no word that the model can read. Enter at least one word.`,
      );
    }
    const { inputIds, attentionMask, numberOfTexts, numberOfTokens } = tokenBatch(rows, padId);
    const shape = [numberOfTexts, numberOfTokens];
    const feeds = {
      input_ids: new ort.Tensor('int64', inputIds, shape),
      attention_mask: new ort.Tensor('int64', attentionMask, shape),
    };
    const asked = Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)));
    const outputs = await session.run(asked);
    return splitRows(outputs[OUTPUT]?.data, numberOfTexts, pack.dim, path);
  };

  let tail = Promise.resolve();
  port.on('message', ({ request, texts }: TextRequest) => {
    tail = tail.then(async () => {
      try {
        post({ kind: 'result', request, embeddings: await embed(texts) });
      } catch (error) {
        post({ kind: 'error', request, error: toWire(error) });
      }
    });
  });
  post({ kind: 'ready', choice: { provider, reason } });
} catch (error) {
  post({ kind: 'broken', error: toWire(error) });
}

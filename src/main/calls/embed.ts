/** Embeddings of files and texts, for scripts. */
import type { Engine } from '../../shared/contract.ts';
import type { EmbedItem, EmbedResult } from '../../shared/types.ts';
import type { EncodersInUse } from '../embed/encoders-in-use.ts';
import { withExactEncoder } from '../embed/exact-encoder.ts';
import { embedFiles } from '../embed/embed-files.ts';
import type { ModelAccess } from '../packs/model-access.ts';

type EmbeddingEncoders = EncodersInUse<Pick<ModelAccess, 'pack'>>;

export interface EmbedDeps {
  /** Encoders of a model. */
  readonly encoders: number;
  /** Whether work gives way to other programs. */
  readonly lowPriority: boolean;
  withEncoders<T>(work: (encoders: EmbeddingEncoders) => Promise<T>): Promise<T>;
}

export function embedCalls(deps: EmbedDeps): Pick<Engine, 'embed.files' | 'embed.texts'> {
  return {
    'embed.files': ({ paths, raw }) =>
      deps.withEncoders((encoders) => exactIf(raw, encoders, deps, (exact) => embeddingsOfFiles(paths, raw, exact))),
    'embed.texts': ({ texts, raw }) =>
      deps.withEncoders((encoders) => exactIf(raw, encoders, deps, (exact) => embeddingsOfTexts(texts, raw, exact))),
  };
}

/** Raw embeddings are asked for to check a model: in its own precision, whatever variant searching uses. */
async function exactIf<T>(
  raw: boolean,
  inUse: EmbeddingEncoders,
  { encoders, lowPriority }: EmbedDeps,
  work: (encoders: EmbeddingEncoders) => Promise<T>,
): Promise<T> {
  if (!raw) return work(inUse);
  const options = { encoders, lowPriority };
  return withExactEncoder(await inUse.model.pack(), inUse.supervisor, options, (supervisor) =>
    work({ ...inUse, supervisor }),
  );
}

async function embeddingsOfFiles(
  paths: string[],
  raw: boolean,
  { model, pool, supervisor, target }: EmbeddingEncoders,
): Promise<EmbedResult> {
  const { id, dim } = await model.pack();
  await supervisor.loadAudio();
  const result: EmbedResult = { model: id, dim, items: [], failed: [] };
  const items = new Map<number, EmbedItem>();
  const files = paths.map((path, fileId) => ({ fileId, path }));
  const { signal } = new AbortController();
  for await (const outcome of embedFiles(files, target, pool, supervisor, signal, { raw })) {
    const { fileId, path } = outcome.file;
    if (outcome.status === 'done') {
      const windows = outcome.windows.map(({ startSeconds, embedding }) => ({
        startSeconds,
        embedding: [...embedding],
      }));
      items.set(fileId, { path, windows });
    } else if (outcome.status === 'failed') {
      result.failed.push({ path, code: outcome.error.code, message: outcome.error.userMessage });
    } else result.failed.push({ path, code: 'not-audio', message: `“${path}” is not an audio file.` });
  }
  result.items = files.flatMap(({ fileId }) => items.get(fileId) ?? []);
  return result;
}

async function embeddingsOfTexts(
  texts: string[],
  raw: boolean,
  { model, supervisor }: Pick<EmbeddingEncoders, 'model' | 'supervisor'>,
): Promise<EmbedResult> {
  const { id, dim } = await model.pack();
  const embeddings = await supervisor.asking((encoder) => encoder.embedTexts(texts, { raw }));
  const items = texts.map((text, at): EmbedItem => ({
    text,
    windows: [{ startSeconds: 0, embedding: [...embeddings[at]!] }],
  }));
  return { model: id, dim, items, failed: [] };
}

/** Embeds the clips of a data set; what earlier runs have cached is used again. */
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { embedFiles, type FileToEmbed, type EmbeddingTarget } from '../embed/embed-files.ts';
import { meanDirection } from '../vectors/normalise.ts';
import type { EncoderSupervisor } from '../embed/supervisor.ts';
import { SpeedMeter } from '../jobs/speed-meter.ts';
import type { EvalProgress } from '../../shared/eval-report.ts';
import type { FileFailure } from '../../shared/types.ts';
import { EventLoopYielder } from '../async/yield-to-event-loop.ts';
import type { Clip } from './dataset.ts';
import type { EmbeddingCache } from './embedding-cache.ts';

/** Started only when a clip has to be embedded. */
export interface Listeners {
  target: EmbeddingTarget;
  pool: () => DecoderPool;
  supervisor: () => Promise<EncoderSupervisor>;
}

export interface ClipEmbeddings {
  /**
   * One a clip, in their order: Float32Array[dim], the normalised mean of the normalised embeddings of all its windows
   * (fixed tiles over the whole file, as when a library is indexed). null: left out.
   */
  embeddings: (Float32Array | null)[];
  failed: FileFailure[];
  analysed: number;
  fromCache: number;
  /** Embedded in this run, s. */
  audioSeconds: number;
}

interface WaitingClip extends FileToEmbed {
  clip: Clip;
}

/**
 * @returns also when it was aborted: then with what there is so far
 * @throws what no single clip is to blame for: a model that does not run here, a full disk
 */
export async function embedClips(
  clips: readonly Clip[],
  cache: EmbeddingCache,
  { target, pool, supervisor }: Listeners,
  signal: AbortSignal,
  report: (progress: EvalProgress) => void,
): Promise<ClipEmbeddings> {
  const result: ClipEmbeddings = { embeddings: [], failed: [], analysed: 0, fromCache: 0, audioSeconds: 0 };
  try {
    const waiting = await recall(clips, cache, result, signal);
    if (waiting.length === 0) return result;
    const encoders = await supervisor();
    await encoders.loadAudio(); // a model that cannot run here ends the evaluation, not each of its clips
    const meter = new SpeedMeter(waiting.reduce((sum, { clip }) => sum + clip.size, 0));
    const startMs = performance.now();
    const tell = (currentPath: string | null) =>
      report({
        stage: 'analysing',
        done: result.fromCache + result.analysed + result.failed.length,
        total: clips.length,
        failed: result.failed.length,
        realTimeFactor: meter.realTimeFactor,
        etaSeconds: meter.etaSeconds,
        currentPath,
      });
    tell(null);
    for await (const outcome of embedFiles(waiting, target, pool(), encoders, signal)) {
      const { fileId, path, clip } = outcome.file;
      const embedding =
        outcome.status === 'done' ? meanDirection(outcome.windows.map((window) => window.embedding)) : null;
      const seconds = outcome.status === 'done' ? outcome.report.durationSeconds : 0;
      if (embedding) {
        cache.putClip(clip, embedding);
        result.embeddings[fileId] = embedding;
        result.analysed++;
        result.audioSeconds += seconds;
      } else if (outcome.status === 'failed') {
        result.failed.push({ path, code: outcome.error.code, message: outcome.error.userMessage });
      } else if (outcome.status === 'not-audio') {
        result.failed.push({ path, code: 'not-audio', message: `“${path}” is not an audio file.` });
      } else {
        const message = `The window embeddings of “${path}” cancel each other out. Play the file to check it.`;
        result.failed.push({ path, code: 'undecodable-audio', message });
      }
      meter.add((performance.now() - startMs) / 1000, seconds, clip.size);
      tell(path);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return result;
}

/** Fills in what the cache knows. @returns the others */
async function recall(
  clips: readonly Clip[],
  cache: EmbeddingCache,
  result: ClipEmbeddings,
  signal: AbortSignal,
): Promise<WaitingClip[]> {
  const waiting: WaitingClip[] = [];
  const yielder = new EventLoopYielder(signal);
  for (const [fileId, clip] of clips.entries()) {
    const embedding = cache.clip(clip);
    result.embeddings.push(embedding);
    if (embedding) result.fromCache++;
    else waiting.push({ fileId, path: clip.path, clip });
    await yielder.yieldIfDue();
  }
  return waiting;
}

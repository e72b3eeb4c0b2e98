/** Listens to the clips of a data set, with what earlier runs have kept. */
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { listen, type FileToHear, type ListeningTarget } from '../embed/listen.ts';
import { meanDirection } from '../embed/normalise.ts';
import type { EncoderSupervisor } from '../embed/supervisor.ts';
import { SpeedMeter } from '../jobs/speed-meter.ts';
import type { EvalProgress } from '../../shared/eval-report.ts';
import type { FileFailure } from '../../shared/types.ts';
import { Breather } from './breather.ts';
import type { Clip } from './dataset.ts';
import type { EmbeddingCache } from './embedding-cache.ts';

/** Started only when a clip has to be listened to. */
export interface Listeners {
  target: ListeningTarget;
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
  listened: number;
  fromCache: number;
  /** Listened to now, s. */
  audioSeconds: number;
}

interface WaitingClip extends FileToHear {
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
  const result: ClipEmbeddings = { embeddings: [], failed: [], listened: 0, fromCache: 0, audioSeconds: 0 };
  try {
    const waiting = await recall(clips, cache, result, signal);
    if (waiting.length === 0) return result;
    const encoders = await supervisor();
    await encoders.loadAudio(); // a model that cannot run here ends the evaluation, not each of its clips
    const meter = new SpeedMeter(waiting.reduce((sum, { clip }) => sum + clip.size, 0));
    const startMs = performance.now();
    const tell = (currentPath: string | null) =>
      report({
        stage: 'listening',
        done: result.fromCache + result.listened + result.failed.length,
        total: clips.length,
        failed: result.failed.length,
        realTimeFactor: meter.realTimeFactor,
        etaSeconds: meter.etaSeconds,
        currentPath,
      });
    tell(null);
    for await (const heard of listen(waiting, target, pool(), encoders, signal)) {
      const { fileId, path, clip } = heard.file;
      const embedding = heard.status === 'done' ? meanDirection(heard.windows.map((window) => window.embedding)) : null;
      const seconds = heard.status === 'done' ? heard.report.durationSeconds : 0;
      if (embedding) {
        cache.putClip(clip, embedding);
        result.embeddings[fileId] = embedding;
        result.listened++;
        result.audioSeconds += seconds;
      } else if (heard.status === 'failed') {
        result.failed.push({ path, code: heard.error.code, message: heard.error.userMessage });
      } else if (heard.status === 'not-audio') {
        result.failed.push({ path, code: 'not-audio', message: `“${path}” is not a sound.` });
      } else {
        const message = `The windows of “${path}” point in no common direction. Check in a player whether it sounds right.`;
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
  const breather = new Breather(signal);
  for (const [fileId, clip] of clips.entries()) {
    const embedding = cache.clip(clip);
    result.embeddings.push(embedding);
    if (embedding) result.fromCache++;
    else waiting.push({ fileId, path: clip.path, clip });
    await breather.pause();
  }
  return waiting;
}

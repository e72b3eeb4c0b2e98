/**
 * Whatever model a user has, made into a pack in the data folder: built in a hidden folder by a process of its own,
 * tried out, then renamed. There whole or not at all.
 */
import type { ImportProgress } from '../../shared/calls/models.ts';
import { UserError } from '../../shared/errors.ts';
import { Encoder } from '../embed/encoder.ts';
import { Child, ChildDiedError } from '../process/child.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import { importableAt, type Importable } from './import-kind.ts';
import type { ImportMethods, ImportPushes } from './import-protocol.ts';
import { installPack } from './install-pack.ts';
import { loadPack, type ModelPack } from './pack.ts';
import { selfCheck } from './self-check.ts';
import { inTime, LateError } from './in-time.ts';
import { sameInstalled, UnfinishedPack } from './unfinished.ts';

/** Minutes more than the largest known model takes on a slow machine. */
const TRIAL_MS = 300_000;

export interface ImportOptions {
  /** Told at most ten times a second, and at the end of each stage. */
  onProgress: (progress: ImportProgress) => void;
  /** Told what the user should know, one sentence at a time. */
  onNotice: (message: string) => void;
  signal: AbortSignal;
  /** For a model to answer when it is tried out. @default five minutes */
  trialMs?: number;
  /** Gives way to others. @default false */
  lowPriority?: boolean;
}

/**
 * @param path absolute: a pack's folder, `CLAP_weights_2023.pth`, or a folder in the layout of Hugging Face
 * @param dataFolder the engine's
 * @returns the folder where the pack lies now; where the same pack was there before, that one
 * @throws UserError not-found, model-damaged, model-unusable, bad-input (its id belongs to another model), disk-full,
 *   engine-broken; errors of the disk; signal.reason. Nothing is left behind then
 */
export async function importModel(path: string, dataFolder: string, options: ImportOptions): Promise<string> {
  const importable = await importableAt(path);
  if (importable.kind === 'pack') return installPack(importable.path, dataFolder);
  const { signal, onProgress } = options;
  signal.throwIfAborted();
  const unfinished = await UnfinishedPack.begin(dataFolder, importable.bytes);
  try {
    await build(importable, unfinished.folder, path, options);
    onProgress({ path, stage: 'checking', share: 0 });
    const pack = await loadPack(unfinished.folder);
    const there = await sameInstalled(pack, dataFolder);
    if (there !== null) {
      await unfinished.abandon();
      return there;
    }
    await tryOut(pack, options);
    onProgress({ path, stage: 'checking', share: 1 });
    signal.throwIfAborted();
    return await unfinished.finish(pack);
  } catch (error) {
    await unfinished.abandon();
    signal.throwIfAborted(); // a cancel reads as a cancel, whatever it broke
    throw error;
  }
}

async function build(
  { kind, path }: Importable,
  folder: string,
  shownPath: string,
  { onProgress, onNotice, signal, lowPriority = false }: ImportOptions,
): Promise<void> {
  if (kind === 'pack') throw new TypeError('a pack is copied, not built');
  const child = new Child<ImportMethods, ImportPushes>({
    processName: 'import',
    entry: PROCESS_ENTRIES.import,
    lowPriority,
  });
  child.on('progress', (progress) => onProgress({ path: shownPath, ...progress }));
  const kill = () => void child.kill();
  signal.addEventListener('abort', kill, { once: true });
  try {
    if (signal.aborted) kill();
    const { notices } = await child.call('import', { kind, path, folder });
    for (const notice of notices) onNotice(notice);
  } catch (error) {
    if (!(error instanceof ChildDiedError)) throw error;
    throw new UserError(
      'engine-broken',
      `Importing “${path}” stopped unexpectedly, perhaps for want of memory. Nothing was installed; close other programs and try again.`,
      error,
    );
  } finally {
    signal.removeEventListener('abort', kill);
    await child.kill();
  }
}

/** @throws UserError model-unusable when its embeddings cannot be used; what {@link Encoder} throws */
async function tryOut(
  pack: ModelPack,
  { signal, lowPriority = false, trialMs = TRIAL_MS }: ImportOptions,
): Promise<void> {
  const encoder = await Encoder.start(pack, { encoders: 1, threadsPerEncoder: 2, lowPriority });
  const close = () => void encoder.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    signal.throwIfAborted();
    const trial = async () => {
      await encoder.loadAudio();
      return selfCheck(pack, encoder);
    };
    const { ok, message } = await inTime(trial(), trialMs);
    if (!ok) throw new UserError('model-unusable', message);
  } catch (error) {
    // Of a graph that onnxruntime refuses it names the hidden folder, where nobody shall look.
    const why = whyNot(error);
    if (why === null) throw error;
    const advice = 'Its files may be damaged, or made for other software';
    throw new UserError('model-unusable', `“${pack.name}” cannot be imported: ${why}. ${advice}. Nothing was installed.`, error); // prettier-ignore
  } finally {
    signal.removeEventListener('abort', close);
    await encoder.close();
  }
}

/** @returns the middle of a sentence; null for what is not the model's doing */
function whyNot(error: unknown): string | null {
  if (error instanceof LateError) return 'when it was tried out, it computed without coming to an end';
  if (error instanceof ChildDiedError)
    return 'when it was tried out, the process that ran it broke down, perhaps for want of memory';
  // internal: what onnxruntime throws of a run. undecodable-audio: of a window that came to no numbers, or to no memory.
  if (!(error instanceof UserError) || !/^(model-|internal$|undecodable-audio$)/.test(error.code)) return null;
  return 'it was read and rebuilt, and then did not work when it was tried out';
}

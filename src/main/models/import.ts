/**
 * Whatever model a user has, made into a pack in the data folder: built in a hidden folder by a process of its own,
 * tried out, then renamed. There whole or not at all.
 */
import type { ImportProgress } from '../../shared/calls/models.ts';
import { UserError } from '../../shared/errors.ts';
import { Encoder } from '../embed/encoder.ts';
import { Child, ChildExitedError } from '../process/child.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import type { Importable } from './families/recognise.ts';
import { familyOf } from './families/registry.ts';
import type { ImportMethods, ImportPushes } from './import-protocol.ts';
import { loadPack, type ModelPack } from '../packs/pack.ts';
import { selfCheck } from '../packs/self-check.ts';
import { inTime, LateError } from '../async/in-time.ts';
import { sameInstalled, UnfinishedPack } from './unfinished.ts';

type ImportProcess = Child<ImportMethods, ImportPushes>;

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
 * @param path absolute: a pack's folder, `CLAP_weights_2023.pth`, or a folder or weights in the layout of Hugging Face
 * @param dataFolder the engine's
 * @returns the folder where the pack lies now; where the same pack was there before, that one
 * @throws UserError not-found, model-damaged, model-unusable, bad-input (its id belongs to another model), disk-full,
 *   engine-broken; errors of the disk; signal.reason. Nothing is left behind then
 */
export async function importModel(path: string, dataFolder: string, options: ImportOptions): Promise<string> {
  const { signal } = options;
  signal.throwIfAborted();
  const child: ImportProcess = new Child({
    processName: 'import',
    entry: PROCESS_ENTRIES.import,
    lowPriority: options.lowPriority ?? false,
  });
  child.on('progress', (progress) => options.onProgress({ path, ...progress }));
  const kill = () => void child.kill();
  signal.addEventListener('abort', kill, { once: true });
  try {
    const importable = await child.call('recognise', { path });
    const family = familyOf(importable.family);
    if ('install' in family) return await family.install(importable.path, dataFolder);
    return await buildAndInstall(child, importable, path, dataFolder, options);
  } catch (error) {
    signal.throwIfAborted(); // a cancel reads as a cancel, whatever it broke
    if (!(error instanceof ChildExitedError)) throw error;
    throw new UserError(
      'engine-broken',
      `The import of “${path}” crashed, possibly because memory ran out. Nothing was installed. Close other programs and try again.`,
      error,
    );
  } finally {
    signal.removeEventListener('abort', kill);
    await child.kill();
  }
}

/** @param shownPath what the user named */
async function buildAndInstall(
  child: ImportProcess,
  { family, path, bytes }: Importable,
  shownPath: string,
  dataFolder: string,
  options: ImportOptions,
): Promise<string> {
  const { signal, onProgress, onNotice } = options;
  const unfinished = await UnfinishedPack.begin(dataFolder, bytes);
  try {
    const { notices } = await child.call('build', { family, path, folder: unfinished.folder });
    for (const notice of notices) onNotice(notice);
    await child.kill(); // its memory is needed for the trial
    onProgress({ path: shownPath, stage: 'checking', share: 0 });
    const pack = await loadPack(unfinished.folder);
    const there = await sameInstalled(pack, dataFolder);
    if (there !== null) {
      await unfinished.abandon();
      return there;
    }
    await tryOut(pack, options);
    onProgress({ path: shownPath, stage: 'checking', share: 1 });
    signal.throwIfAborted();
    return await unfinished.finish(pack);
  } catch (error) {
    await child.kill(); // or it would keep writing
    await unfinished.abandon();
    throw error;
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
    // Of a graph that onnxruntime refuses it names the hidden folder, where nobody should look.
    const why = whyNot(error);
    if (why === null) throw error;
    const advice = 'Its files may be damaged, or intended for other software';
    throw new UserError('model-unusable', `“${pack.name}” cannot be imported: ${why}. ${advice}. Nothing was installed.`, error); // prettier-ignore
  } finally {
    signal.removeEventListener('abort', close);
    await encoder.close();
  }
}

/** @returns the middle of a sentence; null for what is not the model's doing */
function whyNot(error: unknown): string | null {
  if (error instanceof LateError) return 'the test run did not finish';
  if (error instanceof ChildExitedError) return 'the test run crashed, possibly because memory ran out';
  // internal: what onnxruntime throws of a run. undecodable-audio: of a window that came to no numbers, or to no memory.
  if (!(error instanceof UserError) || !/^(model-|internal$|undecodable-audio$)/.test(error.code)) return null;
  return 'the model was built but failed the test run';
}

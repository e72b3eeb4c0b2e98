/** A CLAP model that transformers saved, as a pack: graphs of our own from its weights. */
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readTokenizer } from '../../../packs/tokenizer.ts';
import { readSettings, unusable, type ClapSettings } from '../../clap-files/config.ts';
import { DESCRIPTIONS, TOKENIZER_FILE } from '../../clap-files/descriptions.ts';
import { finishPack } from '../../clap-files/pack-files.ts';
import type { ImportReport } from '../../import-protocol.ts';
import { buildEncoders, readLogitScale } from '../../networks/build-encoders.ts';
import { readArchitecture } from './architecture.ts';
import { buildAudioGraph } from './audio-graph.ts';
import { clapShapes, LOGIT_SCALE } from './keys.ts';
import { buildTextGraph } from './text-graph.ts';
import { openWeights } from './weights-file.ts';

/**
 * @param path of the weights; their descriptions are beside them
 * @param folder existing and empty; the pack is made in it
 * @returns what the user should know: sentences
 * @throws UserError model-damaged, model-unusable (each key that is missing or misshapen is named), not-found; errors of
 *   the disk; signal.reason
 */
export async function importTransformers(
  path: string,
  folder: string,
  report: ImportReport,
  signal: AbortSignal,
): Promise<string[]> {
  const from = dirname(path);
  await requireDescriptions(from);
  const settings = await readSettings(from);
  const architecture = await readArchitecture(from, settings);
  const tokenize = await readTokenizer(join(from, TOKENIZER_FILE), settings.maxLength).catch((error: unknown) => {
    throw unusable(from, `its ${TOKENIZER_FILE} cannot be read`, 'Download it again', error);
  });
  const checkpoint = await openWeights(path);
  try {
    const shapes = clapShapes(architecture);
    checkpoint.expect(shapes);
    const logitScale = await readLogitScale(checkpoint, LOGIT_SCALE);
    const encoders = {
      buildAudio: buildAudioGraph.bind(null, architecture, settings.logMel),
      buildText: buildTextGraph.bind(null, architecture),
      windowSamples: settings.logMel.windowSamples,
      tokenize,
    };
    const { audio, text, sha256, notices } = await buildEncoders(encoders, checkpoint, shapes, folder, report, signal);
    await finishPack(from, folder, settings, { variants: { audio, text }, logitScale, sha256 });
    return settings.fused ? [withoutFusion(settings), ...notices] : notices;
  } finally {
    await checkpoint.close();
  }
}

/** Fusion is for clips that are longer than a window, and a window of a file never is: its weights take no part. */
function withoutFusion({ logMel }: ClapSettings): string {
  const seconds = logMel.windowSamples / logMel.sampleRate;
  return `It is a fused model, imported with fusion off: Earmark divides files that are longer than ${seconds} s into windows.`;
}

async function requireDescriptions(folder: string): Promise<void> {
  const missing: string[] = [];
  for (const name of DESCRIPTIONS) await access(join(folder, name)).catch(() => missing.push(`“${name}”`));
  if (missing.length > 0) throw unusable(folder, `${missing.join(', ')} is missing`, 'Download the whole folder');
}

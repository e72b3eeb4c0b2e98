/** MS CLAP 2023 (Elizalde et al. 2023) as a pack, from the checkpoint that its makers published. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TorchCheckpoint } from '../../checkpoint/torch-checkpoint.ts';
import { buildAudioGraph } from './audio-graph.ts';
import { AUDIO_2023, TEXT_2023 } from './sizes.ts';
import { buildTextGraph } from './text-graph.ts';
import type { ImportReport } from '../../import-protocol.ts';
import { AUDIO_FILE, buildEncoders, readLogitScale, TEXT_FILE } from '../../networks/build-encoders.ts';
import type { EncoderKind } from '../../networks/variants.ts';
import { gpt2Tokenizer } from '../../../packs/gpt2-tokenizer.ts';
import { LOGIT_SCALE, msclapShapes } from './shapes.ts';

export const MSCLAP_ID = 'msclap-2023';
const SAMPLE_RATE = 44_100;
/** What model.json says apart from the hashes and the scale. */
const DESCRIPTION = {
  id: MSCLAP_ID,
  name: 'MS CLAP 2023',
  version: 1,
  license: 'as published with the checkpoint; see there',
  citation:
    'B. Elizalde, S. Deshmukh, H. Wang: Natural Language Supervision for General-Purpose Audio Representations, 2023, arXiv:2309.05767',
  dim: AUDIO_2023.projection,
  audio: {
    file: AUDIO_FILE,
    sampleRate: SAMPLE_RATE,
    windowSeconds: AUDIO_2023.samples / SAMPLE_RATE,
    hopSeconds: AUDIO_2023.samples / SAMPLE_RATE,
    shortClip: 'repeat',
  },
  text: {
    file: TEXT_FILE,
    tokenizer: { type: 'gpt2-bpe', maxLength: TEXT_2023.positions, padId: 0 },
  },
  promptTemplate: 'this is the sound of {label}',
} as const;

const ENCODERS: EncoderKind = {
  buildAudio: buildAudioGraph,
  buildText: buildTextGraph,
  windowSamples: AUDIO_2023.samples,
  tokenize: gpt2Tokenizer(TEXT_2023.positions),
};

/**
 * @param path of the checkpoint
 * @param folder existing and empty; the pack is made in it
 * @returns what the user should know: sentences
 * @throws UserError model-damaged, model-unusable (each key that is missing or misshapen is named), not-found; what
 *   the disk throws; signal.reason
 */
export async function importMsclap(
  path: string,
  folder: string,
  report: ImportReport,
  signal: AbortSignal,
): Promise<string[]> {
  const checkpoint = await TorchCheckpoint.open(path, 'model');
  try {
    const shapes = msclapShapes();
    checkpoint.expect(shapes);
    const logitScale = await readLogitScale(checkpoint, LOGIT_SCALE);
    const built = await buildEncoders(ENCODERS, checkpoint, shapes, folder, report, signal);
    const description = {
      ...DESCRIPTION,
      audio: { ...DESCRIPTION.audio, variants: built.audio },
      text: { ...DESCRIPTION.text, variants: built.text },
      logitScale,
      sha256: built.sha256,
    };
    await writeFile(join(folder, 'model.json'), `${JSON.stringify(description, null, 2)}\n`, { flush: true });
    return built.notices;
  } finally {
    await checkpoint.close();
  }
}

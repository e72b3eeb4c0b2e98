/** Checkpoints that Earmark cannot import, identified by the names of their tensors. */
import type { CheckpointOutline } from './tensors.ts';

export interface UnsupportedCheckpoint {
  /** As its makers call it. */
  model: string;
  /** What to do instead, a sentence without its full stop. */
  advice: string;
}

interface Description extends UnsupportedCheckpoint {
  /** A key for each; all of them are there. What DataParallel put before them is taken off. */
  keys: readonly RegExp[];
}

const HUGGING_FACE =
  'Download it in the Hugging Face layout (model.safetensors and its configuration files, or onnx/audio_model.onnx and onnx/text_model.onnx), and choose the folder';
const THE_NEWER_ONE = 'Choose CLAP_weights_2023.pth, a later model by the same authors';
const AUDIO_ALONE = 'It has no text encoder, so it cannot be used for search';

const DESCRIPTIONS: readonly Description[] = [
  // https://github.com/LAION-AI/CLAP, src/laion_clap/clap_module/model.py
  { model: 'LAION-CLAP', advice: HUGGING_FACE, keys: [/^audio_branch\./, /^text_branch\./] },
  // https://github.com/microsoft/CLAP, msclap/models
  { model: 'MS CLAP 2022', advice: THE_NEWER_ONE, keys: [/^audio_encoder\.base\.conv_block1\./, /^caption_encoder\.base\./] }, // prettier-ignore
  { model: 'MS CLAP’s captioning (clapcap)', advice: THE_NEWER_ONE, keys: [/^clap\./, /^clap_project\./, /^gpt\./] },
  // https://github.com/qiuqiangkong/audioset_tagging_cnn
  { model: 'PANNs', advice: AUDIO_ALONE, keys: [/^conv_block1\./, /^fc_audioset\./] },
  // https://github.com/RetroCirce/HTS-Audio-Transformer
  { model: 'HTS-AT', advice: AUDIO_ALONE, keys: [/^sed_model\.(layers|patch_embed)\./] },
];

/** @returns null for one that is not known either */
export function unsupportedCheckpoint(outline: CheckpointOutline): UnsupportedCheckpoint | null {
  for (const tensors of outline.values()) {
    const names = [...tensors.keys()].map((key) => key.replace(/^module\./, ''));
    const found = DESCRIPTIONS.find(({ keys }) => keys.every((key) => names.some((name) => key.test(name))));
    if (found) return { model: found.model, advice: found.advice };
  }
  return null;
}

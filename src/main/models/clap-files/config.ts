/** What config.json, preprocessor_config.json and tokenizer_config.json say that matters here, with Hugging Face's defaults. */
import { basename, join, posix, win32 } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../shared/errors.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import type { LogMelSettings } from '../networks/log-mel-graph.ts';

/** Real ones have some kilobytes. */
const MAX_BYTES = 4 * 2 ** 20;

const count = z.number().int().positive();

/** https://huggingface.co/docs/transformers/model_doc/clap#transformers.ClapFeatureExtractor */
const PREPROCESSOR = z
  .object({
    feature_extractor_type: z.literal('ClapFeatureExtractor').default('ClapFeatureExtractor'),
    feature_size: count.max(512).default(64),
    sampling_rate: count.min(8000).max(192_000).default(48_000),
    hop_length: count.default(480),
    max_length_s: z.number().positive().max(60).default(10),
    fft_window_size: count.max(8192).optional(),
    n_fft: count.max(8192).optional(), // what older files call it
    frequency_min: z.number().nonnegative().default(0),
    frequency_max: z.number().positive().default(14_000),
    top_db: z.null().default(null), // else a floor below the loudest frame
    truncation: z.enum(['fusion', 'rand_trunc']).default('fusion'),
    padding: z.enum(['repeatpad', 'repeat', 'pad']).default('repeatpad'),
  })
  .refine(({ frequency_min, frequency_max }) => frequency_min < frequency_max, { path: ['frequency_max'] });

const CONFIG = z.object({
  model_type: z.literal('clap'),
  _name_or_path: z.string().default(''),
  projection_dim: count.max(8192).default(512),
  logit_scale_init_value: z
    .number()
    .positive()
    .default(1 / 0.07),
  audio_config: z.object({ enable_fusion: z.boolean().default(false) }).default({ enable_fusion: false }),
  text_config: z
    .object({
      pad_token_id: z.number().int().nonnegative().default(1),
      max_position_embeddings: count.default(514),
    })
    .default({ pad_token_id: 1, max_position_embeddings: 514 }),
});

export interface ClapSettings {
  logMel: LogMelSettings;
  shortClip: 'repeat' | 'repeat-pad' | 'pad';
  /** What the model was called where it was published; '' if not said, or only where it lay on its maker's disk. */
  publishedAs: string;
  /** It can fuse several spectrograms of a clip that is longer than its window. */
  fused: boolean;
  dim: number;
  logitScale: number;
  padId: number;
  /** Tokens. */
  maxLength: number;
}

/** @throws UserError model-unusable: which file says what that cannot be followed */
export async function readSettings(folder: string): Promise<ClapSettings> {
  const config = await readJson(folder, 'config.json', CONFIG);
  const preprocessor = await readJson(folder, 'preprocessor_config.json', PREPROCESSOR);
  const { pad_token_id: padId, max_position_embeddings: positions } = config.text_config;
  const fftLength = preprocessor.fft_window_size ?? preprocessor.n_fft ?? 1024;
  if (fftLength % 2 !== 0) throw unusable(folder, 'its fft_window_size is odd', 'Choose another copy');
  return {
    logMel: {
      sampleRate: preprocessor.sampling_rate,
      windowSamples: Math.round(preprocessor.max_length_s * preprocessor.sampling_rate),
      fftLength,
      hopLength: preprocessor.hop_length,
      nMels: preprocessor.feature_size,
      minFrequency: preprocessor.frequency_min,
      maxFrequency: preprocessor.frequency_max,
      melScale: preprocessor.truncation === 'fusion' ? 'htk' : 'slaney', // as the extractor picks its filters
    },
    shortClip: preprocessor.padding === 'repeatpad' ? 'repeat-pad' : preprocessor.padding,
    publishedAs: isPath(config._name_or_path) ? '' : config._name_or_path,
    fused: config.audio_config.enable_fusion,
    dim: config.projection_dim,
    logitScale: config.logit_scale_init_value,
    padId,
    maxLength: Math.max(2, positions - padId - 1), // RoBERTa counts its positions from behind the padding's
  };
}

/** "/home/me/tmp/clap", "./clap", "C:\\clap"; not "laion/clap-htsat-unfused" */
function isPath(name: string): boolean {
  return posix.isAbsolute(name) || win32.isAbsolute(name) || /^[.~]|\\|\/.*\//.test(name);
}

/** @throws UserError model-unusable, naming the file and what in it */
export async function readJson<T extends z.ZodType>(folder: string, name: string, schema: T): Promise<z.output<T>> {
  let content: unknown;
  try {
    content = JSON.parse((await readRegularFile(join(folder, name), MAX_BYTES)).toString('utf8'));
  } catch (error) {
    throw unusable(folder, `its ${name} cannot be read`, 'Download it again', error);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const where = result.error.issues[0]!.path.join('.') || 'the top level';
  const what = `${where} in its ${name} is missing or not supported`;
  throw unusable(folder, what, 'Choose another model', result.error);
}

export function unusable(folder: string, what: string, advice: string, cause?: unknown): UserError {
  return new UserError(
    'model-unusable',
    `The model in “${basename(folder)}” cannot be imported: ${what}. ${advice}. Nothing was installed.`,
    cause,
  );
}

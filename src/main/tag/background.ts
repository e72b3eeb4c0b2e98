/**
 * A pack's background statistics: how high each label of a vocabulary scores on sounds in general. Labels differ in
 * that by far more than right and wrong sounds do, so a cosine means something only against them.
 */
import { z } from 'zod';
import { UserError } from '../../shared/errors.ts';
import type { ModelPack } from '../packs/pack.ts';
import { vocabularyHash, type Vocabulary } from './vocabulary.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { wrongShape } from '../text/wrong-shape.ts';

/** Of a thousand labels they take half of one. */
const MAX_BYTES = 64 * 2 ** 20;

const CONTENT = z.object({
  windows: z.number().int().positive(), // of the reference set
  quantiles: z.array(z.number().gt(0).lt(1)),
  vocabularies: z.array(
    z.object({
      id: z.string(),
      hash: z.string(), // vocabularyHash of what was measured
      labels: z.record(z.string(), z.array(z.number())), // mean, standard deviation, then the quantiles
    }),
  ),
});

/** Of one label's cosines to the windows of the reference set. */
export interface LabelBackground {
  mean: number;
  standardDeviation: number;
  /** Share of windows below, and the cosine they are below; ascending. */
  quantiles: { share: number; cosine: number }[];
}

/**
 * @returns by label id; null when the pack has none, or none for this vocabulary as it now is (labels added or
 *   reworded): then the user's own library is all there is to compare with
 * @throws UserError model-damaged
 */
export async function readBackground(
  pack: Pick<ModelPack, 'backgroundPath' | 'folder'>,
  vocabulary: Vocabulary,
): Promise<Map<string, LabelBackground> | null> {
  if (pack.backgroundPath === null) return null;
  const content = parse(await textOf(pack.backgroundPath, pack.folder), pack.folder);
  const hash = vocabularyHash(vocabulary);
  const measured = content.vocabularies.find((one) => one.hash === hash);
  if (!measured) return null;
  return new Map(
    Object.entries(measured.labels).map(([id, [mean, standardDeviation, ...cosines]]) => {
      if (mean === undefined || standardDeviation === undefined || cosines.length !== content.quantiles.length) {
        throw damaged(pack.folder, `the label “${id}” has too few values`);
      }
      const quantiles = cosines.map((cosine, at) => ({ share: content.quantiles[at]!, cosine }));
      return [id, { mean, standardDeviation, quantiles }];
    }),
  );
}

async function textOf(path: string, folder: string): Promise<string> {
  try {
    return String(await readRegularFile(path, MAX_BYTES));
  } catch (error) {
    throw damaged(folder, 'they cannot be read', error);
  }
}

function parse(json: string, folder: string): z.infer<typeof CONTENT> {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (error) {
    throw damaged(folder, 'they are not valid JSON', error);
  }
  const result = CONTENT.safeParse(raw);
  if (result.success) return result.data;
  throw damaged(folder, wrongShape(result.error), result.error);
}

function damaged(folder: string, what: string, cause?: unknown): UserError {
  return new UserError(
    'model-damaged',
    `The background statistics of the model pack in “${folder}” cannot be used: ${what}. Reinstall the pack.`,
    cause,
  );
}

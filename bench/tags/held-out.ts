/** The shipped model and vocabulary, judged on the known clips with whole sources held out. */
import { join } from 'node:path';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { createEngine } from '../../src/main/engine/engine.ts';
import { DEFAULT_PACK, SHIPPED_MODELS_FOLDER } from '../../src/main/packs/installed.ts';
import { loadPack, spaceOf } from '../../src/main/packs/pack.ts';
import { prepareVocabulary } from '../../src/main/tag/prepare.ts';
import { Vocabularies } from '../../src/main/tag/vocabularies.ts';
import type { Vocabulary } from '../../src/main/tag/vocabulary.ts';
import type { WordWeights } from '../../src/main/tag/word-evidence.ts';
import { knownClips } from './corpus-clips.ts';
import { Calibrating } from './cross-validate.ts';
import { wrongNames } from './word-trust.ts';

export interface Prepared {
  calibrating: Calibrating;
  labels: Vocabulary;
}

/** @param folder for data; empty */
export async function prepareCalibrating(folder: string): Promise<Prepared> {
  const packFolder = join(SHIPPED_MODELS_FOLDER, DEFAULT_PACK);
  const pack = await loadPack(packFolder);
  const vocabulary = await new Vocabularies(folder).reference();
  const clips = await knownClips(vocabulary, packFolder, join(folder, 'listening'));
  const handle = createEngine({ dataFolder: join(folder, 'texts'), model: packFolder, load: 'foreground' });
  const catalogue = openCatalogue(join(folder, 'catalogue'));
  try {
    const spaceId = catalogue.windows.ensureSpace(spaceOf(pack));
    const embedTexts = async (texts: string[]) => {
      const { items } = await handle.engine['embed.texts']({ texts, raw: false });
      return items.map(({ windows }) => Float32Array.from(windows[0]!.embedding));
    };
    const ground = { dataFolder: folder, catalogue, spaceId, pack, reference: vocabulary, embedTexts };
    const { set } = await prepareVocabulary(vocabulary, ground, null);
    return { calibrating: new Calibrating(clips, set, vocabulary), labels: vocabulary };
  } finally {
    catalogue.close();
    await handle.close();
  }
}

/**
 * Each clip judged with a curve fitted on the other sources.
 * @param words the weights that ship: they were chosen by hand, below what the clips themselves would say
 */
export function heldOut(
  calibrating: Calibrating,
  labels: Vocabulary,
  words: WordWeights,
): {
  judged: Record<'sound alone' | 'sound and words' | 'sound and wrong names', Float64Array[]>;
  /** By clip: log-odds by sound. */
  sound: Float32Array[];
} {
  const folds = calibrating.folds();
  const alone: Float64Array[] = [];
  const both: Float64Array[] = [];
  const wrong: Float64Array[] = [];
  const ofClip: Float32Array[] = [];
  const named = wrongNames(calibrating.clips);
  for (const fold of new Set(folds)) {
    const curve = calibrating.fitSound((clip) => folds[clip] !== fold);
    const sound = calibrating.sound(curve);
    const byAlone = calibrating.probabilities(sound, null, labels);
    const byBoth = calibrating.probabilities(sound, words, labels);
    const byWrong = calibrating.probabilities(sound, words, labels, { named });
    for (const [clip, of] of folds.entries()) {
      if (of !== fold) continue;
      alone[clip] = byAlone[clip]!;
      both[clip] = byBoth[clip]!;
      wrong[clip] = byWrong[clip]!;
      ofClip[clip] = sound[clip]!;
    }
  }
  return {
    judged: { 'sound alone': alone, 'sound and words': both, 'sound and wrong names': wrong },
    sound: ofClip,
  };
}

/** The calls about vocabularies. */
import type { VocabularyCalls, VocabularyInfo } from '../../shared/calls/vocabularies.ts';
import type { Engine } from '../../shared/contract.ts';
import type { OutputGrants } from '../export/output-grants.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { ModelPack } from '../packs/pack.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { scoringHash } from '../tag/prepare.ts';
import { WORTH_A_LOOK } from '../tag/scorer.ts';
import { forgetVocabulary, takeUpVocabulary } from '../tag/take-up.ts';
import type { InstalledVocabulary, Vocabularies } from '../tag/vocabularies.ts';
import { exportVocabulary } from '../export/vocabulary-export.ts';
import { importVocabulary } from '../tag/vocabulary-import.ts';

interface CountDeps {
  catalogue: Catalogue;
  spaceId: number;
  pack: ModelPack;
  readyFiles: number;
}

type VocabularyDeps = Pick<CatalogueAccess, 'dataFolder' | 'existingCatalogue'> & Pick<ModelAccess, 'pack' | 'spaceId'>;

/** @param changed called with the tags whose suggestions were removed or whose names changed */
export function vocabularyCalls(
  deps: VocabularyDeps,
  vocabularies: Vocabularies,
  outputs: OutputGrants,
  changed: (tagIds: number[]) => void,
): Pick<Engine, keyof VocabularyCalls> {
  /** null if nothing has been analysed yet. */
  const countDeps = async (): Promise<CountDeps | null> => {
    const catalogue = deps.existingCatalogue();
    if (!catalogue) return null;
    const spaceId = await deps.spaceId();
    const readyFiles = catalogue.spaces.listedFiles(spaceId);
    return { catalogue, spaceId, pack: await deps.pack(), readyFiles };
  };
  const infoOf = async (installed: InstalledVocabulary, counting: CountDeps | null): Promise<VocabularyInfo> => {
    const { vocabulary, path, shipped } = installed;
    const { id, name, version, language, licence, description, profile, labels } = vocabulary;
    const basics = { id, name, version, language, licence, description, profile, labels: labels.length, shipped, path };
    if (!counting) return { ...basics, scoredFiles: 0, readyFiles: 0, suggested: 0, accepted: 0, rejected: 0 };
    const { catalogue, spaceId, pack, readyFiles } = counting;
    const hash = await scoringHash(vocabulary, {
      catalogue,
      spaceId,
      pack,
      dataFolder: deps.dataFolder,
      reference: await vocabularies.reference(),
    });
    const counts = { suggested: 0, accepted: 0, rejected: 0 };
    for (const tag of catalogue.suggestions.counts({ vocabularyId: id, minProbability: WORTH_A_LOOK }, spaceId)) {
      counts.suggested += tag.suggested;
      counts.accepted += tag.accepted;
      counts.rejected += tag.rejected;
    }
    const scoredFiles = Math.min(readyFiles, catalogue.scored.files(id, spaceId, hash));
    return { ...basics, scoredFiles, readyFiles, ...counts };
  };
  const infoById = async (id: string): Promise<VocabularyInfo> => infoOf(await vocabularies.get(id), await countDeps());
  const takeUp = async (id: string): Promise<void> => {
    const catalogue = deps.existingCatalogue();
    const tagIds = catalogue ? takeUpVocabulary(catalogue, (await vocabularies.get(id)).vocabulary) : [];
    if (tagIds.length > 0) changed(tagIds);
  };

  return {
    'vocabulary.list': async () => {
      const { found, broken } = await vocabularies.all();
      const counting = await countDeps();
      const infos: VocabularyInfo[] = [];
      for (const installed of found) infos.push(await infoOf(installed, counting));
      return { vocabularies: infos, broken };
    },
    'vocabulary.get': async (id) => (await vocabularies.get(id)).vocabulary,
    'vocabulary.save': async (content) => {
      const { id } = await vocabularies.save(content);
      await takeUp(id);
      return infoById(id);
    },
    'vocabulary.remove': async (id) => {
      await vocabularies.remove(id);
      const catalogue = deps.existingCatalogue();
      changed(catalogue ? forgetVocabulary(catalogue, id) : []);
      return null;
    },
    'vocabulary.import': async ({ path }) => {
      const { id } = await importVocabulary(path, vocabularies);
      await takeUp(id);
      return infoById(id);
    },
    'vocabulary.export': async ({ id, output }) => {
      const { path, replace } = outputs.take(output);
      const outputDeps = { dataFolder: deps.dataFolder, catalogue: deps.existingCatalogue() };
      await exportVocabulary((await vocabularies.get(id)).vocabulary, path, replace, outputDeps);
      return null;
    },
  };
}

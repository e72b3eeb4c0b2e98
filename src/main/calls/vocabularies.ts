/** The calls about vocabularies. */
import type { VocabularyCalls, VocabularyInfo } from '../../shared/calls/vocabularies.ts';
import type { Engine } from '../../shared/contract.ts';
import { LISTED } from '../catalogue/file-lists.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { ModelPack } from '../models/pack.ts';
import type { Parts } from '../parts.ts';
import { scoringHash } from '../tag/prepare.ts';
import { WORTH_A_LOOK } from '../tag/scorer.ts';
import type { InstalledVocabulary, Vocabularies } from '../tag/vocabularies.ts';
import { exportVocabulary } from '../tag/vocabulary-export.ts';
import { importVocabulary } from '../tag/vocabulary-import.ts';

interface Ground {
  catalogue: Catalogue;
  spaceId: number;
  pack: ModelPack;
  readyFiles: number;
}

/** @param changed told the tags whose suggestions went or whose names changed */
export function vocabularyCalls(
  parts: Parts,
  vocabularies: Vocabularies,
  changed: (tagIds: number[]) => void,
): Pick<Engine, keyof VocabularyCalls> {
  /** null where nothing has been listened to yet. */
  const groundNow = async (): Promise<Ground | null> => {
    const catalogue = parts.existingCatalogue();
    if (!catalogue) return null;
    const spaceId = await parts.spaceId();
    const readyFiles = catalogue.db
      .prepare<[number], number>(
        `SELECT count(*) FROM listening CROSS JOIN file ON file.id = listening.file_id WHERE space_id = ? AND ${LISTED}`,
      )
      .pluck()
      .get(spaceId)!;
    return { catalogue, spaceId, pack: await parts.pack(), readyFiles };
  };
  const infoOf = async (installed: InstalledVocabulary, ground: Ground | null): Promise<VocabularyInfo> => {
    const { vocabulary, path, shipped } = installed;
    const { id, name, version, language, licence, description, profile, labels } = vocabulary;
    const basics = { id, name, version, language, licence, description, profile, labels: labels.length, shipped, path };
    if (!ground) return { ...basics, scoredFiles: 0, readyFiles: 0, waiting: 0, accepted: 0, rejected: 0 };
    const { catalogue, spaceId, pack, readyFiles } = ground;
    const hash = await scoringHash(vocabulary, {
      catalogue,
      spaceId,
      pack,
      dataFolder: parts.options.dataFolder,
      reference: await vocabularies.reference(),
    });
    const counts = { waiting: 0, accepted: 0, rejected: 0 };
    for (const tag of catalogue.suggestions.counts({ vocabularyId: id, minProbability: WORTH_A_LOOK }, spaceId)) {
      counts.waiting += tag.waiting;
      counts.accepted += tag.accepted;
      counts.rejected += tag.rejected;
    }
    const scoredFiles = Math.min(readyFiles, catalogue.suggestions.scoredFiles(id, spaceId, hash));
    return { ...basics, scoredFiles, readyFiles, ...counts };
  };
  const infoById = async (id: string): Promise<VocabularyInfo> => infoOf(await vocabularies.get(id), await groundNow());
  /** Suggestions of labels that are gone go; decisions about them stay. Names of tags follow at once. */
  const takeUp = async (id: string): Promise<void> => {
    const catalogue = parts.existingCatalogue();
    if (!catalogue) return;
    const { vocabulary } = await vocabularies.get(id);
    const known = catalogue.tagRows.ofVocabulary(id);
    if (known.length === 0) return; // never used
    catalogue.tagRows.ensure(id, vocabulary.labels);
    catalogue.suggestions.keepLabels(
      id,
      vocabulary.labels.map((label) => label.id),
    );
    changed(catalogue.tagRows.ofVocabulary(id).map((tag) => tag.id));
  };

  return {
    'vocabulary.list': async () => {
      const { found, broken } = await vocabularies.all();
      const ground = await groundNow();
      const infos: VocabularyInfo[] = [];
      for (const installed of found) infos.push(await infoOf(installed, ground));
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
      const catalogue = parts.existingCatalogue();
      catalogue?.suggestions.forgetVocabulary(id);
      changed(catalogue?.tagRows.ofVocabulary(id).map((tag) => tag.id) ?? []);
      return null;
    },
    'vocabulary.import': async ({ path }) => {
      const { id } = await importVocabulary(path, vocabularies);
      await takeUp(id);
      return infoById(id);
    },
    'vocabulary.export': async ({ id, path, replace }) => {
      const ground = { dataFolder: parts.options.dataFolder, catalogue: parts.existingCatalogue() };
      await exportVocabulary((await vocabularies.get(id)).vocabulary, path, replace, ground);
      return null;
    },
  };
}

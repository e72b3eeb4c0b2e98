/** The calls about learning from decisions. Learning itself happens in the tag job, before it scores. */
import type { TagCalls, TagRow } from '../../shared/calls/tags.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import { tooFewExamples } from '../../shared/refusals.ts';
import type { OutputGrants } from '../export/output-grants.ts';
import { writeOutput } from '../export/output-file.ts';
import type { JobRegistry } from '../jobs/registry.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { scoringDeps, type TagScoring, type ScoringModel } from '../tag/scoring.ts';
import { addMadeTag, MADE_TAGS } from '../tag/teach/made-tags.ts';
import { LEAST_DECISIONS } from '../tag/teach/learn-tag.ts';
import { adoptHead, newDecisions, taughtContent, TAUGHT_FILE, type TaughtFile } from '../tag/teach/taught-file.ts';
import type { Vocabularies } from '../tag/vocabularies.ts';
import { readUntrusted } from '../untrusted/read-untrusted.ts';

export type TeachCallName = 'tag.make' | 'tag.taught' | 'tag.useTaught' | 'tag.exportTaught' | 'tag.importTaught';

interface TeachDeps extends CatalogueAccess, Pick<ModelAccess, 'spaceId'> {
  withModel<T>(work: (model: ScoringModel) => Promise<T>): Promise<T>;
}

/** @param tags the calls about suggestions and decisions, which these go through */
export function teachCalls(
  deps: TeachDeps,
  jobs: Pick<JobRegistry, 'wait'>,
  vocabularies: Vocabularies,
  scoring: TagScoring,
  tags: Pick<Engine, 'tag.decide' | 'tag.list'>,
  outputs: OutputGrants,
  changed: (tagIds: number[]) => void,
): Pick<Engine, TeachCallName & keyof TagCalls> {
  const rowOf = async (tagId: number): Promise<TagRow> => {
    const row = (await tags['tag.list']({ tagId })).find((one) => one.tagId === tagId);
    if (!row) throw new UserError('not-found', 'This tag no longer exists. Reload the list.');
    return row;
  };

  return {
    'tag.make': async ({ name, fileIds }) => {
      const examples = [...new Set(fileIds)];
      if (examples.length < LEAST_DECISIONS) {
        throw tooFewExamples(LEAST_DECISIONS);
      }
      const catalogue = deps.catalogue();
      catalogue.knownFiles.requireAll(examples);
      const { vocabulary, label } = await addMadeTag(vocabularies, name);
      const tagId = catalogue.tagRows.ensure(vocabulary.id, vocabulary.labels)[vocabulary.labels.indexOf(label)]!;
      await tags['tag.decide']({ decisions: examples.map((fileId) => ({ fileId, tagId, accepted: true })) });
      // While other tags are being scored this one waits: it learns at the next scoring, which decisions bring about.
      const job = await scoring.startIfFree({ vocabularyIds: [MADE_TAGS], folders: [], again: false });
      if (job !== null) await jobs.wait(job);
      return rowOf(tagId);
    },
    'tag.taught': async () => {
      const catalogue = deps.existingCatalogue();
      return catalogue ? [...catalogue.heads.taught(await deps.spaceId()).values()] : [];
    },
    'tag.useTaught': async ({ tagId, inUse }) => {
      const { heads } = deps.catalogue();
      const spaceId = await deps.spaceId();
      heads.setInUse(tagId, spaceId, inUse);
      const taught = heads.taught(spaceId).get(tagId);
      if (!taught) {
        throw new UserError(
          'not-found',
          `This tag has not been learned yet. It needs at least ${LEAST_DECISIONS} decisions.`,
        );
      }
      changed([tagId]);
      scoring.afterDeciding([tagId]);
      return taught;
    },
    'tag.exportTaught': async ({ output }) => {
      const granted = outputs.take(output);
      const catalogue = deps.catalogue();
      const content = taughtContent(catalogue);
      const outputDeps = { dataFolder: deps.dataFolder, catalogue };
      await writeOutput({ ...granted, endings: ['.json'] }, [`${JSON.stringify(content)}\n`], outputDeps);
      return { tags: content.tags.length, decisions: decisionsIn(content) };
    },
    'tag.importTaught': async ({ path }) => {
      const content = await readUntrusted(TAUGHT_FILE, { path }, 'bad-input');
      return deps.withModel(async (model) => {
        const { catalogue, spaceId, pack } = await scoringDeps(deps, model, vocabularies);
        const tagIds = new Map<TaughtFile['tags'][number], number | null>();
        for (const tag of content.tags) tagIds.set(tag, await tagIdHere(tag));
        const decisions = newDecisions(catalogue, content, (tag) => tagIds.get(tag) ?? null);
        await tags['tag.decide']({ decisions });
        const adopted = [...tagIds].flatMap(([tag, tagId]) =>
          tagId !== null && adoptHead(catalogue, { spaceId, pack }, tagId, tag.heads) ? [tagId] : [],
        );
        changed(adopted);
        scoring.afterDeciding(adopted);
        const known = new Set([...decisions.map(({ tagId }) => tagId), ...adopted]);
        return { tags: known.size, decisions: decisions.length };
      });

      /** Tags made from examples come along with their name; those of other vocabularies only where these are. */
      async function tagIdHere({ vocabularyId, labelId, name }: TaughtFile['tags'][number]): Promise<number | null> {
        const { tagRows } = deps.catalogue();
        let vocabulary = (await vocabularies.find(vocabularyId))?.vocabulary ?? null;
        let label = vocabulary?.labels.find((one) =>
          vocabularyId === MADE_TAGS ? one.name.toLowerCase() === name.toLowerCase() : one.id === labelId,
        );
        if (!label && vocabularyId === MADE_TAGS) ({ vocabulary, label } = await addMadeTag(vocabularies, name));
        if (!vocabulary || !label) return null;
        return tagRows.ensure(vocabulary.id, vocabulary.labels)[vocabulary.labels.indexOf(label)]!;
      }
    },
  };
}

function decisionsIn({ tags }: TaughtFile): number {
  return tags.reduce((sum, { decisions }) => sum + decisions.length, 0);
}

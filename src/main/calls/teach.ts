/** The calls about learning from decisions. Learning itself happens in the tag job, before it scores. */
import type { TagCalls, TagRow } from '../../shared/calls/tags.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import { knownFiles } from '../catalogue/known-files.ts';
import { writeOutput } from '../export/output-file.ts';
import type { Parts } from '../parts.ts';
import { taughtTags } from '../tag/heads.ts';
import { scoringGround, type TagScoring } from '../tag/scoring.ts';
import { addMadeTag, MADE_TAGS } from '../tag/teach/made-tags.ts';
import { LEAST_DECISIONS } from '../tag/teach/learn-tag.ts';
import { adoptHead, newDecisions, taughtContent, type TaughtFile } from '../tag/teach/taught-file.ts';
import type { Vocabularies } from '../tag/vocabularies.ts';
import { readUntrusted } from '../untrusted/read-untrusted.ts';

export type TeachCallName = 'tag.make' | 'tag.taught' | 'tag.useTaught' | 'tag.exportTaught' | 'tag.importTaught';

/** @param tags the calls about suggestions and decisions, which these go through */
export function teachCalls(
  parts: Parts,
  vocabularies: Vocabularies,
  scoring: TagScoring,
  tags: Pick<Engine, 'tag.decide' | 'tag.list'>,
  changed: (tagIds: number[]) => void,
): Pick<Engine, TeachCallName & keyof TagCalls> {
  const rowOf = async (tagId: number): Promise<TagRow> => {
    const row = (await tags['tag.list']({ tagId })).find((one) => one.tagId === tagId);
    if (!row) throw new UserError('not-found', 'This tag is not there any more. Load the list again.');
    return row;
  };

  return {
    'tag.make': async ({ name, fileIds }) => {
      const examples = [...new Set(fileIds)];
      if (examples.length < LEAST_DECISIONS) {
        throw new UserError('bad-input', `Choose at least ${LEAST_DECISIONS} sounds that the new tag fits.`);
      }
      const catalogue = parts.catalogue();
      knownFiles(catalogue.db).requireAll(examples);
      const { vocabulary, label } = await addMadeTag(vocabularies, name);
      const tagId = catalogue.tagRows.ensure(vocabulary.id, vocabulary.labels)[vocabulary.labels.indexOf(label)]!;
      await tags['tag.decide']({ decisions: examples.map((fileId) => ({ fileId, tagId, accepted: true })) });
      // While other tags are being scored this one waits: it learns at the next scoring, which decisions bring about.
      const job = await scoring.startIfFree({ vocabularyIds: [MADE_TAGS], folders: [], again: false });
      if (job !== null) await scoring.jobs.wait(job);
      return rowOf(tagId);
    },
    'tag.taught': async () => {
      const catalogue = parts.existingCatalogue();
      return catalogue ? [...taughtTags(catalogue.db, await parts.spaceId()).values()] : [];
    },
    'tag.useTaught': async ({ tagId, inUse }) => {
      const { db } = parts.catalogue();
      const spaceId = await parts.spaceId();
      db.prepare<[0 | 1, number, number]>(
        'UPDATE tag_head SET in_use = ?, chosen = 1 WHERE tag_id = ? AND space_id = ?',
      ).run(inUse ? 1 : 0, tagId, spaceId);
      const taught = taughtTags(db, spaceId).get(tagId);
      if (!taught) {
        throw new UserError('not-found', `This tag has learnt nothing yet: it takes ${LEAST_DECISIONS} decisions.`);
      }
      changed([tagId]);
      scoring.afterDeciding([tagId]);
      return taught;
    },
    'tag.exportTaught': async ({ path, replace }) => {
      const catalogue = parts.catalogue();
      const content = taughtContent(catalogue.db);
      const ground = { dataFolder: parts.options.dataFolder, catalogue };
      await writeOutput({ path, endings: ['.json'], replace }, [`${JSON.stringify(content)}\n`], ground);
      return { tags: content.tags.length, decisions: decisionsIn(content) };
    },
    'tag.importTaught': async ({ path }) => {
      const content = await readUntrusted('taught', { path }, 'bad-input');
      return parts.withModel(async (model) => {
        const { catalogue, spaceId, pack } = await scoringGround(parts, model, vocabularies);
        const tagIds = new Map<TaughtFile['tags'][number], number | null>();
        for (const tag of content.tags) tagIds.set(tag, await tagIdHere(tag));
        const decisions = newDecisions(catalogue.db, content, (tag) => tagIds.get(tag) ?? null);
        await tags['tag.decide']({ decisions });
        const adopted = [...tagIds].flatMap(([tag, tagId]) =>
          tagId !== null && adoptHead(catalogue.db, { spaceId, pack }, tagId, tag.heads) ? [tagId] : [],
        );
        changed(adopted);
        scoring.afterDeciding(adopted);
        const known = new Set([...decisions.map(({ tagId }) => tagId), ...adopted]);
        return { tags: known.size, decisions: decisions.length };
      });

      /** Tags made from examples come along with their name; those of other vocabularies only where these are. */
      async function tagIdHere({ vocabularyId, labelId, name }: TaughtFile['tags'][number]): Promise<number | null> {
        const { tagRows } = parts.catalogue();
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

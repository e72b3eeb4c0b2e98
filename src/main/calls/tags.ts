/** The calls about suggestions and decisions. What was decided is never derived and never lost; the rest is. */
import type { FileTag, TagCalls, TagRow } from '../../shared/calls/tags.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { StoredTag } from '../catalogue/stores/suggestions.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import type { AcceptedWords } from '../tag/accepted-words.ts';
import { whyOf, windowsOf } from '../tag/look.ts';
import { scoringDeps, type TagScoring, type ScoringModel } from '../tag/scoring.ts';
import type { Vocabularies } from '../tag/vocabularies.ts';
import type { TeachCallName } from './teach.ts';

interface TagDeps extends CatalogueAccess, Pick<ModelAccess, 'spaceId'> {
  withModel<T>(work: (model: ScoringModel) => Promise<T>): Promise<T>;
}

/** @param changed called with the tags whose decisions have changed */
export function tagCalls(
  deps: TagDeps,
  vocabularies: Vocabularies,
  scoring: TagScoring,
  words: AcceptedWords,
  changed: (tagIds: number[]) => void,
): Pick<Engine, Exclude<keyof TagCalls, TeachCallName>> {
  /** Reading makes no catalogue where there is none. */
  const read = async <T>(what: (catalogue: Catalogue, spaceId: number) => T, ifNone: T): Promise<T> => {
    const catalogue = deps.existingCatalogue();
    return catalogue ? what(catalogue, await deps.spaceId()) : ifNone;
  };
  const decided = async (tagIds: number[]): Promise<void> => {
    await words.written();
    if (tagIds.length > 0) changed(tagIds);
  };
  const vocabularyOf = async (catalogue: Catalogue, tagId: number) => {
    const tag = catalogue.tagRows.byId(tagId);
    const vocabulary = tag && (await vocabularies.find(tag.vocabularyId))?.vocabulary;
    const label = vocabulary?.labels.findIndex(({ id }) => id === tag?.labelId) ?? -1;
    if (!vocabulary || label < 0) {
      throw new UserError('not-found', tag ? `The tag “${tag.name}” is no longer in any vocabulary.` : 'This tag does not exist. Reload the list.'); // prettier-ignore
    }
    return { vocabulary, label };
  };

  return {
    'tag.score': (request) => scoring.start(request),
    'tag.list': async (scope) => {
      words.soon(); // what a program left that ended midway
      const { found } = await vocabularies.all();
      return read((catalogue, spaceId) => {
        const taught = catalogue.heads.taught(spaceId);
        const rows = catalogue.suggestions.counts(scope, spaceId).flatMap((count): TagRow[] => {
          const tag = catalogue.tagRows.byId(count.tagId);
          if (!tag) return [];
          const vocabulary = found.find((one) => one.vocabulary.id === tag.vocabularyId)?.vocabulary;
          const label = vocabulary?.labels.find(({ id }) => id === tag.labelId);
          const group = vocabulary?.groups.find(({ id }) => id === label?.group);
          const { id: tagId, vocabularyId, labelId, name } = tag;
          const basics = { tagId, vocabularyId, labelId, name };
          return [{ ...basics, groupName: group?.name ?? '', ucs: label?.ucs ?? null, ...count, taught: taught.get(tagId) ?? null }]; // prettier-ignore
        });
        return rows.sort((a, b) => b.suggested - a.suggested || b.accepted - a.accepted || byName(a, b));
      }, []);
    },
    'tag.files': ({ scope, state, order }) =>
      read(({ suggestions }, spaceId) => suggestions.files(scope, state, order, spaceId), []),
    'tag.ofFiles': ({ fileIds, minProbability }) =>
      read(({ suggestions }, spaceId) => {
        const ofFile = new Map<number, FileTag[]>(fileIds.map((fileId) => [fileId, []]));
        for (const tag of suggestions.ofFiles(fileIds, spaceId, minProbability).sort(surestFirst)) {
          const { fileId, ...rest } = tag;
          ofFile.get(fileId)!.push(rest);
        }
        return [...ofFile].map(([fileId, tags]) => ({ fileId, tags }));
      }, []),
    'tag.why': ({ fileId, tagId }) =>
      deps.withModel(async (model) => {
        const scoring = await scoringDeps(deps, model, vocabularies);
        const { vocabulary, label } = await vocabularyOf(scoring.catalogue, tagId);
        return whyOf(fileId, label, vocabulary, scoring);
      }),
    'tag.windows': ({ fileId, vocabularyId, minProbability }) =>
      deps.withModel(async (model) => {
        const scoring = await scoringDeps(deps, model, vocabularies);
        const { vocabulary } = await vocabularies.get(vocabularyId);
        return windowsOf(fileId, vocabulary, minProbability, scoring);
      }),
    'tag.ofLabel': async ({ vocabularyId, labelId }) => {
      const { vocabulary } = await vocabularies.get(vocabularyId);
      const label = vocabulary.labels.findIndex(({ id }) => id === labelId);
      if (label < 0) {
        throw new UserError('not-found', `The vocabulary “${vocabulary.name}” has no label “${labelId}”. Reload it.`);
      }
      return deps.catalogue().tagRows.ensure(vocabulary.id, vocabulary.labels)[label]!;
    },
    'tag.decide': async ({ decisions }) => {
      const catalogue = deps.catalogue();
      const { stepId, changed: count, tagIds } = catalogue.decisions.decide(decisions, await deps.spaceId());
      await decided(tagIds);
      return { stepId, changed: count };
    },
    'tag.forecast': (scope) =>
      read(({ suggestions, decisions }, spaceId) => decisions.forecast(suggestions.suggested(scope, spaceId)), {
        suggestions: 0,
        files: 0,
        expectedWrong: 0,
      }),
    'tag.acceptAll': async (scope) => {
      if (scope.minProbability === undefined) {
        throw new UserError(
          'bad-input',
          'Specify the minimum probability of the suggestions to accept (minProbability).',
        );
      }
      const catalogue = deps.catalogue();
      const suggested = catalogue.suggestions.suggested(scope, await deps.spaceId());
      const { stepId, forecast, tagIds } = catalogue.decisions.acceptAll(suggested);
      await decided(tagIds);
      return { stepId, forecast };
    },
    'tag.undo': async ({ stepId }) => {
      const catalogue = deps.catalogue();
      const { restored, tagIds } = catalogue.decisions.undo(stepId);
      await decided(tagIds);
      return { restored };
    },
  };
}

const STATE_ORDER = { accepted: 0, suggested: 1, rejected: 2 } as const;

/** Accepted ones first, rejected ones last. */
function surestFirst(a: StoredTag, b: StoredTag): number {
  const byState = STATE_ORDER[a.state] - STATE_ORDER[b.state];
  return byState || (b.probability ?? 0) - (a.probability ?? 0) || byName(a, b);
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** Vocabularies of the user, all but those that are personal. The key is the id. */
import { stat } from 'node:fs/promises';
import { UserError } from '../../../shared/errors.ts';
import type { Catalogue } from '../../catalogue/open.ts';
import { forgetVocabulary, takeUpVocabulary } from '../../tag/take-up.ts';
import { MADE_TAGS } from '../../tag/teach/made-tags.ts';
import { parseVocabulary, type Vocabulary } from '../../tag/vocabulary.ts';
import type { Vocabularies } from '../../tag/vocabularies.ts';
import type { DocumentKind, LocalDocument } from './document-kind.ts';

/** @param changed called with tags whose names or suggestions may be others now */
export function sharedVocabularies(
  catalogue: Catalogue,
  vocabularies: Vocabularies,
  changed: (tagIds: readonly number[]) => void,
): DocumentKind {
  const { documents } = catalogue.studio;
  const own = async () => (await vocabularies.all()).found.filter(({ shipped }) => !shipped);
  return {
    kind: 'vocabulary',
    tellsRemoval: true,
    nameOf: (key) => key,
    async local() {
      const found = new Map<string, LocalDocument | null>();
      for (const { vocabulary, path } of await own()) {
        if (documents.isPersonal('vocabulary', vocabulary.id)) continue;
        const mark = JSON.stringify(vocabulary);
        const changedMs = await stat(path).then(
          ({ mtimeMs }) => Math.floor(mtimeMs),
          () => Date.now(),
        );
        found.set(vocabulary.id, { mark, changedMs, content: () => mark });
      }
      // One that cannot be read is not removed.
      if ((await vocabularies.all()).broken.length > 0) {
        for (const key of documents.followed('vocabulary').keys()) {
          if (!found.has(key) && !documents.isPersonal('vocabulary', key)) found.set(key, null);
        }
      }
      return found;
    },
    async apply(key, content) {
      try {
        const theirs = parseVocabulary(content, key);
        const here = await vocabularies.find(key);
        if (theirs.id !== key || here?.shipped === true) return null;
        const mark = JSON.stringify(theirs);
        if (documents.isPersonal('vocabulary', key)) {
          if (!here || JSON.stringify(here.vocabulary) !== mark) return null;
          documents.setPersonal('vocabulary', key, false);
          return mark;
        }
        if (here && JSON.stringify(here.vocabulary) === mark) return mark;
        const saved = await vocabularies.save(key === MADE_TAGS && here ? united(theirs, here.vocabulary) : theirs);
        changed(takeUpVocabulary(catalogue, saved));
        return mark;
      } catch (error) {
        if (error instanceof UserError) return null; // it makes no sense, or cannot be written here
        throw error;
      }
    },
    async remove(key) {
      await vocabularies.remove(key);
      changed(forgetVocabulary(catalogue, key));
    },
    keep: (key) => documents.setPersonal('vocabulary', key, true),
  };
}

/** Tags made by two at the same time are all kept. Those that are left are told to the studio as a change made here. */
function united(theirs: Vocabulary, here: Vocabulary): Vocabulary {
  const missing = <T extends { id: string; name: string }>(there: readonly T[], mine: readonly T[]) =>
    mine.filter(({ id, name }) => there.every((one) => one.id !== id && one.name.toLowerCase() !== name.toLowerCase()));
  const groups = [...theirs.groups, ...missing(theirs.groups, here.groups)];
  const labels = missing(theirs.labels, here.labels).filter(({ group }) => groups.some(({ id }) => id === group));
  return { ...theirs, groups, labels: [...theirs.labels, ...labels] };
}

/** The calls about files, lists, stars, collections and searches that are kept: from the catalogue, nothing else. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { FileCalls } from '../../shared/calls/files.ts';
import type { Engine } from '../../shared/contract.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { referencesOf } from '../../shared/query/references.ts';
import { fileMissing } from '../../shared/refusals.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { saveSearch } from '../studio/sharing.ts';
import type { ModelAccess } from '../packs/model-access.ts';

type FileDeps = Pick<CatalogueAccess, 'dataFolder' | 'catalogue' | 'existingCatalogue'> & Pick<ModelAccess, 'spaceId'>;

/**
 * Reading makes no catalogue where there is none; what the user wants kept does.
 * @param marked called on every change, with its files
 */
/** @param refuseToKeep throws for paths of files that are there for this session alone */
export function fileCalls(
  deps: FileDeps,
  marked: (fileIds: number[]) => void,
  refuseToKeep: (paths: string[]) => void,
): Pick<Engine, keyof FileCalls> {
  const read = <T>(what: (catalogue: Catalogue) => T, ifNone: T): T => {
    const catalogue = deps.existingCatalogue();
    return catalogue ? what(catalogue) : ifNone;
  };
  const mark = async <T>(fileIds: number[], what: (catalogue: Catalogue) => T): Promise<T> => {
    const done = await settled(() => what(deps.catalogue()));
    marked(fileIds);
    return done;
  };

  return {
    'file.get': async (id) => {
      const catalogue = deps.existingCatalogue();
      const detail = catalogue?.fileRows.detail(id, await deps.spaceId());
      if (!detail) throw fileMissing(id);
      return detail;
    },
    'file.rows': (ids) => settled(() => read(({ fileRows }) => fileRows.rows(ids), [])),
    'file.list': ({ of, order, descending }) =>
      settled(() =>
        read(({ collections, fileLists }) => {
          if (of.collectionId !== undefined) collections.nameOf(of.collectionId); // an empty list would say it is there
          return fileLists.list(of, order, descending);
        }, []),
      ),
    'file.folders': async (of) => {
      const folderCounts = deps.existingCatalogue()?.folderCounts;
      if (!folderCounts) return [];
      return of === null ? folderCounts.roots() : folderCounts.below(of, yieldToEventLoop);
    },
    'file.waveforms': (ids) => settled(() => read(({ fileRows }) => fileRows.waveforms(ids), [])),
    'favourite.set': ({ fileIds, favourite }) =>
      mark(fileIds, ({ ratings }) => {
        ratings.setFavourite(fileIds, favourite);
        return null;
      }),
    'stars.set': ({ fileIds, stars }) =>
      mark(fileIds, ({ ratings }) => {
        ratings.setStars(fileIds, stars);
        return null;
      }),
    'collection.list': () => settled(() => read(({ collections }) => collections.list(), [])),
    'collection.arrange': (ids) => mark([], ({ collections }) => collections.arrange(ids)),
    'collection.create': ({ name }) => mark([], ({ collections }) => collections.create(name)),
    'collection.rename': ({ id, name }) => mark([], ({ collections }) => collections.rename(id, name)),
    'collection.remove': async (id) => {
      const held = await settled(() => deps.catalogue().collections.remove(id));
      marked(held.fileIds);
      return held;
    },
    'collection.restore': ({ name, fileIds }) => mark(fileIds, ({ collections }) => collections.restore(name, fileIds)),
    'collection.add': ({ id, fileIds }) => mark(fileIds, ({ collections }) => collections.add(id, fileIds)),
    'collection.take': ({ id, fileIds }) => mark(fileIds, ({ collections }) => collections.take(id, fileIds)),
    'savedSearch.list': () => settled(() => read(({ savedSearches }) => savedSearches.list(), [])),
    'savedSearch.save': (input) => {
      const { like, unlike } = referencesOf(input.query);
      return mark([], () => {
        refuseToKeep([...like, ...unlike].map(({ path }) => path));
        return saveSearch(deps, input);
      });
    },
    'savedSearch.remove': (id) =>
      mark([], ({ savedSearches }) => {
        savedSearches.remove(id);
        return null;
      }),
  };
}

/** SQLite answers at once; what it throws becomes a rejection, as the contract has it. */
function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

/** The catalogue: one SQLite file in the data folder that holds all that Earmark knows. */
import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';
import { analysisStore, type AnalysisStore } from './stores/analysis.ts';
import { changeStore, type ChangeStore } from './stores/changes.ts';
import { collectionStore, type CollectionStore } from './stores/collections.ts';
import { decidedStore, type DecidedStore } from './stores/decided.ts';
import { decisionStore, type DecisionStore } from './stores/decisions.ts';
import { cataloguePath, closeDatabase, openDatabase } from './connection.ts';
import { dataVersionOf, type DataVersion } from './data-version.ts';
import { withDatabaseErrors } from './database-errors.ts';
import { filePlaceStore, type FilePlaceStore } from './stores/file-places.ts';
import { fileListStore, type FileListStore } from './stores/file-lists.ts';
import { fileRowStore, type FileRowStore } from './stores/file-rows.ts';
import { folderCountStore, type FolderCountStore } from './stores/folder-counts.ts';
import { FilterLookup } from './queries/filters.ts';
import { foundFileStore, type FoundFileStore } from './stores/found-files.ts';
import { duplicateStore, type DuplicateStore } from './stores/duplicates.ts';
import { fileStore, type FileStore } from './stores/files.ts';
import { headStore, type HeadStore } from './stores/heads.ts';
import { facetStore, type FacetStore } from './stores/facets.ts';
import { healthStore, type HealthStore } from './stores/health.ts';
import { integrityCheck } from './integrity.ts';
import { jobStore, type JobStore } from './stores/jobs.ts';
import { knownFileStore, type KnownFileStore } from './stores/known-files.ts';
import { nearDuplicateStore, type NearDuplicateStore } from './stores/near-duplicates.ts';
import { ratingStore, type RatingStore } from './stores/ratings.ts';
import { renameJournal, type RenameJournal } from './stores/rename-journal.ts';
import { rootStore, type RootStore } from './stores/roots.ts';
import { savedSearchStore, type SavedSearchStore } from './stores/saved-searches.ts';
import { scoredStore, type ScoredStore } from './stores/scored.ts';
import { statedFactStore, type StatedFactStore } from './stores/stated-facts.ts';
import { settingStore, type SettingStore } from './stores/settings.ts';
import { spaceStore, type SpaceStore } from './stores/spaces.ts';
import { suggestionStore, type SuggestionStore } from './stores/suggestions.ts';
import { tagRowStore, type TagRowStore } from './stores/tag-rows.ts';
import { nativeTagStore, type NativeTagStore } from './stores/tags-words.ts';
import { studioStore, type StudioStore } from './stores/studio/studio.ts';
import { totalStore, type TotalStore } from './stores/totals.ts';
import { windowStore, type WindowStore } from './stores/windows.ts';
import { wordMatchStore, type WordMatchStore } from './stores/word-matches.ts';
import { writeJournal, type WriteJournal } from './stores/write-journal.ts';

export interface Catalogue {
  readonly path: string;
  /** Nothing can be changed: each attempt throws. */
  readonly readonly: boolean;
  readonly dataVersion: DataVersion;
  readonly roots: RootStore;
  readonly files: FileStore;
  readonly analysis: AnalysisStore;
  readonly windows: WindowStore;
  readonly spaces: SpaceStore;
  readonly tags: NativeTagStore;
  readonly jobs: JobStore;
  readonly totals: TotalStore;
  readonly fileLists: FileListStore;
  readonly fileRows: FileRowStore;
  readonly folderCounts: FolderCountStore;
  readonly statedFacts: StatedFactStore;
  readonly filePlaces: FilePlaceStore;
  readonly knownFiles: KnownFileStore;
  readonly foundFiles: FoundFileStore;
  readonly wordMatches: WordMatchStore;
  readonly filters: FilterLookup;
  readonly ratings: RatingStore;
  readonly collections: CollectionStore;
  readonly savedSearches: SavedSearchStore;
  readonly settings: SettingStore;
  readonly duplicates: DuplicateStore;
  readonly nearDuplicates: NearDuplicateStore;
  readonly facets: FacetStore;
  readonly health: HealthStore;
  readonly tagRows: TagRowStore;
  readonly suggestions: SuggestionStore;
  readonly scored: ScoredStore;
  readonly decisions: DecisionStore;
  readonly decided: DecidedStore;
  readonly heads: HeadStore;
  readonly changes: ChangeStore;
  readonly writeJournal: WriteJournal;
  readonly renameJournal: RenameJournal;
  readonly studio: StudioStore;
  /** All or nothing; may be nested. */
  transaction<T>(work: () => T): T;
  /** Reads everything. @returns sentences that say what is wrong; none when all is well */
  integrityCheck(): string[];
  /** Bytes on disk, write-ahead log included. */
  bytes(): number;
  close(): void;
  /** Until {@link close}. */
  readonly isOpen: boolean;
}

/**
 * Opens the catalogue, makes it if it is not there, and brings it forward to this program's schema.
 * @param options.readonly neither makes nor changes anything, and needs no right to write
 * @param options.durable a commit is on the disk when it returns, also if the power fails then; slower
 * @param options.check reads the whole file for damage first (slow)
 * @throws UserError catalogue-from-future, catalogue-damaged, catalogue-unwritable, catalogue-busy, disk-full;
 *   not-found when there is none to read
 */
export function openCatalogue(
  dataFolder: string,
  options: { readonly?: boolean; durable?: boolean; check?: boolean } = {},
): Catalogue {
  const path = cataloguePath(dataFolder);
  const db = withDatabaseErrors(path, () => openDatabase(dataFolder, options.readonly ?? false));
  try {
    return withDatabaseErrors(path, () => {
      if (options.check) quickCheck(db);
      if (options.durable) db.pragma('synchronous = FULL');
      let studio: StudioStore | null = null;
      const filters = new FilterLookup(db);
      const catalogue: Catalogue = {
        path,
        readonly: db.readonly,
        get isOpen() {
          return db.open;
        },
        dataVersion: dataVersionOf(db),
        roots: rootStore(db),
        files: fileStore(db),
        analysis: analysisStore(db),
        windows: windowStore(db),
        spaces: spaceStore(db),
        tags: nativeTagStore(db),
        jobs: jobStore(db),
        totals: totalStore(db),
        fileLists: fileListStore(db),
        fileRows: fileRowStore(db),
        folderCounts: folderCountStore(db),
        statedFacts: statedFactStore(db),
        filePlaces: filePlaceStore(db),
        knownFiles: knownFileStore(db),
        foundFiles: foundFileStore(db),
        wordMatches: wordMatchStore(db),
        filters,
        ratings: ratingStore(db),
        collections: collectionStore(db),
        savedSearches: savedSearchStore(db),
        settings: settingStore(db),
        duplicates: duplicateStore(db),
        nearDuplicates: nearDuplicateStore(db),
        facets: facetStore(db, filters),
        health: healthStore(db),
        tagRows: tagRowStore(db),
        suggestions: suggestionStore(db),
        scored: scoredStore(db),
        decisions: decisionStore(db),
        decided: decidedStore(db),
        heads: headStore(db),
        changes: changeStore(db),
        writeJournal: writeJournal(db),
        renameJournal: renameJournal(db),
        get studio() {
          studio ??= studioStore(db);
          return studio;
        },
        transaction: <T>(work: () => T): T => db.transaction(work)(),
        integrityCheck: () => integrityCheck(db),
        bytes: () => bytesOnDisk(path),
        close: () => closeDatabase(db, path),
      };
      // After a migration that changed what words are; otherwise there are few or none. Searching before would miss names.
      // A process that opens it for the journal does so beside an owner, which has already done this.
      if (!options.readonly && !options.durable) while (catalogue.decisions.writeSomeWords());
      return catalogue;
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

function quickCheck(db: Database): void {
  const answer = db.pragma('quick_check(1)', { simple: true }) as string;
  if (answer === 'ok') return;
  const message = `The catalogue “${db.name}” is damaged. Move it to another folder and index again. Your audio files are not affected.`;
  throw new UserError('catalogue-damaged', message, answer);
}

function bytesOnDisk(path: string): number {
  return [path, `${path}-wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

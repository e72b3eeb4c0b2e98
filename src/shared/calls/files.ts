/** One file seen closely, lists of files, and what the user says about files: stars, favourites, collections, searches kept. */
import { ORDERED_FIGURES, type FigureOrder, type Figures } from '../analysis.ts';
import type { Fact, FactName } from '../facts.ts';
import type { SearchFilters } from '../query/filters.ts';
import type { AudioFormat, DecodeWarning, NativeTag, SearchQuery } from '../types.ts';

/** What a row of a list shows. */
export interface FileRow extends Figures {
  fileId: number;
  /** Absolute. */
  path: string;
  rootId: number;
  format: AudioFormat;
  durationSeconds: number;
  sampleRate: number;
  channels: number;
  /** null for lossy codecs. */
  bitDepth: number | null;
  offline: boolean;
  favourite: boolean;
  /** 0 (none) .. 5 */
  stars: number;
  /** Epoch ms of its last change on disk, and of its coming into the catalogue. */
  changedMs: number;
  addedMs: number;
  /** At most three: accepted by the user, then category, keywords and genre as the file has them. */
  tagNames: string[];
  /** The first description in its tags, at most 500 characters; '' when there is none. */
  description: string;
}

/** A stretch of a file that was embedded as one, in order of time. */
export interface FileWindow {
  startSeconds: number;
  endSeconds: number;
}

export interface FileDetail extends FileRow {
  /** Kind, tempo, key and root note with their sources; null where nothing is known. */
  facts: Record<FactName, Fact | null>;
  bytes: number;
  /** FFmpeg's name; '' when it was not found out. */
  codec: string;
  tags: NativeTag[];
  warnings: DecodeWarning[];
  windows: FileWindow[];
  /** Ids of the collections it is in. */
  collections: number[];
  /** Other files with the same sound, whatever their names and tags. */
  copies: { fileId: number; path: string; offline: boolean }[];
}

export const FILE_ORDERS = [
  'name',
  'folder',
  'duration',
  'added',
  'changed',
  'stars',
  ...ORDERED_FIGURES.map(({ order }) => order),
] as const;
export type FileOrder = 'name' | 'folder' | 'duration' | 'added' | 'changed' | 'stars' | FigureOrder;

/** Which files a list is of; everything absent: the whole library. Offline files are in it and marked. */
export interface FileList extends Pick<SearchFilters, 'collectionId' | 'favourite' | 'minStars'> {
  rootId?: number;
  /** Absolute folder: files anywhere below it. */
  folder?: string;
  /** What a search finds by these filters alone, all of it. Offline files are in it only where they ask for them. */
  filters?: SearchFilters;
}

/** A folder that files of the library lie in, or below. */
export interface LibraryFolder {
  rootId: number;
  /** Below its root, '/' between folders; '' for the root itself. */
  folder: string;
  /** Absolute. */
  path: string;
  /** Listed files anywhere below it. */
  files: number;
  /** Some of them lie in folders of their own. */
  hasFolders: boolean;
}

/** A waveform for a thumbnail or the player. */
export interface Waveform {
  fileId: number;
  /** Base64 of uint8 peaks: 0..255 stands for 0..1, over equal parts of the file. Empty when there is none. */
  peaks: string;
}

export interface Collection {
  id: number;
  name: string;
  files: number;
  /** It stays out of the studio; absent: members of the studio have it, too. */
  personal?: true;
}

export interface SavedSearch {
  id: number;
  name: string;
  query: SearchQuery;
  /** Members of the studio have it, too; absent: it is personal. */
  shared?: true;
}

export interface FileCalls {
  /** @throws UserError file-missing when no such id is in the catalogue */
  'file.get': { input: number; output: FileDetail };
  /** In the order of the ids; unknown ids are left out. At most 1000. */
  'file.rows': { input: number[]; output: FileRow[] };
  /** Ids only, all of them, so that a virtual list knows its length; rows come by `file.rows`. */
  'file.list': { input: { of: FileList; order: FileOrder; descending: boolean }; output: number[] };
  /** The folders right below one, by name; null: the roots, by path. Folders without listed files are left out, roots are not. */
  'file.folders': { input: Pick<LibraryFolder, 'rootId' | 'folder'> | null; output: LibraryFolder[] };
  /** At most 200 ids. */
  'file.waveforms': { input: number[]; output: Waveform[] };
  'favourite.set': { input: { fileIds: number[]; favourite: boolean }; output: null };
  /** 0 takes the stars away. */
  'stars.set': { input: { fileIds: number[]; stars: number }; output: null };
  /** In the user's order; those that were never moved come last, by name. */
  'collection.list': { input: null; output: Collection[] };
  /**
   * Puts collections into this order; those left out come after them, by name. @param input ids, each once
   * @throws UserError not-found; nothing is changed then
   */
  'collection.arrange': { input: number[]; output: Collection[] };
  /** @throws UserError name-taken */
  'collection.create': { input: { name: string }; output: Collection };
  'collection.rename': { input: { id: number; name: string }; output: Collection };
  /** The collection, never its files. Gives back what it held, so that it can be undone by `collection.restore`. */
  'collection.remove': { input: number; output: { name: string; fileIds: number[] } };
  'collection.restore': { input: { name: string; fileIds: number[] }; output: Collection };
  'collection.add': { input: { id: number; fileIds: number[] }; output: Collection };
  'collection.take': { input: { id: number; fileIds: number[] }; output: Collection };
  'savedSearch.list': { input: null; output: SavedSearch[] };
  /**
   * The same name again replaces it. @param input.shared with the studio. Default: as before; a new one is personal
   * @throws UserError bad-input when others would not understand it, no-studio
   */
  'savedSearch.save': { input: { name: string; query: SearchQuery; shared?: boolean }; output: SavedSearch };
  'savedSearch.remove': { input: number; output: null };
}

export interface FileEvents {
  /**
   * Somebody changed what is said about files: stars, favourites, collections, searches kept. Without ids: only the
   * lists of collections and searches did.
   */
  'file.marked': { fileIds: number[] };
}

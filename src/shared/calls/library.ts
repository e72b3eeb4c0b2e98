/** The folders of the library, how they are watched, and duplicates in them. */
import type { RootStatus } from '../types.ts';

/** What the user has set for one root. */
export interface RootSettings {
  /**
   * Watch for changes and analyse them as they come, once the root has been walked for the first time. Off by
   * default on network drives.
   */
  watch: boolean;
  /** Not analysed until resumed, except by a job started on this very folder. */
  paused: boolean;
}

export interface LibraryRoot extends RootStatus, RootSettings {
  /** Network, removable or fixed drive; unknown where the system does not say. */
  drive: 'fixed' | 'removable' | 'network' | 'unknown';
  /** True while changes are being looked out for. */
  watching: boolean;
  /** Why watching does not work, a sentence; null when it does or is off. */
  watchProblem: string | null;
}

/** Files with the same sound: equal encoded audio, whatever their names, folders and tags. */
export interface DuplicateGroup {
  contentId: string;
  durationSeconds: number;
  /** What could be won: the bytes of all but the largest. */
  spareBytes: number;
  files: { fileId: number; path: string; bytes: number; offline: boolean }[];
}

export interface LibraryCalls {
  'root.list': { input: null; output: LibraryRoot[] };
  /**
   * Makes a folder a root without analysing it yet. A folder inside a root is that root; roots inside the folder
   * become part of it, with all that is known of their files. @throws UserError not-found, no-permission, bad-input
   */
  'root.add': { input: { path: string }; output: LibraryRoot };
  /** Hides a root and its files; nothing is deleted, and adding the folder again brings all of it back. */
  'root.remove': { input: number; output: null };
  /** @throws UserError not-found */
  'root.set': { input: { id: number } & Partial<RootSettings>; output: LibraryRoot };
  /**
   * Writes the demo sounds, made by Earmark's own synthesiser, into the data folder. @returns their folder, absolute;
   * it is not a root yet
   */
  'demo.make': { input: null; output: string };
  /** Groups with at least two files, most spare bytes first. Shown, never merged or deleted. */
  'duplicate.list': {
    input: { limit: number };
    output: { groups: DuplicateGroup[]; total: number; spareBytes: number };
  };
}

export interface LibraryEvents {
  'root.changed': { rootIds: number[] };
}

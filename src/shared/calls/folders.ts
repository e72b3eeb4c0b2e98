/** Looking around on the engine's machine: for a window that has no dialog of the system's to choose a path with. */

/** Where looking around may begin. */
export interface Place {
  kind: 'home' | 'library' | 'drive';
  /** Absolute. */
  path: string;
}

export interface FolderListing {
  /** Absolute, as the system writes it. */
  path: string;
  /** What stands between a folder and a name in it: `/` or `\`. */
  separator: string;
  /** The folder around it, absolute; null at the top of a drive. */
  parent: string | null;
  /** Names, links to folders included; as people count: `Take 2` before `Take 10`. */
  folders: string[];
  /** Names of the files of the kinds asked for; in the same order. */
  files: string[];
  /** Name of the file that was asked for in place of its folder. */
  file: string | null;
  /** Folders and files of these kinds that were left out as hidden. */
  hidden: number;
}

export interface FolderCalls {
  /** Home, folders of the library (offline ones, too), drives; each once. */
  'place.list': { input: null; output: Place[] };
  /**
   * What is in a folder. A file stands for the folder that it is in.
   * @property path absolute; null: home
   * @property extensions of the files wanted, lowercase with the dot (`.csv`); empty: folders only
   * @throws UserError not-found, no-permission, bad-input (a path that is not absolute), unreadable-folder
   */
  'folder.list': { input: { path: string | null; extensions: string[]; hidden: boolean }; output: FolderListing };
}

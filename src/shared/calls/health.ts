/** What is wrong with the files of the library: how many have each issue, and which. */
import type { Issue } from '../query/issues.ts';

export interface Health {
  /** Files that could be analysed and are here. */
  files: number;
  /** Files that could not be analysed. */
  failed: number;
  /** Files that the next index job analyses again; until then their issues may be missing. */
  outdated: number;
  /** In the order in which they are shown, also those that no file has. A file may have several. */
  issues: { issue: Issue; files: number }[];
}

export interface HealthCalls {
  /** @param folders absolute: only files below them; none: the whole library */
  'health.get': { input: { folders: string[] }; output: Health };
  /** Ids of the files with an issue, by path. */
  'health.list': { input: { issue: Issue; folders: string[] }; output: number[] };
}

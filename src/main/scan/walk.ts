/**
 * Walks folders and says what lies there: names, sizes and times only, no file is opened.
 * Own code because no library reports unreadable folders and unusable names as results, follows links without
 * visiting a folder twice, and streams.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

export type WalkEntry =
  | {
      kind: 'file';
      /** below the root, '/' between folders */ relativePath: string;
      /** bytes */ size: number;
      mtimeMs: number;
      /**
       * When the system last noted any change of it, ns. Unlike the two above no editor can set it; changes of rights
       * and of names count, too. The inode number would say no more, and some drives give new ones with each mount.
       */
      ctimeNs: string;
    }
  /** A folder that cannot be listed: what is catalogued below it must not count as vanished. */
  | { kind: 'unreadable-folder'; relativePath: string; error: NodeJS.ErrnoException }
  /** A file whose name is not valid UTF-8: Node cannot open it by name. `relativePath` shows U+FFFD for the bad bytes. */
  | { kind: 'unusable-name'; relativePath: string };

/** Folders that programs and systems put beside audio files; never the user's own files. */
export const IGNORED_FOLDERS: ReadonlySet<string> = new Set([
  '$RECYCLE.BIN',
  'System Volume Information',
  '__MACOSX',
  '@eaDir',
  'lost+found',
  'node_modules',
]);
/** How many `lstat` calls wait at once: enough to hide a network drive's latency, few enough not to starve decoders. */
const STATS_AT_ONCE = 64;

/**
 * @param rootPath absolute folder that paths are relative to
 * @param below folder inside the root to walk ('' = all of it), '/' between folders
 * @yields entries, folder by folder, names in code-point order. Hidden files and folders (leading dot) are passed
 *   over. Links to folders are followed after everything real, each real folder once; links to files are followed
 *   unless they lead to a place inside the root, which is met anyway. Pipes, sockets and devices are passed over.
 * @throws signal.reason when cancelled
 */
export async function* walk(
  rootPath: string,
  below: string,
  signal: AbortSignal,
): AsyncGenerator<WalkEntry, void, undefined> {
  const realRoot = await realpath(rootPath);
  const visited = new Set<string>();
  const folders = [below];
  const linkedFolders: string[] = [];
  while (folders.length > 0 || linkedFolders.length > 0) {
    signal.throwIfAborted();
    const folder = folders.pop() ?? linkedFolders.shift()!;
    let entries: Dirent<Buffer>[];
    try {
      const facts = await stat(toAbsolute(rootPath, folder), { bigint: true });
      const identity = `${facts.dev}:${facts.ino}`;
      if (visited.has(identity)) continue;
      visited.add(identity);
      entries = await readdir(toAbsolute(rootPath, folder), { withFileTypes: true, encoding: 'buffer' });
    } catch (error) {
      yield { kind: 'unreadable-folder', relativePath: folder, error: error as NodeJS.ErrnoException };
      continue;
    }
    const { files, subfolders, links, unusable } = sortEntries(entries, folder);
    for (const relativePath of unusable) yield { kind: 'unusable-name', relativePath };
    // The stack gives the last one first: push in reverse so that folders come in name order.
    folders.push(...subfolders.reverse());
    for (const link of links) {
      const target = await resolveLink(toAbsolute(rootPath, link), realRoot);
      if (target === 'folder') linkedFolders.push(link);
      else if (target === 'file') files.push(link);
    }
    for (let first = 0; first < files.length; first += STATS_AT_ONCE) {
      signal.throwIfAborted();
      yield* (
        await Promise.all(files.slice(first, first + STATS_AT_ONCE).map((path) => measure(rootPath, path)))
      ).filter((entry) => entry !== null);
    }
  }
}

/** Absolute path in the platform's own form. */
export function toAbsolute(rootPath: string, relativePath: string): string {
  if (relativePath === '') return rootPath;
  return join(rootPath, sep === '/' ? relativePath : relativePath.replaceAll('/', sep));
}

interface SortedEntries {
  files: string[];
  subfolders: string[];
  links: string[];
  unusable: string[];
}

function sortEntries(entries: Dirent<Buffer>[], folder: string): SortedEntries {
  const sorted: SortedEntries = { files: [], subfolders: [], links: [], unusable: [] };
  for (const entry of entries) {
    const name = entry.name.toString('utf8');
    if (name.startsWith('.')) continue;
    const relativePath = folder === '' ? name : `${folder}/${name}`;
    if (!Buffer.from(name, 'utf8').equals(entry.name)) sorted.unusable.push(relativePath);
    else if (entry.isDirectory()) {
      if (!IGNORED_FOLDERS.has(name)) sorted.subfolders.push(relativePath);
    } else if (entry.isFile()) sorted.files.push(relativePath);
    else if (entry.isSymbolicLink()) sorted.links.push(relativePath);
  }
  for (const list of Object.values(sorted) as string[][]) list.sort();
  return sorted;
}

/** What a link leads to, as far as it matters here. */
async function resolveLink(path: string, realRoot: string): Promise<'folder' | 'file' | 'nothing'> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) return 'folder';
    if (!facts.isFile()) return 'nothing';
    const target = await realpath(path);
    return target.startsWith(realRoot + sep) ? 'nothing' : 'file';
  } catch {
    return 'nothing'; // a dangling link points at no sound
  }
}

/** As `stat` without `bigint` gives it, to the bit: the same sum in the same order. */
function toMs(ns: bigint): number {
  const second = 1_000_000_000n;
  const rest = ((ns % second) + second) % second; // times before 1970 count down to a second, and up from it
  return Number((ns - rest) / second) * 1000 + Number(rest) / 1e6;
}

async function measure(rootPath: string, relativePath: string): Promise<WalkEntry | null> {
  const path = toAbsolute(rootPath, relativePath);
  try {
    const facts = await lstat(path, { bigint: true });
    const { size, mtimeNs, ctimeNs } = facts.isSymbolicLink() ? await stat(path, { bigint: true }) : facts;
    return { kind: 'file', relativePath, size: Number(size), mtimeMs: toMs(mtimeNs), ctimeNs: String(ctimeNs) };
  } catch {
    return null; // gone since the folder was listed: the next run sees the truth
  }
}

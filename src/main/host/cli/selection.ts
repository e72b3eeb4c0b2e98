/** Which files a command is about: paths as typed become ids. */
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Client } from '../../../shared/contract.ts';
import { UserError } from '../../../shared/errors.ts';

/** Rows asked for at a time. */
const PAGE = 500;

/** Absolute, links followed: as the catalogue has it. What is not there stays as it was typed: a drive may be away. */
export function wholePath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    return absolute;
  }
}

/** Files below the folders, by name, each once; the whole library when none is named. @throws as {@link indexedFolders} */
export async function filesBelow(client: Client, folders: readonly string[]): Promise<number[]> {
  const found = new Set<number>();
  for (const folder of folders.length === 0 ? [null] : folders) {
    for (const id of await listed(client, folder)) found.add(id);
  }
  return [...found];
}

/** @returns the folders as the catalogue has them @throws UserError not-found for one that holds no file: it is mistyped */
export async function indexedFolders(client: Client, folders: readonly string[]): Promise<string[]> {
  for (const folder of folders) await listed(client, folder);
  return folders.map(wholePath);
}

async function listed(client: Client, folder: string | null): Promise<number[]> {
  const of = folder === null ? {} : { folder: wholePath(folder) };
  const ids = await client.call('file.list', { of, order: 'folder', descending: false });
  if (ids.length === 0 && folder !== null) {
    throw new UserError(
      'not-found',
      `No analysed files in “${folder}”. Check the spelling, or index the folder first.`,
    );
  }
  return ids;
}

/** Files below the folders (none: the whole library) that have an accepted tag, by name; may be none. */
export async function acceptedFiles(client: Client, folders: readonly string[]): Promise<number[]> {
  const found = new Set<number>();
  const whole = await indexedFolders(client, folders);
  for (const narrowed of whole.length === 0 ? [{}] : whole.map((folder) => ({ folder }))) {
    const tags = await client.call('tag.list', narrowed);
    const vocabularyIds = new Set(tags.filter(({ accepted }) => accepted > 0).map(({ vocabularyId }) => vocabularyId));
    for (const vocabularyId of vocabularyIds) {
      const scope = { ...narrowed, vocabularyId };
      const files = await client.call('tag.files', { scope, state: 'accepted', order: 'name' });
      for (const { fileId } of files) found.add(fileId);
    }
  }
  return [...found];
}

/** @throws UserError for a file that is not in the catalogue, with what to do about it: see {@link whyUnknown} */
export async function idOfFile(client: Client, path: string): Promise<number> {
  // A file that is itself a link stands in the catalogue by its own name.
  const own = join(wholePath(dirname(resolve(path))), basename(resolve(path)));
  for (const wanted of new Set([own, wholePath(path)])) {
    const near = await client.call('file.list', { of: { folder: dirname(wanted) }, order: 'name', descending: false });
    for (const page of pages(near)) {
      const row = (await client.call('file.rows', page)).find((file) => file.path === wanted);
      if (row) return row.fileId;
    }
  }
  throw await whyUnknown(client, path, own);
}

/** Indexing helps neither what is not there, nor a folder, nor a file that could not be analysed. */
async function whyUnknown(client: Client, path: string, own: string): Promise<UserError> {
  const isFolder = isFolderNow(own);
  if (isFolder === null) return new UserError('not-found', `“${path}” was not found. Check the spelling, or connect its drive.`); // prettier-ignore
  if (isFolder) return new UserError('bad-input', `“${path}” is a folder. Choose the files in it.`);
  const failure = (await client.call('failure.list', null)).find((file) => file.path === own);
  if (failure !== undefined) return new UserError(failure.code, failure.message);
  return new UserError('not-found', `“${path}” is not in the catalogue. Index its folder first.`);
}

/** null when nothing can be seen there. */
function isFolderNow(path: string): boolean | null {
  try {
    return statSync(path).isDirectory();
  } catch {
    return null;
  }
}

/** Absolute paths of files. */
export async function pathsOf(client: Client, fileIds: readonly number[]): Promise<Map<number, string>> {
  const paths = new Map<number, string>();
  for (const page of pages(fileIds)) {
    for (const { fileId, path } of await client.call('file.rows', page)) paths.set(fileId, path);
  }
  return paths;
}

export function* pages<T>(items: readonly T[], size = PAGE): Generator<T[]> {
  for (let first = 0; first < items.length; first += size) yield items.slice(first, first + size);
}

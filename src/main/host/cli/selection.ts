/** Which files a command is about: paths as typed become ids. */
import { realpathSync } from 'node:fs';
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

/** Files below the folders, by name, each once; the whole library when none is named. */
export async function filesBelow(client: Client, folders: readonly string[]): Promise<number[]> {
  const lists = folders.length === 0 ? [{}] : folders.map((folder) => ({ folder: wholePath(folder) }));
  const found = new Set<number>();
  for (const of of lists) {
    for (const id of await client.call('file.list', { of, order: 'folder', descending: false })) found.add(id);
  }
  if (found.size === 0 && folders.length > 0) {
    throw new UserError('not-found', `No sound below “${folders.join('”, “')}” has been listened to. Index the folder first.`); // prettier-ignore
  }
  return [...found];
}

/** Files below the folders (none: the whole library) that have an accepted tag, by name; may be none. */
export async function acceptedFiles(client: Client, folders: readonly string[]): Promise<number[]> {
  const found = new Set<number>();
  for (const narrowed of folders.length === 0 ? [{}] : folders.map((folder) => ({ folder: wholePath(folder) }))) {
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

/** @throws UserError not-found for a file that is not in the catalogue */
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
  throw new UserError('not-found', `“${path}” is not in the catalogue. Index its folder first.`);
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

/** Table `root`: the folders a user pointed Earmark at. */
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { folderKeyPrefix, folderSortKey, sortKeys } from '../sort-key.ts';
import { wordStore } from './tags-words.ts';
import { userDataPassing } from './user-data.ts';

export interface RootRow {
  id: number;
  /** Absolute, in the platform's own form. */
  path: string;
  online: boolean;
  /** Epoch ms. */
  addedMs: number;
  /** Epoch ms of the last complete walk; null before the first. */
  scannedMs: number | null;
  /** Whether changes are looked out for; null: as its drive suggests. */
  watch: boolean | null;
  /** Not analysed unless asked for by name. */
  paused: boolean;
  /** Epoch ms when the user took it away: hidden with its files, nothing forgotten; null while in use. */
  removedMs: number | null;
}

/** @returns the path in the platform's own form; `relativePath` has '/' between folders */
export function absolutePath(rootPath: string, relativePath: string): string {
  return join(rootPath, relativePath);
}

type Raw = Omit<RootRow, 'online' | 'watch' | 'paused'> & { online: 0 | 1; watch: 0 | 1 | null; paused: 0 | 1 };
const COLUMNS =
  'id, path, online, added_ms AS addedMs, scanned_ms AS scannedMs, watch, paused, removed_ms AS removedMs';
const toRow = (raw: Raw): RootRow => ({
  ...raw,
  online: raw.online === 1,
  watch: raw.watch === null ? null : raw.watch === 1,
  paused: raw.paused === 1,
});

export type RootStore = ReturnType<typeof rootStore>;

export function rootStore(db: Database) {
  const words = wordStore(db);
  const insert = db.prepare<[string, number]>(
    'INSERT INTO root (path, added_ms) VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET removed_ms = NULL',
  );
  const byPath = db.prepare<[string], Raw>(`SELECT ${COLUMNS} FROM root WHERE path = ?`);
  const byId = db.prepare<[number], Raw>(`SELECT ${COLUMNS} FROM root WHERE id = ?`);
  const inUse = db.prepare<[], Raw>(`SELECT ${COLUMNS} FROM root WHERE removed_ms IS NULL ORDER BY path`);
  const removed = db.prepare<[], Raw>(`SELECT ${COLUMNS} FROM root WHERE removed_ms IS NOT NULL ORDER BY path`);
  const hide = db.prepare<[number, number]>('UPDATE root SET removed_ms = ? WHERE id = ? AND removed_ms IS NULL');
  const setWatch = db.prepare<[0 | 1, number]>('UPDATE root SET watch = ? WHERE id = ?');
  const setPaused = db.prepare<[0 | 1, number]>('UPDATE root SET paused = ? WHERE id = ?');
  const online = db.prepare<[0 | 1, number]>('UPDATE root SET online = ? WHERE id = ?');
  const scanned = db.prepare<[number, number]>('UPDATE root SET scanned_ms = ?, online = 1 WHERE id = ?');
  const deleteRoot = db.prepare<[number]>('DELETE FROM root WHERE id = ?');
  const fileIds = db.prepare<[number], number>('SELECT id FROM file WHERE root_id = ?').pluck();
  const deleteFiles = db.prepare<[number]>('DELETE FROM file WHERE root_id = ?');
  const deleteFile = db.prepare<[number]>('DELETE FROM file WHERE id = ?');
  const worded = db.prepare<[number], number>("SELECT id FROM file WHERE root_id = ? AND state = 'ready'").pluck();
  const doubled = db.prepare<{ parent: number; child: number; prefix: string }, { id: number; keptId: number }>(
    `SELECT twin.id, kept.id AS keptId FROM file AS twin JOIN file AS kept
       ON kept.root_id = :child AND twin.root_id = :parent AND twin.relative_path = :prefix || kept.relative_path`,
  );
  const rehome = db.prepare<{ parent: number; child: number; prefix: string; key: string; keyPrefix: string }>(
    `UPDATE file SET root_id = :parent, relative_path = :prefix || relative_path,
       folder_key = CASE folder_key WHEN '' THEN :key ELSE :keyPrefix || folder_key END
     WHERE root_id = :child`,
  );
  const passOn = userDataPassing(db);
  // '0' is the character after '/': a range over the index instead of a pattern.
  const filesBelow = db.prepare<{ root: number; prefix: string }, { id: number; path: string; worded: 0 | 1 }>(
    `SELECT id, relative_path AS path, state = 'ready' AS worded FROM file
       WHERE root_id = :root AND relative_path > :prefix || '/' AND relative_path < :prefix || '0'`,
  );
  const moveFile = db.prepare<{ id: number; root: number; path: string; folderKey: string }>(
    'UPDATE file SET root_id = :root, relative_path = :path, folder_key = :folderKey WHERE id = :id',
  );

  return {
    /** @param path absolute @returns the new root, or the one that is there already; a removed one is in use again */
    add(path: string): RootRow {
      insert.run(path, Date.now());
      return toRow(byPath.get(path)!);
    },
    /** Those in use, by path. */
    list: (): RootRow[] => inUse.all().map(toRow),
    /** Those that the user took away, by path. */
    removed: (): RootRow[] => removed.all().map(toRow),
    /** In use or removed. */
    byPath(path: string): RootRow | null {
      const raw = byPath.get(path);
      return raw ? toRow(raw) : null;
    },
    /** In use or removed. */
    byId(id: number): RootRow | null {
      const raw = byId.get(id);
      return raw ? toRow(raw) : null;
    },
    /** Takes a root out of use: its files are found and listed no more until `add` brings all of it back. */
    hide: (id: number): void => void hide.run(Date.now(), id),
    setWatch: (id: number, watch: boolean): void => void setWatch.run(watch ? 1 : 0, id),
    setPaused: (id: number, paused: boolean): void => void setPaused.run(paused ? 1 : 0, id),
    /** Whether the folder is reachable now; its files are marked by `files.setOffline` and `files.setOnline`. */
    setOnline: (id: number, isOnline: boolean): void => void online.run(isOnline ? 1 : 0, id),
    /** @param ms epoch ms of a complete walk; the root is online by that */
    setScanned: (id: number, ms: number): void => void scanned.run(ms, id),
    /**
     * A root that contains an older one takes over its files, with all that hangs on them; the older root is gone
     * after that. Where both know a file, the older root's row stays: it has been analysed.
     * @param prefix where the older root lies below the new one, '/' between folders
     */
    adopt: db.transaction((parentRootId: number, childRootId: number, prefix: string): void => {
      const clean = prefix.replace(/^\/+|\/+$/g, '');
      const move = { parent: parentRootId, child: childRootId, prefix: clean === '' ? '' : `${clean}/` };
      const adopted = worded.all(childRootId);
      for (const { id, keptId } of doubled.all(move)) {
        passOn(id, keptId);
        words.remove(id);
        deleteFile.run(id);
      }
      const key = folderSortKey(clean);
      rehome.run({ ...move, key, keyPrefix: folderKeyPrefix(key) });
      deleteRoot.run(childRootId);
      for (const id of adopted) words.set(id); // folder words hold the names above the file
    }),
    /**
     * A root inside a removed one takes over the files that lie in it, with all that hangs on them.
     * @param to has no files of its own at these places
     * @param prefix where it lies below the other one, '/' between folders
     */
    takeOut: db.transaction((from: number, to: number, prefix: string): void => {
      for (const { id, path, worded } of filesBelow.all({ root: from, prefix })) {
        const below = path.slice(prefix.length + 1);
        moveFile.run({ id, root: to, path: below, folderKey: sortKeys(below).folderKey });
        if (worded) words.set(id); // folder words hold the names above the file
      }
    }),
    /**
     * Forgets a root and everything known of its files. The files themselves are not touched.
     * @throws SqliteError when the user has rated or collected one of them: that is never forgotten
     */
    remove: db.transaction((id: number): void => {
      for (const fileId of fileIds.all(id)) words.remove(fileId);
      deleteFiles.run(id);
      deleteRoot.run(id);
    }),
  };
}

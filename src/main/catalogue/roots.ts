/** Table `root`: the folders a user pointed Earmark at. */
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { folderKeyPrefix, folderSortKey } from './sort-key.ts';
import { wordStatements } from './tags-words.ts';
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
}

/** @returns the path in the platform's own form; `relativePath` has '/' between folders */
export function absolutePath(rootPath: string, relativePath: string): string {
  return join(rootPath, relativePath);
}

type Raw = Omit<RootRow, 'online'> & { online: 0 | 1 };
const COLUMNS = 'id, path, online, added_ms AS addedMs, scanned_ms AS scannedMs';
const toRow = (raw: Raw): RootRow => ({ ...raw, online: raw.online === 1 });

export type RootStatements = ReturnType<typeof rootStatements>;

export function rootStatements(db: Database) {
  const words = wordStatements(db);
  const insert = db.prepare<[string, number]>('INSERT INTO root (path, added_ms) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const byPath = db.prepare<[string], Raw>(`SELECT ${COLUMNS} FROM root WHERE path = ?`);
  const byId = db.prepare<[number], Raw>(`SELECT ${COLUMNS} FROM root WHERE id = ?`);
  const all = db.prepare<[], Raw>(`SELECT ${COLUMNS} FROM root ORDER BY path`);
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

  return {
    /** @param path absolute @returns the new root, or the one that is there already */
    add(path: string): RootRow {
      insert.run(path, Date.now());
      return toRow(byPath.get(path)!);
    },
    /** By path. */
    list: (): RootRow[] => all.all().map(toRow),
    byPath(path: string): RootRow | null {
      const raw = byPath.get(path);
      return raw ? toRow(raw) : null;
    },
    byId(id: number): RootRow | null {
      const raw = byId.get(id);
      return raw ? toRow(raw) : null;
    },
    /** Whether the folder is reachable now; its files are marked by `files.setOffline` and `files.setOnline`. */
    setOnline: (id: number, isOnline: boolean): void => void online.run(isOnline ? 1 : 0, id),
    /** @param ms epoch ms of a complete walk; the root is online by that */
    setScanned: (id: number, ms: number): void => void scanned.run(ms, id),
    /**
     * A root that contains an older one takes over its files, with all that hangs on them; the older root is gone
     * after that. Where both know a file, the older root's row stays: it has been listened to.
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

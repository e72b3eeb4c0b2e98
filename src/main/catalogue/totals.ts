/** Counts over the catalogue, for the status. */
import type { Database } from 'better-sqlite3';
import type { RootStatus } from '../../shared/types.ts';
import { ROOT_IN_USE } from './roots.ts';
import { windowStatements } from './windows.ts';

export interface Totals {
  files: number;
  /** Listened to in the space. */
  ready: number;
  failed: number;
  offline: number;
  /** Audio in files that have been listened to, s. */
  audioSeconds: number;
  windows: number;
}

export type TotalStatements = ReturnType<typeof totalStatements>;

export function totalStatements(db: Database) {
  // Files that are not audio ('other') count nowhere, removed roots neither.
  const perRoot = db.prepare<[number], Omit<RootStatus, 'online'> & { online: 0 | 1 }>(
    `SELECT root.id, root.path, root.online, root.scanned_ms AS scannedMs,
            count(file.id) FILTER (WHERE file.state <> 'other') AS files,
            count(listening.file_id) FILTER (WHERE file.state = 'ready') AS ready,
            count(file.id) FILTER (WHERE file.state = 'failed') AS failed,
            count(file.id) FILTER (WHERE file.state <> 'other' AND file.offline = 1) AS offline
       FROM root LEFT JOIN file ON file.root_id = root.id
                 LEFT JOIN listening ON listening.file_id = file.id AND listening.space_id = ?
       WHERE root.removed_ms IS NULL GROUP BY root.id ORDER BY root.path`,
  );
  const audio = db
    .prepare<[], number>(`SELECT total(duration_s) FROM file WHERE state = 'ready' AND ${ROOT_IN_USE}`)
    .pluck();
  const hiddenWindows = db
    .prepare<[number], number>(
      `SELECT count(*) FROM root CROSS JOIN file ON file.root_id = root.id
         CROSS JOIN window ON window.file_id = file.id AND window.space_id = ? WHERE root.removed_ms IS NOT NULL`,
    )
    .pluck();
  const { count: countWindows } = windowStatements(db);

  return {
    /** @param spaceId the model in use: `ready` counts the files it has listened to */
    perRoot: (spaceId: number): RootStatus[] =>
      perRoot.all(spaceId).map((row) => ({ ...row, online: row.online === 1 })),
    totals(spaceId: number): Totals {
      const totals = {
        files: 0,
        ready: 0,
        failed: 0,
        offline: 0,
        audioSeconds: audio.get()!,
        windows: countWindows(spaceId) - hiddenWindows.get(spaceId)!,
      };
      for (const root of perRoot.all(spaceId)) {
        totals.files += root.files;
        totals.ready += root.ready;
        totals.failed += root.failed;
        totals.offline += root.offline;
      }
      return totals;
    },
  };
}

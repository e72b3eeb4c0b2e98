/** Counts over the catalogue: for the status, and how much of it a search can find. */
import type { Database } from 'better-sqlite3';
import type { RootStatus } from '../../../shared/types.ts';
import { ROOT_IN_USE } from '../queries/listed.ts';
import { windowStore } from './windows.ts';

export interface Totals {
  files: number;
  /** Analysed in the space. */
  ready: number;
  failed: number;
  offline: number;
  /** Audio in files that have been analysed, s. */
  audioSeconds: number;
  windows: number;
}

/** Files of roots that the user took away count nowhere but in `windows`. */
export interface Coverage {
  /** Files that can be analysed and are here or were once. */
  files: number;
  /** Those that the space has windows of, or found silent. */
  analysed: number;
  /** Those that any space has been through: none, or 1 for some. */
  analysedByAny: number;
  /** Windows of the space, counted no further than asked. */
  windows: number;
}

export type TotalStore = ReturnType<typeof totalStore>;

export function totalStore(db: Database) {
  // Files that are not audio ('other') count nowhere, removed roots neither.
  const perRoot = db.prepare<[number], Omit<RootStatus, 'online'> & { online: 0 | 1 }>(
    `SELECT root.id, root.path, root.online, root.scanned_ms AS scannedMs,
            count(file.id) FILTER (WHERE file.state <> 'other') AS files,
            count(analysed.file_id) FILTER (WHERE file.state = 'ready') AS ready,
            count(file.id) FILTER (WHERE file.state = 'failed') AS failed,
            count(file.id) FILTER (WHERE file.state <> 'other' AND file.offline = 1) AS offline
       FROM root LEFT JOIN file ON file.root_id = root.id
                 LEFT JOIN analysed ON analysed.file_id = file.id AND analysed.space_id = ?
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
  const coverage = db.prepare<[{ space: number; most: number }], Coverage>(
    // What is hidden is counted and taken off: to join the rest, nearly all, would be slow at every key.
    `SELECT (SELECT count(*) FROM file WHERE state IN ('pending', 'ready') AND ${ROOT_IN_USE}) AS files,
            (SELECT count(*) FROM analysed WHERE space_id = :space)
            - (SELECT count(*) FROM root CROSS JOIN file ON file.root_id = root.id
                 CROSS JOIN analysed ON analysed.file_id = file.id AND analysed.space_id = :space
                WHERE root.removed_ms IS NOT NULL) AS analysed,
            (SELECT count(*) FROM (SELECT 1 FROM analysed JOIN file ON file.id = analysed.file_id
                                    WHERE ${ROOT_IN_USE} LIMIT 1)) AS analysedByAny,
            (SELECT count(*) FROM (SELECT 1 FROM window INDEXED BY window_by_space WHERE space_id = :space LIMIT :most)) AS windows`,
  );
  const { count: countWindows } = windowStore(db);

  return {
    /** @param most windows are counted up to here */
    coverage: (spaceId: number, most: number): Coverage => coverage.get({ space: spaceId, most })!,
    /** @param spaceId the model in use: `ready` counts the files it has analysed */
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

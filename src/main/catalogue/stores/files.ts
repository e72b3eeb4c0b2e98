/** Table `file`: one row for each file met below a root, whatever became of it. */
import type { Database } from 'better-sqlite3';
import { COLUMNS as ANALYSED, FIGURES, type Figures } from '../../../shared/analysis.ts';
import type { FileErrorCode } from '../../../shared/errors.ts';
import type { AudioFormat, DecodeWarning, FailureRow, NativeTag } from '../../../shared/types.ts';
import { analysedStore } from './analysed.ts';
import { absolutePath } from './roots.ts';
import { sortKeys } from '../sort-key.ts';
import { statedFactStore } from './stated-facts.ts';
import { nativeTagStore, wordStore } from './tags-words.ts';
import { userDataPassing } from './user-data.ts';
import { windowStore } from './windows.ts';

/** pending: to be analysed; ready: analysed; failed: with a reason; other: neither audio by content nor by name. */
export type FileState = 'pending' | 'ready' | 'failed' | 'other';

export interface FileRow extends Figures {
  id: number;
  rootId: number;
  /** Below the root, '/' between folders. */
  relativePath: string;
  /** Bytes. */
  size: number;
  mtimeMs: number;
  /** When the system last noted a change, ns; null when it is not known of the file as it is now. */
  ctimeNs: string | null;
  state: FileState;
  /** Its path or drive was not there at the last look. */
  offline: boolean;
  /** Hash of the encoded audio alone; null until it has been analysed, and after a failure. */
  contentId: string | null;
  reasonCode: FileErrorCode | null;
  reason: string | null;
  /** Failed attempts at the file as it is now. */
  attempts: number;
  format: AudioFormat | null;
  codec: string | null;
  durationSeconds: number | null;
  /** Hz */
  sampleRate: number | null;
  channels: number | null;
  bitDepth: number | null;
  warnings: DecodeWarning[];
  /** Epoch ms. */
  addedMs: number;
  /** Epoch ms of the last reading. */
  checkedMs: number;
}

/** A file at its place, as a walk finds it. */
export interface FilePlace {
  rootId: number;
  /** '/' between folders. */
  relativePath: string;
  size: number;
  mtimeMs: number;
  /** See {@link FileRow}. @default null */
  ctimeNs?: string | null;
}
export type SizeAndTime = Pick<FilePlace, 'size' | 'mtimeMs' | 'ctimeNs'>;

type SortKeys = ReturnType<typeof sortKeys>;

export type PathRow = Pick<FileRow, 'id' | 'relativePath' | 'offline'>;
export type PendingRow = Pick<FileRow, 'id' | 'rootId' | 'relativePath' | 'size' | 'mtimeMs' | 'state'>;

type Raw = Omit<FileRow, 'offline' | 'warnings'> & { offline: 0 | 1; warnings: string };

const COLUMNS = `
  id, root_id AS rootId, relative_path AS relativePath, size, mtime_ms AS mtimeMs, ctime_ns AS ctimeNs, state, offline,
  content_id AS contentId, reason_code AS reasonCode, reason, attempts, format, codec, duration_s AS durationSeconds,
  sample_rate AS sampleRate, channels, bit_depth AS bitDepth,
  ${FIGURES.map(({ column, field }) => `${column} AS ${field}`).join(', ')}, warnings, added_ms AS addedMs, checked_ms AS checkedMs`;

/** What analyses found in an older content of a file is not known of its newer one. */
const NO_FACTS = [...ANALYSED.map(({ column }) => column), 'versions_id']
  .map((column) => `${column} = NULL`)
  .join(', ');

/** Rows read at a time by the generators: a reader holds no statement open, so that others may write in between. */
const PAGE = 500;

function toRow(raw: Raw): FileRow {
  const warnings = raw.warnings === '[]' ? [] : (JSON.parse(raw.warnings) as DecodeWarning[]);
  return { ...raw, offline: raw.offline === 1, warnings };
}

function placeOf({ rootId, relativePath, size, mtimeMs, ctimeNs = null }: FilePlace): FilePlace & SortKeys {
  return { rootId, relativePath, ...sortKeys(relativePath), size, mtimeMs, ctimeNs };
}

export type FileStore = ReturnType<typeof fileStore>;

export function fileStore(db: Database) {
  const words = wordStore(db);
  const stated = statedFactStore(db);
  const tags = nativeTagStore(db);
  const fileWindows = windowStore(db);
  const passOn = userDataPassing(db);
  const byPath = db.prepare<[number, string], Raw>(
    `SELECT ${COLUMNS} FROM file WHERE root_id = ? AND relative_path = ?`,
  );
  const byId = db.prepare<[number], Raw>(`SELECT ${COLUMNS} FROM file WHERE id = ?`);
  const bySize = db.prepare<[number], Raw>(`SELECT ${COLUMNS} FROM file WHERE size = ? ORDER BY id`);
  const byContent = db.prepare<[string], Raw>(`SELECT ${COLUMNS} FROM file WHERE content_id = ? ORDER BY id`);
  const waveform = db.prepare<[number], Buffer | null>('SELECT waveform FROM file WHERE id = ?').pluck();
  const insert = db.prepare<FilePlace & SortKeys & { now: number }>(
    `INSERT INTO file (root_id, relative_path, name_key, folder_key, size, mtime_ms, ctime_ns, state, added_ms, checked_ms)
       VALUES (:rootId, :relativePath, :nameKey, :folderKey, :size, :mtimeMs, :ctimeNs, 'pending', :now, :now)`,
  );
  // Attempts count for one state of the file: a changed file starts afresh.
  const pend = db.prepare<SizeAndTime & { id: number }>(
    `UPDATE file SET
       attempts = CASE WHEN size = :size AND mtime_ms = :mtimeMs THEN attempts ELSE 0 END,
       size = :size, mtime_ms = :mtimeMs, ctime_ns = :ctimeNs, state = 'pending', offline = 0, reason_code = NULL, reason = NULL
     WHERE id = :id`,
  );
  const place = db.prepare<FilePlace & SortKeys & { id: number }>(
    `UPDATE file SET root_id = :rootId, relative_path = :relativePath, name_key = :nameKey, folder_key = :folderKey,
       size = :size, mtime_ms = :mtimeMs, ctime_ns = :ctimeNs, offline = 0
     WHERE id = :id`,
  );
  const remove = db.prepare<[number]>('DELETE FROM file WHERE id = ?');
  const offline = db.prepare<[0 | 1, string]>(
    'UPDATE file SET offline = ? WHERE id IN (SELECT value FROM json_each(?))',
  );
  const changeTime = db.prepare<[string, number]>('UPDATE file SET ctime_ns = ? WHERE id = ?');
  const fail = db.prepare<SizeAndTime & { id: number; code: string; message: string; now: number }>(
    `UPDATE file SET
       attempts = CASE WHEN size = :size AND mtime_ms = :mtimeMs THEN attempts ELSE 0 END + 1,
       size = :size, mtime_ms = :mtimeMs, state = 'failed', reason_code = :code, reason = :message,
       content_id = NULL, ${NO_FACTS}, warnings = '[]', checked_ms = :now
     WHERE id = :id`,
  );
  const other = db.prepare<[number, number]>(
    `UPDATE file SET state = 'other', reason_code = NULL, reason = NULL, attempts = 0, content_id = NULL,
       ${NO_FACTS}, warnings = '[]', checked_ms = ? WHERE id = ?`,
  );
  // The plus sign keeps the planner from the index by path, which would sort the whole root for each page.
  const idsOfRoot = db.prepare<[number, number, number], Omit<PathRow, 'offline'> & { offline: 0 | 1 }>(
    'SELECT id, relative_path AS relativePath, offline FROM file WHERE +root_id = ? AND id > ? ORDER BY id LIMIT ?',
  );
  const pending = db.prepare<{ after: number; roots: string; space: number; limit: number }, PendingRow>(
    `SELECT id, root_id AS rootId, relative_path AS relativePath, size, mtime_ms AS mtimeMs, state FROM file
       WHERE id > :after AND offline = 0 AND root_id IN (SELECT value FROM json_each(:roots))
         AND (state = 'pending' OR (state = 'ready' AND NOT EXISTS
               (SELECT 1 FROM analysed WHERE analysed.file_id = file.id AND analysed.space_id = :space)))
       ORDER BY id LIMIT :limit`,
  );
  const failures = db.prepare<[], Omit<FailureRow, 'path'> & { rootPath: string; relativePath: string }>(
    `SELECT root.path AS rootPath, relative_path AS relativePath, reason_code AS code, reason AS message, attempts,
            checked_ms AS lastMs
       FROM file JOIN root ON root.id = file.root_id
       WHERE state = 'failed' AND offline = 0 AND root.removed_ms IS NULL ORDER BY root.path, relative_path`,
  );
  const retry = db.prepare<[]>(
    "UPDATE file SET state = 'pending', reason_code = NULL, reason = NULL, attempts = 0 WHERE state = 'failed'",
  );
  const forgetSound = (id: number) => {
    fileWindows.forget(id);
    tags.replace(id, []);
    words.remove(id);
  };
  const found = (raw: Raw | undefined) => (raw ? toRow(raw) : null);

  return {
    ...analysedStore(db),
    byPath: (rootId: number, relativePath: string): FileRow | null => found(byPath.get(rootId, relativePath)),
    byId: (id: number): FileRow | null => found(byId.get(id)),
    /** Files of this size, in any root and any state: what a new file may have been before. */
    bySize: (size: number): FileRow[] => bySize.all(size).map(toRow),
    /** Files with this sound, in any root. */
    byContent: (contentId: string): FileRow[] => byContent.all(contentId).map(toRow),
    /** Peaks over equal parts of the file, 0..255 = 0..1; null when there are none. */
    waveform: (id: number): Uint8Array | null => waveform.get(id) ?? null,

    /** A file found for the first time, or again at the same path: to be analysed. @returns its id */
    insertPending({ rootId, relativePath, size, mtimeMs, ctimeNs = null }: FilePlace): number {
      const known = byPath.get(rootId, relativePath);
      if (!known) {
        const there = placeOf({ rootId, relativePath, size, mtimeMs, ctimeNs });
        return Number(insert.run({ ...there, now: Date.now() }).lastInsertRowid);
      }
      pend.run({ id: known.id, size, mtimeMs, ctimeNs });
      return known.id;
    },
    /** To be analysed (again). What is known of it stays until then. */
    setPending: (id: number, { size, mtimeMs, ctimeNs = null }: SizeAndTime): void =>
      void pend.run({ id, size, mtimeMs, ctimeNs }),
    /**
     * The file has another path now and keeps everything. A row that has that path already and was never
     * analysed is replaced; what the user decided about it applies to the file that is there now.
     * @throws Error when another analysed file has that path
     */
    moveTo: db.transaction((id: number, { rootId, relativePath, size, mtimeMs, ctimeNs = null }: FilePlace): void => {
      const there = byPath.get(rootId, relativePath);
      if (there && there.id !== id) {
        if (there.contentId !== null) throw new Error(`cannot move file ${id}: ${relativePath} is file ${there.id}`);
        passOn(there.id, id);
        words.remove(there.id);
        remove.run(there.id);
      }
      place.run({ id, ...placeOf({ rootId, relativePath, size, mtimeMs, ctimeNs }) });
      if (byId.get(id)?.state !== 'ready') return;
      words.set(id);
      stated.set(id);
    }),
    /**
     * One file has the path of another now, which waits where the first one was, offline, until it is met elsewhere.
     * Both keep everything.
     */
    exchange: db.transaction((id: number, to: FilePlace, otherId: number): void => {
      const [one, other] = [byId.get(id)!, byId.get(otherId)!];
      const aside = { ...toRow(other), relativePath: `\0${otherId}` }; // no file can have this name
      place.run({ ...placeOf(aside), id: otherId });
      place.run({ ...placeOf(to), id });
      place.run({ ...placeOf({ ...toRow(other), rootId: one.rootId, relativePath: one.relativePath }), id: otherId });
      offline.run(1, JSON.stringify([otherId]));
      for (const each of [id, otherId]) {
        if (byId.get(each)?.state !== 'ready') continue;
        words.set(each);
        stated.set(each);
      }
    }),
    /** Not there at the last look: kept, with everything, until it comes back. */
    setOffline: (ids: readonly number[]): void => void offline.run(1, JSON.stringify(ids)),
    /** Looked at, and found as it was. */
    setChangeTime: (id: number, ctimeNs: string): void => void changeTime.run(ctimeNs, id),
    /** Whether these are its tags as they were last read. */
    hasTags: (id: number, read: readonly NativeTag[]): boolean =>
      JSON.stringify(tags.of(id)) ===
      JSON.stringify(read.map(({ nativeId, field, value }) => ({ nativeId, field, value }))),
    setOnline: (ids: readonly number[]): void => void offline.run(0, JSON.stringify(ids)),
    /** Could not be analysed as it is now. Results of its older content are removed. */
    setFailed: db.transaction(
      (id: number, { code, message, size, mtimeMs }: SizeAndTime & { code: FileErrorCode; message: string }): void => {
        fail.run({ id, code, message, size, mtimeMs, now: Date.now() });
        forgetSound(id);
      },
    ),
    /** Neither audio nor pretending to be: known, so that it is not opened again while it does not change. */
    setOther: db.transaction((id: number): void => {
      other.run(Date.now(), id);
      forgetSound(id);
    }),
    /** Every file of a root, by id. Writing is allowed while it is read. */
    *idsOfRoot(rootId: number): Generator<PathRow, void, undefined> {
      for (
        let after = 0, page = idsOfRoot.all(rootId, after, PAGE);
        page.length > 0;
        page = idsOfRoot.all(rootId, after, PAGE)
      ) {
        for (const row of page) yield { ...row, offline: row.offline === 1 };
        after = page.at(-1)!.id;
      }
    },
    /**
     * Files to analyse: pending ones, and ready ones without results in this space (another model has some).
     * By id; offline files are left out. Writing is allowed while it is read.
     */
    *pending(rootIds: readonly number[], spaceId: number): Generator<PendingRow, void, undefined> {
      const roots = JSON.stringify(rootIds);
      let after = 0;
      for (;;) {
        const page = pending.all({ after, roots, space: spaceId, limit: PAGE });
        yield* page;
        if (page.length < PAGE) return;
        after = page.at(-1)!.id;
      }
    },
    /** Files that could not be analysed, by path. */
    failures: (): FailureRow[] =>
      failures.all().map(({ rootPath, relativePath, ...failure }) => ({
        path: absolutePath(rootPath, relativePath),
        ...failure,
      })),
    /** Failed files are tried again by the next job. @returns how many */
    forgetFailures: (): number => retry.run().changes,
  };
}

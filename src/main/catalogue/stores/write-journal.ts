/**
 * Tables `write_run` and `write_journal`, as far as writes are concerned (renames: rename-journal.ts). A row is
 * on the disk before its file is touched, and says enough to make the file what it was.
 */
import type { Database } from 'better-sqlite3';
import type { FieldChange, WriteOutcome, WriteRun, WrittenFile } from '../../../shared/calls/write.ts';

export type JournalState = 'prepared' | 'written' | 'undoing' | 'undone' | 'skipped' | 'failed' | 'not-restored';

export interface JournalRow {
  id: number;
  runId: number;
  fileId: number;
  /** Absolute. */
  path: string;
  tempPath: string | null;
  state: JournalState;
  /** SHA-256 (hex) of the whole file; null until all is ready for the file to be replaced. */
  beforeHash: string | null;
  afterHash: string | null;
  beforeSize: number | null;
  afterSize: number | null;
  beforeMtimeMs: number | null;
  /** The same exactly; null in rows of older versions. */
  beforeMtimeNs: string | null;
  /** The member of a studio who wrote it; null: this library. */
  author: string | null;
}

/** What is written down just before a file is replaced. */
export interface Prepared {
  /** SHA-256 (hex) of the whole file. */
  hashes: { before: string; after: string };
  beforeSize: number;
  afterSize: number;
  beforeMtimeMs: number;
  beforeMtimeNs: string;
  changes: readonly FieldChange[];
  /** The old version as parts of the new one and bytes that it no longer has; as writeback/splice.ts encodes it. */
  undo: Uint8Array;
}

const COLUMNS = `id, run_id AS runId, file_id AS fileId, path, temp_path AS tempPath, state, before_hash AS beforeHash,
  after_hash AS afterHash, before_size AS beforeSize, after_size AS afterSize, before_mtime_ms AS beforeMtimeMs,
  before_mtime_ns AS beforeMtimeNs, (SELECT author FROM write_run WHERE write_run.id = run_id) AS author`;
const OF_WRITES = `EXISTS (SELECT 1 FROM write_run WHERE write_run.id = run_id AND kind = 'write')`;

export type WriteJournal = ReturnType<typeof writeJournal>;

/** Where files are going to be touched, of a catalogue that was opened `durable`: a row has to be on the disk before. */
export function writeJournal(db: Database) {
  const begin = db.prepare<[string, number]>(
    "INSERT INTO write_run (kind, profile_id, started_ms) VALUES ('write', ?, ?)",
  );
  const finish = db.prepare<[number, number]>('UPDATE write_run SET finished_ms = ? WHERE id = ?');
  const insert = db.prepare<[number, number, string, number]>(
    "INSERT INTO write_journal (run_id, file_id, path, state, changed_ms) VALUES (?, ?, ?, 'prepared', ?)",
  );
  const setTemp = db.prepare<[string, number]>('UPDATE write_journal SET temp_path = ? WHERE id = ?');
  const prepare = db.prepare(
    `UPDATE write_journal SET before_hash = :before, after_hash = :after, before_size = :beforeSize,
       after_size = :afterSize, before_mtime_ms = :beforeMtimeMs, before_mtime_ns = :beforeMtimeNs, changes = :changes, undo = :undo, changed_ms = :now
     WHERE id = :id`,
  );
  const settle = db.prepare<[JournalState, string, number, number]>(
    'UPDATE write_journal SET state = ?, reason = ?, temp_path = NULL, changed_ms = ? WHERE id = ?',
  );
  const undoing = db.prepare<[string, number, number]>(
    "UPDATE write_journal SET state = 'undoing', temp_path = ?, changed_ms = ? WHERE id = ?",
  );
  const remove = db.prepare<[number]>('DELETE FROM write_journal WHERE id = ?');
  const byId = db.prepare<[number], JournalRow>(`SELECT ${COLUMNS} FROM write_journal WHERE id = ?`);
  const undo = db.prepare<[number], Buffer | null>('SELECT undo FROM write_journal WHERE id = ?').pluck();
  const unsettled = db.prepare<[], JournalRow>(
    `SELECT ${COLUMNS} FROM write_journal WHERE state IN ('prepared', 'undoing') AND ${OF_WRITES} ORDER BY id`,
  );
  const ofRun = db.prepare<[number], Pick<JournalRow, 'id' | 'fileId'>>(
    `SELECT id, file_id AS fileId FROM write_journal
       WHERE run_id = ? AND state IN ('written', 'not-restored') ORDER BY id DESC`,
  );
  const newest = db.prepare<[string], Pick<JournalRow, 'id' | 'fileId'>>(
    `SELECT id, file_id AS fileId FROM (
       SELECT write_journal.id, file_id, row_number() OVER (PARTITION BY file_id ORDER BY started_ms DESC, write_journal.id DESC) AS place
         FROM json_each(?) AS wanted CROSS JOIN write_journal ON file_id = wanted.value JOIN write_run ON write_run.id = run_id
        WHERE state IN ('written', 'not-restored') AND kind = 'write')
      WHERE place = 1 ORDER BY id DESC`,
  );
  const runs = db.prepare<[number | null, number | null], Omit<WriteRun, 'author'> & { author: string | null }>(
    `SELECT write_run.id AS runId, kind, profile_id AS profileId, started_ms AS startedMs, finished_ms AS finishedMs, author,
            count(*) FILTER (WHERE state IN ('written', 'undoing')) AS written,
            count(*) FILTER (WHERE state = 'skipped') AS skipped,
            count(*) FILTER (WHERE state = 'failed') AS failed,
            count(*) FILTER (WHERE state = 'undone') AS undone,
            count(*) FILTER (WHERE state = 'not-restored') AS notRestored
       FROM write_run LEFT JOIN write_journal ON run_id = write_run.id
       WHERE ? IS NULL OR write_run.id = ? GROUP BY write_run.id ORDER BY write_run.id DESC`,
  );
  const files = db.prepare<
    { run: number; outcome: string | null; limit: number; offset: number },
    Omit<WrittenFile, 'changes'> & { changes: string; newPath: string | null }
  >(
    `SELECT file_id AS fileId, path, new_path AS newPath, state AS outcome, reason, changes FROM write_journal
       WHERE run_id = :run AND state NOT IN ('prepared', 'undoing') AND (:outcome IS NULL OR state = :outcome)
       ORDER BY id LIMIT :limit OFFSET :offset`,
  );
  const writtenBefore = db.prepare<[], number>(
    `SELECT DISTINCT file_id FROM write_journal WHERE state IN ('written', 'not-restored') AND ${OF_WRITES}`,
  ).pluck(); // prettier-ignore
  const now = () => Date.now();

  return {
    begin: (profileId: string): number => Number(begin.run(profileId, now()).lastInsertRowid),
    finish: (runId: number): void => void finish.run(now(), runId),
    /** Files that are going to be written, all or none. @returns their rows' ids */
    add: db.transaction(
      (
        runId: number,
        added: readonly { fileId: number; path: string }[],
        tempPath: (path: string, id: number) => string,
      ) =>
        added.map(({ fileId, path }): number => {
          const id = Number(insert.run(runId, fileId, path, now()).lastInsertRowid);
          setTemp.run(tempPath(path, id), id);
          return id;
        }),
    ),
    prepare(id: number, { hashes, changes, ...facts }: Prepared): void {
      prepare.run({ id, ...hashes, ...facts, changes: JSON.stringify(changes), now: now() });
    },
    settle: (id: number, state: WriteOutcome, reason: string): void => void settle.run(state, reason, now(), id),
    /** Files that are going to be made what they were. */
    beginUndo: db.transaction((rows: readonly { id: number; tempPath: string }[]): void => {
      for (const { id, tempPath } of rows) undoing.run(tempPath, now(), id);
    }),
    /** Of a file that was not written, and is not going to be. */
    remove: (id: number): void => void remove.run(id),
    /** @throws Error when there is none */
    row(id: number): JournalRow {
      const found = byId.get(id);
      if (!found) throw new Error(`no row ${id} in the journal`);
      return found;
    },
    undoRecord: (id: number): Buffer | null => undo.get(id) ?? null,
    /** What a killed process left, in the order it went. */
    unsettled: (): JournalRow[] => unsettled.all(),
    anyUnsettled: (): boolean => unsettled.get() !== undefined,
    /** What can be undone, the last first. */
    undoableOfRun: (runId: number): Pick<JournalRow, 'id' | 'fileId'>[] => ofRun.all(runId),
    /** The last write of each of these files, as far as it is not undone. */
    newestOfFiles: (fileIds: readonly number[]): Pick<JournalRow, 'id' | 'fileId'>[] =>
      newest.all(JSON.stringify(fileIds)),
    /** Newest first, renames as well. */
    runs: (): WriteRun[] => runs.all(null, null).map(toRun),
    run(runId: number): WriteRun | null {
      const found = runs.get(runId, runId);
      return found ? toRun(found) : null;
    },
    /** Files of a run; of renames with the change of name as a change. */
    filesOfRun(runId: number, outcome: WriteOutcome | null, offset: number, limit: number): WrittenFile[] {
      return files.all({ run: runId, outcome, offset, limit }).map(({ newPath, changes, ...file }) => ({
        ...file,
        path: newPath !== null && file.outcome === 'written' ? newPath : file.path,
        changes: JSON.parse(changes) as FieldChange[],
      }));
    },
    /** Files that hold something of ours, as far as we know. */
    writtenFiles: (): number[] => writtenBefore.all(),
  };
}

function toRun({ author, ...run }: Omit<WriteRun, 'author'> & { author: string | null }): WriteRun {
  return { ...run, ...(author === null ? {} : { author }) };
}

/** Renames in the tables `write_run` and `write_journal`: what was done, and what a killed run left undecided. */
import type { Database } from 'better-sqlite3';
import type { WriteRun } from '../../../shared/calls/write.ts';

/** `prepared`: to be renamed from `path` to `newPath`. `undoing`: back again. */
export type RenameState = 'prepared' | 'written' | 'undoing' | 'undone' | 'skipped' | 'failed' | 'not-restored';

export interface RenameRow {
  id: number;
  runId: number;
  fileId: number;
  /** Absolute: the old name, and the new one. */
  path: string;
  newPath: string;
  state: RenameState;
  /** What may be left of ours after a crash: an empty file at the new name, or the file itself under a third one. */
  tempPath: string | null;
}

const COLUMNS = `journal.id, journal.run_id AS runId, journal.file_id AS fileId, journal.path, journal.new_path AS newPath,
  journal.state, journal.temp_path AS tempPath`;
const RENAMES = `write_journal AS journal JOIN write_run AS run ON run.id = journal.run_id AND run.kind = 'rename'`;

export type RenameJournal = ReturnType<typeof renameJournal>;

/** Where files are going to be renamed, of a catalogue that was opened `durable`: a power cut does no harm either. */
export function renameJournal(db: Database) {
  const begin = db.prepare<[number]>("INSERT INTO write_run (kind, profile_id, started_ms) VALUES ('rename', '', ?)");
  const finish = db.prepare<[number, number]>('UPDATE write_run SET finished_ms = ? WHERE id = ?');
  const prepare = db.prepare<[number, number, string, string, number]>(
    `INSERT INTO write_journal (run_id, file_id, path, new_path, state, changed_ms) VALUES (?, ?, ?, ?, 'prepared', ?)`,
  );
  const settle = db.prepare<[RenameState, string, number, number]>(
    'UPDATE write_journal SET state = ?, reason = ?, changed_ms = ? WHERE id = ?',
  );
  const placeholder = db.prepare<[string, number]>('UPDATE write_journal SET temp_path = ? WHERE id = ?');
  const unsettled = db.prepare<[], RenameRow>(
    `SELECT ${COLUMNS} FROM ${RENAMES} WHERE state IN ('prepared', 'undoing') ORDER BY journal.id`,
  );
  const ofRun = db.prepare<[number], RenameRow>(
    `SELECT ${COLUMNS} FROM ${RENAMES} WHERE run_id = ? AND state IN ('written', 'not-restored') ORDER BY journal.id DESC`,
  );
  const kind = db.prepare<[number], string>('SELECT kind FROM write_run WHERE id = ?').pluck();
  const newest = db.prepare<[string], RenameRow & { kind: WriteRun['kind'] }>(
    `SELECT ${COLUMNS}, run.kind FROM json_each(?) AS wanted CROSS JOIN write_journal AS journal
       ON journal.id = (SELECT max(id) FROM write_journal
                         WHERE file_id = wanted.value AND state IN ('written', 'not-restored'))
       JOIN write_run AS run ON run.id = journal.run_id`,
  );
  const run = db.prepare<[number], Omit<WriteRun, 'written' | 'skipped' | 'failed' | 'undone' | 'notRestored'>>(
    `SELECT id AS runId, kind, profile_id AS profileId, started_ms AS startedMs, finished_ms AS finishedMs
       FROM write_run WHERE id = ?`,
  );
  const names = db.prepare<[number], { path: string; newPath: string }>(
    `SELECT journal.path, new_path AS newPath FROM ${RENAMES}
      WHERE file_id = ? AND state IN ('written', 'not-restored') ORDER BY journal.id DESC`,
  );
  const counts = db.prepare<[number], { state: RenameState; files: number }>(
    'SELECT state, count(*) AS files FROM write_journal WHERE run_id = ? GROUP BY state',
  );
  return {
    begin: (): number => Number(begin.run(Date.now()).lastInsertRowid),
    finish: (runId: number): void => void finish.run(Date.now(), runId),
    /** Before the file is touched. @returns the row's id */
    prepare: (runId: number, fileId: number, path: string, newPath: string): number =>
      Number(prepare.run(runId, fileId, path, newPath, Date.now()).lastInsertRowid),
    settle: (id: number, state: RenameState, reason = ''): void => void settle.run(state, reason, Date.now(), id),
    markPlaceholder: (id: number, path: string): void => void placeholder.run(path, id),
    unsettled: (): RenameRow[] => unsettled.all(),
    isRename: (runId: number): boolean => kind.get(runId) === 'rename',
    /** Those that can be undone, the last first; only of these files, if any are named. */
    undoable(runId: number, fileIds: readonly number[]): RenameRow[] {
      const wanted = new Set(fileIds);
      return ofRun.all(runId).filter(({ fileId }) => wanted.size === 0 || wanted.has(fileId));
    },
    /** What was done last with each of these files: renames, and how many of the others were written. */
    newest(fileIds: readonly number[]): { renamed: RenameRow[]; written: number } {
      const rows = newest.all(JSON.stringify(fileIds));
      const renamed = rows.filter((row) => row.kind === 'rename');
      return { renamed, written: rows.length - renamed.length };
    },
    /** The names that a file was given and has not been given back, the last first; absolute paths. */
    ofFile: (fileId: number): { path: string; newPath: string }[] => names.all(fileId),
    /** @returns null when there is no such run */
    run(runId: number): WriteRun | null {
      const found = run.get(runId);
      if (!found) return null;
      const files = new Map(counts.all(runId).map((row) => [row.state, row.files]));
      const count = (state: RenameState) => files.get(state) ?? 0;
      return {
        ...found,
        written: count('written') + count('prepared') + count('undoing'),
        skipped: count('skipped'),
        failed: count('failed'),
        undone: count('undone'),
        notRestored: count('not-restored'),
      };
    },
  };
}

/** Tables `write_run` and `write_journal` as a studio has them: what it is told, and what others have written. */
import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';

export type WrittenState = 'written' | 'undone' | 'not-restored';

/** A file of a run, as both sides know it. */
export interface SharedWrite {
  state: WrittenState;
  /** SHA-256 (hex) of the whole file. */
  beforeHash: string;
  afterHash: string;
  beforeSize: number;
  afterSize: number;
  beforeMtimeMs: number;
  beforeMtimeNs: string | null;
  /** JSON FieldChange[] */
  changes: string;
}

/** One that the studio does not know, or knows otherwise. */
export interface UntoldWrite extends SharedWrite {
  id: number;
  /** Absolute. */
  path: string;
  runId: number;
  /** null: of this library. */
  author: string | null;
  /** In the studio. */
  number: number;
  isKnown: 0 | 1;
  profileId: string;
  startedMs: number;
}

/** One of another member. */
export interface ReceivedWrite extends SharedWrite {
  runId: string;
  number: number;
  profileId: string;
  startedMs: number;
  /** Of the run. */
  writer: string;
  /** Of the state, and since when, epoch ms. */
  author: string;
  atMs: number;
  /** Absolute; null: this machine does not have it. */
  path: string | null;
  /** 0: not in the catalogue. */
  fileId: number;
}

const SHARED = `state, before_hash AS beforeHash, after_hash AS afterHash, before_size AS beforeSize, after_size AS afterSize,
  before_mtime_ms AS beforeMtimeMs, before_mtime_ns AS beforeMtimeNs, changes`;

export function studioWriteStore(db: Database) {
  const untold = db.prepare<[number], UntoldWrite>(
    `SELECT write_journal.id, path, run_id AS runId, author, coalesce(studio_number, write_journal.id) AS number,
            told_state IS NOT NULL AS isKnown, profile_id AS profileId, started_ms AS startedMs, ${SHARED}
       FROM write_journal JOIN write_run ON write_run.id = run_id
      WHERE state IN ('written', 'undone', 'not-restored') AND told_state IS NOT state AND kind = 'write' AND before_hash IS NOT NULL
      ORDER BY write_journal.id LIMIT ?`,
  );
  const nameRun = db.prepare<[string, number]>('UPDATE write_run SET studio_id = ? WHERE id = ? AND studio_id IS NULL');
  const nameOfRun = db.prepare<[number], string>('SELECT studio_id FROM write_run WHERE id = ?').pluck();
  const told = db.prepare<[WrittenState, number]>('UPDATE write_journal SET told_state = ? WHERE id = ?');
  const tellAgain = db.prepare(
    'UPDATE write_journal SET told_state = NULL WHERE told_state IS NOT NULL AND run_id IN (SELECT id FROM write_run WHERE author IS NULL)',
  );
  const forgetRuns = db.prepare('UPDATE write_run SET studio_id = NULL WHERE author IS NULL');
  const run = db.prepare<[string], { id: number; author: string | null }>(
    'SELECT id, author FROM write_run WHERE studio_id = ?',
  );
  const insertRun = db.prepare<[string, number, number, string, string]>(
    "INSERT INTO write_run (kind, profile_id, started_ms, finished_ms, studio_id, author) VALUES ('write', ?, ?, ?, ?, ?)",
  );
  type Known = { id: number; state: string; toldState: string | null };
  const own = db.prepare<[number, number], Known>(
    'SELECT id, state, told_state AS toldState FROM write_journal WHERE run_id = ? AND id = ?',
  );
  const others = db.prepare<[number, number], Known>(
    'SELECT id, state, told_state AS toldState FROM write_journal WHERE run_id = ? AND studio_number = ?',
  );
  const settle = db.prepare<[WrittenState, WrittenState, string, string, number]>(
    'UPDATE write_journal SET state = ?, told_state = ?, reason = ?, settled_by = ? WHERE id = ?',
  );
  const insert = db.prepare<Omit<ReceivedWrite, 'runId'> & { run: number; settledBy: string | null; reason: string }>(
    `INSERT INTO write_journal (run_id, file_id, path, state, told_state, reason, before_hash, after_hash, before_size, after_size,
                                before_mtime_ms, before_mtime_ns, changes, changed_ms, studio_number, settled_by)
       VALUES (:run, :fileId, :path, :state, :state, :reason, :beforeHash, :afterHash, :beforeSize, :afterSize,
               :beforeMtimeMs, :beforeMtimeNs, :changes, :atMs, :number, :settledBy)`,
  );
  const missing = db.prepare<[string], { id: number; number: number; studioId: string; path: string }>(
    `SELECT write_journal.id, studio_number AS number, studio_id AS studioId, write_journal.path FROM json_each(?) AS wanted
       JOIN write_journal ON write_journal.id = wanted.value JOIN write_run ON write_run.id = run_id
      WHERE undo IS NULL AND author IS NOT NULL`,
  );
  const setUndo = db.prepare<[Buffer, number]>('UPDATE write_journal SET undo = ? WHERE id = ?');
  const undo = db.prepare<[number], Buffer | null>('SELECT undo FROM write_journal WHERE id = ?').pluck();

  return {
    /** In the order in which they were written. */
    untold: (limit: number): UntoldWrite[] => untold.all(limit),
    undoOf: (id: number): Buffer | null => undo.get(id) ?? null,
    /** @returns its name in the studio, a new one where it had none */
    nameRun(runId: number): string {
      nameRun.run(randomUUID(), runId);
      return nameOfRun.get(runId)!;
    },
    told: (id: number, state: WrittenState): void => void told.run(state, id),
    /** The server has lost some of it. */
    tellAgain: (): void => void tellAgain.run(),
    /** It belongs to another studio now. */
    forgetStudio: (): void => {
      tellAgain.run();
      forgetRuns.run();
    },
    /** @returns id of the run here when it is another one than before; null when nothing changed */
    receive: db.transaction((write: ReceivedWrite): number | null => {
      const { runId, number, state, author, writer, profileId, startedMs, path, ...rest } = write;
      const known = run.get(runId);
      const reason = state === 'written' || author === writer ? '' : `${state === 'undone' ? 'Undone' : 'Not restored'} by ${author}.`; // prettier-ignore
      const row = known && (known.author === null ? own : others).get(known.id, number);
      if (row) {
        // What was done here and not told yet is told in its turn.
        if (row.state === state || row.toldState !== row.state) return null;
        settle.run(state, state, reason, author, row.id);
        return known.id;
      }
      if (path === null || known?.author === null) return null;
      const id = known?.id ?? Number(insertRun.run(profileId, startedMs, startedMs, runId, writer).lastInsertRowid);
      const settledBy = reason === '' ? null : author;
      insert.run({ ...rest, run: id, state, number, author, writer, profileId, startedMs, path, reason, settledBy });
      return id;
    }),
    /** Of these rows those whose old version is only in the studio. */
    withoutUndo: (ids: readonly number[]) => missing.all(JSON.stringify(ids)),
    setUndo: (id: number, bytes: Buffer): void => void setUndo.run(bytes, id),
  };
}

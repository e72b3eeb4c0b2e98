/** Table `job`: what was started, and how it ended. */
import type { Database } from 'better-sqlite3';
import type { JobId, LibraryJobKind, JobState } from '../../../shared/types.ts';

export interface JobRow {
  id: JobId;
  kind: LibraryJobKind;
  /** As given to `start`. */
  input: unknown;
  state: JobState;
  /** Epoch ms. */
  startedMs: number;
  finishedMs: number | null;
}

export type JobStore = ReturnType<typeof jobStore>;

export function jobStore(db: Database) {
  const insert = db.prepare<[string, string, number]>(
    "INSERT INTO job (kind, input, state, started_ms) VALUES (?, ?, 'running', ?)",
  );
  const setState = db.prepare<[JobState, number | null, number]>(
    'UPDATE job SET state = ?, finished_ms = ? WHERE id = ?',
  );
  const interrupt = db.prepare<[number]>(
    "UPDATE job SET state = 'interrupted', finished_ms = ? WHERE state IN ('running', 'paused')",
  );
  const last = db.prepare<[], Omit<JobRow, 'input'> & { input: string }>(
    'SELECT id, kind, input, state, started_ms AS startedMs, finished_ms AS finishedMs FROM job ORDER BY id DESC LIMIT 1',
  );
  return {
    /** @param input survives JSON */
    start: (kind: LibraryJobKind, input: unknown): JobId =>
      Number(insert.run(kind, JSON.stringify(input), Date.now()).lastInsertRowid),
    setState(id: JobId, state: JobState): void {
      const goesOn = state === 'running' || state === 'paused';
      setState.run(state, goesOn ? null : Date.now(), id);
    },
    /**
     * Jobs that a program left running when it crashed. Only for the holder of the writer lock, which no other live
     * program can have then. @returns how many
     */
    markInterrupted: (): number => interrupt.run(Date.now()).changes,
    last(): JobRow | null {
      const row = last.get();
      return row ? { ...row, input: JSON.parse(row.input) as unknown } : null;
    },
  };
}

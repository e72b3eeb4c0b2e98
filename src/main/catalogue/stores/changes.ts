/** Table `change`: what changed since when. Its rows are written by triggers (migrations/0012-changes.ts). */
import type { Database } from 'better-sqlite3';

/**
 * What an id belongs to. `file`: the row and what the analyses found; `mark`: a file's stars, favourite or collections;
 * `decision`, `suggestion`: of a file; `tag`: its name, what it learned or decisions about it; `run`: of writing or renaming;
 * `setting`: any, with the id 0.
 */
export type ChangeKind =
  | 'root' | 'file' | 'mark' | 'collection' | 'search' | 'setting' | 'tag' | 'decision' | 'suggestion' | 'run'; // prettier-ignore

/** How far somebody has followed what changed. */
export interface ChangePoint {
  revision: number;
  /** See `othersVersion`. */
  othersVersion: number;
}

export interface Changes {
  /** Of the last one among them: where to continue. What was asked for when there are none. */
  revision: number;
  /** Ids by kind, each once. What an id stands for may be gone. */
  ids: Map<ChangeKind, number[]>;
}

export type ChangeStore = ReturnType<typeof changeStore>;

export function changeStore(db: Database) {
  const newest = db.prepare<[], number | null>('SELECT max(revision) FROM change').pluck();
  const since = db.prepare<[number, number], { kind: ChangeKind; id: number; revision: number }>(
    'SELECT kind, id, revision FROM change WHERE revision > ? ORDER BY revision LIMIT ?',
  );
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();

  const revision = () => newest.get() ?? 0;
  const othersVersion = () => dataVersion.get()!;
  const opened: ChangePoint = { revision: revision(), othersVersion: othersVersion() };

  return {
    /** When this connection was opened. */
    opened,
    /** Grows with every change of anything; 0: nothing ever changed. */
    revision,
    /**
     * What changed after revision `from`, the oldest first, at most `limit` things; what changed more than once is there
     * once, at its last change. What is not committed yet, or was rolled back, is not there.
     */
    since(from: number, limit: number): Changes {
      const rows = since.all(from, limit);
      const ids = new Map<ChangeKind, number[]>();
      for (const { kind, id } of rows) {
        const known = ids.get(kind);
        if (known) known.push(id);
        else ids.set(kind, [id]);
      }
      return { revision: rows.at(-1)?.revision ?? from, ids };
    },
    /** Another value than before: another connection has committed something since. Microseconds. */
    othersVersion,
  };
}

/**
 * Plans that were made in this session. They can be large (every field of a hundred thousand files), so they lie in a
 * temporary database of SQLite's own, which keeps a few megabytes in memory and takes its file away by itself.
 */
import Database from 'better-sqlite3';
import type { FilePlan, FilePlanState, PlanSummary } from '../../shared/calls/write.ts';
import { planMissing } from '../../shared/refusals.ts';
import type { FileToWrite, PlannedFile } from './protocol.ts';

/** Only so many are kept; older ones have been looked at and left. */
const KEPT = 5;

interface Row {
  plan: string;
}

export class Plans {
  readonly #db = new Database('');
  readonly #summaries = new Map<number, PlanSummary>();
  readonly #add: Database.Statement<[number, number, string, string, string]>;

  constructor() {
    this.#db.exec(`
      CREATE TABLE planned (
        plan_id INTEGER NOT NULL, state TEXT NOT NULL, id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL,
        plan TEXT NOT NULL, doing TEXT NOT NULL
      ) STRICT;
      CREATE INDEX planned_by_state ON planned (plan_id, state, id);
    `);
    this.#add = this.#db.prepare('INSERT INTO planned (plan_id, file_id, state, plan, doing) VALUES (?, ?, ?, ?, ?)');
  }

  /** @param planId the id of its job */
  begin(planId: number, profileId: string): void {
    for (const old of [...this.#summaries.keys()].slice(0, -KEPT + 1)) {
      this.#summaries.delete(old);
      this.#db.prepare('DELETE FROM planned WHERE plan_id = ?').run(old);
    }
    this.#summaries.set(planId, {
      planId,
      profileId,
      files: 0,
      change: 0,
      same: 0,
      untagged: 0,
      refused: 0,
      fields: 0,
    });
  }

  add(planId: number, files: readonly PlannedFile[]): void {
    const summary = this.summary(planId);
    this.#db.transaction(() => {
      for (const { plan, ...doing } of files) {
        this.#add.run(planId, plan.fileId, plan.state, JSON.stringify(plan), JSON.stringify(doing));
        summary.files++;
        summary[plan.state]++;
        if (plan.state === 'same' && plan.reason !== '') summary.untagged++;
        summary.fields += plan.changes.length;
      }
    })();
  }

  /** @throws UserError not-found */
  summary(planId: number): PlanSummary {
    const found = this.#summaries.get(planId);
    if (!found) throw planMissing();
    return found;
  }

  /** Changes first, then refusals, then those that are as they should be. @throws UserError not-found */
  files(planId: number, state: FilePlanState | null, offset: number, limit: number): FilePlan[] {
    this.summary(planId);
    return this.#db
      .prepare<{ planId: number; state: string | null; offset: number; limit: number }, Row>(
        `SELECT plan FROM planned WHERE plan_id = :planId AND (:state IS NULL OR state = :state)
           ORDER BY CASE state WHEN 'change' THEN 0 WHEN 'refused' THEN 1 ELSE 2 END, id LIMIT :limit OFFSET :offset`,
      )
      .all({ planId, state, offset, limit })
      .map(({ plan }) => JSON.parse(plan) as FilePlan);
  }

  /** What is to be written, in pieces. @throws UserError not-found */
  *toWrite(planId: number, leaveOut: ReadonlySet<number>, piece: number): Generator<FileToWrite[]> {
    this.summary(planId);
    const page = this.#db.prepare<[number, number, number], Row & { id: number; doing: string }>(
      "SELECT id, plan, doing FROM planned WHERE plan_id = ? AND state = 'change' AND id > ? ORDER BY id LIMIT ?",
    );
    let after = 0;
    for (;;) {
      const rows = page.all(planId, after, piece);
      if (rows.length === 0) return;
      after = rows.at(-1)!.id;
      const files = rows.map(({ plan, doing }): FileToWrite => {
        const { fileId, path, changes } = JSON.parse(plan) as FilePlan;
        return { fileId, path, changes, ...(JSON.parse(doing) as Pick<FileToWrite, 'edits' | 'markers' | 'snapshot'>) };
      });
      const wanted = files.filter(({ fileId }) => !leaveOut.has(fileId));
      if (wanted.length > 0) yield wanted;
    }
  }

  close(): void {
    this.#db.close();
  }
}

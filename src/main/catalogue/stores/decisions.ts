/** Tables `decision`, `decision_step` and `decision_before`: what the user said about suggestions, and taking it back. */
import type { Database } from 'better-sqlite3';
import { UserError } from '../../../shared/errors.ts';
import { fileMissing } from '../../../shared/refusals.ts';
import type { BulkForecast, Decision } from '../../../shared/calls/tags.ts';
import type { Condition } from '../queries/condition.ts';
import { wordStore } from './tags-words.ts';

/** Steps that can be taken back; older ones are forgotten, not what they decided. */
const STEPS_KEPT = 200;
/** This many decisions in one step, or more, count as made in bulk: nobody played each of the files. */
const BULK_FROM = 10;
/** Files whose words are written at a time: a few ms. */
const WORDS_AT_ONCE = 50;

/** Of rows with file_id and probability. */
const FORECAST = `SELECT count(*) AS suggestions, count(DISTINCT file_id) AS files,
  total(1 - probability) AS expectedWrong FROM`;

export interface Decided {
  stepId: number;
  /** Decisions that are other than before. */
  changed: number;
  /** Tags that they are about. */
  tagIds: number[];
}

export type DecisionStore = ReturnType<typeof decisionStore>;

export function decisionStore(db: Database) {
  const words = wordStore(db);
  const beginStep = db.prepare<[number]>('INSERT INTO decision_step (made_ms) VALUES (?)');
  const endStep = db.prepare<[number, number]>('UPDATE decision_step SET undone_ms = ? WHERE id = ?');
  const prune = db.prepare<[number]>('DELETE FROM decision_step WHERE id <= ?');
  const remember = db.prepare<[number, number, number]>(
    `INSERT OR IGNORE INTO decision_before (step_id, file_id, tag_id, accepted, bulk, probability, decided_ms)
       SELECT ?, given.file_id, given.tag_id, accepted, bulk, probability, decided_ms
         FROM (SELECT ? AS file_id, ? AS tag_id) AS given LEFT JOIN decision USING (file_id, tag_id)`,
  );
  const current = db
    .prepare<[number, number], 0 | 1>('SELECT accepted FROM decision WHERE file_id = ? AND tag_id = ?')
    .pluck();
  const suggested = db
    .prepare<[number, number, number], number>(
      'SELECT probability FROM suggestion WHERE file_id = ? AND tag_id = ? AND space_id = ?',
    )
    .pluck();
  const decide = db.prepare<[number, number, 0 | 1, 0 | 1, number | null, number]>(
    `INSERT INTO decision (file_id, tag_id, accepted, bulk, probability, decided_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (file_id, tag_id) DO UPDATE SET accepted = excluded.accepted, bulk = excluded.bulk,
         probability = coalesce(excluded.probability, probability), decided_ms = excluded.decided_ms`,
  );
  const forget = db.prepare<[number, number]>('DELETE FROM decision WHERE file_id = ? AND tag_id = ?');
  const due = db.prepare<[number]>('INSERT OR IGNORE INTO words_due (file_id) VALUES (?)');
  const newest = db.prepare<[], number | null>('SELECT max(id) FROM decision_step WHERE undone_ms IS NULL').pluck();
  const step = db.prepare<[number], { undoneMs: number | null }>(
    'SELECT undone_ms AS undoneMs FROM decision_step WHERE id = ?',
  );
  /** Pairs of a step that no later step, still standing, has decided again. */
  const before = db.prepare<
    [number],
    {
      fileId: number;
      tagId: number;
      accepted: 0 | 1 | null;
      bulk: 0 | 1;
      probability: number | null;
      decidedMs: number;
    }
  >(
    `SELECT file_id AS fileId, tag_id AS tagId, accepted, bulk, probability, decided_ms AS decidedMs
       FROM decision_before AS mine WHERE step_id = ? AND NOT EXISTS
         (SELECT 1 FROM decision_before AS later JOIN decision_step ON decision_step.id = later.step_id
           WHERE later.file_id = mine.file_id AND later.tag_id = mine.tag_id AND later.step_id > mine.step_id
             AND decision_step.undone_ms IS NULL)`,
  );
  const restore = db.prepare<[number, number, 0 | 1, 0 | 1, number | null, number]>(
    `INSERT INTO decision (file_id, tag_id, accepted, bulk, probability, decided_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (file_id, tag_id) DO UPDATE SET accepted = excluded.accepted, bulk = excluded.bulk,
         probability = excluded.probability, decided_ms = excluded.decided_ms`,
  );
  const missing = db.prepare<[string], { fileId: number | null; tagId: number | null }>(
    `SELECT CASE WHEN file.id IS NULL THEN given.value ->> 'fileId' END AS fileId,
            CASE WHEN tag.id IS NULL THEN given.value ->> 'tagId' END AS tagId
       FROM json_each(?) AS given LEFT JOIN file ON file.id = given.value ->> 'fileId'
            LEFT JOIN tag ON tag.id = given.value ->> 'tagId'
      WHERE file.id IS NULL OR tag.id IS NULL LIMIT 1`,
  );
  const dueFiles = db.prepare<[number], number>('SELECT file_id FROM words_due LIMIT ?').pluck();
  /** What was suggested, in the rows of a step that decided nothing again. */
  const forecastOfStep = db.prepare<[number], BulkForecast>(`${FORECAST} decision_before WHERE step_id = ?`);
  const acceptStep = db.prepare<[number, number]>(
    `INSERT INTO decision (file_id, tag_id, accepted, bulk, probability, decided_ms)
       SELECT file_id, tag_id, 1, 1, probability, ? FROM decision_before WHERE step_id = ?`,
  );
  const dueOfStep = db.prepare<[number]>(
    'INSERT OR IGNORE INTO words_due (file_id) SELECT file_id FROM decision_before WHERE step_id = ?',
  );
  const ofStep = db.prepare<[number], number>('SELECT DISTINCT tag_id FROM decision_before WHERE step_id = ?').pluck();

  function newStep(): number {
    const stepId = Number(beginStep.run(Date.now()).lastInsertRowid);
    prune.run(stepId - STEPS_KEPT);
    return stepId;
  }

  return {
    /**
     * All or nothing. What is decided already as asked stays as it is.
     * @param spaceId of the model in use: its suggestions are noted with the decisions
     * @throws UserError file-missing, not-found for a tag that is not there
     */
    decide: db.transaction((decisions: readonly Decision[], spaceId: number): Decided => {
      const unknown = missing.get(JSON.stringify(decisions.map(({ fileId, tagId }) => ({ fileId, tagId }))));
      if (unknown) throw notThere(unknown);
      const stepId = newStep();
      const now = Date.now();
      const bulk = decisions.length >= BULK_FROM ? 1 : 0;
      const tagIds = new Set<number>();
      let changed = 0;
      for (const { fileId, tagId, accepted } of decisions) {
        const was = current.get(fileId, tagId);
        if ((was === undefined ? null : was === 1) === accepted) continue;
        remember.run(stepId, fileId, tagId);
        if (accepted === null) forget.run(fileId, tagId);
        else {
          decide.run(fileId, tagId, accepted ? 1 : 0, bulk, suggested.get(fileId, tagId, spaceId) ?? null, now);
        }
        if (was === 1 || accepted === true) due.run(fileId);
        tagIds.add(tagId);
        changed++;
      }
      // A step that changed nothing is none that "undo" should come upon.
      if (changed === 0) endStep.run(now, stepId);
      return { stepId, changed, tagIds: [...tagIds] };
    }),

    /**
     * Accepts suggestions, all or nothing.
     * @param condition a statement that gives file_id, tag_id and probability of undecided suggestions
     */
    acceptAll: db.transaction(({ sql, parameters }: Condition): Decided & { forecast: BulkForecast } => {
      const stepId = newStep();
      // The one statement that is compiled for this scope, and asks for what it holds; the others follow from the step.
      db.prepare<(string | number)[]>(
        `INSERT INTO decision_before (step_id, file_id, tag_id, probability)
           SELECT ?, file_id, tag_id, probability FROM (${sql})`,
      ).run(stepId, ...parameters);
      const forecast = forecastOfStep.get(stepId)!;
      const now = Date.now();
      acceptStep.run(now, stepId);
      dueOfStep.run(stepId);
      if (forecast.suggestions === 0) endStep.run(now, stepId);
      return { stepId, changed: forecast.suggestions, tagIds: ofStep.all(stepId), forecast };
    }),

    /** What accepting them would mean. @param suggested as for `acceptAll` */
    forecast: (suggested: Condition): BulkForecast => forecastOf(suggested),

    /**
     * Takes a step back; what a later step decided again stays.
     * @param stepId null: the newest that stands
     * @throws UserError not-found when there is no such step, or none to take back
     */
    undo: db.transaction((stepId: number | null): { restored: number; tagIds: number[] } => {
      const id = stepId ?? newest.get() ?? null;
      const found = id === null ? undefined : step.get(id);
      if (id === null || !found) {
        throw new UserError('not-found', 'No decisions to undo.');
      }
      if (found.undoneMs !== null) return { restored: 0, tagIds: [] };
      const tagIds = new Set<number>();
      let restored = 0;
      for (const { fileId, tagId, accepted, bulk, probability, decidedMs } of before.all(id)) {
        if (accepted === null) forget.run(fileId, tagId);
        else restore.run(fileId, tagId, accepted, bulk, probability, decidedMs);
        due.run(fileId);
        tagIds.add(tagId);
        restored++;
      }
      endStep.run(Date.now(), id);
      return { restored, tagIds: [...tagIds] };
    }),

    /**
     * Brings the words of some files in step with what was accepted: after a decision, and after a program that ended
     * before it was done.
     * @returns false when there are none left
     */
    writeSomeWords: db.transaction((): boolean => {
      const fileIds = dueFiles.all(WORDS_AT_ONCE);
      words.setDecided(fileIds);
      return fileIds.length === WORDS_AT_ONCE;
    }),
  };

  function forecastOf({ sql, parameters }: Condition): BulkForecast {
    return db.prepare<(string | number)[], BulkForecast>(`${FORECAST} (${sql})`).get(...parameters)!;
  }
}

function notThere({ fileId }: { fileId: number | null }): UserError {
  if (fileId !== null) return fileMissing(fileId);
  return new UserError('not-found', 'One of these tags no longer exists. Reload the list.');
}

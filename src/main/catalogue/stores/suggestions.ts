/** Table `suggestion`: what was found to fit. Derived, all of it; which files were looked at for that: scored.ts. */
import type { Database } from 'better-sqlite3';
import type { TagScope, TagState } from '../../../shared/calls/tags.ts';
import { joined, type Condition } from '../queries/condition.ts';
import { LISTED } from '../queries/listed.ts';
import { tagScopes } from '../tag-scope.ts';

export interface NewSuggestion {
  tagId: number;
  /** 0..1 */
  probability: number;
  /** s */
  startSeconds: number;
  endSeconds: number;
}

/** A tag of a file as stored; of a decision without a suggestion the rest is null. */
export interface StoredTag {
  fileId: number;
  tagId: number;
  vocabularyId: string;
  labelId: string;
  name: string;
  state: TagState;
  probability: number | null;
  startSeconds: number | null;
  endSeconds: number | null;
}

export interface TagCount {
  tagId: number;
  suggested: number;
  accepted: number;
  rejected: number;
}

/** There is no decision about this suggestion. */
const UNDECIDED = `NOT EXISTS (SELECT 1 FROM decision
  WHERE decision.file_id = suggestion.file_id AND decision.tag_id = suggestion.tag_id)`;

/** Narrows nothing: from tag to tag only the sure end of the index is read, instead of all of it. */
const EACH_TAG = 'suggestion.tag_id IN (SELECT id FROM tag)';

export type SuggestionStore = ReturnType<typeof suggestionStore>;

export function suggestionStore(db: Database) {
  const scopeOf = tagScopes(db);
  const clear = db.prepare<[number, number, string]>(
    // Looks at the few suggestions of the file; "tag_id IN (…)" would look for each of the vocabulary's hundreds of tags.
    `DELETE FROM suggestion WHERE file_id = ? AND space_id = ?
       AND (SELECT vocabulary_id FROM tag WHERE tag.id = suggestion.tag_id) = ?`,
  );
  const insert = db.prepare<[number, number, number, number, number, number]>(
    'INSERT INTO suggestion (file_id, tag_id, space_id, probability, start_s, end_s) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const mark = db.prepare<[number, number, string, string]>(
    `INSERT INTO scored (file_id, space_id, vocabulary_id, scoring_hash) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET scoring_hash = excluded.scoring_hash`,
  );
  const isAnalysed = db
    .prepare<[number, number], 1>('SELECT 1 FROM analysed WHERE file_id = ? AND space_id = ?')
    .pluck();
  const dropVocabulary = db.prepare<[string]>(
    'DELETE FROM suggestion WHERE tag_id IN (SELECT id FROM tag WHERE vocabulary_id = ?)',
  );
  const dropScored = db.prepare<[string]>('DELETE FROM scored WHERE vocabulary_id = ?');
  const dropLabels = db.prepare<[string, string]>(
    `DELETE FROM suggestion WHERE tag_id IN
       (SELECT id FROM tag WHERE vocabulary_id = ? AND label_id NOT IN (SELECT value FROM json_each(?)))`,
  );
  const ofFiles = db.prepare<{ files: string; space: number; least: number }, Omit<StoredTag, 'state'> & { accepted: 0 | 1 | null }>(
    `SELECT wanted.value AS fileId, tag.id AS tagId, tag.vocabulary_id AS vocabularyId, tag.label_id AS labelId, tag.name,
            decision.accepted, coalesce(suggestion.probability, decision.probability) AS probability,
            suggestion.start_s AS startSeconds, suggestion.end_s AS endSeconds
       FROM json_each(:files) AS wanted
       CROSS JOIN decision ON decision.file_id = wanted.value
       CROSS JOIN tag ON tag.id = decision.tag_id
       LEFT JOIN suggestion ON suggestion.file_id = decision.file_id AND suggestion.tag_id = decision.tag_id
                           AND suggestion.space_id = :space
     UNION ALL
     SELECT wanted.value, tag.id, tag.vocabulary_id, tag.label_id, tag.name, NULL, suggestion.probability,
            suggestion.start_s, suggestion.end_s
       FROM json_each(:files) AS wanted
       CROSS JOIN suggestion ON suggestion.file_id = wanted.value AND +suggestion.space_id = :space
       CROSS JOIN tag ON tag.id = suggestion.tag_id
      WHERE suggestion.probability >= :least AND ${UNDECIDED}`,
  ); // prettier-ignore

  /** Rows of suggestions in a scope; `file` is joined only where something is asked of it. */
  function suggestedIn(scope: TagScope, spaceId: number, least: number): Condition {
    const { files, tags } = scopeOf(scope);
    const ofTags = tags('suggestion.tag_id');
    const all: Condition[] = [
      { sql: 'suggestion.space_id = ? AND suggestion.probability >= ?', parameters: [spaceId, least] },
      ofTags ?? { sql: EACH_TAG, parameters: [] },
      { sql: UNDECIDED, parameters: [] },
      // A set that is made once: to look at the row of each file of each suggestion is slower.
      { sql: `suggestion.file_id IN (SELECT file.id FROM file WHERE ${files.sql})`, parameters: files.parameters },
    ];
    return joined(all, 'AND');
  }

  /** Counts by tag without folder or name: of all suggestions, of decided ones, of undecided ones of files not listed. */
  function everyFile(scope: TagScope, spaceId: number): Record<'all' | 'decided' | 'hidden', Condition> {
    const ofTags = scopeOf(scope).tags('suggestion.tag_id');
    const sure = 'suggestion.probability >= ?';
    const [narrowed, more] = [ofTags ? ` AND ${ofTags.sql}` : '', ofTags?.parameters ?? []];
    const parameters = [spaceId, scope.minProbability ?? 0, ...more];
    const grouped = (sql: string): Condition => ({ sql: `${sql}${narrowed} GROUP BY suggestion.tag_id`, parameters });
    return {
      all: grouped(
        `SELECT tag_id, count(*) FROM suggestion INDEXED BY suggestion_by_tag WHERE space_id = ? AND ${sure} AND ${EACH_TAG}`,
      ),
      decided: grouped(
        `SELECT suggestion.tag_id, count(*) FROM decision CROSS JOIN suggestion
             ON suggestion.file_id = decision.file_id AND suggestion.tag_id = decision.tag_id AND suggestion.space_id = ?
          WHERE ${sure}`,
      ),
      // The index covers what decides whether a file is listed.
      hidden: grouped(
        `SELECT suggestion.tag_id, count(*) FROM file INDEXED BY file_by_facts CROSS JOIN suggestion
             ON suggestion.file_id = file.id AND +suggestion.space_id = ?
          WHERE NOT (${LISTED}) AND ${sure} AND ${UNDECIDED}`,
      ),
    };
  }

  return {
    /**
     * Replaces what one vocabulary suggests for a file and notes that it is up to date. Only inside a transaction.
     * A file that was taken up anew or forgotten meanwhile keeps what it has.
     */
    replace(
      fileId: number,
      spaceId: number,
      vocabularyId: string,
      hash: string,
      found: readonly NewSuggestion[],
    ): void {
      if (isAnalysed.get(fileId, spaceId) !== 1) return;
      clear.run(fileId, spaceId, vocabularyId);
      for (const { tagId, probability, startSeconds, endSeconds } of found) {
        insert.run(fileId, tagId, spaceId, probability, startSeconds, endSeconds);
      }
      mark.run(fileId, spaceId, vocabularyId, hash);
    },
    /** What a vocabulary that goes has suggested. */
    forgetVocabulary: db.transaction((vocabularyId: string): void => {
      dropVocabulary.run(vocabularyId);
      dropScored.run(vocabularyId);
    }),
    /** What labels suggested that a vocabulary has no more. */
    keepLabels: (vocabularyId: string, labelIds: readonly string[]): void =>
      void dropLabels.run(vocabularyId, JSON.stringify(labelIds)),
    /** In no order. */
    ofFiles: (fileIds: readonly number[], spaceId: number, least: number): StoredTag[] =>
      ofFiles.all({ files: JSON.stringify(fileIds), space: spaceId, least }).map(({ accepted, ...tag }) => ({
        ...tag,
        state: accepted === null ? 'suggested' : accepted === 1 ? 'accepted' : 'rejected',
      })),
    /** Tags with suggestions or decisions in the scope. */
    counts(scope: TagScope, spaceId: number): TagCount[] {
      const counts = new Map<number, TagCount>();
      const of = (tagId: number): TagCount => {
        const count = counts.get(tagId) ?? { tagId, suggested: 0, accepted: 0, rejected: 0 };
        counts.set(tagId, count);
        return count;
      };
      const count = ({ sql, parameters }: Condition, add: 1 | -1): void => {
        const rows = db.prepare<(string | number)[], [number, number]>(sql).raw();
        for (const [tagId, number] of rows.iterate(...parameters)) of(tagId).suggested += add * number;
      };
      if (scopeOf(scope).everyFile) {
        // Nearly all count: fewer have to be looked at when the others are taken off.
        const { all, decided, hidden } = everyFile(scope, spaceId);
        count(all, 1);
        count(decided, -1);
        count(hidden, -1);
      } else {
        const { sql, parameters } = suggestedIn(scope, spaceId, scope.minProbability ?? 0);
        count({ sql: `SELECT tag_id, count(*) FROM suggestion INDEXED BY suggestion_by_tag WHERE ${sql} GROUP BY tag_id`, parameters }, 1); // prettier-ignore
      }
      const { files, tags } = scopeOf(scope);
      const decided = joined([{ sql: `EXISTS (SELECT 1 FROM file WHERE file.id = decision.file_id AND ${files.sql})`, parameters: files.parameters }, ...(tags('tag_id') ? [tags('tag_id')!] : [])], 'AND'); // prettier-ignore
      const decisions = db
        .prepare<(string | number)[], [number, 0 | 1, number]>(
          `SELECT tag_id, accepted, count(*) FROM decision WHERE ${decided.sql} GROUP BY tag_id, accepted`,
        )
        .raw();
      for (const [tagId, accepted, count] of decisions.iterate(...decided.parameters)) {
        if (accepted === 1) of(tagId).accepted = count;
        else of(tagId).rejected = count;
      }
      return [...counts.values()].filter((one) => one.suggested > 0 || one.accepted > 0 || one.rejected > 0);
    },
    /** @param order by probability, by distance from ½, or by file name */
    files(
      scope: TagScope,
      state: TagState,
      order: 'sure' | 'doubtful' | 'name',
      spaceId: number,
    ): { fileId: number; tagId: number; probability: number | null }[] {
      const by = {
        sure: 'probability DESC NULLS LAST, file_id',
        doubtful: 'abs(probability - 0.5) NULLS LAST, file_id',
        name: '(SELECT name_key FROM file WHERE file.id = file_id), file_id, tag_id',
      }[order];
      if (state === 'suggested') {
        const { sql, parameters } = suggestedIn(scope, spaceId, scope.minProbability ?? 0);
        return db
          .prepare<(string | number)[], { fileId: number; tagId: number; probability: number }>(
            `SELECT file_id AS fileId, tag_id AS tagId, probability
               FROM suggestion INDEXED BY suggestion_by_tag WHERE ${sql} ORDER BY ${by}`,
          )
          .all(...parameters);
      }
      const { files, tags } = scopeOf(scope);
      const ofTags = tags('decision.tag_id');
      const { sql, parameters } = joined(
        [
          { sql: 'decision.accepted = ?', parameters: [state === 'accepted' ? 1 : 0] },
          ...(ofTags ? [ofTags] : []),
          {
            sql: `EXISTS (SELECT 1 FROM file WHERE file.id = decision.file_id AND ${files.sql})`,
            parameters: files.parameters,
          },
        ],
        'AND',
      );
      return db
        .prepare<(string | number)[], { fileId: number; tagId: number; probability: number | null }>(
          `SELECT file_id AS fileId, tag_id AS tagId, probability FROM (
           SELECT decision.file_id, decision.tag_id,
                  coalesce(suggestion.probability, decision.probability) AS probability
             FROM decision LEFT JOIN suggestion ON suggestion.file_id = decision.file_id
                   AND suggestion.tag_id = decision.tag_id AND suggestion.space_id = ?
            WHERE ${sql}) ORDER BY ${by}`,
        )
        .all(spaceId, ...parameters);
    },
    /** Suggestions in the scope at or above its probability. */
    suggested(scope: TagScope, spaceId: number): Condition {
      const { sql, parameters } = suggestedIn(scope, spaceId, scope.minProbability ?? 0);
      return {
        sql: `SELECT file_id, tag_id, probability FROM suggestion INDEXED BY suggestion_by_tag WHERE ${sql}`,
        parameters,
      };
    },
  };
}

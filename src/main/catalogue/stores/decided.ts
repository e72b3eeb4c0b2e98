/** Table `decision` as others read it: for exports, for learning, for writing into files. Deciding is decisions.ts's. */
import type { Database } from 'better-sqlite3';
import { LISTED } from '../queries/listed.ts';

/** A tag that the user accepted for a file. */
export interface AcceptedRow {
  fileId: number;
  vocabularyId: string;
  labelId: string;
  /** As the vocabulary had it last. */
  name: string;
  /** As suggested, 0..1; null for a decision without a suggestion. */
  probability: number | null;
}

/** What the user said of one file and a tag. */
export interface Example {
  fileId: number;
  accepted: boolean;
  /** Decided with many others at once. */
  bulk: boolean;
}

/** The same with a sound in place of a file. */
export interface DecidedSound {
  contentId: string;
  accepted: boolean;
  /** Epoch ms. */
  decidedMs: number;
}

export type DecisionRow = [tagId: number, fileId: number, accepted: 0 | 1, bulk: 0 | 1];

export type DecidedStore = ReturnType<typeof decidedStore>;

export function decidedStore(db: Database) {
  const accepted = db.prepare<[string], AcceptedRow>(
    `SELECT decision.file_id AS fileId, vocabulary_id AS vocabularyId, label_id AS labelId, tag.name,
            coalesce((SELECT max(probability) FROM suggestion
                       WHERE suggestion.file_id = decision.file_id AND suggestion.tag_id = decision.tag_id),
                     decision.probability) AS probability
       FROM json_each(?) AS wanted CROSS JOIN decision ON decision.file_id = wanted.value
            JOIN tag ON tag.id = decision.tag_id
      WHERE decision.accepted = 1
      ORDER BY wanted.key, decision.bulk, 5 DESC NULLS FIRST, decision.decided_ms, decision.tag_id`,
  );
  const names = db.prepare<[string], { fileId: number; name: string }>(
    `SELECT decision.file_id AS fileId, tag.name
       FROM json_each(?) AS wanted CROSS JOIN decision ON decision.file_id = wanted.value AND accepted = 1
            JOIN tag ON tag.id = decision.tag_id ORDER BY decision.tag_id`,
  );
  const files = db.prepare<[], number>('SELECT DISTINCT file_id FROM decision WHERE accepted = 1').pluck();
  const newest = db.prepare<[number, number], { fileId: number; accepted: 0 | 1; bulk: 0 | 1 }>(
    `SELECT fileId, accepted, bulk FROM
       (SELECT file_id AS fileId, accepted, bulk,
               row_number() OVER (PARTITION BY accepted ORDER BY bulk, decided_ms DESC, file_id) AS place
          FROM decision WHERE tag_id = ?)
      WHERE place <= ? ORDER BY fileId`,
  );
  const inSpace = db
    .prepare<[number], DecisionRow>(
      `SELECT tag_id, file_id, accepted, bulk FROM decision
        WHERE EXISTS (SELECT 1 FROM analysed WHERE analysed.file_id = decision.file_id AND space_id = ?)
        ORDER BY tag_id, file_id`,
    )
    .raw();
  const sounds = db.prepare<[number], { contentId: string; accepted: 0 | 1; decidedMs: number }>(
    `SELECT content_id AS contentId, accepted, decided_ms AS decidedMs
       FROM decision JOIN file ON file.id = decision.file_id
      WHERE tag_id = ? AND content_id IS NOT NULL ORDER BY content_id`,
  );
  const undecided = db
    .prepare<[string, number], number>(
      `SELECT file.id FROM file WHERE content_id = ? AND ${LISTED}
          AND NOT EXISTS (SELECT 1 FROM decision WHERE decision.file_id = file.id AND tag_id = ?)`,
    )
    .pluck();

  return {
    /** In the order of the ids; of a file hand-picked tags before those accepted in bulk, then the most probable first. */
    accepted: (fileIds: readonly number[]): AcceptedRow[] => accepted.all(JSON.stringify(fileIds)),
    /** Names of accepted tags, by tag. */
    acceptedNames: (fileIds: readonly number[]): { fileId: number; name: string }[] =>
      names.all(JSON.stringify(fileIds)),
    /** Files with at least one accepted tag. */
    filesWithAccepted: (): number[] => files.all(),
    /** The newest decisions about a tag, at most so many of each kind, those made one by one before those in bulk; by file. */
    newest: (tagId: number, most: number): Example[] =>
      newest
        .all(tagId, most)
        .map((row) => ({ fileId: row.fileId, accepted: row.accepted === 1, bulk: row.bulk === 1 })),
    /** Decisions about files that a model has been through, by tag and file. */
    inSpace: (spaceId: number): DecisionRow[] => inSpace.all(spaceId),
    /** Decisions about a tag, by sound; those about files that were never read are left out. */
    sounds: (tagId: number): DecidedSound[] =>
      sounds.all(tagId).map((row) => ({ ...row, accepted: row.accepted === 1 })),
    /** Files in lists with this sound that a tag is undecided for. */
    undecided: (contentId: string, tagId: number): number[] => undecided.all(contentId, tagId),
  };
}

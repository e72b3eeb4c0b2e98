/**
 * The files of a studio that nobody has analysed yet: table `file` of the server, as a list that many workers take from. A
 * worker has a file for as long as its lease lasts, by the server's clock, and renews the lease while it works.
 */
import type { StudioConnection } from '../connection.ts';

/** A file that was lost with its worker so often is analysed no more until somebody asks for it. */
const MOST_ATTEMPTS = 6;
/** Reasons that may pass are tried so often, by this worker or others. */
const MOST_TRIES = 3;
/** Before the next try, by the number of tries so far, s. */
const TRY_AGAIN_AFTER_S = 20;

export interface ClaimedPlace {
  shareId: number;
  /** Below the share. Of the server: not to be trusted. */
  path: string;
  size: number;
  mtimeMs: number;
  /** Times that it was claimed, this one included, without coming to an end. */
  attempts: number;
  /** Another file of the studio has its size, or the same content as far as is known. */
  mayBeCopy: boolean;
}

export type FileList = ReturnType<typeof fileList>;

/**
 * @param connection of its own: it must not be used for transactions
 * @param worker unique name of this run
 * @param leaseSeconds how long a worker that stopped keeps its files
 */
export function fileList({ rows }: Pick<StudioConnection, 'rows'>, worker: string, leaseSeconds: number) {
  const LEASE = `clock_timestamp() + ${leaseSeconds} * interval '1 second'`;
  const IS_THIS = 'share_id = $1 AND path = $2 AND worker = $3 AND content_id IS NULL';

  return {
    /** @param shareIds those that this machine has @returns at most `limit` files, in the order in which to analyse them */
    async claim(shareIds: readonly number[], limit: number): Promise<ClaimedPlace[]> {
      const claimed = await rows<Omit<ClaimedPlace, 'size'> & { size: string }>(
        `WITH free AS MATERIALIZED (
           SELECT share_id, path FROM earmark.file
            WHERE content_id IS NULL AND failure IS NULL AND NOT gone AND share_id = ANY ($1)
              AND (leased_till IS NULL OR leased_till < clock_timestamp())
              AND (identity IS NULL OR NOT EXISTS (
                    SELECT FROM earmark.file AS copy WHERE copy.identity = file.identity AND copy.content_id IS NULL
                       AND copy.worker IS NOT NULL AND copy.leased_till > clock_timestamp()))
            ORDER BY attempts, share_id, path LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
         UPDATE earmark.file SET worker = $3, leased_till = ${LEASE}, attempts = attempts + 1
           FROM free WHERE file.share_id = free.share_id AND file.path = free.path
         RETURNING file.share_id AS "shareId", file.path, size, mtime_ms AS "mtimeMs", attempts,
                   identity IS NOT NULL OR EXISTS (SELECT FROM earmark.file AS other WHERE other.size = file.size
                     AND (other.share_id, other.path) <> (file.share_id, file.path)) AS "mayBeCopy"`,
        [shareIds, limit, worker],
      );
      return claimed
        .map((place) => ({ ...place, size: Number(place.size) }))
        .toSorted((a, b) => a.attempts - b.attempts || a.shareId - b.shareId || (a.path < b.path ? -1 : 1));
    },
    /** Leases of this worker begin anew. @param analysed since it started */
    async renew(analysed: number, failed: number): Promise<void> {
      await rows('SELECT earmark.worker_is_here($1, $2, $3)', [worker, analysed, failed]);
      await rows(`UPDATE earmark.file SET leased_till = ${LEASE} WHERE worker = $1 AND content_id IS NULL`, [worker]);
    },
    /** Everything that this worker still has is free at once, as if it had never been claimed. */
    async release(): Promise<void> {
      await rows(
        `UPDATE earmark.file SET worker = NULL, leased_till = NULL, attempts = greatest(attempts - 1, 0)
          WHERE worker = $1 AND content_id IS NULL`,
        [worker],
      );
    },
    /** Free at once, for somebody who can reach it. */
    async giveBack({ shareId, path }: ClaimedPlace): Promise<void> {
      await rows(
        `UPDATE earmark.file SET worker = NULL, leased_till = NULL, attempts = greatest(attempts - 1, 0) WHERE ${IS_THIS}`,
        [shareId, path, worker],
      );
    },
    /** Nothing more is done about these: what the studio was not told of them is for another try. */
    async settle(places: readonly ClaimedPlace[]): Promise<void> {
      if (places.length === 0) return;
      await rows(
        `UPDATE earmark.file SET worker = NULL, leased_till = NULL
           FROM jsonb_to_recordset($1) AS given ("shareId" integer, path text)
          WHERE share_id = "shareId" AND file.path = given.path AND worker = $2 AND content_id IS NULL AND failure IS NULL`,
        [JSON.stringify(places), worker],
      );
    },
    /** @returns false: a copy of it is being analysed by somebody, and the file is free again after that */
    async identify({ shareId, path }: ClaimedPlace, contentId: string): Promise<boolean> {
      const [row] = await rows<{ mine: boolean }>('SELECT earmark.identify_file($1, $2, $3, $4) AS mine', [
        ...[shareId, path, worker, contentId],
      ]);
      return row!.mine;
    },
    /** It is not there, or holds no audio. */
    async leaveOut({ shareId, path }: ClaimedPlace): Promise<void> {
      await rows(`UPDATE earmark.file SET gone = true, worker = NULL, leased_till = NULL WHERE ${IS_THIS}`, [
        ...[shareId, path, worker],
      ]);
    },
    /** @param reason without a path of this machine */
    async fail({ shareId, path }: ClaimedPlace, reason: string): Promise<void> {
      await rows(
        `UPDATE earmark.file SET failure = left($4, 2000), worker = NULL, leased_till = NULL WHERE ${IS_THIS}`,
        [shareId, path, worker, reason],
      );
    },
    /** The reason may pass: it is tried again later, here or elsewhere, and fails with the last of a few tries. */
    async tryLater({ shareId, path }: ClaimedPlace, reason: string): Promise<void> {
      await rows(
        `UPDATE earmark.file SET worker = NULL, failure = CASE WHEN attempts >= ${MOST_TRIES} THEN left($4, 2000) END,
                leased_till = clock_timestamp() + ${TRY_AGAIN_AFTER_S} * attempts * interval '1 second' WHERE ${IS_THIS}`,
        [shareId, path, worker, reason],
      );
    },
    /** Failed ones are to be analysed again. @returns how many */
    async retryFailed(shareIds: readonly number[]): Promise<number> {
      const retried = await rows(
        `UPDATE earmark.file SET failure = NULL, attempts = 0, leased_till = NULL
          WHERE failure IS NOT NULL AND content_id IS NULL AND NOT gone AND share_id = ANY ($1) RETURNING 1`,
        [shareIds],
      );
      return retried.length;
    },
    /** Files of these shares to analyse, those at work included. */
    async left(shareIds: readonly number[]): Promise<number> {
      const [row] = await rows<{ files: number }>(
        `SELECT count(*)::float8 AS files FROM earmark.file
          WHERE content_id IS NULL AND failure IS NULL AND NOT gone AND share_id = ANY ($1)`,
        [shareIds],
      );
      return row!.files;
    },
  };
}

/** It was in work when its worker stopped, and not once. */
export function isSuspect({ attempts }: ClaimedPlace): boolean {
  return attempts > 2;
}

/** It is not to be tried again. */
export function isGivenUp({ attempts }: ClaimedPlace): boolean {
  return attempts > MOST_ATTEMPTS;
}

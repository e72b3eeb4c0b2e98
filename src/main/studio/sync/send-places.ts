/**
 * Tells the studio where files lie in its shares and how they stand: known, to be analysed (for workers), failed, gone. What
 * others have said of a file stays where this library knows no better.
 */
import type { SharedFile, SharedSound, SharedTags } from '../../catalogue/stores/studio/shared-sounds.ts';
import { RETRYABLE_CODES } from '../../scan/retry.ts';
import { toAbsolute } from '../../scan/walk.ts';
import { placeInShare, type MountedShare } from '../shares.ts';
import type { SyncSession } from './session.ts';

export interface Place {
  shareId: number;
  /** Below the share. */
  path: string;
  size: number;
  mtimeMs: number;
}

/** A file in a share whose sound is known. */
export interface PlacedFile extends SharedFile, Place {
  sound: SharedSound;
  tags: SharedTags;
}

export interface UnknownPlaces {
  /** Nobody has analysed them yet, as far as is known here. */
  pending: Place[];
  failed: (Place & { failure: string })[];
  /** Not there any more, or no audio. */
  gone: Place[];
}

/** Those of the files that lie in shares; others are shared no more. */
export function placedFiles(session: SyncSession, fileIds: readonly number[]): { known: PlacedFile[] } & UnknownPlaces {
  const { sounds, words } = session.catalogue.studio;
  const found: ReturnType<typeof placedFiles> = { known: [], pending: [], failed: [], gone: [] };
  for (const file of sounds.files(fileIds)) {
    const inShare = placeInShare(file, session.shares);
    if (!inShare || (!file.sound && file.state !== 'pending')) words.part(file.fileId);
    if (!inShare) continue;
    const { share, path } = inShare;
    const place = { shareId: share.id, path, size: file.size, mtimeMs: file.mtimeMs };
    if (file.sound) found.known.push({ ...file, ...place, sound: file.sound, tags: file.tags! });
    if (file.offline) {
      if (session.mounted.has(share.name)) found.gone.push(place);
    } else if (file.state === 'pending') found.pending.push(place);
    else if (file.state === 'other') found.gone.push(place);
    // What may pass may be so on this machine alone.
    else if (file.failure && !RETRYABLE_CODES.has(file.failure.code)) {
      found.failed.push({ ...place, failure: reasonOf(file.failure.message, share, path) });
    }
  }
  return found;
}

/** The sentence of a failure as others may read it: with the file's place in its share, not on this machine. */
export function reasonOf(message: string, share: MountedShare, path: string): string {
  const inShare = `${share.name}/${path}`;
  const absolute = toAbsolute(share.path, path);
  return message.replaceAll(absolute, inShare).replaceAll(share.path, share.name);
}

export async function sendUnknown(session: SyncSession, { pending, failed, gone }: UnknownPlaces): Promise<void> {
  await sendPending(session, pending);
  await sendFailed(session, failed);
  await sendGone(session, gone);
}

const GIVEN = `jsonb_to_recordset($1) AS given
  ("shareId" integer, path text, size bigint, "mtimeMs" float8, "contentId" text, tags jsonb, failure text)`;

/** What was analysed: nobody else needs to. */
export async function sendPlaces({ connection }: SyncSession, files: readonly PlacedFile[]): Promise<void> {
  if (files.length === 0) return;
  const given = files.map(({ shareId, path, size, mtimeMs, sound, tags }) => ({ shareId, path, size, mtimeMs, contentId: sound.contentId, tags })); // prettier-ignore
  // Times of one file may differ by the grain of the drive, as two machines see it.
  await connection.rows(
    `INSERT INTO earmark.file (share_id, path, size, mtime_ms, content_id, tags, at_ms)
       SELECT "shareId", path, size, "mtimeMs", "contentId", tags, 0 FROM ${GIVEN} ORDER BY "shareId", path
     ON CONFLICT (share_id, path) DO UPDATE SET size = excluded.size, mtime_ms = excluded.mtime_ms,
       content_id = excluded.content_id, tags = excluded.tags, failure = NULL, worker = NULL, leased_till = NULL,
       attempts = 0, identity = NULL, gone = false
     WHERE (file.size, file.content_id, file.tags) IS DISTINCT FROM (excluded.size, excluded.content_id, excluded.tags)
        OR abs(file.mtime_ms - excluded.mtime_ms) > 2000 OR file.gone`,
    [json(unique(given))],
  );
}

/**
 * For workers. A file of another size is another one than the studio knows; its content may still be an old one, under a new
 * name or with new tags.
 */
async function sendPending({ connection }: SyncSession, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return;
  await connection.rows(
    `INSERT INTO earmark.file (share_id, path, size, mtime_ms, at_ms)
       SELECT "shareId", path, size, "mtimeMs", 0 FROM ${GIVEN} ORDER BY "shareId", path
     ON CONFLICT (share_id, path) DO UPDATE SET gone = false,
       ${['content_id', 'tags', 'failure', 'worker', 'leased_till'].map((column) => `${column} = CASE WHEN file.size = excluded.size THEN file.${column} END`).join(', ')},
       identity = CASE WHEN file.size = excluded.size THEN file.identity ELSE file.content_id END,
       attempts = CASE WHEN file.size = excluded.size THEN file.attempts ELSE 0 END,
       size = excluded.size, mtime_ms = excluded.mtime_ms
     WHERE file.size <> excluded.size OR file.gone`,
    [json(unique(places))],
  );
}

async function sendFailed({ connection }: SyncSession, places: UnknownPlaces['failed']): Promise<void> {
  if (places.length === 0) return;
  await connection.rows(
    `INSERT INTO earmark.file (share_id, path, size, mtime_ms, failure, at_ms)
       SELECT "shareId", path, size, "mtimeMs", left(failure, 2000), 0 FROM ${GIVEN} ORDER BY "shareId", path
     ON CONFLICT (share_id, path) DO UPDATE SET size = excluded.size, mtime_ms = excluded.mtime_ms,
       failure = excluded.failure, content_id = NULL, tags = NULL, worker = NULL, leased_till = NULL, gone = false
     WHERE file.size <> excluded.size OR file.content_id IS NULL AND (file.failure IS NULL OR file.gone)`,
    [json(unique(places))],
  );
}

/** They are kept, for when they come back, and counted no more. */
export async function sendGone(
  { connection }: SyncSession,
  places: readonly Pick<Place, 'shareId' | 'path'>[],
): Promise<void> {
  if (places.length === 0) return;
  await connection.rows(
    `UPDATE earmark.file SET gone = true, worker = NULL, leased_till = NULL FROM ${GIVEN}
      WHERE share_id = "shareId" AND file.path = given.path AND NOT gone`,
    [json(unique(places))],
  );
}

/** Two names that differ in the form of their letters alone are one on the server: the first one counts. */
function unique<T extends Pick<Place, 'shareId' | 'path'>>(files: readonly T[]): T[] {
  return [...new Map(files.map((file) => [`${file.shareId} ${file.path}`, file])).values()];
}

/** PostgreSQL has no text with U+0000 in it. */
export function json(value: unknown): string {
  return JSON.stringify(value).replaceAll('\\u0000', '\\ufffd');
}

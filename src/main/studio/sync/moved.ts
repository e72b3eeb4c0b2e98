/**
 * Places of the studio at which nothing is any more. A file that was moved or renamed is told at its new place; its old one
 * is found by its content, and looked at before it is given up.
 */
import { isMissing, type MountedShare } from '../shares.ts';
import type { SyncSession } from './session.ts';
import { sendGone, type Place, type PlacedFile } from './send-places.ts';

/** Places compared at a time. */
const PAGE = 5000;

interface There extends Pick<Place, 'shareId' | 'path'> {
  gone: boolean;
}

/** @param files told just now */
export async function sendMoved(session: SyncSession, files: readonly PlacedFile[]): Promise<void> {
  if (files.length === 0) return;
  const there = await session.connection.rows<There>(
    `SELECT share_id AS "shareId", path, gone FROM earmark.file WHERE content_id = ANY ($1) AND NOT gone`,
    [[...new Set(files.map(({ sound }) => sound.contentId))]],
  );
  await compare(session, there);
}

/** All places of the studio in the shares that this machine has, also of what never was in this catalogue. */
export async function sendAllMoved(session: SyncSession): Promise<void> {
  for (const share of session.shares) {
    if (!session.mounted.has(share.name)) continue;
    for (let after = ''; ;) {
      await session.context.whileNotPaused();
      const page = await session.connection.rows<There>(
        `SELECT share_id AS "shareId", path, gone FROM earmark.file WHERE share_id = $1 AND path > $2 ORDER BY path LIMIT $3`,
        [share.id, after, PAGE],
      );
      if (page.length === 0) break;
      await compare(session, page);
      after = page.at(-1)!.path;
    }
  }
}

async function compare(session: SyncSession, places: readonly There[]): Promise<void> {
  const gone: There[] = [];
  const back: There[] = [];
  for (const place of places) {
    const share = session.shares.find(({ id }) => id === place.shareId);
    if (!share || !session.mounted.has(share.name)) continue;
    const isKnown = isInCatalogue(session, share, place.path);
    if (place.gone) {
      if (isKnown) back.push(place);
    } else if (!isKnown && (await isMissing(share.path, place.path))) gone.push(place);
  }
  await sendGone(session, gone);
  await sendBack(session, back);
}

/** As a file that was there at the last look, and holds audio. */
function isInCatalogue({ catalogue }: SyncSession, share: MountedShare, path: string): boolean {
  const relativePath = share.below === '' ? path : `${share.below}/${path}`;
  const row = catalogue.files.byPath(share.root.id, relativePath);
  return row !== null && !row.offline && row.state !== 'other';
}

/** Somebody took them for gone whose drive was not connected. */
async function sendBack({ connection }: SyncSession, places: readonly There[]): Promise<void> {
  if (places.length === 0) return;
  await connection.rows(
    `UPDATE earmark.file SET gone = false FROM jsonb_to_recordset($1) AS given ("shareId" integer, path text)
      WHERE share_id = "shareId" AND file.path = given.path AND gone`,
    [JSON.stringify(places)],
  );
}

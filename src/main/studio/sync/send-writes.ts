/** Tells the studio what was written into files of its shares, and what was undone. What lies elsewhere is nobody else's. */
import { hostname } from 'node:os';
import { relative, sep } from 'node:path';
import type { UntoldWrite } from '../../catalogue/stores/studio/writes.ts';
import { isInside } from '../../scan/roots.ts';
import { isSharedPath, type MountedShare } from '../shares.ts';
import { json } from './send-places.ts';
import type { SyncSession } from './session.ts';

/** Rows at a time, and bytes of old versions; what is larger can only be undone where it was written. */
const AT_ONCE = 100;
const LARGEST_UNDO = 4 * 2 ** 20;
const MOST_BYTES = 8 * 2 ** 20;
const LONGEST_CHANGES = 2 ** 20;

interface PlacedWrite extends UntoldWrite {
  shareId: number;
  place: string;
  run: string;
}

export async function sendWrites(session: SyncSession): Promise<void> {
  const { writes } = session.catalogue.studio;
  for (;;) {
    const rows = writes.untold(AT_ONCE);
    if (rows.length === 0) return;
    await session.context.whileNotPaused();
    const placed = rows.flatMap((row): PlacedWrite[] => {
      const place = placeOf(row.path, session.shares);
      const isOdd = row.changes.length > LONGEST_CHANGES;
      return place && !isOdd ? [{ ...row, ...place, run: writes.nameRun(row.runId) }] : [];
    });
    await insertWrites(session, placed.filter(({ author, isKnown }) => author === null && isKnown === 0)); // prettier-ignore
    await updateWrites(session, placed.filter(({ author, isKnown }) => author !== null || isKnown === 1)); // prettier-ignore
    session.catalogue.transaction(() => rows.forEach(({ id, state }) => writes.told(id, state)));
    session.summary.changesSent += placed.length;
  }
}

/** Those that are there already stay as they are: another member may have undone them. */
async function insertWrites(session: SyncSession, rows: readonly PlacedWrite[]): Promise<void> {
  if (rows.length === 0) return;
  const { connection, catalogue, toServerMs } = session;
  const given = json(rows.map((row) => ({ ...row, path: row.place, startedMs: toServerMs(row.startedMs) })));
  await connection.transaction(async () => {
    await connection.rows(
      `INSERT INTO earmark.write_run (id, profile_id, machine, started_ms, at_ms)
         SELECT DISTINCT ON (run) run, left("profileId", 200), $2, "startedMs", 0
           FROM jsonb_to_recordset($1) AS given (run uuid, "profileId" text, "startedMs" bigint) ORDER BY run ON CONFLICT DO NOTHING`,
      [given, hostname().slice(0, 200)],
    );
    await connection.rows(
      `INSERT INTO earmark.written_file (run_id, number, share_id, path, state, before_hash, after_hash, before_size, after_size,
                                         before_mtime_ms, before_mtime_ns, changes, at_ms)
         SELECT run, number, "shareId", path, state, "beforeHash", "afterHash", "beforeSize", "afterSize",
                "beforeMtimeMs", "beforeMtimeNs", changes, earmark.server_ms()
           FROM jsonb_to_recordset($1) AS given (run uuid, number bigint, "shareId" integer, path text, state text,
                "beforeHash" text, "afterHash" text, "beforeSize" bigint, "afterSize" bigint, "beforeMtimeMs" float8,
                "beforeMtimeNs" text, changes text) ORDER BY run, number
       ON CONFLICT DO NOTHING`,
      [given],
    );
    for (const batch of undoRecords(rows, catalogue.studio.writes.undoOf)) {
      await connection.rows(
        `INSERT INTO earmark.written_undo (run_id, number, undo)
           SELECT run, number, decode(undo, 'base64') FROM jsonb_to_recordset($1) AS given (run uuid, number bigint, undo text)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(batch)],
      );
    }
  });
}

function* undoRecords(rows: readonly PlacedWrite[], undoOf: (id: number) => Buffer | null) {
  let batch: { run: string; number: number; undo: string }[] = [];
  let bytes = 0;
  for (const { id, run, number } of rows) {
    const undo = undoOf(id);
    if (!undo || undo.length > LARGEST_UNDO) continue;
    batch.push({ run, number, undo: undo.toString('base64') });
    bytes += undo.length;
    if (bytes < MOST_BYTES) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function updateWrites({ connection }: SyncSession, rows: readonly PlacedWrite[]): Promise<void> {
  if (rows.length === 0) return;
  await connection.rows(
    `UPDATE earmark.written_file SET state = given.state, at_ms = earmark.server_ms()
       FROM jsonb_to_recordset($1) AS given (run uuid, number bigint, state text)
      WHERE run_id = run AND written_file.number = given.number AND written_file.state <> given.state`,
    [JSON.stringify(rows.map(({ run, number, state }) => ({ run, number, state })))],
  );
}

function placeOf(path: string, shares: readonly MountedShare[]): { shareId: number; place: string } | null {
  const share = shares.find((one) => isInside(path, one.path));
  if (!share) return null;
  const place = relative(share.path, path).split(sep).join('/').normalize('NFC');
  return isSharedPath(place) ? { shareId: share.id, place } : null;
}

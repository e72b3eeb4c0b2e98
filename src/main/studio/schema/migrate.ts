/** Brings the schema of a studio's database forward. Never backward; one at a time, whoever asks for it. */
import { UserError } from '../../../shared/errors.ts';
import type { StudioConnection } from '../connection.ts';
import { incompleteStudio } from '../server-errors.ts';
import { up as studio } from './0001-studio.ts';
import { up as workers } from './0002-workers.ts';
import { up as documents } from './0003-documents.ts';
import { up as writes } from './0004-writes.ts';

interface Migration {
  /** Numbers only grow; a released migration is never edited. */
  version: number;
  up: (connection: Pick<StudioConnection, 'rows'>) => Promise<void>;
}

const MIGRATIONS: readonly Migration[] = [
  { version: 1, up: studio },
  { version: 2, up: workers },
  { version: 3, up: documents },
  { version: 4, up: writes },
];

/** The schema that this program reads and writes. */
export const NEWEST_SCHEMA = MIGRATIONS.at(-1)!.version;
/**
 * How this program takes part. Raised when an older program would do harm; the studio names the oldest one that still may
 * take part (`studio.oldest_client`), so that those between keep working.
 */
export const PROTOCOL = 1;

/** What every schema has. */
const PARTS = ['studio', 'member', 'share', 'space', 'sound', 'analysis', 'file', 'tag', 'decision', 'mark', 'collection', 'collection_item', 'feed_seq']; // prettier-ignore

/** Of the advisory lock under which a schema is changed ("ERMK"). */
const LOCK = 0x45524d4b;

export interface StudioFacts {
  id: string;
  name: string;
  feedId: string;
}

/**
 * Where a studio is: server, database and table, each numbered anew when it is made anew. A dump that is restored, wherever
 * and under whatever name, gets at least another table.
 */
const WHERE_IT_IS = `(SELECT concat_ws('/', system_identifier, pg_database.oid, to_regclass('earmark.studio')::oid)
                        FROM pg_control_system(), pg_database WHERE datname = current_database())`;

/** What the database holds. */
export type Found = { studio: StudioFacts; schema: number; oldestClient: number; sameDatabase: boolean } | null;

/** @returns null when there is no studio in this database @throws UserError studio-damaged when a part of it is missing */
export async function findStudio({ address, rows }: StudioConnection): Promise<Found> {
  const [parts] = await rows<{ there: number }>(
    `SELECT count(to_regclass('earmark.' || part))::integer AS there FROM unnest($1::text[]) AS part`,
    [['migration', ...PARTS]],
  );
  if (parts!.there === 0) return null;
  if (parts!.there <= PARTS.length) throw incompleteStudio(address.database);
  const [found] = await rows<StudioFacts & { schema: number; oldestClient: number; sameDatabase: boolean }>(
    `SELECT id, name, feed_id AS "feedId", oldest_client AS "oldestClient",
            (SELECT max(version) FROM earmark.migration) AS schema,
            cluster = ${WHERE_IT_IS} AS "sameDatabase"
       FROM earmark.studio`,
  );
  if (!found) throw incompleteStudio(address.database);
  const { schema, oldestClient, sameDatabase, ...facts } = found;
  return { studio: facts, schema, oldestClient, sameDatabase };
}

/**
 * Makes the studio, or brings it to the newest schema; after a restore also into step with its new server. To be called
 * within a transaction, which waits for another one that does the same.
 * @param name of a new studio; one that is there keeps its own
 * @throws UserError studio-damaged when a part is missing, studio-outdated
 * @returns the schema before, 0 for a new one
 */
export async function migrateStudio(connection: StudioConnection, name: string): Promise<number> {
  const { rows } = connection;
  await rows('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  const before = await findStudio(connection);
  if (before) requireTakingPart(before.oldestClient);
  if (!before) {
    await rows('CREATE SCHEMA IF NOT EXISTS earmark');
    await rows('CREATE TABLE earmark.migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())'); // prettier-ignore
  }
  for (const { version, up } of MIGRATIONS) {
    if (version <= (before?.schema ?? 0)) continue;
    await up(connection);
    await rows('INSERT INTO earmark.migration (version) VALUES ($1)', [version]);
  }
  if (!before) {
    await rows(`INSERT INTO earmark.studio (name, cluster, oldest_client) VALUES ($1, ${WHERE_IT_IS}, $2)`, [
      name,
      PROTOCOL,
    ]);
  } else if (!before.sameDatabase) await beginFeedsAgain(connection);
  return before?.schema ?? 0;
}

/**
 * Members have received, and have sent, what the backup does not hold, and the transaction ids of another server mean nothing
 * here: everything is new once more, and members receive and send it again, which changes nothing where nothing was lost.
 */
async function beginFeedsAgain({ rows }: StudioConnection): Promise<void> {
  for (const table of ['sound', 'collection', 'collection_item', 'decision', 'mark', 'document', 'written_file']) {
    // Not by the trigger: it would sign what others have said.
    await rows(`ALTER TABLE earmark.${table} DISABLE TRIGGER sign`);
    await rows(`UPDATE earmark.${table} SET xid = pg_current_xact_id()`);
    await rows(`ALTER TABLE earmark.${table} ENABLE TRIGGER sign`);
  }
  await rows(`UPDATE earmark.studio SET feed_id = gen_random_uuid(), cluster = ${WHERE_IT_IS}`);
}

/** @throws UserError studio-outdated */
function requireTakingPart(oldestClient: number): void {
  if (oldestClient <= PROTOCOL) return;
  throw new UserError('studio-outdated', 'This studio requires a newer version of Earmark. Update Earmark on this machine; until then, the library works without the studio.'); // prettier-ignore
}

/**
 * Before anything is read or written. A newer schema that still takes part with this program is fine.
 * @throws UserError studio-damaged when there is no studio or not all of it, studio-outdated when one side has to be brought forward
 */
export async function openStudio(connection: StudioConnection): Promise<StudioFacts> {
  const { database } = connection.address;
  const found = await findStudio(connection);
  if (!found) {
    throw new UserError('studio-damaged', `No studio in the database “${database}”. Its administrator can create one with “earmark studio init”.`); // prettier-ignore
  }
  requireTakingPart(found.oldestClient);
  if (found.schema < NEWEST_SCHEMA) {
    throw new UserError('studio-outdated', `The studio “${found.studio.name}” was created by an older version of Earmark. Its administrator can upgrade it with “earmark studio init”.`); // prettier-ignore
  }
  if (!found.sameDatabase) {
    throw new UserError('studio-outdated', `The studio “${found.studio.name}” was restored from a backup. Its administrator must run “earmark studio init” once.`); // prettier-ignore
  }
  return found.studio;
}

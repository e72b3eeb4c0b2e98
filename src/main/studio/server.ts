/** The members of a studio, their rights, its shares, files and workers: as the server reports them. */
import type { StudioFiles, StudioMember, StudioRole, StudioStatus, StudioWorker } from '../../shared/calls/studio.ts';
import { UserError } from '../../shared/errors.ts';
import type { StudioConnection } from './connection.ts';

/** By what may be done, not by names of roles: the owner of the tables is an admin, too. @throws UserError studio-refused */
export async function roleHere({ address, rows }: StudioConnection): Promise<StudioRole> {
  const [rights] = await rows<{ admin: boolean; editor: boolean; viewer: boolean }>(
    `SELECT has_table_privilege('earmark.share', 'INSERT') AS admin,
            has_table_privilege('earmark.decision', 'INSERT') AS editor,
            has_table_privilege('earmark.decision', 'SELECT') AS viewer`,
  );
  if (rights!.admin) return 'admin';
  if (rights!.editor) return 'editor';
  if (rights!.viewer) return 'viewer';
  throw new UserError('studio-refused', `“${address.user}” has no role in this studio. Ask an admin for one.`);
}

/** Name → id. */
export async function sharesOf({ rows }: StudioConnection): Promise<Map<string, number>> {
  const found = await rows<{ name: string; id: number }>('SELECT name, id FROM earmark.share ORDER BY name');
  return new Map(found.map(({ name, id }) => [name, id]));
}

/** Those that are there already stay. @throws UserError studio-refused for who is no admin */
export async function addShares({ rows }: StudioConnection, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await rows('INSERT INTO earmark.share (name) SELECT unnest($1::text[]) ON CONFLICT (name) DO NOTHING', [names]);
}

/** @param client name and version of this program */
export async function sayHello({ rows }: StudioConnection, client: string): Promise<void> {
  await rows('SELECT earmark.is_here($1)', [client]);
}

export async function membersOf({ rows }: StudioConnection): Promise<StudioMember[]> {
  const members = await rows<Omit<StudioMember, 'joinedMs' | 'lastSeenMs'> & { joined: Date; seen: Date }>(
    `SELECT name, joined_at AS joined, last_seen_at AS seen,
            CASE WHEN to_regrole(quote_ident(name)) IS NULL THEN NULL
                 WHEN has_table_privilege(name, 'earmark.share', 'INSERT') THEN 'admin'
                 WHEN has_table_privilege(name, 'earmark.decision', 'INSERT') THEN 'editor'
                 WHEN has_table_privilege(name, 'earmark.decision', 'SELECT') THEN 'viewer' END AS role
       FROM earmark.member ORDER BY name`,
  );
  return members.map(({ name, role, joined, seen }) => ({ name, role, joinedMs: joined.getTime(), lastSeenMs: seen.getTime() })); // prettier-ignore
}

/** What is gone counts nowhere. */
export async function filesOf({ rows }: StudioConnection): Promise<StudioFiles> {
  const [files] = await rows<StudioFiles>(
    `SELECT count(*) FILTER (WHERE content_id IS NOT NULL)::float8 AS analysed,
            count(*) FILTER (WHERE content_id IS NULL AND failure IS NULL)::float8 AS pending,
            count(*) FILTER (WHERE ${IN_WORK})::float8 AS "inWork",
            count(*) FILTER (WHERE content_id IS NULL AND failure IS NOT NULL)::float8 AS failed
       FROM earmark.file WHERE NOT gone`,
  );
  return files!;
}

const IN_WORK = 'content_id IS NULL AND worker IS NOT NULL AND leased_till > clock_timestamp()';

export async function workersOf({ rows }: StudioConnection): Promise<StudioWorker[]> {
  const workers = await rows<Omit<StudioWorker, 'beganMs' | 'lastSeenMs'> & { began: Date; seen: Date }>(
    `SELECT name, member, began_at AS began, seen_at AS seen, analysed::float8, failed::float8,
            (SELECT count(*)::float8 FROM earmark.file WHERE file.worker = worker.name AND ${IN_WORK}) AS "inWork"
       FROM earmark.worker WHERE seen_at > now() - interval '1 day' ORDER BY seen_at DESC`,
  );
  return workers.map(({ began, seen, ...worker }) => ({ ...worker, beganMs: began.getTime(), lastSeenMs: seen.getTime() })); // prettier-ignore
}

/** Failed files that are told at most. */
const MOST_FAILURES = 100;

export async function failuresOf({ rows }: StudioConnection): Promise<StudioStatus['failures']> {
  return rows<StudioStatus['failures'][number]>(
    `SELECT share.name AS share, path, failure AS reason FROM earmark.file JOIN earmark.share ON share.id = share_id
      WHERE failure IS NOT NULL AND content_id IS NULL AND NOT gone ORDER BY share.name, path LIMIT $1`,
    [MOST_FAILURES],
  );
}

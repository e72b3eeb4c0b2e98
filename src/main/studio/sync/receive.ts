/**
 * What is new in the studio, feed by feed. A row's place is the transaction that wrote it last; only what is older than every
 * transaction still at work is read, so that none that commits late is ever passed over.
 */
import type { QueryResultRow } from 'pg';
import type { SyncSession } from './session.ts';
import { followDocuments } from '../documents/exchange.ts';
import { toAbsolute } from '../../scan/walk.ts';
import { isSharedPath } from '../shares.ts';
import { collection, decision, document, item, mark, soundKinds, valid, written } from './wire.ts';

/** Rows at a time. */
const PAGE = 1000;

interface Feed {
  /** Of the place that is kept; a table of the server. */
  name: string;
  /** Rows of one page, with `xid` and `seq`. */
  sql: string;
  /** The statement has the member's name as $5. */
  own?: true;
  /** @returns whether it changed anything here */
  receive: (row: unknown, session: SyncSession) => boolean;
  /** A library that joins does not need what was before: it takes that over with its files. */
  fromNow?: true;
}

/** After a place ($1, $2) and before the horizon ($3), at most $4. */
const page = (table: string, also = 'true') =>
  `(SELECT * FROM earmark.${table} WHERE (xid, seq) > ($1::xid8, $2::bigint) AND xid < $3::xid8 AND (${also})
     ORDER BY xid, seq LIMIT $4) AS page`;

/** What holds of a sound is what was said last, whoever said it. */
const last = (table: string, same: string) =>
  `CROSS JOIN LATERAL (SELECT * FROM earmark.${table} AS said WHERE said.content_id = page.content_id AND ${same}
                        ORDER BY at_ms DESC, author DESC LIMIT 1) AS last`;

const PLACE = 'page.xid::text, page.seq::text';
const SAID = 'last.content_id AS "contentId", last.author, last.at_ms AS "atMs"';
const IN_ORDER = 'ORDER BY page.xid, page.seq';

/** Collections before what is in them. */
const FEEDS: readonly Feed[] = [
  {
    name: 'sound',
    fromNow: true,
    sql: `SELECT ${PLACE}, content_id AS "contentId", kinds FROM ${page('sound')} ${IN_ORDER}`,
    receive: (row, { catalogue, changed }) => {
      const found = valid(soundKinds, row);
      return found !== null && note(catalogue.studio.sounds.updateFigures(found.contentId, found.kinds), changed.files);
    },
  },
  {
    name: 'collection',
    sql: `SELECT ${PLACE}, id, name, removed, unshared, at_ms AS "atMs" FROM ${page('collection')} ${IN_ORDER}`,
    receive: (row, { catalogue, changed }) => {
      const found = valid(collection, row);
      if (!found) return false;
      const { collections } = catalogue.studio;
      const isOther = found.unshared ? collections.keep(found.id) : collections.receive(found).changed;
      if (isOther) changed.lists.add('collection');
      return isOther;
    },
  },
  {
    name: 'collection_item',
    sql: `SELECT ${PLACE}, ${SAID}, last.held,
                 jsonb_build_object('id', holder.id, 'name', name, 'removed', removed, 'unshared', unshared, 'atMs', holder.at_ms) AS collection
            FROM ${page('collection_item')} ${last('collection_item', 'said.collection_id = page.collection_id')}
                 JOIN earmark.collection AS holder ON holder.id = page.collection_id ${IN_ORDER}`,
    receive: (row, { catalogue, changed }) => {
      const found = valid(item, row);
      if (!found || found.collection.unshared) return false;
      const about = catalogue.studio.collections.receive(found.collection).id;
      const word = { kind: 'item', about, value: found.held ? 1 : 0, bulk: false, probability: null } as const;
      return note(catalogue.studio.words.receive({ ...found, ...word }), changed.marks);
    },
  },
  {
    name: 'decision',
    sql: `SELECT ${PLACE}, ${SAID}, last.accepted, last.bulk, last.probability,
                 vocabulary_id AS "vocabularyId", label_id AS "labelId", tag.name
            FROM ${page('decision')} ${last('decision', 'said.tag_id = page.tag_id')}
                 JOIN earmark.tag ON tag.id = page.tag_id ${IN_ORDER}`,
    receive: (row, { catalogue, changed }) => {
      const found = valid(decision, row);
      if (!found) return false;
      const about = catalogue.tagRows.idOf(found.vocabularyId, found.labelId, found.name);
      const value = found.accepted === null ? null : found.accepted ? 1 : 0;
      const fileIds = catalogue.studio.words.receive({ ...found, kind: 'decision', about, value });
      if (fileIds.length > 0) changed.tags.add(about);
      return fileIds.length > 0;
    },
  },
  {
    // Favourites are one's own.
    name: 'mark',
    own: true,
    sql: `SELECT ${PLACE}, ${SAID}, last.kind, last.value
            FROM ${page('mark', "kind = 'stars' OR author = $5")}
                 ${last('mark', "said.kind = page.kind AND (said.kind = 'stars' OR said.author = $5)")} ${IN_ORDER}`,
    receive: (row, { catalogue, changed }) => {
      const found = valid(mark, row);
      if (!found) return false;
      return note(
        catalogue.studio.words.receive({ ...found, about: 0, bulk: false, probability: null }),
        changed.marks,
      );
    },
  },
  {
    // Counted when they are followed.
    name: 'document',
    sql: `SELECT ${PLACE}, kind, key, state, content, author, at_ms AS "atMs" FROM ${page('document')} ${IN_ORDER}`,
    receive: (row, { catalogue }) => {
      const found = valid(document, row);
      if (found && (found.content !== null) === (found.state === 'shared')) catalogue.studio.documents.put(found);
      return false;
    },
  },
  {
    name: 'written_file',
    sql: `SELECT ${PLACE}, page.run_id AS "runId", page.number, profile_id AS "profileId", started_ms AS "startedMs", run.author AS writer,
                 page.author, page.at_ms AS "atMs", share_id AS "shareId", page.path, state, before_hash AS "beforeHash", after_hash AS "afterHash",
                 before_size AS "beforeSize", after_size AS "afterSize", before_mtime_ms AS "beforeMtimeMs",
                 before_mtime_ns AS "beforeMtimeNs", changes
            FROM ${page('written_file')} JOIN earmark.write_run AS run ON run.id = page.run_id ${IN_ORDER}`,
    receive: (row, { catalogue, shares, changed }) => {
      const found = valid(written, row);
      if (!found) return false;
      const share = shares.find(({ id }) => id === found.shareId);
      const isHere = share !== undefined && isSharedPath(found.path);
      const relativePath = share && (share.below === '' ? found.path : `${share.below}/${found.path}`);
      const fileId = (isHere && catalogue.files.byPath(share.root.id, relativePath!)?.id) || 0;
      const path = isHere ? toAbsolute(share.path, found.path) : null;
      const runId = catalogue.studio.writes.receive({ ...found, path, fileId });
      if (runId !== null) changed.runs.add(runId);
      return runId !== null;
    },
  },
];

function note(fileIds: readonly number[], changed: Set<number>): boolean {
  for (const fileId of fileIds) changed.add(fileId);
  return fileIds.length > 0;
}

/** Reads all feeds up to one horizon. */
export async function receive(session: SyncSession): Promise<void> {
  const horizon = await horizonOf(session);
  for (const feed of FEEDS) await receiveFeed(feed, horizon, session);
  await followDocuments(session);
}

/**
 * To be called before files are taken over: feeds whose history comes with them begin here. A server that was set back to
 * an earlier time is sent everything and read all over again.
 */
export async function beginFeeds(session: SyncSession): Promise<void> {
  const { studio } = session.catalogue;
  const horizon = await horizonOf(session);
  if (FEEDS.some(({ name }) => BigInt(studio.place(name).xid) > BigInt(horizon))) studio.beginAgain();
  for (const { name, fromNow } of FEEDS) {
    if (fromNow && studio.place(name).xid === '0') studio.setPlace(name, { xid: horizon, seq: '0' });
  }
}

/** Every transaction before it has ended, and none will ever write there again. */
async function horizonOf({ connection }: SyncSession): Promise<string> {
  const [row] = await connection.rows<{ xmin: string }>('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin');
  return row!.xmin;
}

async function receiveFeed(
  { name, sql, own, receive: receiveRow }: Feed,
  horizon: string,
  session: SyncSession,
): Promise<void> {
  const { connection, catalogue, context, summary } = session;
  const parameters = [horizon, PAGE, ...(own ? [connection.address.user] : [])];
  for (let received = 0; ;) {
    await context.whileNotPaused();
    const { xid, seq } = catalogue.studio.place(name);
    const rows = await connection.rows<QueryResultRow & { xid: string; seq: string }>(sql, [xid, seq, ...parameters]);
    const end = rows.at(-1);
    if (!end) return;
    catalogue.transaction(() => {
      for (const row of rows) if (receiveRow(row, session)) summary.changesReceived++;
      catalogue.studio.setPlace(name, { xid: end.xid, seq: end.seq });
    });
    context.report({ stage: 'receiving', done: (received += rows.length), total: null });
  }
}

/**
 * Sends what was changed here of what is shared as a whole, and takes over the versions of others. A version is a person's: of all
 * of them the latest is followed, and none is lost.
 */
import type { DocumentState, StudioDocument } from '../../catalogue/stores/studio/documents.ts';
import { json } from '../sync/send-places.ts';
import type { SyncSession } from '../sync/session.ts';
import type { DocumentKind } from './document-kind.ts';

/** Bytes of content sent in one statement. */
const MOST_BYTES = 4 * 1024 * 1024;

interface Change extends Omit<StudioDocument, 'author'> {
  mark: string | null;
}

/** What was changed here. */
export async function sendDocuments(session: SyncSession): Promise<void> {
  for (const kind of session.documents) {
    const changes = await changesOf(kind, session);
    if (session.role === 'viewer') {
      for (const { key } of changes) session.kept.add(`${kind.kind} ${key}`);
      continue;
    }
    for (const batch of batches(changes)) {
      const sent = await upsert(session, batch);
      const { documents } = session.catalogue.studio;
      session.catalogue.transaction(() => {
        for (const [at, document] of sent.entries()) {
          documents.put(document);
          documents.follow(kind.kind, document.key, { ...document, mark: batch[at]!.mark });
        }
      });
      session.summary.changesSent += batch.length;
    }
  }
}

/** After the server was restored: what this member has said, as of then. */
export async function sendDocumentsAgain(session: SyncSession): Promise<void> {
  const own = session.catalogue.studio.documents.saidBy(session.connection.address.user);
  for (const batch of batches(own)) await upsert(session, batch);
}

/** To be called when the feed has been read. */
export async function followDocuments(session: SyncSession): Promise<void> {
  const { documents } = session.catalogue.studio;
  for (const kind of session.documents) {
    const keys = documents.pending(kind.kind);
    if (keys.length === 0) continue;
    const here = await kind.local();
    const followed = documents.followed(kind.kind);
    for (const key of keys) {
      const [local, before] = [here.get(key), followed.get(key)];
      // Changed here meanwhile: that stays, and is sent in its turn.
      const isSame = (local?.mark ?? null) === (before?.mark ?? null);
      if (local === null || (!isSame && (local !== undefined || kind.tellsRemoval))) continue;
      await followOne(session, kind, documents.latest(kind.kind, key)!);
    }
  }
}

async function followOne(session: SyncSession, kind: DocumentKind, latest: StudioDocument): Promise<void> {
  const { documents } = session.catalogue.studio;
  const { key, state, content, author, atMs } = latest;
  const before = documents.followed(kind.kind).get(key);
  const isHere = before?.mark != null;
  const mark = state === 'shared' ? await kind.apply(key, content!) : null;
  if (state === 'shared' && mark === null) return;
  if (state === 'removed' && isHere) await kind.remove(key);
  if (state === 'unshared' && isHere) kind.keep(key);
  documents.follow(kind.kind, key, { mark, author, atMs });
  if (mark === before?.mark) return;
  session.summary.changesReceived++;
  session.changed.lists.add(kind.kind);
  const own = session.connection.address.user;
  if (kind.nameOf && isHere && before.author === own && author !== own) {
    session.said.push(
      `${author} ${WHAT[state]} “${kind.nameOf(key)}”. “earmark studio versions” lists your version, too.`,
    );
  }
}

const WHAT: Record<DocumentState, string> = {
  shared: 'changed',
  removed: 'removed',
  unshared: 'stopped sharing',
};

async function changesOf(kind: DocumentKind, { catalogue, toServerMs }: SyncSession): Promise<Change[]> {
  const { documents } = catalogue.studio;
  const here = await kind.local();
  const followed = documents.followed(kind.kind);
  const changes: Change[] = [];
  for (const [key, local] of here) {
    if (local === null || local.mark === followed.get(key)?.mark) continue;
    const atMs = toServerMs(local.changedMs);
    changes.push({ kind: kind.kind, key, state: 'shared', content: local.content(), atMs, mark: local.mark });
  }
  for (const [key, { mark }] of followed) {
    if (mark === null || here.has(key) || !kind.tellsRemoval) continue;
    const state = documents.isPersonal(kind.kind, key) ? 'unshared' : 'removed';
    changes.push({ kind: kind.kind, key, state, content: null, atMs: toServerMs(Date.now()), mark: null });
  }
  // Who changes a version knows it: the change is later, whatever the clocks say.
  return changes.map((change) => ({
    ...change,
    atMs: Math.max(change.atMs, (followed.get(change.key)?.atMs ?? -1) + 1),
  }));
}

/** @returns the rows as the server has them now, in the order of the given ones */
async function upsert(
  { connection }: SyncSession,
  given: readonly Omit<StudioDocument, 'author'>[],
): Promise<StudioDocument[]> {
  const rows = await connection.rows<{ key: string; atMs: string }>(
    `WITH sent AS (
       INSERT INTO earmark.document (kind, key, state, content, at_ms)
         SELECT kind, key, state, content, "atMs"
           FROM jsonb_to_recordset($1) AS given (kind text, key text, state text, content text, "atMs" bigint) ORDER BY 1, 2
       ON CONFLICT (kind, key, author) DO UPDATE SET state = excluded.state, content = excluded.content,
         at_ms = greatest(excluded.at_ms, document.at_ms + 1)
       WHERE (document.state, document.content) IS DISTINCT FROM (excluded.state, excluded.content) OR excluded.at_ms > document.at_ms
       RETURNING kind, key, at_ms)
     SELECT key, at_ms AS "atMs" FROM sent`,
    [json(given)],
  );
  const atMs = new Map(rows.map((row) => [row.key, Number(row.atMs)]));
  const author = connection.address.user;
  return given.map((one) => ({ ...one, author, atMs: atMs.get(one.key) ?? one.atMs }));
}

function* batches<T extends { kind: string; content: string | null }>(all: readonly T[]): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const one of all) {
    const size = one.content?.length ?? 0;
    if (batch.length > 0 && (bytes + size > MOST_BYTES || batch[0]!.kind !== one.kind)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(one);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

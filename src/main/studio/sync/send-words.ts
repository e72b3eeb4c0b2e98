/** Tells the studio what was said here about sounds: decisions, stars, favourites, collections and their members. */
import type { LinkedCollection } from '../../catalogue/stores/studio/collections.ts';
import type { StudioSaid, Word } from '../../catalogue/stores/studio/words.ts';
import type { SyncSession } from './session.ts';

/** Words at a time. */
const AT_ONCE = 500;

/**
 * A row is the person’s own. What is new is newer than what the same person said before; sending it twice changes nothing.
 * `again`: it is not new, and counts only where the studio has lost it.
 */
function ownRow(table: string, value: string, again: boolean): string {
  const set = `${value} = excluded.${value}, at_ms = greatest(excluded.at_ms, ${table}.at_ms + 1)`;
  const isNewer = `excluded.at_ms > ${table}.at_ms`;
  return `${set} WHERE ${isNewer}${again ? '' : ` OR ${table}.${value} IS DISTINCT FROM excluded.${value}`}`;
}

/** @param words changed here; they count as sent when this returns */
export async function sendWords(session: SyncSession, words: readonly Word[]): Promise<void> {
  if (words.length === 0) return;
  const { catalogue, summary } = session;
  const author = session.connection.address.user;
  const latest = latestOfEach(words);
  const timed = latest.map((word): StudioSaid => ({ ...word, atMs: session.toServerMs(word.atMs), author }));
  await send(session, timed, false);
  catalogue.transaction(() => timed.forEach((word, at) => catalogue.studio.words.sent(word, latest[at]!.atMs)));
  summary.changesSent += timed.length;
}

/** After the server was restored: what this member said and the studio knew is said again, as of then. */
export async function sendWordsAgain(session: SyncSession): Promise<void> {
  await sendCollectionsAgain(session);
  const author = session.connection.address.user;
  for (let after = 0; ; after += AT_ONCE) {
    const words = session.catalogue.studio.words.saidBy(author, after, AT_ONCE);
    if (words.length === 0) return;
    await send(session, words, true);
  }
}

async function send(session: SyncSession, words: readonly StudioSaid[], again: boolean): Promise<void> {
  const of = (...kinds: Word['kind'][]) => words.filter(({ kind }) => kinds.includes(kind));
  const items = await withCollections(session, of('item'));
  await session.connection.transaction(async () => {
    await sendDecisions(session, of('decision'), again);
    await sendMarks(session, of('stars', 'favourite'), again);
    await sendItems(session, items, again);
  });
}

/** Copies of a sound may say different things: the last one counts. */
function latestOfEach(words: readonly Word[]): Word[] {
  const inOrder = words.toSorted((a, b) => a.atMs - b.atMs);
  return [...new Map(inOrder.map((word) => [`${word.kind} ${word.about} ${word.contentId}`, word])).values()];
}

async function sendDecisions(
  { connection, catalogue }: SyncSession,
  words: readonly StudioSaid[],
  again: boolean,
): Promise<void> {
  if (words.length === 0) return;
  const given = JSON.stringify(
    words.flatMap(({ about, value, ...word }) => {
      const tag = catalogue.tagRows.byId(about);
      return tag ? [{ ...word, ...tag, accepted: value === null ? null : value === 1 }] : [];
    }),
  );
  const columns = `jsonb_to_recordset($1) AS given ("contentId" text, "vocabularyId" text, "labelId" text, name text,
    accepted boolean, bulk boolean, probability float8, "atMs" bigint)`;
  await connection.rows(
    `INSERT INTO earmark.tag (vocabulary_id, label_id, name)
       SELECT DISTINCT ON (1, 2) "vocabularyId", "labelId", name FROM ${columns} ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    [given],
  );
  await connection.rows(
    `INSERT INTO earmark.decision (content_id, tag_id, accepted, bulk, probability, at_ms)
       SELECT "contentId", tag.id, accepted, bulk, probability, "atMs" FROM ${columns}
         JOIN earmark.tag ON vocabulary_id = "vocabularyId" AND label_id = "labelId" ORDER BY 1, 2
     ON CONFLICT (content_id, tag_id, author) DO UPDATE SET bulk = excluded.bulk, probability = excluded.probability,
       ${ownRow('decision', 'accepted', again)}`,
    [given],
  );
}

async function sendMarks({ connection }: SyncSession, words: readonly StudioSaid[], again: boolean): Promise<void> {
  if (words.length === 0) return;
  await connection.rows(
    `INSERT INTO earmark.mark (content_id, kind, value, at_ms)
       SELECT "contentId", kind, value, "atMs"
         FROM jsonb_to_recordset($1) AS given ("contentId" text, kind text, value smallint, "atMs" bigint) ORDER BY 1, 2
     ON CONFLICT (content_id, kind, author) DO UPDATE SET ${ownRow('mark', 'value', again)}`,
    [JSON.stringify(words)],
  );
}

type Item = StudioSaid & { collectionId: string };

async function sendItems({ connection }: SyncSession, items: readonly Item[], again: boolean): Promise<void> {
  if (items.length === 0) return;
  await connection.rows(
    `INSERT INTO earmark.collection_item (collection_id, content_id, held, at_ms)
       SELECT "collectionId", "contentId", value = 1, "atMs"
         FROM jsonb_to_recordset($1) AS given ("collectionId" uuid, "contentId" text, value integer, "atMs" bigint) ORDER BY 1, 2
     ON CONFLICT (collection_id, content_id, author) DO UPDATE SET ${ownRow('collection_item', 'held', again)}`,
    [JSON.stringify(items)],
  );
}

/** Collections get their number in the studio with the first sound of a share in them. */
async function withCollections(session: SyncSession, words: readonly StudioSaid[]): Promise<Item[]> {
  const items: Item[] = [];
  const ids = new Map<number, string | null>();
  for (const word of words) {
    if (!ids.has(word.about)) {
      const collection = session.catalogue.studio.collections.byId(word.about);
      ids.set(word.about, collection && (collection.studio?.id ?? (await nameInStudio(session, collection))));
    }
    const collectionId = ids.get(word.about);
    if (collectionId != null) items.push({ ...word, collectionId });
  }
  return items;
}

/** One of that name is the same collection, whoever made it. */
async function nameInStudio(session: SyncSession, { collectionId, name, nameKey }: LinkedCollection): Promise<string> {
  const { connection, catalogue } = session;
  await connection.rows(
    'INSERT INTO earmark.collection (name, name_key, at_ms) VALUES ($1, $2, earmark.server_ms()) ON CONFLICT (name_key) WHERE NOT removed DO NOTHING',
    [name, nameKey],
  );
  const [found] = await connection.rows<{ id: string; name: string }>(
    'SELECT id, name FROM earmark.collection WHERE name_key = $1 AND NOT removed',
    [nameKey],
  );
  if (catalogue.studio.collections.link(collectionId, { id: found!.id, name, removed: false })) return found!.id;
  return nameInStudio(session, catalogue.studio.collections.giveWay(collectionId));
}

/** Names that were changed here, and collections that were removed or brought back. @returns how many */
export async function sendCollections(session: SyncSession): Promise<void> {
  const { connection, catalogue, summary } = session;
  for (const { collectionId, name, nameKey, removed, personal, studio } of catalogue.studio.collections.linked()) {
    if (studio && personal) {
      await connection.rows(
        'UPDATE earmark.collection SET removed = true, unshared = true, at_ms = earmark.server_ms() WHERE id = $1 AND NOT removed',
        [studio.id],
      );
      catalogue.studio.collections.unlink(collectionId);
      summary.changesSent++;
      continue;
    }
    if (!studio || (name === studio.name && removed === studio.removed)) continue;
    try {
      await connection.rows(
        'UPDATE earmark.collection SET name = $2, name_key = $3, removed = $4, at_ms = earmark.server_ms() WHERE id = $1 AND NOT unshared',
        [studio.id, name, nameKey, removed],
      );
      catalogue.studio.collections.link(collectionId, { id: studio.id, name, removed });
      summary.changesSent++;
    } catch (error) {
      if (!isTaken(error)) throw error;
      catalogue.studio.collections.takeBack(collectionId);
      session.taken.push(name);
    }
  }
}

/** Those that the studio has lost are made again under their numbers; where another one has the name by now, they are new. */
async function sendCollectionsAgain({ connection, catalogue }: SyncSession): Promise<void> {
  const { collections } = catalogue.studio;
  const linked = collections
    .linked()
    .flatMap((one) => (one.studio ? [{ ...one, id: one.studio.id, removed: one.studio.removed }] : []));
  if (linked.length === 0) return;
  await connection.rows(
    `INSERT INTO earmark.collection (id, name, name_key, removed, at_ms)
       SELECT id, name, "nameKey", removed, earmark.server_ms()
         FROM jsonb_to_recordset($1) AS given (id uuid, name text, "nameKey" text, removed boolean) ORDER BY id
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(linked)],
  );
  const there = await connection.rows<{ id: string }>('SELECT id FROM earmark.collection WHERE id = ANY ($1::uuid[])', [
    linked.map(({ id }) => id),
  ]);
  const known = new Set(there.map(({ id }) => id));
  for (const { id, collectionId } of linked) if (!known.has(id)) collections.unlink(collectionId);
}

/** Unique violation: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

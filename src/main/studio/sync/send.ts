/** Sends what changed here since the last sync, some files at a time: the catalogue’s change notices are the outbox. */
import type { ChangeKind } from '../../catalogue/stores/changes.ts';
import type { Word } from '../../catalogue/stores/studio/words.ts';
import { sendDocuments, sendDocumentsAgain } from '../documents/exchange.ts';
import { mountedOf } from '../shares.ts';
import { sendMoved } from './moved.ts';
import type { SyncSession } from './session.ts';
import { sendFiles } from './send-files.ts';
import { placedFiles, sendUnknown, type PlacedFile } from './send-places.ts';
import { sendWrites } from './send-writes.ts';
import { sendCollections, sendWords, sendWordsAgain } from './send-words.ts';

/** Files at a time. */
const BATCH = 500;

/** @returns whether there was anything that the studio did not know */
export async function send(session: SyncSession): Promise<boolean> {
  const { catalogue, role, summary } = session;
  const maySend = role !== 'viewer';
  session.mounted = await mountedOf(session.shares);
  const before = summary.changesSent + summary.analysesSent;
  const from = catalogue.studio.sentRevision(maySend);
  if (maySend && from === null) {
    await sendWordsAgain(session);
    await sendDocumentsAgain(session);
    catalogue.studio.writes.tellAgain();
  }
  if (maySend) await sendCollections(session); // a name that was given up here is free for another one
  if (from === null) await sendEverything(session);
  else await sendSince(session, from);
  await sendDocuments(session);
  if (maySend) await sendWrites(session);
  return summary.changesSent + summary.analysesSent > before;
}

/** Files that are here as they were, and that the studio has to be told of all the same. */
export async function sendAgain(session: SyncSession, fileIds: readonly number[]): Promise<void> {
  session.mounted = await mountedOf(session.shares);
  if (fileIds.length > 0) await sendBatch(session, fileIds, fileIds);
}

/** Of a library that joins, and after the server was restored. */
async function sendEverything(session: SyncSession): Promise<void> {
  const { catalogue, context } = session;
  const revision = catalogue.changes.revision();
  const roots = [...new Set(session.shares.map(({ root }) => root.id))];
  let sent = 0;
  for (let after = 0; ;) {
    const ids = catalogue.studio.sounds.idsAfter(roots, after, BATCH);
    if (ids.length === 0) break;
    await sendBatch(session, ids, ids);
    context.report({ stage: 'sending', done: (sent += ids.length), total: null });
    after = ids.at(-1)!;
  }
  noteSent(session, revision);
}

async function sendSince(session: SyncSession, from: number): Promise<void> {
  const { catalogue, context } = session;
  for (let at = from, sent = 0; ;) {
    const { revision, ids } = catalogue.changes.since(at, BATCH);
    if (revision === at) return;
    const of = (...kinds: ChangeKind[]) => [...new Set(kinds.flatMap((kind) => ids.get(kind) ?? []))];
    await sendBatch(session, of('file'), of('file', 'decision', 'mark'));
    context.report({ stage: 'sending', done: (sent += of('file', 'decision', 'mark').length), total: null });
    noteSent(session, (at = revision));
  }
}

/**
 * @param changed rows that are to be sent
 * @param spoken files about which something may have been said
 */
async function sendBatch(session: SyncSession, changed: readonly number[], spoken: readonly number[]): Promise<void> {
  session.context.signal.throwIfAborted();
  const { role, summary } = session;
  const { known, ...others } = placedFiles(session, spoken);
  if (role !== 'viewer') {
    const rows = new Set(changed);
    const told = known.filter(({ fileId, offline }) => rows.has(fileId) && !offline);
    await sendFiles(session, told);
    await sendMoved(session, told);
    await sendUnknown(session, others);
  }
  const words = known.flatMap((file) => meet(session, file));
  if (role === 'viewer') summary.kept += words.length;
  else await sendWords(session, words);
}

function meet({ catalogue }: SyncSession, { fileId, sound }: PlacedFile): Word[] {
  return catalogue.studio.words.meet(fileId, sound.contentId);
}

function noteSent({ catalogue, role, summary }: SyncSession, revision: number): void {
  catalogue.studio.setSent(revision, role === 'viewer' ? summary.kept : null);
}

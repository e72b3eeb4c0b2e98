/** Files of the studio as they lie on this machine: what there is to analyse in them, if anything. */
import { stat } from 'node:fs/promises';
import type { DecoderPool } from '../../decode/decoder-pool.ts';
import type { PendingFile } from '../../indexing/store-outcome.ts';
import { toRelative } from '../../scan/roots.ts';
import { fileOfShare, isMissing, isMounted, type MountedShare } from '../shares.ts';
import type { SpacePair, SyncSession } from '../sync/session.ts';
import { lookInto, takeContent } from '../sync/take-over.ts';
import { isGivenUp, type ClaimedPlace, type FileList } from './list.ts';

/** A claimed file that is to be analysed. */
export interface ClaimedFile extends PendingFile {
  place: ClaimedPlace;
  share: MountedShare;
}

export interface ClaimedFilesDeps {
  /** With a connection that no transaction runs on. */
  session: SyncSession;
  space: SpacePair;
  list: FileList;
  pool: DecoderPool;
  /** Known here already, or by the studio under another name: to be told, not analysed. */
  isReady: (fileId: number, place: ClaimedPlace) => void;
}

/**
 * A path of the server is looked for below the share, and nowhere else.
 * @returns null when there is nothing to analyse: the studio has been told why, or will be
 */
export async function claimedFile(place: ClaimedPlace, deps: ClaimedFilesDeps): Promise<ClaimedFile | null> {
  const { session, list, space, pool } = deps;
  const { catalogue } = session;
  const share = session.shares.find(({ id }) => id === place.shareId)!;
  if (isGivenUp(place)) {
    const times = place.attempts - 1;
    await list.fail(place, `“${share.name}/${place.path}” was being analysed ${times} times when its worker stopped, and is skipped. The file may be damaged: play it to check it.`); // prettier-ignore
    return null;
  }
  const path = await fileOfShare(share.path, place.path);
  const facts = path === null ? null : await stat(path).catch(() => null);
  if (path === null || facts === null) {
    await notThere(place, share, list);
    return null;
  }
  const { size, mtimeMs } = facts;
  const at = { rootId: share.root.id, relativePath: toRelative(path, share.root.path), size, mtimeMs };
  const known = catalogue.files.byPath(at.rootId, at.relativePath);
  const isSame = known?.size === size && known.mtimeMs === mtimeMs && !known.offline;
  if (known && isSame && known.state === 'ready' && catalogue.windows.isAnalysed(known.id, space.local)) {
    deps.isReady(known.id, place);
    return null;
  }
  const fileId = catalogue.files.insertPending(at);
  if (place.mayBeCopy) {
    const { found } = await lookInto({ share, relativePath: at.relativePath }, pool, session.context.signal);
    if (found && (await takeContent(session, { id: fileId }, space, found))) {
      deps.isReady(fileId, place);
      return null;
    }
    if (found && !(await list.identify(place, found.contentId))) return null;
  }
  return { fileId, path, size, mtimeMs, wasReady: known?.state === 'ready', place, share };
}

/** On a drive that is not connected everything is missing: then the file is for somebody who has it. */
export async function notThere(place: ClaimedPlace, share: MountedShare, list: FileList): Promise<void> {
  if (!(await isMounted(share))) await list.giveBack(place);
  else if (await isMissing(share.path, place.path)) await list.leaveOut(place);
  else await list.tryLater(place, unreadable(place, share));
}

function unreadable({ path }: ClaimedPlace, share: MountedShare): string {
  return `“${share.name}/${path}” cannot be opened by workers, or is not a regular file. Check its permissions.`;
}

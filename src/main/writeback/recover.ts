/**
 * Files that a killed process had in work. The journal knows the hash of the old and of the new version, and a file is
 * one of them: it was replaced, or it was not. If it is neither, somebody else has been there since.
 */
import { UserError } from '../../shared/errors.ts';
import { removeTemp } from './atomic-write.ts';
import type { JournalRow, WriteJournal } from '../catalogue/stores/write-journal.ts';
import { openFile } from './open-file.ts';
import type { Done, NowInFile } from './protocol.ts';
import { hashOf } from './splice.ts';
import { secondReading } from './verify.ts';

const ENDED = 'Earmark was interrupted';

/**
 * @param again files that were not written are going to be tried again: their rows go
 * @returns what was settled, those included that are as they were
 */
export async function recover(journal: WriteJournal, again: boolean): Promise<Done[]> {
  const settled: Done[] = [];
  const runs = new Set<number>();
  for (const row of journal.unsettled()) {
    runs.add(row.runId);
    if (row.tempPath !== null) await removeTemp(row.tempPath).catch(() => {}); // its folder is gone, and it with it
    const { hash, now, reason } = await whatItIs(row);
    const done = decideOn(row, hash, now, reason);
    if (again && row.state === 'prepared' && done.outcome === 'skipped') journal.remove(row.id);
    else {
      journal.settle(row.id, done.outcome, done.reason);
      settled.push(done);
    }
  }
  if (!again) for (const runId of runs) journal.finish(runId);
  return settled;
}

async function whatItIs({
  path,
  beforeHash,
}: JournalRow): Promise<{ hash: string | null; now: NowInFile | null; reason: string }> {
  if (beforeHash === null) return { hash: null, now: null, reason: '' };
  try {
    const file = await openFile(path);
    try {
      const { size, mtimeMs, snapshot } = file;
      const now = { size, mtimeMs, ctimeNs: snapshot.ctimeNs, tags: await secondReading(file) };
      return { hash: await hashOf(file), now, reason: '' };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { hash: null, now: null, reason: error.userMessage };
  }
}

function decideOn(row: JournalRow, hash: string | null, now: NowInFile | null, reason: string): Done {
  const { fileId, path, state, beforeHash, afterHash } = row;
  const is = (outcome: Done['outcome'], sentence: string): Done => ({ fileId, path, outcome, reason: sentence, now });
  const undoing = state === 'undoing';
  if (hash === null && beforeHash !== null) {
    return is(undoing ? 'not-restored' : 'failed', `${ENDED}, and the file cannot be checked. ${reason}`);
  }
  if (hash === null) return is('skipped', `${ENDED} before this file was changed.`);
  // An edit that changes nothing is never begun: the two hashes differ.
  if (hash === afterHash) return is('written', undoing ? `${ENDED}, so this file was not undone. Undo it again.` : '');
  if (hash === beforeHash) return undoing ? is('undone', '') : is('skipped', `${ENDED}; the file is unchanged.`);
  const since = `${ENDED}, and another program has changed the file since. It was skipped.`;
  return is(undoing ? 'not-restored' : 'failed', since);
}

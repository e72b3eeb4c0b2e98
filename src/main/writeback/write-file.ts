/** One file written, or made what it was, with its row in the journal. */
import { UserError } from '../../shared/errors.ts';
import { replaceFile, tempPathFor, type Hashes } from './atomic-write.ts';
import type { Part } from './container.ts';
import { sentenceAbout } from './file-sentence.ts';
import type { JournalRow, WriteJournal } from './journal.ts';
import { isSame, openFile, type HeldFile } from './open-file.ts';
import { containerFor } from './plan-file.ts';
import type { Done, FileToWrite, NowInFile } from './protocol.ts';
import { decodeParts, encodeParts, inverse, joined, splicedSize } from './splice.ts';
import { checkNewVersion, oldVersion, secondReading } from './verify.ts';

/** Asked often; throws when the work is to end. */
type GoOn = () => void;

/**
 * @param rowId prepared, without hashes
 * @returns what became of it; the journal says the same
 * @throws what `goOn` throws and what the journal's disk throws: the file is as it was, its row to be recovered
 */
export async function writeFile(
  journal: WriteJournal,
  rowId: number,
  wanted: FileToWrite,
  keepTime: boolean,
  goOn: GoOn,
): Promise<Done> {
  const { fileId, path } = wanted;
  // The plan could open it: whatever is in the way now has come since.
  let sinceThePlan = true;
  try {
    const file = await openFile(path);
    sinceThePlan = false;
    let done: NowInFile & { note: string };
    try {
      if (!isSame(file.snapshot, wanted.snapshot)) throw changedSincePlan();
      done = await writeOpen(file, journal, rowId, wanted, keepTime, goOn);
    } finally {
      await file.close();
    }
    journal.settle(rowId, 'written', done.note);
    return { fileId, path, outcome: 'written', reason: done.note, now: done };
  } catch (error) {
    const reason = sentenceAbout(error);
    const changed = error instanceof UserError && ['changed-while-reading', 'vanished'].includes(error.code);
    const outcome = sinceThePlan || changed ? 'skipped' : 'failed';
    journal.settle(rowId, outcome, reason);
    return { fileId, path, outcome, reason, now: null };
  }
}

async function writeOpen(
  file: HeldFile,
  journal: WriteJournal,
  rowId: number,
  { path, edits, changes }: FileToWrite,
  keepTime: boolean,
  goOn: GoOn,
): Promise<NowInFile & { note: string }> {
  const { container } = await containerFor(file);
  const old = await oldVersion(file, container, goOn);
  const parts = joined(await container.edit(file, edits), file.size);
  const undo = encodeParts(await inverse(parts, file));
  let tags: NowInFile['tags'] = [];
  const { size, mtimeMs, note } = await replaceFile(file, {
    parts,
    tempPath: tempPathFor(path, rowId),
    keepTime,
    mtimeNs: null,
    goOn,
    verify: async (temp) => {
      tags = await secondReading(temp);
      await checkNewVersion(temp, tags, container, old, edits, goOn);
    },
    record: (hashes) => {
      const facts = {
        beforeSize: file.size,
        afterSize: splicedSize(parts),
        beforeMtimeMs: file.mtimeMs,
        beforeMtimeNs: file.snapshot.mtimeNs,
      };
      journal.prepare(rowId, { hashes, ...facts, changes, undo });
    },
  });
  return { size, mtimeMs, tags, note };
}

export interface FileToUndo {
  /** Of its row in the journal, in the state `undoing`. */
  id: number;
  fileId: number;
  /** Where it is now; the temporary file of the row lies beside it. */
  path: string;
}

/**
 * @returns what became of it; the journal says the same
 * @throws as {@link writeFile}
 */
export async function undoFile(journal: WriteJournal, { id, fileId, path }: FileToUndo, goOn: GoOn): Promise<Done> {
  const row = journal.row(id);
  const record = journal.undoRecord(id);
  if (!record) throw new Error(`row ${id} of the journal cannot be undone`);
  try {
    const file = await openFile(path);
    let now: NowInFile;
    try {
      if (file.size !== row.afterSize) throw changedSince();
      now = await restore(file, decodeParts(record), row, goOn);
    } finally {
      await file.close();
    }
    journal.settle(id, 'undone', '');
    return { fileId, path, outcome: 'undone', reason: '', now };
  } catch (error) {
    const reason = sentenceAbout(error);
    journal.settle(id, 'not-restored', reason);
    return { fileId, path, outcome: 'not-restored', reason, now: null };
  }
}

async function restore(
  file: HeldFile,
  parts: Part[],
  { tempPath, beforeHash, afterHash, beforeMtimeMs, beforeMtimeNs }: JournalRow,
  goOn: GoOn,
): Promise<NowInFile> {
  let tags: NowInFile['tags'] = [];
  const { size, mtimeMs } = await replaceFile(file, {
    parts: joined(parts, file.size),
    tempPath: tempPath!, // beginUndo sets it
    keepTime: true,
    mtimeNs: mtimeOf(beforeMtimeNs, beforeMtimeMs),
    goOn,
    verify: async (temp, { before, after }: Hashes) => {
      if (before !== afterHash) throw changedSince();
      if (after !== beforeHash) throw new UserError('unreadable-file', 'The journal does not give the old version back; the file was left as it is. This is a fault of Earmark or of its disk.'); // prettier-ignore
      tags = await secondReading(temp);
    },
    record: () => {
      /* The journal has both hashes since it was written. */
    },
  });
  return { size, mtimeMs, tags };
}

/** Runs of older versions know milliseconds only. */
function mtimeOf(ns: string | null, ms: number | null): bigint | null {
  if (ns !== null) return BigInt(ns);
  return ms === null ? null : BigInt(Math.round(ms * 1000)) * 1000n;
}

function changedSincePlan(): UserError {
  return new UserError('changed-while-reading', 'It has changed since the plan was made, so it was left alone. Make the plan again.'); // prettier-ignore
}

function changedSince(): UserError {
  return new UserError(
    'changed-while-reading',
    'It has changed since Earmark wrote it (another program, or a later write), so it was left alone.',
  );
}

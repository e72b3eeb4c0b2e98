/** One file written, or made what it was, with its row in the journal. */
import { UserError } from '../../shared/errors.ts';
import { replaceFile, tempPathFor, type Hashes } from './atomic-write.ts';
import type { Part } from './container.ts';
import { sentenceAbout } from './file-sentence.ts';
import type { JournalRow, WriteJournal } from '../catalogue/stores/write-journal.ts';
import { isSame, openFile, type HeldFile } from './open-file.ts';
import { containerFor } from './plan-file.ts';
import type { Done, FileToWrite, NowInFile } from './protocol.ts';
import { decodeParts, encodeParts, hashSound, inverse, joined, splicedSize } from './splice.ts';
import { markersBefore } from './marker-check.ts';
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
  { path, edits, markers, changes }: FileToWrite,
  keepTime: boolean,
  goOn: GoOn,
): Promise<NowInFile & { note: string }> {
  const { container } = await containerFor(file);
  const old = await oldVersion(file, container, goOn);
  const marked = markers && (await markersBefore(file, container, markers));
  const parts = joined(marked ? await marked.add() : await container.edit(file, edits), file.size);
  const undo = encodeParts(await inverse(parts, file));
  let tags: NowInFile['tags'] = [];
  const { size, mtimeMs, ctimeNs, note } = await replaceFile(file, {
    parts,
    tempPath: tempPathFor(path, rowId),
    keepTime,
    mtimeNs: null,
    goOn,
    verify: async (temp) => {
      tags = await secondReading(temp);
      await checkNewVersion(temp, tags, container, old, edits, goOn);
      await marked?.check(temp);
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
  return { size, mtimeMs, ctimeNs, tags, note };
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
  { tempPath, beforeHash, afterHash, beforeMtimeMs, beforeMtimeNs, author }: JournalRow,
  goOn: GoOn,
): Promise<NowInFile> {
  // A record of another member may hold anything: the audio has to be the same after it.
  const container = author === null ? null : (await containerFor(file)).container;
  const payload = container && (await hashSound(container.payload(file), goOn));
  let tags: NowInFile['tags'] = [];
  const { size, mtimeMs, ctimeNs } = await replaceFile(file, {
    parts: joined(parts, file.size),
    tempPath: tempPath!, // beginUndo sets it
    keepTime: true,
    mtimeNs: mtimeOf(beforeMtimeNs, beforeMtimeMs),
    goOn,
    verify: async (temp, { before, after }: Hashes) => {
      if (before !== afterHash) throw changedSince();
      if (after !== beforeHash) throw new UserError('unreadable-file', 'The journal does not restore the original file, so the file was not changed. This is a bug in Earmark, or a disk error.'); // prettier-ignore
      if (container && (await hashSound(container.payload(temp), goOn)) !== payload) {
        throw new UserError('unreadable-file', 'The record of this write would change the audio, so the file was not changed. It did not come from Earmark.'); // prettier-ignore
      }
      tags = await secondReading(temp);
    },
    record: () => {
      /* The journal has both hashes since it was written. */
    },
  });
  return { size, mtimeMs, ctimeNs, tags };
}

/** Runs of older versions know milliseconds only. */
function mtimeOf(ns: string | null, ms: number | null): bigint | null {
  if (ns !== null) return BigInt(ns);
  return ms === null ? null : BigInt(Math.round(ms * 1000)) * 1000n;
}

function changedSincePlan(): UserError {
  return new UserError('changed-while-reading', 'The file has changed since the preview and was skipped. Preview the changes again.'); // prettier-ignore
}

function changedSince(): UserError {
  return new UserError(
    'changed-while-reading',
    'The file has changed since Earmark wrote it (by another program or a later write) and was skipped.',
  );
}

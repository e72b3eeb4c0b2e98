/** One file, from its publisher to the disk: resumes a partial download, and retries where that may help. */
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, mostBytes, type Begun } from './answer.ts';
import type { Answer, Connection } from './connection.ts';
import type { ListedFile } from './known.ts';
import type { Note, PartialFile } from './partial-file.ts';
import type { DownloadReport } from './report.ts';
import { Passing, type Sentences } from './sentences.ts';

/** Without getting on in between. */
const TRIES = 3;
/** More of the file than ever before: then a try has got on. */
const PROGRESS_BYTES = 1 << 20;
/** How one begins, whatever its type is said to be. */
const WEB_PAGE = /^(\u{feff}|\s)*<(!doctype|html|head|body|script|\?xml)\b/iu;

export interface FetchOptions {
  connection: Connection;
  report: DownloadReport;
  sentences: Sentences;
  signal: AbortSignal;
  /** Before the second try, ms; twice that before the third. */
  backoffMs: number;
}

/**
 * Fetches what is missing of a file; it is whole then, and not checked yet.
 * @throws UserError offline, download-failed; errors of the disk; signal.reason. What has come stays
 */
export async function fetchFile(file: ListedFile, part: PartialFile, options: FetchOptions): Promise<void> {
  const { signal, backoffMs, report } = options;
  const before = await part.bytes();
  let most = before;
  for (let failures = 1; ; failures++) {
    try {
      await attempt(file, part, options);
      return;
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      const bytes = await part.bytes();
      if (bytes >= most + PROGRESS_BYTES) {
        most = bytes;
        failures = 1;
      }
      if (failures === TRIES || (error.onceBegun && bytes === before)) throw error.sentence;
      report.enter('connecting');
      await sleep(error.waitMs ?? backoffMs * 2 ** (failures - 1), undefined, { signal }).catch(() => {
        signal.throwIfAborted();
      });
    }
  }
}

async function attempt(file: ListedFile, part: PartialFile, options: FetchOptions): Promise<void> {
  const { connection, report, sentences } = options;
  const there = await part.begun();
  if (there && there.bytes === there.total) return;
  const begun = continuable(there);
  const headers = begun ? { range: `bytes=${begun.bytes}-`, 'if-range': begun.etag } : {};
  const answer = await connection.get(file.url, headers);
  try {
    const verdict = judge(file, answer, begun, sentences);
    if (verdict.kind === 'whole') {
      await part.write(verdict.note);
    } else if (verdict.kind === 'changed') {
      report.lost(await part.bytes());
      await part.remove();
      throw new Passing(sentences.changing(answer.host));
    } else {
      await save(file, part, answer, { from: verdict.kind === 'rest' ? begun!.bytes : 0, note: verdict.note }, options);
    }
  } finally {
    answer.response.destroy();
  }
}

/** Without an ETag it is unknown whether the rest belongs to the partial file. */
function continuable(there: (Note & { bytes: number }) | null): Begun | null {
  if (!there || there.bytes === 0 || there.etag === null) return null;
  return { ...there, etag: there.etag };
}

/** @param from byte at which the answer begins */
async function save(
  file: ListedFile,
  part: PartialFile,
  answer: Answer,
  { from, note }: { from: number; note: Note },
  { connection, report, sentences }: FetchOptions,
): Promise<void> {
  if (from === 0) report.lost(await part.bytes());
  const out = from === 0 ? await part.begin(note) : await part.goOn();
  report.enter('fetching');
  const most = note.total ?? mostBytes(file);
  let bytes = from;
  try {
    for await (const piece of connection.body(answer)) {
      if (bytes === 0 && WEB_PAGE.test(piece.toString('utf8', 0, 200))) throw sentences.webPage(answer.host);
      if (bytes + piece.length > most) {
        await out.truncate(0); // of no use: the next try must not resume from it
        throw sentences.notTheFile(answer.host, 'it is larger than expected');
      }
      await out.writeFile(piece);
      bytes += piece.length;
      report.received(piece.length);
    }
    await out.sync();
  } finally {
    await out.close();
  }
  if (note.total === null) await part.write({ ...note, total: bytes });
  else if (bytes < note.total)
    throw new Passing(sentences.lost(answer.host, `received ${bytes} of ${note.total} bytes`));
}

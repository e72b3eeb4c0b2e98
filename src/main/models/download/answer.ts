/** What a server's answer to a request for a file, or for the rest of one, is worth. Nothing of it is believed unseen. */
import type { Answer } from './connection.ts';
import type { ListedFile } from './known.ts';
import type { Note } from './partial-file.ts';
import { Passing, type Sentences } from './sentences.ts';

/** What a server asks to wait for, in a header, is waited for up to here. */
const LONGEST_WAIT_MS = 60_000;
/** Of sizes that are only about right: half to double, and so much more. */
const SLACK_BYTES = 64 << 10;

/** The beginning of a file that can be gone on with. */
export interface Begun extends Note {
  etag: string;
  /** That are there. */
  bytes: number;
}

export type Verdict =
  /** The file itself comes, or the rest of it. */
  | { kind: 'all' | 'rest'; note: Note }
  /** Nothing is missing. */
  | { kind: 'whole'; note: Note }
  /** What is there belongs to another version, or to none. */
  | { kind: 'changed' };

/**
 * @param begun what the rest was asked for of; null when the whole file was
 * @throws UserError download-failed; Passing
 */
export function judge(file: ListedFile, answer: Answer, begun: Begun | null, sentences: Sentences): Verdict {
  const status = answer.response.statusCode!;
  if (status === 200) {
    const note = noteOf(answer);
    checkHeaders(file, answer, note.total, sentences);
    return { kind: 'all', note };
  }
  if (begun && status === 206) {
    if (!continues(answer, begun)) return { kind: 'changed' };
    const note = { ...begun, total: rangeTotal(answer) ?? begun.total };
    checkHeaders(file, answer, note.total, sentences);
    return { kind: 'rest', note };
  }
  if (begun && status === 416) {
    return rangeTotal(answer) === begun.bytes
      ? { kind: 'whole', note: { ...begun, total: begun.bytes } }
      : { kind: 'changed' };
  }
  throw refusal(answer, sentences);
}

/** Bytes that the file cannot have more of. */
export function mostBytes({ bytes, sha256 }: ListedFile): number {
  return sha256 === undefined ? 2 * bytes + SLACK_BYTES : bytes;
}

/** Whether a 206 is the rest of what is there. */
function continues({ response, linkedSha256 }: Answer, begun: Begun): boolean {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '');
  if (!range || Number(range[1]) !== begun.bytes) return false;
  const total = range[3] === '*' ? begun.total : Number(range[3]);
  if (total === null || total !== (begun.total ?? total) || Number(range[2]) !== total - 1) return false;
  if (linkedSha256 !== (begun.sha256 ?? linkedSha256)) return false;
  return response.headers.etag === undefined || response.headers.etag === begun.etag;
}

/** The 10 of "bytes 0-9/10". */
function rangeTotal({ response }: Answer): number | null {
  const total = /\/(\d+)$/.exec(response.headers['content-range'] ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

function noteOf({ response, linkedSha256 }: Answer): Note {
  const { etag, 'content-length': length } = response.headers;
  return {
    etag: etag !== undefined && /^"[^"]*"$/.test(etag) ? etag : null,
    total: length === undefined ? null : Number(length),
    sha256: linkedSha256,
  };
}

/** What is known before the first byte. */
function checkHeaders(file: ListedFile, answer: Answer, total: number | null, sentences: Sentences): void {
  const { response, host, linkedSha256 } = answer;
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = response.headers;
  if (/^(text\/html|application\/xhtml)/i.test(type)) throw sentences.webPage(host);
  if (encoding.toLowerCase() !== 'identity') throw sentences.notTheFile(host, 'it is compressed');
  if (file.sha256 !== undefined && linkedSha256 !== null && linkedSha256 !== file.sha256) {
    throw sentences.notTheFile(host, 'its version has changed');
  }
  if (total === null) return;
  const least = file.sha256 === undefined ? file.bytes / 2 - SLACK_BYTES : file.bytes;
  if (total < least || total > mostBytes(file)) {
    throw sentences.notTheFile(host, `it has ${total} bytes instead of ${file.bytes}`);
  }
}

/** Any other status. Too much to do, or broken for the moment, may pass; the rest does not. */
function refusal({ response, host }: Answer, sentences: Sentences): Error {
  const status = response.statusCode!;
  if (status < 400) return sentences.notTheFile(host, `it returns status ${status}`);
  const error = sentences.refused(host, status);
  if (status !== 429 && status < 500) return error;
  const waitMs = retryAfterMs(response.headers['retry-after']);
  return waitMs !== null && waitMs > LONGEST_WAIT_MS ? error : new Passing(error, { waitMs });
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(value: string | undefined): number | null {
  if (value === undefined) return null;
  const ms = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

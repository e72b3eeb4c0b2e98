/** Files that the user names and somebody else made, parsed in a process of their own: with bounded memory and time. */
import { UserError, type ErrorCode } from '../../shared/errors.ts';
import { Child, ChildExitedError } from '../process/child.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import type { ParserName, ReaderMethods } from './parser.ts';

/** The largest file that passes the bounds of its parser takes a third of it. */
const MAX_HEAP_MIB = 1024;
/** The same takes seconds. */
const DEADLINE_MS = 120_000;

export interface ReadingLimits {
  maxHeapMiB?: number;
  deadlineMs?: number;
}

/**
 * @param failure code of the error for a file that takes too much memory or time
 * @throws UserError what the parser throws; `failure` when the process ended or was ended
 */
export async function readUntrusted<Input extends { path: string }, Output>(
  { name }: ParserName<Input, Output>,
  input: Input,
  failure: ErrorCode,
  { maxHeapMiB = MAX_HEAP_MIB, deadlineMs = DEADLINE_MS }: ReadingLimits = {},
): Promise<Output> {
  const child = new Child<ReaderMethods>({
    processName: 'reader',
    entry: PROCESS_ENTRIES.reader,
    maxOldSpaceMiB: maxHeapMiB,
    silent: true, // V8 prints a page about its heap when it is full
  });
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort();
    void child.kill();
  }, deadlineMs);
  try {
    // What the parser of that name returns: reader-process.ts is checked against the same type.
    return (await child.call('read', { parser: name, input })) as Output;
  } catch (error) {
    if (!(error instanceof ChildExitedError)) throw error;
    const what = deadline.signal.aborted ? 'took too long to read' : 'needed too much memory to read';
    throw new UserError(failure, `“${input.path}” ${what} and was not used. Check that it is the right file.`, error); // prettier-ignore
  } finally {
    clearTimeout(timer);
    await child.kill();
  }
}

/** What the command line prints. stdout: the answer, one JSON document with --json. stderr: everything else. */
import { shownLines } from '../../../shared/shown-text.ts';
import { toWire, type WireError } from '../../../shared/errors.ts';

/** Exit codes, documented in `earmark --help`. */
export const EXIT = {
  ok: 0,
  /** The command could not do its work; one sentence on stderr says why. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** `embed`, `eval`, `write`, `markers`: done, but some of the files given by name could not be used. `doctor`: something needs attention. */
  partly: 3,
  /** Stopped by Ctrl-C; what was done is kept. */
  interrupted: 130,
} as const;

/**
 * A reader that went away (`| head`, a closed terminal) must not end the program: without a listener an error of a
 * stream is an exception. What it means is for {@link printOut} to say; progress that nobody sees is no loss.
 */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/**
 * Writes all of it and waits until a pipe has taken it: process.exit would cut a long text short. What names of files
 * hold besides letters is shown and not obeyed, wherever in the text they stand.
 */
export function printOut(text: string): Promise<void> {
  return write(shownLines(text));
}

/** As {@link printOut}, byte for byte and without a line end of its own: for programs that read names of files. */
export function printRaw(text: string): Promise<void> {
  return writeExactly(text);
}

/** A line on stderr, as {@link printOut}. */
export function printAside(line: string): void {
  process.stderr.write(`${shownLines(line)}\n`);
}

function write(text: string): Promise<void> {
  return writeExactly(text.endsWith('\n') ? text : `${text}\n`);
}

function writeExactly(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      // A reader that has seen enough (`| head`) is no error of ours.
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error);
      else resolve();
    });
  });
}

export function printJson(document: unknown): Promise<void> {
  return write(JSON.stringify(document)); // which escapes what has to be, in its own way
}

/**
 * The one funnel for errors of commands: the sentence on stderr, and under --json `{"error": {code, message}}` on stdout.
 * @returns the exit code
 */
export async function reportError(error: unknown, json: boolean, verbose: boolean): Promise<number> {
  const wire: WireError = toWire(error);
  printAside(`earmark: ${wire.userMessage}`);
  if (verbose || wire.code === 'internal') printAside(wire.detail);
  // Should stdout itself be what is broken, stderr has said so.
  if (json) await printJson({ error: { code: wire.code, message: wire.userMessage } }).catch(() => {});
  return wire.code === 'bad-input' ? EXIT.usage : EXIT.failed;
}

/** How an error crosses a process or a socket, and how it reaches the user: as a sentence. */

export interface WireError {
  /** Stable: tests, exit codes and translations key on it. */
  code: string;
  /** What happened, to which file, what to do now. */
  userMessage: string;
  /** For the log. */
  detail: string;
}

/** An error with words fit for the screen. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  readonly userMessage: string;

  /**
   * @param code what kind of error this is
   * @param userMessage one or two sentences: what happened, to which file, what to do now
   * @param cause the error beneath; its text goes to the log, never to the screen
   */
  constructor(code: ErrorCode, userMessage: string, cause?: unknown) {
    super(userMessage, { cause });
    this.code = code;
    this.userMessage = userMessage;
  }
}

/** Why one file could not be analysed. The job continues; the reason is stored and the file can be retried. */
export const FILE_ERROR_CODES = [
  'empty-file', // no bytes at all
  'not-audio', // content is not audio although the name says so
  'unsupported-format', // audio or video that we recognise and cannot decode
  'no-audio-stream', // a container without sound in it
  'undecodable-audio', // recognised, yet nothing could be decoded: damaged or encrypted
  'no-permission',
  'vanished', // gone between the walk and the reading
  'changed-while-reading', // size or time changed under us; it is read again on the next run
  'unreadable-file', // the disk or network gave an error
  'unreadable-folder',
  'unusable-name', // a file name that is not valid Unicode
  'decoder-crashed', // the decoder process crashed on it, twice
  'encoder-crashed', // the inference process crashed on it, twice
  'timed-out', // no progress for too long
] as const;
export type FileErrorCode = (typeof FILE_ERROR_CODES)[number];

/** Errors that end a command or a job. */
export type ErrorCode =
  | FileErrorCode
  | 'bad-input' // an argument, option or call payload that makes no sense
  | 'not-found' // a path, id or model that is not there
  | 'file-missing' // an id that no sound in the catalogue has
  | 'name-taken' // a collection of that name is there already
  | 'catalogue-from-future' // made by a newer Earmark
  | 'catalogue-damaged'
  | 'catalogue-busy' // another Earmark is writing to it
  | 'catalogue-unwritable'
  | 'disk-full'
  | 'offline' // nothing can be fetched: no network, or its address is not found
  | 'download-failed' // the other side answered with something that cannot be used
  | 'model-damaged' // a pack whose files do not match its description
  | 'model-missing'
  | 'model-unusable' // loads, but fails its self-check, or needs what this machine lacks
  | 'nothing-indexed'
  | 'vocabulary-damaged' // a file of tags that is not as the format asks
  | 'engine-closed' // it is closing, or has closed
  | 'no-studio' // this library belongs to none
  | 'studio-unreachable' // its server does not answer
  | 'studio-refused' // its server does not let this login in, or do this
  | 'studio-outdated' // one side has to be brought forward
  | 'studio-damaged' // its database is not there, or not whole
  | 'studio-full' // no room on the disk of its server
  | 'engine-broken'; // a process of ours cannot be started or keeps crashing

/** An error caused by one file; the job continues without it. */
export type FileError = UserError & { readonly code: FileErrorCode };

export function isFileError(error: unknown): error is FileError {
  return error instanceof UserError && (FILE_ERROR_CODES as readonly string[]).includes(error.code);
}

/** Turns whatever was thrown into data. Anything that is not a UserError gets the general sentence. */
export function toWire(error: unknown): WireError {
  if (error instanceof UserError) {
    const cause = error.cause === undefined ? '' : `: ${describe(error.cause)}`;
    return { code: error.code, userMessage: error.userMessage, detail: `${error.message}${cause}` };
  }
  return {
    code: 'internal',
    userMessage: 'Internal error. See the log for details.',
    detail: describe(error),
  };
}

/** The opposite of {@link toWire}, on the far side of a process or socket. */
export function fromWire(wire: WireError): Error {
  if (wire.code === 'internal') return new Error(wire.detail);
  return new UserError(wire.code as ErrorCode, wire.userMessage, wire.detail);
}

function describe(error: unknown): string {
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}

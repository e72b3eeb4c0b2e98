/** The sentences for files that cannot be used. FFmpeg's own words go into `cause`, for the log. */
import { basename } from 'node:path';
import { UserError } from '../../shared/errors.ts';

/** The name as it may stand in a sentence: no control characters, at most 80 characters. */
export function quoted(path: string): string {
  // eslint-disable-next-line no-control-regex -- file names may hold them, sentences must not
  const name = basename(path).replace(/[\u0000-\u001f\u007f]/g, '�');
  const characters = Array.from(name);
  return `“${characters.length > 80 ? `${characters.slice(0, 77).join('')}…` : name}”`;
}

export function emptyFile(path: string): UserError {
  return new UserError('empty-file', `${quoted(path)} is empty (0 bytes). Copy it again from its source.`);
}

/** @param looksLike what the content is, if known ("image/png") */
export function notAudio(path: string, looksLike: string | null): UserError {
  const found = looksLike === null ? 'its content is not a supported audio format' : `its content is ${looksLike}`;
  return new UserError(
    'not-audio',
    `${quoted(path)} has an audio file extension, but ${found}. Check where it came from.`,
  );
}

export function unsupportedFormat(path: string, what: string, cause?: unknown): UserError {
  return new UserError(
    'unsupported-format',
    `${quoted(path)} is ${what}, which Earmark cannot decode. Convert it to WAV or FLAC.`,
    cause,
  );
}

export function noAudioStream(path: string): UserError {
  return new UserError('no-audio-stream', `${quoted(path)} has no audio stream.`);
}

export function undecodableAudio(path: string, cause: unknown): UserError {
  return new UserError(
    'undecodable-audio',
    `${quoted(path)} could not be decoded. It is damaged, truncated or encrypted. Try to play it in another program, or copy it again.`,
    cause,
  );
}

export function changedWhileReading(path: string): UserError {
  return new UserError(
    'changed-while-reading',
    `${quoted(path)} changed while it was being read. The next run analyses it again.`,
  );
}

export function vanished(path: string, cause?: unknown): UserError {
  return new UserError(
    'vanished',
    `${quoted(path)} was not found. It was moved or deleted, or its drive was disconnected.`,
    cause,
  );
}

export function timedOut(path: string, seconds: number): UserError {
  return new UserError(
    'timed-out',
    `${quoted(path)} did not respond for ${seconds} seconds and was skipped. Check its drive or network connection, then try again.`,
  );
}

/** The socket to the inference process broke. Not about the file, so no message about it: the owner of that process knows more. */
export function listenerLost(path: string, cause: unknown): Error {
  return new Error(`the inference process exited while ${path} was being decoded`, { cause });
}

/** Turns an error of the file system into the sentence for it. Errors that are not about the file stay as they are. */
export function fromFileSystem(path: string, error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return error;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return vanished(path, error);
    case 'EACCES':
    case 'EPERM':
      return new UserError(
        'no-permission',
        `You don’t have permission to open ${quoted(path)}. Change its permissions and try again.`,
        error,
      );
    case 'EISDIR':
      return new UserError(
        'unreadable-file',
        `${quoted(path)} is a folder, not a file. Choose the files in it.`,
        error,
      );
    case 'ENOTSUP':
      return new UserError('unreadable-file', `${quoted(path)} is not a regular file (a pipe or device).`, error);
    case 'EMFILE':
    case 'ENFILE':
      return error; // ours, not the file's
    default:
      return new UserError(
        'unreadable-file',
        `${quoted(path)} could not be read (${error.code}). Check its drive or network connection.`,
        error,
      );
  }
}

/** Files that could not be read, by the kind of reason. */
import type { FileErrorCode } from '../../../shared/errors.ts';
import type { FailureRow } from '../../../shared/types.ts';

/** Short, above a list of files; each file's own sentence stands with it. */
const REASONS: Record<FileErrorCode, string> = {
  'empty-file': 'Empty files',
  'not-audio': 'Not sound, although the name says so',
  'unsupported-format': 'Formats that cannot be read yet',
  'no-audio-stream': 'No sound in them',
  'undecodable-audio': 'Damaged or encrypted',
  'no-permission': 'No permission to read',
  vanished: 'Gone while being read',
  'changed-while-reading': 'Changed while being read',
  'unreadable-file': 'The drive gave an error',
  'unreadable-folder': 'Folders that cannot be opened',
  'unusable-name': 'Names that cannot be used',
  'decoder-crashed': 'Brought the reader down',
  'encoder-crashed': 'Brought the model down',
  'timed-out': 'Took too long',
};

export interface FailureGroup {
  code: FileErrorCode;
  name: string;
  files: FailureRow[];
}

/** Most files first. */
export function failureGroups(failures: readonly FailureRow[]): FailureGroup[] {
  return [...Map.groupBy(failures, ({ code }) => code)]
    .map(([code, files]) => ({ code, name: REASONS[code], files }))
    .sort((a, b) => b.files.length - a.files.length || a.name.localeCompare(b.name));
}

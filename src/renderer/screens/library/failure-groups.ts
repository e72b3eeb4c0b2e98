/** Files that could not be read, by the kind of reason. */
import type { FileErrorCode } from '../../../shared/errors.ts';
import type { FailureRow } from '../../../shared/types.ts';

/** Short, above a list of files; each file's own sentence stands with it. */
const REASONS: Record<FileErrorCode, string> = {
  'empty-file': 'Empty files',
  'not-audio': 'Not audio, despite the file name',
  'unsupported-format': 'Unsupported formats',
  'no-audio-stream': 'No audio stream',
  'undecodable-audio': 'Damaged or encrypted',
  'no-permission': 'No permission to read',
  vanished: 'Removed during analysis',
  'changed-while-reading': 'Changed during analysis',
  'unreadable-file': 'Drive errors',
  'unreadable-folder': 'Folders that could not be opened',
  'unusable-name': 'Invalid file names',
  'decoder-crashed': 'Crashed the decoder',
  'encoder-crashed': 'Crashed the model',
  'timed-out': 'Timed out',
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

/** What is wrong with a checkpoint, in a sentence for the screen. */
import { basename } from 'node:path';
import { UserError } from '../../../shared/errors.ts';

/** Problems with keys named in the sentence; all are in the error's detail. */
const PROBLEMS_SHOWN = 40;

/** A whole copy might do. */
export function damaged(path: string, what: string, cause?: unknown): UserError {
  return new UserError(
    'model-damaged',
    `“${basename(path)}” is damaged: ${what}. Download it again. Nothing was installed.`,
    cause,
  );
}

export function unusable(path: string, what: string, advice: string, cause?: unknown): UserError {
  return new UserError(
    'model-unusable',
    `“${basename(path)}” cannot be imported: ${what}. ${advice}. Nothing was installed.`,
    cause,
  );
}

/** What an error of the disk means for the user; any other error stays as it is. */
export function diskWords(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error;
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return new UserError('not-found', `“${path}” was not found. Check the spelling.`, error);
  }
  return new UserError('model-damaged', `“${path}” cannot be read. Check its permissions and its drive.`, error);
}

/** What people download instead of weights. @param head the first bytes of the file @throws UserError */
export function refuseOtherDownloads(path: string, head: Buffer): void {
  const text = head.toString('latin1');
  if (head.length === 0) throw damaged(path, 'it is empty');
  if (text.startsWith('version https://git-lfs')) {
    throw unusable(path, 'it is a Git LFS pointer, not the weights', 'Download the file itself');
  }
  if (/^\s*<(!doctype|html)/i.test(text)) {
    throw unusable(path, 'it is a web page', 'Download the file itself');
  }
}

/** What a checkpoint has under a key. */
export interface FoundTensor {
  shape: readonly number[];
  /** As its format calls the type. */
  elementType: string;
  floating: boolean;
}

/**
 * @param find a sentence's middle instead of what is no tensor; null for a key that is not there
 * @throws UserError model-unusable, naming every key that is missing or otherwise
 */
export function expectShapes(
  path: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  find: (key: string) => FoundTensor | string | null,
): void {
  const problems = [...shapes].flatMap(([key, shape]) => {
    const found = find(key);
    if (found === null) return `“${key}” is missing`;
    if (typeof found === 'string') return `“${key}” is ${found} instead of a tensor`;
    if (found.shape.length !== shape.length || found.shape.some((size, axis) => size !== shape[axis])) {
      return `“${key}” has the shape ${inBrackets(found.shape)} instead of ${inBrackets(shape)}`;
    }
    return found.floating ? [] : `“${key}” contains ${found.elementType} instead of float32`;
  });
  if (problems.length === 0) return;
  const more = problems.length - PROBLEMS_SHOWN;
  const list = problems.slice(0, PROBLEMS_SHOWN).join('; ');
  throw new UserError(
    'model-unusable',
    `“${basename(path)}” is a checkpoint of another model or version: ${list}${more > 0 ? `; and ${more} more` : ''}. Choose the file published by the model’s authors.`,
    problems.join('; '),
  );
}

function inBrackets(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

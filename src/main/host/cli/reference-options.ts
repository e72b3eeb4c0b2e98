/** Options that name files to search by, and how much words count beside them. */
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import { queryOf } from '../../../shared/query/references.ts';
import { MOST_REFERENCES, type ReferenceSound, type SearchQuery } from '../../../shared/types.ts';

export interface ReferenceOptions {
  like?: string[];
  unlike?: string[];
  balance?: number;
}

export const REFERENCE_HELP = `
Several sounds: what resembles all of them comes first. What resembles a file of --unlike comes later, or not at all.
  earmark similar kick.wav snare.wav                 between the two
  earmark similar dog.wav --unlike howl.wav
  earmark search "in a tunnel" --like dog.wav --balance 0.3    the file counts more than the words`;

/** --unlike and --balance, which search and similar share. */
export function withReferences(command: Command): Command {
  return command
    .option('--unlike <file>', 'less like this file (repeatable)', collectFile)
    .option('--balance <share>', 'how much the words count: 0 = sounds alone … 1 = words alone (default 0.5)', share);
}

/** @throws UserError bad-input where a balance has nothing to balance */
export function referenceQuery(
  like: readonly ReferenceSound[],
  { unlike = [], balance }: ReferenceOptions,
  hasWords: boolean,
): SearchQuery {
  if (balance !== undefined && (like.length === 0 || !hasWords)) {
    throw new UserError('bad-input', '--balance is between words and a file to resemble. Give both, or leave it out.');
  }
  if (like.length > MOST_REFERENCES || unlike.length > MOST_REFERENCES) {
    const most = String(MOST_REFERENCES);
    throw new UserError('bad-input', `A search takes at most ${most} files to resemble, and ${most} to be unlike. Leave some out.`); // prettier-ignore
  }
  return {
    ...queryOf({ like, unlike: unlike.map((path) => ({ path })) }),
    ...(balance !== undefined && { balance }),
  };
}

/** For options that may be given several times. */
export function collectFile(file: string, sofar: string[] = []): string[] {
  return [...sofar, resolve(file)];
}

function share(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number <= 1)) {
    throw new InvalidArgumentError('It must be a number from 0 (sounds alone) to 1 (words alone).');
  }
  return number;
}

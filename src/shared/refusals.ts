/** Refusals that the engine and the fake engine of the window's tests both answer with. */
import { UserError } from './errors.ts';
import type { KnownModel } from './calls/models.ts';
import type { JobId } from './types.ts';

export function fileMissing(id: number): UserError {
  return new UserError('file-missing', `File ${id} is not in the catalogue. Reload the list.`);
}

export function writeRequestMissing(id: string): UserError {
  return new UserError('not-found', `There is no plan “${id}”: it was written, rejected, or replaced by newer ones. Make a new one.`); // prettier-ignore
}

export function writeRequestUnconfirmed(id: string): UserError {
  return new UserError('bad-input', `Plan ${id} is not confirmed yet. A person has to confirm it in Earmark, on the screen Write.`); // prettier-ignore
}

export function jobMissing(id: JobId): UserError {
  return new UserError('not-found', `There is no job ${id} in this session.`);
}

export function engineClosed(cause?: unknown): UserError {
  return new UserError('engine-closed', 'Earmark is quitting. Restart it, then try again.', cause);
}

export function collectionMissing(): UserError {
  return new UserError('not-found', 'This collection no longer exists.');
}

/** @param problem why one may be missing that is on the disk: a sentence */
export function vocabularyMissing(id: string, known: readonly string[], problem?: string): UserError {
  const more = problem === undefined ? '' : ` ${problem}`;
  return new UserError(
    'not-found',
    `There is no vocabulary “${id}”. Available vocabularies: ${known.join(', ')}.${more}`,
  );
}

/** @param least examples that it takes to make a tag */
export function tooFewExamples(least: number): UserError {
  return new UserError('bad-input', `Select at least ${least} example files for the new tag.`);
}

export function modelMissing(id: string): UserError {
  return new UserError('model-missing', `There is no model “${id}”.`);
}

/** @param installed ids of all packs that work; @param problems of the others, sentences */
export function packMissing(id: string, installed: readonly string[], problems: readonly string[] = []): UserError {
  const have = installed.length > 0 ? `Installed: ${installed.join(', ')}.` : 'No usable model pack is installed.';
  return new UserError('model-missing', [modelMissing(id).userMessage, have, ...problems].join(' '));
}

export function modelInUse(name: string): UserError {
  return new UserError('bad-input', `“${name}” is in use. Switch to another model first.`);
}

/** @param known ids of those that can be downloaded */
export function modelNotListed(id: string, known: readonly string[]): UserError {
  return new UserError(
    'not-found',
    `No model “${id}” is available for download. Available models: ${known.join(', ')}.`,
  );
}

export function licenceNotAccepted({ name, license, licenseUrl }: Pick<KnownModel, 'name' | 'license' | 'licenseUrl'>) {
  return new UserError(
    'bad-input',
    `${name} is published under the licence ${license}. Read it at ${licenseUrl} and accept it first. Nothing was downloaded.`,
  );
}

/** While one runs. */
export const DOWNLOAD_RUNS = 'A model is already being downloaded. Wait for it to finish, or cancel it first.';

export function planMissing(): UserError {
  return new UserError('not-found', 'This preview is no longer available. Preview the changes again.');
}

/** @param known ids of all profiles */
export function profileMissing(id: string, known: readonly string[]): UserError {
  return new UserError('not-found', `There is no profile “${id}”. Available profiles: ${known.join(', ')}.`);
}

export function profileShipped(id: string): UserError {
  return new UserError(
    'bad-input',
    `The profile “${id}” is built in and cannot be changed. Save yours with another id.`,
  );
}

export function nothingNamedToUndo(): UserError {
  return new UserError('bad-input', 'Specify the run or the files to undo.');
}

export function runMissing(id: number): UserError {
  return new UserError('not-found', `There is no run ${id}.`);
}

export function nothingToUndo(): UserError {
  return new UserError('not-found', 'Nothing to undo.');
}

/** What the tests of search share: a library of their own for each, and shorthands for questions to it. */
import { afterEach, beforeEach, expect } from 'vitest';
import { UserError } from '../../src/shared/errors.ts';
import type { SearchHit, SearchQuery } from '../../src/shared/types.ts';
import { SoundLibrary } from './sound-library.ts';

/** Of the test that runs. */
export let library: SoundLibrary;

export function libraryForEach(): void {
  beforeEach(() => {
    library = new SoundLibrary();
  });
  afterEach(() => library.close());
}

/** Below the root. */
export const names = (hits: readonly SearchHit[]) => hits.map(({ path }) => path.replace('/sounds/', ''));

/** @param like embeddings of the windows of the sound that is asked for */
export const run = async (query: SearchQuery | string, like?: Float32Array[]) =>
  library.search().run(typeof query === 'string' ? { text: query } : query, {
    like: like === undefined ? [] : [like],
    unlike: [],
  });

/** Of the refusal that it ends with. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).code;
}

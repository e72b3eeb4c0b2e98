/** One page for all tests of a file: opening one over the program itself takes a second or more. */
import { afterEach, beforeEach, expect } from 'vitest';
import type { Window } from './page.ts';

/**
 * A test that failed may leave a dialog open, half a query, or an engine in another state. The next test, or the next
 * try of the same one, therefore gets a new page.
 * @param open opens the page; `again` after a failure: what tests expect of the engine has to be restored as well
 * @param use is given the page before each test
 * @param options.mayComplain the console may hold errors, where they are what the tests make happen
 */
export function useSharedPage(
  open: (again: boolean) => Promise<Window>,
  use: (opened: Window) => void,
  { mayComplain = false } = {},
): void {
  let shared: Window | null = null;
  let again = false;
  beforeEach(async () => {
    shared ??= await open(again);
    again = true;
    shared.complaints.length = 0;
    use(shared);
  });
  afterEach(async ({ task }) => {
    if (shared === null) return; // could not be opened
    const { page } = shared;
    const complaints = mayComplain ? [] : shared.complaints;
    if (task.result?.state === 'fail' || complaints.length > 0) {
      shared = null;
      await page.context().close();
    }
    expect(complaints).toEqual([]);
  });
}

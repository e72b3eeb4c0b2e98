/** The built window over an engine that is not there, for the tests of one file, and what most of them ask of it. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { openStage, type Stage, type Window } from './page.ts';

export type StageOptions = Parameters<Stage['open']>[0];

/**
 * Set up before the tests of the file, struck after them. A page goes with the test that opened it, which fails when
 * anything was said on the console: no error, no warning, no breach of the policy.
 * @returns opens a page
 */
export function useStage(): (options?: StageOptions) => Promise<Page> {
  let stage: Stage;
  let windows: Window[] = [];
  beforeAll(async () => {
    stage = await openStage(inject('bridge'));
  });
  afterEach(async () => {
    const opened = windows;
    windows = [];
    for (const { page } of opened) await page.context().close();
    expect(opened.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
  afterAll(() => stage.close());
  return async (options = {}) => {
    const opened = await stage.open(options);
    windows.push(opened);
    return opened.page;
  };
}

/** The inputs of all calls of a name so far. */
export function asked(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate(
    (wanted) => window.fake.asked.filter((call) => call.name === wanted).map(({ input }) => input),
    name,
  );
}

/** Waits until it stands somewhere. */
export function says(page: Page, text: string | RegExp): Promise<void> {
  return page.getByText(text).first().waitFor();
}

export function button(page: Page, name: string | RegExp) {
  return page.getByRole('button', { name });
}

import { defineConfig } from 'vitest/config';

/** `npm run pictures`: no test of anything, so it is no part of `npm run e2e`. */
export default defineConfig({
  test: {
    // The walks are tests, too, which leave a picture of each step where they are told to.
    include: ['e2e/pictures.ts', 'e2e/walks.test.ts'],
    env: { EARMARK_PICTURES: `${import.meta.dirname}/../docs/pictures` },
    setupFiles: ['test/kit/setup.ts'],
    root: `${import.meta.dirname}/..`,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});

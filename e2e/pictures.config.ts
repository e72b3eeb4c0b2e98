import { defineConfig } from 'vitest/config';

/** `npm run pictures`: no test of anything, so it is no part of `npm run e2e`. */
export default defineConfig({
  test: {
    include: ['e2e/pictures.ts'],
    root: `${import.meta.dirname}/..`,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});

import { defineConfig } from 'vitest/config';
import { reporters } from '../test/kit/reporters.ts';

export default defineConfig({
  test: {
    reporters: reporters(),
    globalSetup: ['e2e/setup.ts'],
    setupFiles: ['test/kit/setup.ts'],
    include: ['e2e/**/*.test.ts'],
    root: `${import.meta.dirname}/..`,
    // A browser and its test wait for each other half of the time.
    maxWorkers: 3,
    env: { NODE_COMPILE_CACHE: `${import.meta.dirname}/../node_modules/.cache/compiled` }, // as in ../vitest.config.ts
    // Longer than any wait inside of them, so that what fails is the wait, which says what did not come.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 150_000 } },
    // Two processes and a browser meet in them, on machines that do other things as well. A test that needed another try
    // is named at the end of the run: it is a race to be found, in the window or in the test.
    retry: 2,
  },
});

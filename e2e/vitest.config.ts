import { defineConfig } from 'vitest/config';
import { reporters } from '../test/kit/require-all.ts';

export default defineConfig({
  test: {
    reporters: reporters(),
    globalSetup: ['e2e/say-what-is-missing.ts'],
    include: ['e2e/**/*.test.ts'],
    root: `${import.meta.dirname}/..`,
    fileParallelism: false,
    // Longer than any wait inside of them, so that what fails is the wait, which says what did not come.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['e2e/say-what-is-missing.ts'],
    include: ['e2e/**/*.test.ts'],
    root: `${import.meta.dirname}/..`,
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Child processes of the engine do the work; on a small machine more than two test files at once only wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Tests that load onnxruntime themselves send nothing anywhere either (see src/main/process/child.ts).
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
});

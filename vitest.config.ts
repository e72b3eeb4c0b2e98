import { defineConfig } from 'vitest/config';
import { reporters } from './test/kit/require-all.ts';

export default defineConfig({
  test: {
    reporters: reporters(),
    include: ['test/**/*.test.ts'],
    // Child processes of the engine do the work; on a small machine more than two test files at once only wait for each other.
    maxWorkers: 2,
    // Generous: a machine that is busy with other things takes its time, and no test is about how long it takes.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    // Tests that load onnxruntime themselves send nothing anywhere either (see src/main/process/child.ts).
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
});

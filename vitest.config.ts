import { defineConfig } from 'vitest/config';
import { DearFirst } from './test/kit/dear-first.ts';
import { reporters } from './test/kit/reporters.ts';

/** Whose tests leave nothing behind in their process: no module mocked, no environment, no priority, no loaded model. */
const SHARING = [
  ...['async', 'calls', 'catalogue', 'csv', 'cut', 'decode', 'duplicates', 'export', 'faults', 'files', 'host'],
  ...['index', 'indexing', 'jobs', 'map', 'models', 'packs', 'playback', 'process', 'renderer', 'scan', 'search'],
  ...['shared', 'studio', 'tag', 'text', 'untrusted', 'writeback'],
].map((folder) => `test/${folder}/**/*.test.ts`);
const MOCKING = ['test/export/rename-folding-disk.test.ts', 'test/host/electron/preload.test.ts'];

export default defineConfig({
  test: {
    reporters: reporters(),
    setupFiles: ['test/kit/setup.ts'],
    // Most of the work is done by child processes. Three files and three of the browser's, which `npm test` runs beside them,
    // keep two cores busy: at each moment most of them wait, for a watcher, a socket, a disk, a page.
    maxWorkers: 3,
    sequence: { sequencer: DearFirst },
    // Generous: a machine that is busy with other things takes its time, and no test is about how long it takes.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // Processes, sockets and watchers meet in many of them. One that needed another try is named at the end of the run.
    retry: 2,
    pool: 'forks',
    env: {
      // Tests that load onnxruntime themselves send nothing anywhere either (see src/main/process/child.ts).
      ORT_DISABLE_TELEMETRY: '1',
      // The folder of bin/earmark: programs and child processes do not strip the types of all files at each start.
      NODE_COMPILE_CACHE: `${import.meta.dirname}/node_modules/.cache/compiled`,
    },
    projects: [
      // Files of a worker share its process, and what they import is loaded once: a second of processor less for most.
      { extends: true, test: { name: 'sharing', isolate: false, include: SHARING, exclude: MOCKING } },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: SHARING } },
      { extends: true, test: { name: 'mocking', include: MOCKING } },
    ],
  },
});

/** The process that looks into other people's files and makes packs of them: minutes of arithmetic and hundreds of megabytes, away from the engine. */
import { dirname } from 'node:path';
import { serveParent } from '../process/child.ts';
import type { ImportMethods, ImportPushes } from './import-protocol.ts';
import { importableAt } from './families/recognise.ts';
import { familyOf } from './families/registry.ts';
import { diskSentence } from './unfinished.ts';
import type { ImportStage } from '../../shared/calls/models.ts';

/** Progress is reported at most this often; the end of a stage always is. */
const PROGRESS_INTERVAL_MS = 100;

let lastToldMs = -Infinity;

const push = serveParent<ImportMethods, ImportPushes>({
  recognise: ({ path }) => importableAt(path),
  async build({ family: name, path, folder }) {
    const { signal } = new AbortController(); // who wants it to stop ends the process
    try {
      const family = familyOf(name);
      if ('install' in family) throw new TypeError(`packs of “${name}” are copied, not built`);
      const build = await family.builder();
      return { notices: await build(path, folder, report, signal) };
    } catch (error) {
      throw diskSentence(error, dirname(folder));
    }
  },
});

function report(stage: ImportStage, share: number): void {
  const now = performance.now();
  if (share < 1 && now - lastToldMs < PROGRESS_INTERVAL_MS) return;
  lastToldMs = now;
  push('progress', { stage, share });
}

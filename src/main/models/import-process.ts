/** The process that makes packs of other people's files: minutes of arithmetic and hundreds of megabytes, away from the engine. */
import { dirname } from 'node:path';
import { serveParent } from '../process/child.ts';
import type { ImportMethods, ImportPushes } from './import-protocol.ts';
import { diskSentence } from './unfinished.ts';
import type { ImportStage } from '../../shared/calls/models.ts';

/** Progress is told at most this often; the end of a stage always is. */
const PROGRESS_INTERVAL_MS = 100;

let lastToldMs = -Infinity;

const push = serveParent<ImportMethods, ImportPushes>({
  async import({ kind, path, folder }) {
    const { signal } = new AbortController(); // who wants it to stop ends the process
    try {
      if (kind === 'msclap') {
        const { importMsclap } = await import('./import-msclap.ts');
        return { notices: await importMsclap(path, folder, report, signal) };
      }
      const { importHuggingFace } = await import('./hugging-face/import-folder.ts');
      await importHuggingFace(path, folder, report, signal);
      return { notices: [] };
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

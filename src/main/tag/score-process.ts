/** The score process: reads embeddings, multiplies, weighs words, and gives back what fits; away from the engine. */
import { openEmbeddings } from '../catalogue/open-embeddings.ts';
import { serveParent } from '../process/child.ts';
import { measureLibrary } from './measure-library.ts';
import type { ScoreMethods } from './protocol.ts';
import { ScoreRun } from './score-run.ts';
import { learnTags } from './teach/lessons.ts';

let run: ScoreRun | null = null;

serveParent<ScoreMethods>({
  measure: async ({ dataFolder, spaceId, dim, threads, embeddings }) => {
    const stored = openEmbeddings(dataFolder);
    try {
      return await measureLibrary(stored.windows, { spaceId, dim, threads }, embeddings);
    } finally {
      stored.close();
    }
  },
  learn: async (input) => {
    const stored = openEmbeddings(input.dataFolder);
    try {
      return await learnTags(stored, input);
    } finally {
      stored.close();
    }
  },
  begin: async (input) => {
    const stored = openEmbeddings(input.dataFolder);
    run = await ScoreRun.open(stored, input);
    return { files: run.files };
  },
  step: () => {
    if (!run) throw new Error('no scoring has been begun');
    return run.step();
  },
});

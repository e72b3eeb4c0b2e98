/** The score process: reads embeddings, multiplies, weighs words, and gives back what fits; away from the engine. */
import { openCatalogue } from '../catalogue/open.ts';
import { serveParent } from '../process/child.ts';
import { measureLibrary } from './measure-library.ts';
import type { ScoreMethods } from './protocol.ts';
import { ScoreRun } from './score-run.ts';
import { learnTags } from './teach/lessons.ts';

let run: ScoreRun | null = null;

serveParent<ScoreMethods>({
  measure: async ({ dataFolder, spaceId, dim, threads, embeddings }) => {
    const catalogue = openCatalogue(dataFolder, { readonly: true });
    try {
      return await measureLibrary(catalogue.windows, { spaceId, dim, threads }, embeddings);
    } finally {
      catalogue.close();
    }
  },
  learn: async (input) => {
    const catalogue = openCatalogue(input.dataFolder, { readonly: true });
    try {
      return await learnTags(catalogue, input);
    } finally {
      catalogue.close();
    }
  },
  begin: async (input) => {
    const catalogue = openCatalogue(input.dataFolder, { readonly: true });
    run = await ScoreRun.open(catalogue, input);
    return { files: run.files };
  },
  step: () => {
    if (!run) throw new Error('no scoring has been begun');
    return run.step();
  },
});

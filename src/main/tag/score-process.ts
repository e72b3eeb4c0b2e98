/** The score process: reads embeddings, multiplies, weighs words, and gives back what fits; away from the engine. */
import { withDatabaseErrors } from '../catalogue/database-errors.ts';
import { openDatabase } from '../catalogue/open.ts';
import { serveParent } from '../process/child.ts';
import { measureLibrary } from './measure-library.ts';
import type { ScoreMethods } from './protocol.ts';
import { ScoreRun } from './score-run.ts';
import { learnTags } from './teach/lessons.ts';

let folder = '';
let run: ScoreRun | null = null;

serveParent<ScoreMethods>({
  measure: async ({ dataFolder, spaceId, dim, threads, embeddings }) => {
    folder = dataFolder;
    const db = withDatabaseErrors(folder, () => openDatabase(dataFolder, true));
    try {
      return await measureLibrary(db, { spaceId, dim, threads }, embeddings);
    } finally {
      db.close();
    }
  },
  learn: async (input) => {
    folder = input.dataFolder;
    const db = withDatabaseErrors(folder, () => openDatabase(input.dataFolder, true));
    try {
      return await learnTags(db, input);
    } finally {
      db.close();
    }
  },
  begin: async (input) => {
    folder = input.dataFolder;
    const db = withDatabaseErrors(folder, () => openDatabase(input.dataFolder, true));
    run = await ScoreRun.open(db, input);
    return { files: withDatabaseErrors(folder, () => run!.files) };
  },
  step: () => {
    if (!run) throw new Error('no scoring has been begun');
    return run.step();
  },
});

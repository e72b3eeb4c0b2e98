/** The process that parses what somebody else wrote: what grows without end ends here, and not in the engine. */
import { serveParent } from '../process/child.ts';
import type { ReaderMethods } from './reader-protocol.ts';

serveParent<ReaderMethods>({
  async vocabulary({ path }) {
    const { readVocabularyFile } = await import('../tag/vocabulary-file.ts');
    return readVocabularyFile(path);
  },
  async taught({ path }) {
    const { readTaughtFile } = await import('../tag/teach/taught-file.ts');
    return readTaughtFile(path);
  },
  async dataset({ path, layout }) {
    const { readDatasetTable } = await import('../eval/dataset-table.ts');
    return readDatasetTable(path, layout);
  },
});

/** The process that parses what somebody else wrote: what grows without end ends here, and not in the engine. */
import { DATASET_TABLE, readDatasetTable } from '../eval/dataset-table.ts';
import { serveParent } from '../process/child.ts';
import { readTaughtFile, TAUGHT_FILE } from '../tag/teach/taught-file.ts';
import { readVocabularyFile, VOCABULARY_FILE } from '../tag/vocabulary-file.ts';
import type { ParserName, ReaderMethods } from '../untrusted/parser.ts';

const parsers = new Map<string, (input: never) => Promise<unknown>>();

function provide<I extends { path: string }, O>({ name }: ParserName<I, O>, parse: (input: I) => Promise<O>): void {
  parsers.set(name, parse);
}

provide(VOCABULARY_FILE, ({ path }) => readVocabularyFile(path));
provide(TAUGHT_FILE, ({ path }) => readTaughtFile(path));
provide(DATASET_TABLE, ({ path, layout }) => readDatasetTable(path, layout));

serveParent<ReaderMethods>({
  async read({ parser, input }) {
    const parse = parsers.get(parser);
    if (!parse) throw new Error(`no parser “${parser}”`);
    return parse(input as never);
  },
});

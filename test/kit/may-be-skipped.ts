/** Tests that a Linux machine with every program and permission may skip all the same; by the beginning of their names. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'data beside the checkout that is not ours to publish': [
    'test/eval/eval-command.test.ts > the shipped model tells ten everyday sounds apart',
    'test/models/families/msclap/golden.test.ts > golden cases > ',
    'test/models/families/msclap/shapes.test.ts > and what the published file has',
    'test/models/import/golden.test.ts > MS CLAP 2023 > ',
    'test/packs/gpt2-tokenizer.test.ts > the ids of the reference',
    'test/tag/vocabulary-shipped.test.ts > against the list of UCS > ',
  ],
  'root may open everything; macOS runs them as somebody else': [
    'test/decode/bad-files.test.ts > files that change or cannot be read > without permission',
    'test/export/lists.test.ts > a folder that may not be written',
    'test/files/list-folder.test.ts > a folder without permission says so',
  ],
  'writes gigabytes: EARMARK_WRITE_LARGE=1': [
    'test/faults/write-large.test.ts > 3 GB are written and undone without being held in memory',
  ],
  'needs Electron: the release runs it on three systems with EARMARK_SMOKE=required': ['e2e/electron-smoke.test.ts > '],
};
const NAMES = Object.values(REASONS).flat();

/** @param name `file > suite > test` */
export function mayBeSkipped(name: string): boolean {
  return NAMES.some((known) => name.startsWith(known));
}

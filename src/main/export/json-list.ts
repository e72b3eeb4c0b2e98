/** Sounds as one JSON document, for programs. docs/exports.md says what the fields mean. */
import { figuresInWords } from '../../shared/analysis.ts';
import type { ListedFile } from './listed-files.ts';

/** Raised when a field changes its meaning or goes; new fields do not count. */
export const JSON_LIST_VERSION = 1;

/** @yields the document in pieces, one file a line */
export async function* jsonList(files: AsyncIterable<ListedFile>, program: string): AsyncGenerator<string> {
  const head = JSON.stringify({ earmark: JSON_LIST_VERSION, program, exported: new Date().toISOString() });
  yield `${head.slice(0, -1)},"files":[`;
  let between = '\n';
  for await (const file of files) {
    yield `${between}${JSON.stringify(documented(file))}`;
    between = ',\n';
  }
  yield '\n]}\n';
}

function documented(file: ListedFile) {
  const { path, format, durationSeconds, sampleRate, channels, bitDepth, stars, favourite, offline } = file;
  return {
    path,
    format,
    durationSeconds,
    sampleRate,
    channels,
    bitDepth,
    ...figuresInWords(file),
    stars,
    favourite,
    offline,
    tags: file.tags.map(({ vocabularyId, labelId, name, ucs, probability }) => ({
      vocabulary: vocabularyId,
      label: labelId,
      name,
      ucs,
      probability,
    })),
    fileTags: file.nativeTags,
  };
}

/** Files with all that an export says of them, page by page. */
import type { FileRow } from '../../shared/calls/files.ts';
import type { NativeTag } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { readVocabularies } from '../tag/installed.ts';
import { acceptedTags, type AcceptedTag } from './accepted-tags.ts';

export interface ListedFile extends FileRow {
  /** Best first. */
  tags: AcceptedTag[];
  /** As the file has them. */
  nativeTags: NativeTag[];
}

/** Files read between two pauses for the engine's event loop. */
const PAGE = 500;

/**
 * @param fileIds in the order wanted; the same one twice is listed twice
 * @yields those that were ever analysed
 * @throws UserError file-missing for an id that is not in the catalogue
 */
export async function* listedFiles(
  catalogue: Catalogue,
  dataFolder: string,
  fileIds: readonly number[],
): AsyncGenerator<ListedFile, void, undefined> {
  catalogue.knownFiles.requireAll(fileIds);
  const { found } = await readVocabularies({ dataFolder });
  const tagsOf = acceptedTags(
    catalogue,
    found.map(({ vocabulary }) => vocabulary),
  );
  for (let first = 0; first < fileIds.length; first += PAGE) {
    const page = fileIds.slice(first, first + PAGE);
    const tags = tagsOf(page);
    for (const row of catalogue.fileRows.rows(page)) {
      yield { ...row, tags: tags.get(row.fileId) ?? [], nativeTags: catalogue.tags.of(row.fileId) };
    }
    await new Promise(setImmediate);
  }
}

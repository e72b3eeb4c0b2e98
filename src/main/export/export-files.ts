/** `export.files`: which writer, which name, what to refuse. */
import { dirname } from 'node:path';
import type { ExportFormat, WriteCalls } from '../../shared/calls/write.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { version } from '../files/install.ts';
import { csvList } from './csv-list.ts';
import { jsonList } from './json-list.ts';
import { listedFiles, type ListedFile } from './listed-files.ts';
import { m3uList } from './m3u-list.ts';
import type { GrantedOutput } from './output-grants.ts';
import { writeOutput } from './output-file.ts';

const ENDINGS: Record<ExportFormat, readonly string[]> = { csv: ['.csv'], json: ['.json'], m3u: ['.m3u', '.m3u8'] };

type Request = Omit<WriteCalls['export.files']['input'], 'output'> & GrantedOutput;
type Answer = WriteCalls['export.files']['output'];

/**
 * @param request its path is absolute
 * @returns as {@link WriteCalls} says
 * @throws UserError file-missing, and what {@link writeOutput} throws: nothing was written then
 */
export async function exportFiles(catalogue: Catalogue, dataFolder: string, request: Request): Promise<Answer> {
  const { fileIds, format, path, replace } = request;
  const answer: Answer = { files: 0, leftOut: [] };
  const leaveOut = (of: string, reason: string) => {
    answer.leftOut.push({ path: of, reason });
    answer.files--;
  };
  const files = counted(listedFiles(catalogue, dataFolder, fileIds), () => answer.files++);
  const output = { path, endings: ENDINGS[format], replace };
  await writeOutput(output, pieces(files, request, leaveOut), { dataFolder, catalogue });
  return answer;
}

function pieces(
  files: AsyncIterable<ListedFile>,
  { format, path, relativePaths = false, byteOrderMark = true }: Request,
  leaveOut: (path: string, reason: string) => void,
): AsyncIterable<string> {
  if (format === 'csv') return csvList(files, byteOrderMark);
  if (format === 'json') return jsonList(files, `Earmark ${version()}`);
  return m3uList(files, { relativeTo: relativePaths ? dirname(path) : null, leaveOut });
}

async function* counted<T>(items: AsyncIterable<T>, count: () => void): AsyncGenerator<T, void, undefined> {
  for await (const item of items) {
    count();
    yield item;
  }
}

/** What an analysis of a file came to, into the catalogue: for every job that analyses. */
import type { Catalogue } from '../catalogue/open.ts';
import type { EmbedOutcome, FileToEmbed } from '../embed/embed-files.ts';
import { mergeAlikeNeighbours } from '../embed/merge-windows.ts';
import { RETRYABLE_CODES } from '../scan/retry.ts';
import type { IndexSummary } from '../../shared/types.ts';

/** A file that is to be analysed. */
export interface PendingFile extends FileToEmbed {
  size: number;
  mtimeMs: number;
  /** Analysed before, in another space or with other content. */
  wasReady: boolean;
}

export interface StoreOutcomeDeps {
  catalogue: Catalogue;
  spaceId: number;
  /** New embeddings are in the catalogue. */
  onChanged: (fileIds: number[]) => void;
  /** Pack id of the model that the library moves to, where it is that one that analyses; null: the model in use. */
  nextModel: string | null;
}

/** @param summary counts it */
export function storeOutcome(
  outcome: EmbedOutcome<PendingFile>,
  { catalogue, spaceId, onChanged, nextModel }: StoreOutcomeDeps,
  summary: Pick<IndexSummary, 'skipped' | 'failed' | 'indexed' | 'audioSeconds' | 'warnings'>,
): void {
  const { file } = outcome;
  const { size, mtimeMs } = file;
  if (outcome.status === 'not-audio') {
    catalogue.files.setOther(file.fileId);
    summary.skipped++;
  } else if (outcome.status === 'failed') {
    const { code, userMessage } = outcome.error;
    // What other models have of a file stays when it is only out of reach now, or too much for the next model.
    if (code === 'vanished') catalogue.files.setOffline([file.fileId]);
    else if (!file.wasReady || (nextModel === null && !RETRYABLE_CODES.has(code))) {
      catalogue.files.setFailed(file.fileId, { code, message: userMessage, size, mtimeMs });
    }
    summary.failed.push({ path: file.path, code, message: userMessage });
  } else {
    const { report } = outcome;
    const windows = mergeAlikeNeighbours(outcome.windows);
    const { tags, ...facts } = report;
    catalogue.files.storeAnalysed({ fileId: file.fileId, spaceId, facts, tags, windows });
    onChanged([file.fileId]);
    summary.indexed++;
    summary.audioSeconds += report.durationSeconds;
    for (const { code, message } of report.warnings) summary.warnings.push({ path: file.path, code, message });
  }
}

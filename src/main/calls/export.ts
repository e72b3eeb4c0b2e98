/** The calls about lists, sidecars and names: what leaves the catalogue for other programs. */
import type { WriteCalls } from '../../shared/calls/write.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { exportFiles } from '../export/export-files.ts';
import type { Renaming } from '../export/renaming.ts';
import { writeSidecars } from '../export/sidecars.ts';
import type { Parts } from '../parts.ts';

export type ExportCallName = 'export.files' | 'write.sidecars' | 'rename.propose' | 'rename.start';

export function exportCalls(parts: Parts, renaming: Renaming): Pick<Engine, ExportCallName> {
  const { dataFolder } = parts.options;
  return {
    'export.files': async (request) => exportFiles(existing(parts), dataFolder, request),
    'write.sidecars': async ({ fileIds }) => writeSidecars(existing(parts), dataFolder, fileIds),
    'rename.propose': async ({ fileIds, ...given }) => renaming.propose(fileIds, given),
    'rename.start': async ({ fileIds, ...given }) => renaming.start(fileIds, given),
  };
}

/** The calls that serve renames and write-back alike: each job and each run goes to whoever it belongs to. */
export function withRenames<T extends Pick<Engine, 'write.wait' | 'write.undo'>>(calls: T, renaming: Renaming): T {
  return {
    ...calls,
    'write.wait': async (id: JobId) => (renaming.has(id) ? renaming.jobs.wait(id) : calls['write.wait'](id)),
    'write.undo': async (what: WriteCalls['write.undo']['input']) =>
      (await renaming.undo(what)) ?? calls['write.undo'](what),
  };
}

/** Asking makes no catalogue. */
function existing(parts: Parts): Catalogue {
  const catalogue = parts.existingCatalogue();
  if (catalogue) return catalogue;
  throw new UserError('nothing-indexed', 'There is no catalogue yet. Index a folder first.');
}

/** The calls about lists, sidecars and names: what leaves the catalogue for other programs. */
import type { WriteCalls } from '../../shared/calls/write.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { exportFiles } from '../export/export-files.ts';
import type { OutputGrants } from '../export/output-grants.ts';
import type { Renaming } from '../export/renaming.ts';
import { writeSidecars } from '../export/sidecars.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';

export type ExportCallName = 'export.files' | 'write.sidecars' | 'rename.propose' | 'rename.start';

type ExportDeps = Pick<CatalogueAccess, 'dataFolder' | 'existingCatalogue'>;

export function exportCalls(deps: ExportDeps, outputs: OutputGrants, renaming: Renaming): Pick<Engine, ExportCallName> {
  const { dataFolder } = deps;
  return {
    'export.files': async ({ output, ...request }) =>
      exportFiles(existing(deps), dataFolder, { ...request, ...outputs.take(output) }),
    'write.sidecars': async ({ fileIds }) => writeSidecars(existing(deps), dataFolder, fileIds),
    'rename.propose': async ({ fileIds, ...given }) => renaming.propose(fileIds, given),
    'rename.start': async ({ fileIds, ...given }) => renaming.start(fileIds, given),
  };
}

/** Undoes renames and writes alike: each run is passed to its service. */
export function withRenames<T extends Pick<Engine, 'write.undo'>>(calls: T, renaming: Renaming): T {
  return {
    ...calls,
    'write.undo': async (what: WriteCalls['write.undo']['input']) =>
      (await renaming.undo(what)) ?? calls['write.undo'](what),
  };
}

/** Asking makes no catalogue. */
function existing(deps: ExportDeps): Catalogue {
  const catalogue = deps.existingCatalogue();
  if (catalogue) return catalogue;
  throw new UserError('nothing-indexed', 'No catalogue yet. Index a folder first.');
}

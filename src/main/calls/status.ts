/** How the library stands, and whether everything works here. */
import type { Engine } from '../../shared/contract.ts';
import type { Status } from '../../shared/types.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { indexBytes } from '../index/index-folder.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { runDoctor, type DoctorDeps } from './doctor.ts';

type StatusDeps = CatalogueAccess & ModelAccess;

export function statusCalls(deps: StatusDeps & DoctorDeps): Pick<Engine, 'status.get' | 'doctor.run'> {
  return {
    'status.get': () => readStatus(deps),
    'doctor.run': () => runDoctor(deps),
  };
}

async function readStatus(deps: StatusDeps): Promise<Status> {
  const { dataFolder } = deps;
  const { id: model } = await deps.pack();
  const catalogue = deps.existingCatalogue();
  if (!catalogue) {
    return { dataFolder, model, roots: [], files: 0, ready: 0, failed: 0, offline: 0, audioSeconds: 0, windows: 0, outdated: { files: 0, kinds: [] }, catalogueBytes: 0, indexBytes: 0, readOnly: false, lastJob: null }; // prettier-ignore
  }
  const spaceId = await deps.spaceId();
  const last = catalogue.jobs.last();
  const { pending, kinds } = catalogue.analysis.count();
  return {
    dataFolder,
    model,
    roots: catalogue.totals.perRoot(spaceId),
    ...catalogue.totals.totals(spaceId),
    outdated: { files: pending, kinds },
    catalogueBytes: catalogue.bytes(),
    indexBytes: indexBytes(dataFolder, spaceId),
    readOnly: catalogue.readonly,
    lastJob: last && {
      id: last.id,
      kind: last.kind,
      state: last.state,
      startedMs: last.startedMs,
      finishedMs: last.finishedMs,
    },
  };
}

/** The calls about write-back. */
import type { WriteCalls } from '../../shared/calls/write.ts';
import type { Engine } from '../../shared/contract.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { listProfiles, removeProfile, saveProfile } from '../writeback/profiles.ts';
import type { Writing } from '../writeback/writing.ts';
import type { ExportCallName } from './export.ts';

type WriteDeps = Pick<CatalogueAccess, 'catalogue' | 'existingCatalogue'>;

/** @param recovered when what a killed program left is in order; writes and undoes wait for that */
export function writeCalls(
  deps: WriteDeps,
  writing: Writing,
  recovered: Promise<void>,
): Pick<Engine, Exclude<keyof WriteCalls, ExportCallName>> {
  const journal = () => deps.existingCatalogue()?.writeJournal;
  return {
    'write.profiles': () => Promise.resolve(listProfiles(deps.existingCatalogue())),
    'write.saveProfile': (profile) => Promise.resolve(saveProfile(deps.catalogue(), profile)),
    'write.removeProfile': (id) => {
      removeProfile(deps.catalogue(), id);
      return Promise.resolve(null);
    },
    'write.plan': (request) => recovered.then(() => writing.plan(request)),
    'write.planFiles': ({ planId, state, offset, limit }) =>
      Promise.resolve(writing.plans.files(planId, state, offset, limit)),
    'write.start': (request) => recovered.then(() => writing.start(request)),
    'write.runs': () => Promise.resolve(journal()?.runs() ?? []),
    'write.runFiles': ({ runId, outcome, offset, limit }) =>
      Promise.resolve(journal()?.filesOfRun(runId, outcome, offset, limit) ?? []),
    'write.undo': (what) => recovered.then(() => writing.undo(what)),
  };
}

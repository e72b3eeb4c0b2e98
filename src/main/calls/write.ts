/** The calls about write-back. */
import type { WriteCalls } from '../../shared/calls/write.ts';
import type { Engine } from '../../shared/contract.ts';
import type { Parts } from '../parts.ts';
import { writeJournal } from '../writeback/journal.ts';
import { listProfiles, removeProfile, saveProfile } from '../writeback/profiles.ts';
import type { Writing } from '../writeback/writing.ts';
import type { ExportCallName } from './export.ts';

/** @param recovered when what a killed program left is in order; writes and undoes wait for that */
export function writeCalls(
  parts: Parts,
  writing: Writing,
  recovered: Promise<void>,
): Pick<Engine, Exclude<keyof WriteCalls, ExportCallName>> {
  const journal = () => {
    const catalogue = parts.existingCatalogue();
    return catalogue && writeJournal(catalogue.db);
  };
  return {
    'write.profiles': () => Promise.resolve(listProfiles(parts.existingCatalogue())),
    'write.saveProfile': (profile) => Promise.resolve(saveProfile(parts.catalogue(), profile)),
    'write.removeProfile': (id) => {
      removeProfile(parts.catalogue(), id);
      return Promise.resolve(null);
    },
    'write.plan': (request) => recovered.then(() => writing.plan(request)),
    'write.planned': (id) => writing.planned(id),
    'write.planFiles': ({ planId, state, offset, limit }) =>
      Promise.resolve(writing.plans.files(planId, state, offset, limit)),
    'write.start': (request) => recovered.then(() => writing.start(request)),
    'write.wait': (id) => writing.ended(id),
    'write.runs': () => Promise.resolve(journal()?.runs() ?? []),
    'write.runFiles': ({ runId, outcome, offset, limit }) =>
      Promise.resolve(journal()?.filesOfRun(runId, outcome, offset, limit) ?? []),
    'write.undo': (what) => recovered.then(() => writing.undo(what)),
  };
}

/** Jobs of every kind, and files that failed. */
import type { Engine } from '../../shared/contract.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { Indexing } from '../indexing/indexing.ts';
import type { JobRegistry } from '../jobs/registry.ts';

type JobDeps = Pick<CatalogueAccess, 'catalogue' | 'existingCatalogue'>;

/** @param recovered resolves when what a killed program left is in order */
export function jobCalls(
  deps: JobDeps,
  jobs: JobRegistry,
  indexing: Indexing,
  recovered: Promise<void>,
): Pick<
  Engine,
  'index.start' | 'job.wait' | 'job.list' | 'job.pause' | 'job.resume' | 'job.cancel' | 'failure.list' | 'failure.retry'
> {
  return {
    'index.start': async ({ folders, again }) => {
      await recovered; // before anybody walks folders
      return indexing.start(folders, again);
    },
    'job.wait': (id) => jobs.wait(id),
    'job.list': () => Promise.resolve(jobs.running),
    'job.pause': (id) => {
      jobs.pause(id);
      return Promise.resolve(null);
    },
    'job.resume': (id) => {
      jobs.resume(id);
      return Promise.resolve(null);
    },
    'job.cancel': (id) => {
      jobs.cancel(id);
      return Promise.resolve(null);
    },
    'failure.list': () => Promise.resolve(deps.existingCatalogue()?.files.failures() ?? []),
    'failure.retry': async () => {
      const release = await jobs.preemptAndLock();
      try {
        return deps.catalogue().files.forgetFailures();
      } finally {
        release();
      }
    },
  };
}

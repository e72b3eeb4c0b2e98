/** Models that others publish: which there are, and fetching one. */
import type { ModelCalls } from '../../shared/calls/models.ts';
import type { Engine } from '../../shared/contract.ts';
import type { Downloads } from '../models/download/downloads.ts';
import type { Parts } from '../parts.ts';
import { listModels } from './models.ts';

type DownloadCalls = Pick<
  ModelCalls,
  'model.known' | 'model.download' | 'model.cancelDownload' | 'model.discardDownload'
>;

export function downloadCalls(parts: Parts, downloads: Downloads): Pick<Engine, keyof DownloadCalls> {
  return {
    'model.known': () => downloads.known(),
    'model.download': async ({ id, acceptLicense }) => {
      const folder = await downloads.run(id, acceptLicense);
      if (folder === null) return null;
      return (await listModels(parts)).find((model) => model.folder === folder)!;
    },
    'model.cancelDownload': () => {
      downloads.cancel();
      return Promise.resolve(null);
    },
    'model.discardDownload': async ({ id }) => {
      await downloads.discard(id);
      return null;
    },
  };
}

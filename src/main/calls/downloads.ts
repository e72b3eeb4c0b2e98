/** Models that others publish: which there are, and fetching one. */
import type { ModelCalls } from '../../shared/calls/models.ts';
import type { Engine } from '../../shared/contract.ts';
import type { Downloads } from '../models/download/downloads.ts';

type DownloadCalls = Pick<ModelCalls, 'model.known' | 'model.download' | 'model.discardDownload'>;

export function downloadCalls(downloads: Downloads): Pick<Engine, keyof DownloadCalls> {
  return {
    'model.known': () => downloads.known(),
    'model.download': ({ id, acceptLicense }) => downloads.start(id, acceptLicense),
    'model.discardDownload': async ({ id }) => {
      await downloads.discard(id);
      return null;
    },
  };
}

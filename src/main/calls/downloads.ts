/** Models that others publish: which there are, and fetching one. */
import type { ModelCalls } from '../../shared/calls/models.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';

type DownloadCalls = Pick<
  ModelCalls,
  'model.known' | 'model.download' | 'model.cancelDownload' | 'model.discardDownload'
>;

export function downloadCalls(): Pick<Engine, keyof DownloadCalls> {
  const unknown = (id: string) => Promise.reject(new UserError('not-found', `No model “${id}” is known that could be fetched.`)); // prettier-ignore
  return {
    'model.known': () => Promise.resolve([]),
    'model.download': ({ id }) => unknown(id),
    'model.cancelDownload': () => Promise.resolve(null),
    'model.discardDownload': ({ id }) => unknown(id),
  };
}

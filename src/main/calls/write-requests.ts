/** The calls about plans of agents. */
import type { WriteRequestCalls } from '../../shared/calls/write-requests.ts';
import type { Engine } from '../../shared/contract.ts';
import type { WriteRequests } from '../writeback/write-requests.ts';

export function writeRequestCalls(requests: WriteRequests): Pick<Engine, keyof WriteRequestCalls> {
  return {
    'writeRequest.make': (request) => requests.make(request),
    'writeRequest.list': () => requests.list(),
    'writeRequest.files': ({ id, offset, limit }) => requests.files(id, offset, limit),
    'writeRequest.confirm': (id) => requests.confirm(id),
    'writeRequest.remove': async (id) => {
      await requests.remove(id);
      return null;
    },
    'writeRequest.check': async (request) => {
      await requests.check(request);
      return null;
    },
  };
}

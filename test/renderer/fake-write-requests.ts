/** Plans of agents that do not exist, in memory. */
import type { WriteRequest, WriteRequestCalls } from '../../src/shared/calls/write-requests.ts';
import type { Engine } from '../../src/shared/contract.ts';
import { UserError } from '../../src/shared/errors.ts';
import { writeRequestMissing, writeRequestUnconfirmed } from '../../src/shared/refusals.ts';

/** @param plans what the fake engine's plans would change */
export function fakeWriteRequests(plans: Pick<Engine, 'write.planFiles'>): Pick<Engine, keyof WriteRequestCalls> {
  const kept = new Map<string, { request: WriteRequest; planId: number }>();
  const get = (id: string) => {
    const found = kept.get(id);
    if (!found) throw writeRequestMissing(id);
    return found;
  };
  const changes = (planId: number, offset = 0, limit = 500) =>
    plans['write.planFiles']({ planId, state: 'change', offset, limit });
  return {
    'writeRequest.make': async ({ planId, from, tempoAndKey }) => {
      const files = await changes(planId);
      if (files.length === 0) throw new UserError('bad-input', 'Nothing to write.');
      const id = (kept.size + 1).toString(16).padStart(16, '0');
      const fields = files.reduce((sum, file) => sum + file.changes.length, 0);
      const request = { id, from, profileId: 'sfx', tempoAndKey, madeMs: kept.size, files: files.length, fields, confirmed: false };
      kept.set(id, { request, planId });
      return request;
    },
    'writeRequest.list': () => Promise.resolve([...kept.values()].map(({ request }) => request).reverse()),
    'writeRequest.files': ({ id, offset, limit }) => changes(get(id).planId, offset, limit),
    'writeRequest.confirm': (id) => {
      const { request, planId } = get(id);
      const confirmed = { ...request, confirmed: true };
      kept.set(id, { request: confirmed, planId });
      return Promise.resolve(confirmed);
    },
    'writeRequest.remove': (id) => {
      kept.delete(id);
      return Promise.resolve(null);
    },
    'writeRequest.check': ({ id, unattended }) => {
      if (!get(id).request.confirmed && !unattended) throw writeRequestUnconfirmed(id);
      return Promise.resolve(null);
    },
  }; // prettier-ignore
}

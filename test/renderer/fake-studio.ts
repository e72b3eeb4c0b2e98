/** A studio that does not exist: joined at once, by whoever asks. */
import type { SharedItem, StudioCalls, StudioStatus } from '../../src/shared/calls/studio.ts';
import type { Engine } from '../../src/shared/contract.ts';
import { UserError } from '../../src/shared/errors.ts';
import type { LibraryJobProgress } from '../../src/shared/types.ts';
import type { FakeJobs } from './fake-jobs.ts';

const SYNC_JOB: LibraryJobProgress = {
  ...{ id: 61, kind: 'sync', state: 'done', stage: 'sending', done: 3, total: null, failed: 0, audioSeconds: 0 },
  ...{ elapsedSeconds: 1, realTimeFactor: null, etaSeconds: null, currentPath: null },
};

export function fakeStudio(
  jobs: Pick<FakeJobs, 'begin'>,
  push: (event: 'studio.changed', payload: { joined: boolean }) => void,
): Pick<Engine, keyof StudioCalls> {
  let studio: StudioStatus | null = null;
  let items: SharedItem[] = [
    { kind: 'collection', id: '1', name: 'Doors', shared: true, author: null, atMs: null },
    { kind: 'search', id: '2', name: 'Night rain', shared: true, author: 'ben', atMs: Date.UTC(2026, 10, 28) },
    { kind: 'vocabulary', id: 'weapons', name: 'Weapons', shared: false, author: null, atMs: null },
  ];
  return {
    'studio.init': ({ name }) =>
      Promise.resolve({
        ...{ name: name ?? 'studio', server: 'nas.local:5432/studio', schemaBefore: 0, schema: 1, shares: ['sfx'] },
        roles: { viewer: 'earmark_studio_viewer', editor: 'earmark_studio_editor', admin: 'earmark_studio_admin' },
      }),
    'studio.join': ({ url, shares }) => {
      if (!url.startsWith('postgres://')) throw new UserError('bad-input', 'The address of the studio is not valid. It must begin with “postgres://”. Example: “postgres://ana@server.local/studio”.'); // prettier-ignore
      studio = {
        ...{
          name: 'Sound Studio',
          server: 'nas.local:5432/studio',
          member: 'ana',
          role: 'editor',
          problem: null,
          shares,
        },
        members: [
          { name: 'ana', role: 'editor', joinedMs: Date.UTC(2026, 9, 1), lastSeenMs: Date.UTC(2026, 10, 29) },
          { name: 'ben', role: 'viewer', joinedMs: Date.UTC(2026, 9, 2), lastSeenMs: Date.UTC(2026, 10, 20) },
        ],
        files: { analysed: 12_480, pending: 3, inWork: 2, failed: 1 },
        workers: [
          {
            ...{
              name: 'render-1-4f1c2a',
              member: 'ben',
              beganMs: Date.UTC(2026, 10, 29, 8),
              lastSeenMs: Date.UTC(2026, 10, 29, 9),
            },
            ...{ inWork: 2, analysed: 1204, failed: 1 },
          },
        ],
        failures: [{ share: 'sfx', path: 'doors/slam.wav', reason: '“sfx/doors/slam.wav” is damaged.' }],
        ...{ sharedFiles: 0, syncedMs: null },
      };
      push('studio.changed', { joined: true });
      return Promise.resolve(studio);
    },
    'studio.status': () => Promise.resolve(studio),
    'studio.leave': () => {
      const left = studio && { name: studio.name };
      studio = null;
      push('studio.changed', { joined: false });
      return Promise.resolve(left);
    },
    'studio.sync': () => {
      const summary = {
        takenOver: 3,
        analysesSent: 0,
        changesSent: 1,
        changesReceived: 2,
        kept: 0,
        pending: 0,
        cancelled: false,
      };
      if (studio) studio = { ...studio, sharedFiles: 3, syncedMs: Date.UTC(2026, 10, 29) };
      return Promise.resolve(jobs.begin(SYNC_JOB.id, () => Promise.resolve({ kind: 'sync', summary })));
    },
    'studio.work': () => Promise.reject(new UserError('no-studio', 'This library is not connected to a studio.')),
    'studio.shared': () =>
      studio === null
        ? Promise.reject(new UserError('no-studio', 'This library is not connected to a studio.'))
        : Promise.resolve(items),
    'studio.share': ({ kind, id, shared }) => {
      items = items.map((item) => (item.kind === kind && item.id === id ? { ...item, shared } : item));
      return Promise.resolve(items);
    },
    'studio.versions': () => Promise.resolve([]),
    'studio.restoreVersion': () => Promise.resolve(null),
    'studio.words': () =>
      Promise.resolve(
        studio === null
          ? []
          : [
              { what: 'rejected', name: 'rain', stars: null, author: 'ben', atMs: Date.UTC(2026, 10, 28, 10) },
              { what: 'accepted', name: 'door', stars: null, author: 'ana', atMs: Date.UTC(2026, 10, 27, 9) },
              { what: 'stars', name: '', stars: 4, author: 'ben', atMs: Date.UTC(2026, 10, 26, 8) },
            ],
      ),
  };
}

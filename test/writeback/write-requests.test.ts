/** Plans of agents as files: kept for other processes, not for ever, and for nobody else to read. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { FilePlan, PlanSummary } from '../../src/shared/calls/write.ts';
import { WriteRequests } from '../../src/main/writeback/write-requests.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const FILE: FilePlan = {
  fileId: 3,
  path: '/sounds/door.wav',
  format: 'wav',
  state: 'change',
  reason: '',
  changes: [{ field: 'mood', nativeId: 'TMOO', before: null, after: 'calm', mode: 'fill', note: '' }],
};
const made = { planId: 1, from: 'test', tempoAndKey: false };
let folder: string;
let files: FilePlan[];
let requests: WriteRequests;

beforeEach(() => {
  folder = temporaryFolder('wr');
  files = [FILE];
  requests = open();
});

function open(): WriteRequests {
  const summary = () => ({ profileId: 'sfx', change: files.length }) as PlanSummary;
  return new WriteRequests(folder, { summary, files: () => files });
}

test('another process confirms what the first one made; the file is for its user alone', async () => {
  const { id } = await requests.make(made);
  await expect(requests.check({ id, planId: 1, unattended: false })).rejects.toThrow('not confirmed');
  expect(await open().confirm(id)).toMatchObject({ id, confirmed: true, files: 1, fields: 1 });
  await requests.check({ id, planId: 1, unattended: false });
  expect(await requests.files(id, 0, 10)).toEqual([FILE]);
  const [name] = readdirSync(join(folder, 'write-requests'));
  if (process.platform !== 'win32') expect(statSync(join(folder, 'write-requests', name!)).mode & 0o077).toBe(0);
});

test.each([
  ['another value', { changes: [{ ...FILE.changes[0]!, after: 'tense' }] }],
  ['another state of the file', { changes: [{ ...FILE.changes[0]!, before: 'happy' }] }],
  ['another file', { fileId: 4 }],
])('%s is not what was confirmed', async (_, other) => {
  const { id } = await requests.make(made);
  await requests.confirm(id);
  files = [{ ...FILE, ...other }];
  await expect(requests.check({ id, planId: 2, unattended: false })).rejects.toThrow('have changed since plan');
});

test('the record of a write may have another date than the plan', async () => {
  const record = (after: string) => ({ ...FILE.changes[0]!, field: 'provenance' as const, after });
  files = [{ ...FILE, changes: [...FILE.changes, record('yesterday')] }];
  const { id } = await requests.make(made);
  files = [{ ...FILE, changes: [...FILE.changes, record('today')] }];
  await requests.check({ id, planId: 2, unattended: true });
});

test('the newest twenty are kept; a damaged one is none', async () => {
  const { id: first } = await requests.make(made);
  writeFileSync(join(folder, 'write-requests', `${'0'.repeat(16)}.json`), '{');
  for (let more = 0; more < 20; more++) await requests.make(made);
  const kept = await requests.list();
  expect(kept).toHaveLength(20);
  await expect(requests.confirm('0'.repeat(16))).rejects.toThrow('There is no plan');
  await expect(requests.confirm('../settings')).rejects.toThrow('There is no plan');
  for (const { id } of kept) await requests.remove(id);
  expect(await requests.list()).toEqual([]);
  expect(kept.map(({ madeMs }) => madeMs)).toEqual(kept.map(({ madeMs }) => madeMs).sort((a, b) => b - a));
  expect(first).toMatch(/^[0-9a-f]{16}$/);
});

test('a plan that changes nothing, or more files than a person can review, is refused', async () => {
  files = [];
  await expect(requests.make(made)).rejects.toThrow('Nothing to write');
  files = Array.from({ length: 1001 }, () => FILE);
  await expect(requests.make(made)).rejects.toThrow('The plan changes 1001 files. Request 1000 at most at a time.');
});

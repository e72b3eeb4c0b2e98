/** Writing by agents: nothing without a person, and only what that person saw. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WriteRun } from '../../../src/shared/calls/write.ts';
import type { Client } from '../../../src/shared/contract.ts';
import { UserError, type ErrorCode } from '../../../src/shared/errors.ts';
import { WrittenSounds } from '../../calls/written-sounds.ts';
import { startAgent, type Agent } from './agent.ts';

interface Plan {
  planId: string;
  files: number;
  confirmed: boolean;
  changes: { path: string; fields: { nativeId: string; before: string | null; after: string | null }[] }[];
}

let sounds: WrittenSounds;
let agent: Agent;
let agents: Agent[];
beforeEach(async () => {
  agents = [];
  sounds = new WrittenSounds();
  sounds.addTone('door.wav', 400, 1.1);
  sounds.addTone('rain.wav', 500, 1.3);
  await sounds.index();
  await sounds.accept('door.wav', 'sfx', 'air-jet', 0.9);
  agent = await start();
});
afterEach(async () => {
  for (const one of agents) await one.close();
  await sounds.end();
});

async function start(unattended = false): Promise<Agent> {
  const engine: Client = {
    call: (name, input) =>
      sounds.call(name, input).catch((error: unknown) => {
        const { code, message } = error as Error & { code: ErrorCode };
        throw new UserError(code, message);
      }),
    on: (event, listener) => sounds.on(event, listener),
  };
  const started = await startAgent(engine, sounds.folder, { allow: new Set(['write']), unattended });
  agents.push(started);
  return started;
}
const plan = (by = agent, names = ['door.wav']) =>
  by.ask<Plan>('plan_write', { profile: 'sfx', fileIds: names.map((name) => sounds.idOf(name)) });
const requests = () => sounds.call('writeRequest.list', null);

test('a plan is shown to a person, written once it is confirmed, and undone', async () => {
  const before = sounds.hashes();
  const { planId, confirmed, changes } = await plan();
  expect(confirmed).toBe(false);
  expect(changes).toMatchObject([{ path: sounds.at('door.wav') }]);
  expect(changes[0]!.fields).toContainEqual({ field: 'catId', nativeId: 'iXML:USER/CATID', before: null, after: 'AIRBlow' }); // prettier-ignore
  await expect(agent.ask('write_tags', { planId })).rejects.toThrow(`Plan ${planId} is not confirmed yet. A person has to confirm it in Earmark, on the screen Write.`); // prettier-ignore
  expect(sounds.hashes()).toEqual(before);

  expect(await requests()).toMatchObject([{ id: planId, from: 'test', profileId: 'sfx', files: 1, confirmed: false }]);
  const [shown] = await sounds.call('writeRequest.files', { id: planId, offset: 0, limit: 10 });
  expect(shown).toMatchObject({ path: sounds.at('door.wav'), state: 'change' });
  await sounds.call('writeRequest.confirm', planId);

  const run = await agent.ask<WriteRun>('write_tags', { planId });
  expect(run).toMatchObject({ kind: 'write', written: 1, skipped: 0, failed: 0 });
  expect(sounds.tagsOf('door.wav')).toMatchObject({ 'iXML:USER/CATID': 'AIRBlow' });
  expect(sounds.hashes()['rain.wav']).toBe(before['rain.wav']);
  expect(await requests()).toEqual([]);
  await expect(agent.ask('write_tags', { planId })).rejects.toThrow(`There is no plan “${planId}”`);

  await expect((await start()).ask('undo_write', { runId: run.runId })).rejects.toThrow('was not written in this session'); // prettier-ignore
  expect(await agent.ask('undo_write', { runId: run.runId })).toMatchObject({ undone: 1 });
  expect(sounds.hashes()).toEqual(before);
});

test('files changed since the review are not written', async () => {
  const { planId } = await plan();
  await sounds.call('writeRequest.confirm', planId);
  await sounds.accept('door.wav', 'general', 'music', 0.9);
  const before = sounds.hashes();
  await expect(agent.ask('write_tags', { planId })).rejects.toThrow(`Files or decisions have changed since plan ${planId} was made. Make a new plan.`); // prettier-ignore
  expect(sounds.hashes()).toEqual(before);
});

test('a rejected plan is gone; one that changes nothing is not made', async () => {
  const { planId } = await plan();
  await sounds.call('writeRequest.remove', planId);
  await expect(agent.ask('write_tags', { planId })).rejects.toThrow(`There is no plan “${planId}”`);
  await expect(plan(agent, ['rain.wav'])).rejects.toThrow('Nothing to write');
  await expect(agent.ask('plan_write', { profile: 'nonsense', fileIds: [1] })).rejects.toThrow('nonsense');
  await expect(agent.ask('write_tags', { planId: '../../../etc/pass' })).rejects.toThrow('planId');
});

test('unattended, nobody has to confirm', async () => {
  const alone = await start(true);
  const { planId } = await plan(alone);
  expect(await alone.ask('write_tags', { planId })).toMatchObject({ written: 1 });
});

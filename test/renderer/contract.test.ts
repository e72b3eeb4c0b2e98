/**
 * The fake engine of the window's tests against the real one: the same calls are answered in the same shape, and refused
 * with the same code and the same sentence.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WriteProfile } from '../../src/shared/calls/write.ts';
import type { CallName, Calls, Client } from '../../src/shared/contract.ts';
import { UserError } from '../../src/shared/errors.ts';
import { EngineTrial } from '../calls/engine-trial.ts';
import { fakeEngine } from './fake-client.ts';

const NAMES = ['door slam', 'wooden door', 'bell at a door', 'knocking on the garden door'];
const NOWHERE = 987_654;
const OWN_PROFILE: WriteProfile = {
  ...{ id: 'own', name: 'Own', shipped: false, keepTime: true },
  rules: [{ field: 'keywords', mode: 'append', vocabularyIds: [] }],
};

const real = new EngineTrial();
const fake = fakeEngine({ size: NAMES.length, answerMs: 0, appearance: 'system', map: { drawn: false, missing: 0 } });
const fileIds = new Map<Pick<Client, 'call'>, number[]>();

beforeAll(async () => {
  for (const [at, name] of NAMES.entries()) real.addTone(`${name}.wav`, 200 + 100 * at, 1 + at / 10);
  await real.start();
  await real.index(real.sounds);
  for (const engine of [real, fake]) {
    fileIds.set(engine, await engine.call('file.list', { of: {}, order: 'name', descending: false }));
  }
});
afterAll(() => real.end());

/** Of a call that both are asked; the ids and the model in use are those of the one that is asked. */
type Case = { [N in CallName]: [name: N, input: (fileIds: number[], model: string) => Calls[N]['input']] }[CallName];

const ANSWERED: Case[] = [
  ['status.get', () => null],
  ['job.list', () => null],
  ['file.rows', (ids) => ids],
  ['file.rows', (ids) => [NOWHERE, ids[0]!]],
  ['file.get', (ids) => ids[0]!],
  ['file.waveforms', (ids) => ids],
  ['file.list', () => ({ of: {}, order: 'duration', descending: true })],
  ['file.folders', () => null],
  ['search.query', () => ({ text: 'door' })],
  ['search.query', () => ({ text: 'door', grouped: true })],
  ['search.windows', (ids) => ({ fileId: ids[0]!, query: { text: 'door' } })],
  ['search.windows', (ids) => ({ fileId: ids[0]!, query: {} })],
  ['search.matches', (ids) => ({ fileIds: [...ids, NOWHERE], query: { text: 'door' } })],
  ['favourite.set', (ids) => ({ fileIds: ids.slice(1), favourite: true })],
  ['stars.set', (ids) => ({ fileIds: ids, stars: 4 })],
  ['collection.create', () => ({ name: 'Doors' })],
  ['collection.restore', (ids) => ({ name: 'Other doors', fileIds: ids })],
  ['collection.list', () => null],
  ['collection.arrange', () => []],
  ['savedSearch.save', () => ({ name: 'Doors', query: { text: 'door' } })],
  ['savedSearch.list', () => null],
  ['setting.get', () => null],
  ['setting.set', () => ({ volume: 0.5 })],
  ['vocabulary.list', () => null],
  ['model.list', () => null],
  ['model.known', () => null],
  ['model.move', () => null],
  ['write.profiles', () => null],
  ['write.saveProfile', () => OWN_PROFILE],
  ['write.runs', () => null],
  ['write.runFiles', () => ({ runId: NOWHERE, outcome: null, offset: 0, limit: 10 })],
  ['rename.propose', (ids) => ({ fileIds: ids })],
  ['map.get', () => null],
  ['facet.count', (ids) => ({ query: { text: 'dur:<4' }, fileIds: ids })],
];

const REFUSED: Case[] = [
  ['facet.count', () => ({ query: { text: 'door dur:x' }, fileIds: null })],
  ['file.get', () => NOWHERE],
  ['search.windows', () => ({ fileId: NOWHERE, query: { text: 'door' } })],
  ['search.query', () => ({ text: 'door dur:x' })],
  ['job.wait', () => NOWHERE],
  ['collection.rename', () => ({ id: NOWHERE, name: 'Nothing' })],
  ['collection.remove', () => NOWHERE],
  ['collection.add', (ids) => ({ id: NOWHERE, fileIds: ids })],
  ['file.list', () => ({ of: { collectionId: NOWHERE }, order: 'name', descending: false })],
  ['vocabulary.get', () => 'nonsense'],
  ['tag.make', (ids) => ({ name: 'Wooden', fileIds: ids.slice(2) })],
  ['setting.set', () => ({ model: 'nonsense' })],
  ['setting.set', () => ({ nextModel: 'nonsense' })],
  ['model.check', () => ({ id: 'nonsense' })],
  ['model.remove', () => ({ id: 'nonsense', forget: false })],
  ['model.remove', (_, model) => ({ id: model, forget: false })],
  ['model.download', () => ({ id: 'nonsense', acceptLicense: true })],
  ['model.download', () => ({ id: 'msclap-2023', acceptLicense: false })],
  ['model.discardDownload', () => ({ id: 'nonsense' })],
  ['write.saveProfile', () => ({ ...OWN_PROFILE, id: 'sfx' })],
  ['write.removeProfile', () => 'sfx'],
  ['write.removeProfile', () => 'nonsense'],
  ['write.plan', () => ({ profileId: 'nonsense', fileIds: [], folders: [] })],
  ['write.planFiles', () => ({ planId: NOWHERE, state: null, offset: 0, limit: 10 })],
  ['write.start', () => ({ planId: NOWHERE, leaveOut: [] })],
  ['write.undo', () => ({ runId: NOWHERE, fileIds: [] })],
  ['write.undo', () => ({ runId: null, fileIds: [] })],
  ['write.undo', (ids) => ({ runId: null, fileIds: ids })],
];

const titleOf = ([name, input]: Case) => `${name} ${JSON.stringify(input([1, 2, 3, 4], 'the model in use'))}`;
const ask = async ([name, input]: Case, engine: Pick<Client, 'call'>) => {
  const { model } = await engine.call('setting.get', null);
  return engine.call(name, input(fileIds.get(engine)!, model));
};

describe('answers have the same shape', () => {
  test.each(ANSWERED.map((one) => [titleOf(one), one] as const))('%s', async (_, one) => {
    expect(differences(await ask(one, fake), await ask(one, real))).toEqual([]);
  });
});

describe('refusals have the same code and message', () => {
  test.each(REFUSED.map((one) => [titleOf(one), one] as const))('%s', async (_, one) => {
    expect(await refusal(ask(one, fake))).toEqual(await refusal(ask(one, real)));
  });
});

async function refusal(work: Promise<unknown>): Promise<[code: string, sentence: string]> {
  // What there is, what it is called and where it lies is not for the fake to know.
  const anyList = (sentence: string) =>
    sentence
      .replace(/((?:Available \w+|Installed): ).*\.$/, '$1….')
      .replace(/the licence [^ ]+\. Read it at https:\S+/, 'its licence at https://…')
      .replace(/^“[^”]+” is in use/, '“…” is in use');
  try {
    await work;
  } catch (error) {
    // The trial of the engine has it as a host gets it, the fake throws it as it is.
    if (error instanceof UserError) return [error.code, anyList(error.userMessage)];
    const { code, message } = error as Error & { code?: string };
    if (code !== undefined && code !== 'internal') return [code, anyList(message)];
    throw error;
  }
  throw new Error('it was not refused');
}

/** Where kinds of values or names of fields differ. Null and an empty list may stand for anything. */
function differences(ours: unknown, theirs: unknown, at = 'reply'): string[] {
  if (ours === null || theirs === null) return [];
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    const [[one], [other]] = [ours as unknown[], theirs as unknown[]];
    return one === undefined || other === undefined ? [] : differences(one, other, `${at}[]`);
  }
  if (typeof ours !== typeof theirs) return [`${at}: ${typeof ours}, ${typeof theirs} of the engine`];
  if (typeof ours !== 'object') return [];
  const [fields, others] = [ours as Record<string, unknown>, theirs as Record<string, unknown>];
  return [...new Set([...Object.keys(fields), ...Object.keys(others)])].flatMap((name) => {
    if (!(name in fields)) return [`${at}.${name}: missing`];
    if (!(name in others)) return [`${at}.${name}: not of the engine`];
    return differences(fields[name], others[name], `${at}.${name}`);
  });
}

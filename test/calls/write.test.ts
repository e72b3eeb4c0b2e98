/** Write-back from the plan to the undo, through the engine as hosts call it. */
import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readIxml } from '../../src/main/decode/riff-tags.ts';
import { editOnDisk, WrittenSounds } from './written-sounds.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { until } from '../kit/until.ts';

let trial: WrittenSounds;
beforeEach(async () => {
  trial = new WrittenSounds();
  trial.addTone('door.wav', 400, 1.1);
  trial.addTone('named.wav', 500, 1.3, { info: { IKEY: 'their own words', INAM: 'Their title' } });
  trial.addTone('sub/rain.wav', 600, 1.2);
  trial.addTone('untagged.wav', 700, 1.4);
  await trial.index();
  await trial.accept('door.wav', 'sfx', 'air-jet', 0.9);
  await trial.accept('named.wav', 'sfx', 'air-jet', 0.8);
  await trial.accept('named.wav', 'general', 'music', 0.7);
  await trial.accept('sub/rain.wav', 'sfx', 'air-jet', null);
});
afterEach(() => trial.end());

const ixmlOf = (path: string) => {
  const bytes = readFileSync(path).toString('latin1');
  return Object.fromEntries(readIxml(bytes.slice(bytes.indexOf('<BWFXML'), bytes.indexOf('</BWFXML>') + 9)).map(({ nativeId, value }) => [nativeId, value])); // prettier-ignore
};

test('a plan says what would change and changes nothing; the write makes those changes; the next scan finds no change', async () => {
  const before = trial.hashes();
  const plan = await trial.plan();
  expect(plan).toMatchObject({ profileId: 'sfx', files: 3, change: 3, same: 0, refused: 0 });
  const files = await trial.planFiles(plan.planId);
  const door = files.find(({ path }) => path === trial.at('door.wav'))!;
  expect(door).toMatchObject({ state: 'change', format: 'wav', reason: '' });
  expect(door.changes).toContainEqual({ field: 'catId', nativeId: 'iXML:USER/CATID', before: null, after: 'AIRBlow', mode: 'fill', note: '' }); // prettier-ignore
  expect(trial.hashes()).toEqual(before);

  const run = await waitForJob(trial, await trial.call('write.start', { planId: plan.planId, leaveOut: [] }), 'write');
  expect(run).toMatchObject({ kind: 'write', profileId: 'sfx', written: 3, skipped: 0, failed: 0, undone: 0 });
  expect(run.finishedMs).not.toBeNull();
  const after = trial.hashes();
  expect(Object.keys(after)).toEqual(Object.keys(before)); // no temporary file is left
  expect(after['untagged.wav']).toBe(before['untagged.wav']);
  expect(after['door.wav']).not.toBe(before['door.wav']);
  expect(ixmlOf(trial.at('door.wav'))).toMatchObject({
    'iXML:USER/CATID': 'AIRBlow',
    'iXML:USER/CATEGORY': 'AIR',
    'iXML:USER/SUBCATEGORY': 'BLOW',
    'iXML:USER/CATEGORYFULL': 'AIR-BLOW',
    'iXML:USER/KEYWORDS': 'air jet',
    'iXML:ASWG/catId': 'AIRBlow',
  });
  // What was there is still there: in LIST/INFO nothing is ever replaced.
  expect(readFileSync(trial.at('named.wav')).includes('their own words')).toBe(true);
  expect(trial.tagsOf('door.wav')).toMatchObject({ 'iXML:USER/CATID': 'AIRBlow' });
  expect(await trial.paths('AIRBlow')).toContain(trial.at('door.wav'));
  expect(await trial.index()).toMatchObject({ unchanged: 4, indexed: 0, retagged: 0, moved: 0 });
  expect(await trial.plan()).toMatchObject({ change: 0, same: 3 });
});

test('a change right after the write is noticed, though it keeps size and time', async () => {
  await trial.write();
  const path = trial.at('named.wav');
  const { atime, mtime } = statSync(path);
  writeFileSync(
    path,
    Buffer.from(readFileSync(path).toString('latin1').replace('Their title', 'Other title'), 'latin1'),
  );
  utimesSync(path, atime, mtime);
  expect(await trial.index()).toMatchObject({ unchanged: 3, indexed: 0, retagged: 1 });
  expect(Object.values(trial.tagsOf('named.wav'))).toContain('Other title');
});

test('undo gives every byte and the times back, of a run or of single files', async () => {
  const before = trial.hashes();
  const times = ['door.wav', 'named.wav', 'sub/rain.wav'].map((path) => trial.mtimeMs(path));
  const { runId } = await trial.write();
  const one = await trial.undo(null, ['door.wav']);
  expect(one).toMatchObject({ runId, written: 2, undone: 1 });
  expect(trial.hashes()['door.wav']).toBe(before['door.wav']);
  expect(await trial.undo(runId)).toMatchObject({ written: 0, undone: 3, notRestored: 0 });
  expect(trial.hashes()).toEqual(before);
  for (const [at, path] of ['door.wav', 'named.wav', 'sub/rain.wav'].entries()) {
    expect(trial.mtimeMs(path)).toBeCloseTo(times[at]!, 1);
  }
  expect(trial.tagsOf('door.wav')).toEqual({});
  expect(await trial.index()).toMatchObject({ unchanged: 4, indexed: 0, retagged: 0 });
  await expect(trial.undo(runId)).rejects.toMatchObject({ code: 'not-found' });
  expect((await trial.runFiles(runId)).map(({ outcome }) => outcome)).toEqual(['undone', 'undone', 'undone']);
});

test('a file changed since then is skipped and listed with the reason; a moved one is undone at its new place', async () => {
  const before = trial.hashes();
  const { runId } = await trial.write();
  writeFileSync(trial.at('door.wav'), Buffer.concat([readFileSync(trial.at('door.wav')), Buffer.from('x')]));
  renameSync(trial.at('sub/rain.wav'), trial.at('sub/moved.wav'));
  await trial.index();
  writeFileSync(trial.at('sub/rain.wav'), 'something else at the old place');
  expect(await trial.undo(runId)).toMatchObject({ undone: 2, notRestored: 1 });
  const [left] = await trial.call('write.runFiles', { runId, outcome: 'not-restored', offset: 0, limit: 10 });
  expect(left).toMatchObject({
    path: trial.at('door.wav'),
    reason: expect.stringMatching(/has changed since/) as unknown,
  });
  expect(trial.hashes()['sub/moved.wav']).toBe(before['sub/rain.wav']);
});

test('our own earlier values are replaced or taken out, those of others stay', async () => {
  await trial.write();
  expect(ixmlOf(trial.at('named.wav'))['iXML:USER/KEYWORDS']).toBe('air jet, music');
  // Another program puts a word behind ours and changes one of our values.
  await editOnDisk(trial.at('named.wav'), [
    { nativeId: 'iXML:USER/KEYWORDS', values: ['air jet, music, own word'] },
    { nativeId: 'iXML:USER/SUBCATEGORY', values: ['THEIRS'] },
  ]);
  await trial.index();
  trial.read((db) => db.exec("UPDATE decision SET accepted = 0 WHERE tag_id = (SELECT id FROM tag WHERE label_id = 'music')")); // prettier-ignore
  const { planId } = await trial.plan('sfx', ['named.wav']);
  const [plan] = await trial.planFiles(planId);
  expect(plan!.changes.map(({ nativeId, before, after }) => [nativeId, before, after])).toEqual([
    ['iXML:USER/KEYWORDS', 'air jet, music, own word', 'own word, air jet'],
    ['iXML:USER/DESCRIPTION', 'air jet, music', 'air jet'],
    ['iXML:BWFXML/EARMARK', expect.any(String), expect.any(String)],
  ]);
  await waitForJob(trial, await trial.call('write.start', { planId, leaveOut: [] }), 'write');
  // Nothing is accepted any more: what is ours goes, and so does our own field.
  trial.read((db) => db.exec('UPDATE decision SET accepted = 0'));
  expect(await trial.write()).toMatchObject({ written: 3, failed: 0 });
  expect(ixmlOf(trial.at('named.wav'))).toEqual({
    'iXML:BWFXML/IXML_VERSION': '1.61',
    'iXML:USER/KEYWORDS': 'own word',
    'iXML:USER/SUBCATEGORY': 'THEIRS',
  });
  expect(ixmlOf(trial.at('door.wav'))).toEqual({ 'iXML:BWFXML/IXML_VERSION': '1.61' });
  expect(await trial.plan()).toMatchObject({ change: 0 });
});

test('profiles: shipped ones stay, own ones come and go', async () => {
  expect((await trial.call('write.profiles', null)).map(({ id, shipped }) => [id, shipped])).toEqual([['sfx', true], ['music', true], ['dj', true]]); // prettier-ignore
  const mine = { id: 'mine', name: ' Mine ', shipped: false, keepTime: true, rules: [{ field: 'comment' as const, mode: 'replace' as const, vocabularyIds: ['sfx'] }] }; // prettier-ignore
  expect(await trial.call('write.saveProfile', mine)).toMatchObject({ id: 'mine', name: 'Mine', shipped: false });
  await expect(trial.call('write.saveProfile', { ...mine, id: 'sfx' })).rejects.toMatchObject({ code: 'bad-input' });
  await expect(trial.call('write.saveProfile', { ...mine, rules: [] })).rejects.toMatchObject({ code: 'bad-input' });
  await trial.start(); // survives the engine
  const time = trial.mtimeMs('door.wav');
  expect(await trial.write('mine', ['door.wav'])).toMatchObject({ written: 1 });
  expect(trial.mtimeMs('door.wav')).toBe(time);
  expect(trial.tagsOf('door.wav')).toMatchObject({ 'LIST/INFO:ICMT': 'air jet' });
  await trial.call('write.removeProfile', 'mine');
  await expect(trial.plan('mine')).rejects.toMatchObject({ code: 'not-found' });
});

test('a write and an undo preempt a move to another model, which continues afterwards', async () => {
  trial.addPack('other');
  trial.set({ lowPriority: false });
  await trial.start({ load: 'background' });
  await trial.call('setting.set', { nextModel: 'other' });
  const moving = () => trial.progress.findLast(({ nextModel }) => nextModel === 'other');
  const job = await until('the job of the move', moving);
  await trial.call('job.pause', job.id); // as one of many hours
  const before = trial.hashes();
  const { runId, written } = await trial.write();
  expect(written).toBe(3);
  expect(trial.progress.findLast(({ id }) => id === job.id)!.state).toBe('cancelled');
  expect(await trial.undo(runId)).toMatchObject({ undone: 3 });
  expect(trial.hashes()).toEqual(before);
  await until('the other model in use', async () => (await trial.call('setting.get', null)).model === 'other');
  expect(await trial.call('status.get', null)).toMatchObject({ ready: 4 });
});

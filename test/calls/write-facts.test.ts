/** Tempo and key written into files: which files, which value, told apart from what the file states, undone. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FieldChange } from '../../src/shared/calls/write.ts';
import type { FactSource } from '../../src/shared/facts.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { editOnDisk, WrittenSounds } from './written-sounds.ts';

let trial: WrittenSounds;
beforeEach(async () => {
  trial = new WrittenSounds();
  trial.addTone('126bpm Am.wav', 400, 1.1);
  trial.addTone('measured.wav', 500, 1.2);
  trial.addTone('tagged.wav', 600, 1.3);
  await editOnDisk(trial.at('tagged.wav'), [{ nativeId: 'TBPM', values: ['128.00'] }]);
  trial.addTone('door.wav', 700, 1.4);
  await trial.index();
  measure(97, 0.9);
});
afterEach(() => trial.end());

/** As an analysis of a loop would have found it; of the others nothing. */
function measure(bpm: number, confidence: number): void {
  trial.read((db) => {
    db.exec('UPDATE file SET bpm_sound = -1, key_sound = -1');
    db.prepare('UPDATE file SET kind_sound = 1, bpm_sound = ?, bpm_confidence = ? WHERE id = ?').run(bpm, confidence, trial.idOf('measured.wav')); // prettier-ignore
  });
}

async function plan(tempoAndKey = true): Promise<{ planId: number; changes: Record<string, FieldChange[]> }> {
  const request = { profileId: 'music', fileIds: [], folders: [], ...(tempoAndKey && { tempoAndKey }) };
  const { planId } = await waitForJob(trial, await trial.call('write.plan', request), 'plan');
  const files = await trial.planFiles(planId);
  const changes = new Map(files.map(({ path, changes: own }) => [path.split('/').at(-1)!, own]));
  return { planId, changes: Object.fromEntries(changes) };
}
const write = async ({ planId }: { planId: number }) =>
  waitForJob(trial, await trial.call('write.start', { planId, leaveOut: [] }), 'write');
const inWords = (changes: FieldChange[] | undefined) =>
  (changes ?? [])
    .filter(({ field }) => field === 'bpm' || field === 'key')
    .map(({ nativeId, before, after }) => `${nativeId}: ${before ?? '–'} → ${after ?? '–'}`);
const bpmOf = async (name: string): Promise<[number | string | null, FactSource] | null> => {
  const { bpm } = (await trial.call('file.get', trial.idOf(name))).facts;
  return bpm && [bpm.value, bpm.from];
};

test('off unless asked for; then files without accepted tags, too; written, found again and undone', async () => {
  expect((await plan(false)).changes).toEqual({});
  const before = trial.hashes();
  const first = await plan();
  expect(Object.keys(first.changes).sort()).toEqual(['126bpm Am.wav', 'measured.wav', 'tagged.wav']);
  expect(inWords(first.changes['126bpm Am.wav'])).toEqual(['TBPM: – → 126', 'TKEY: – → Am']);
  expect(inWords(first.changes['measured.wav'])).toEqual(['TBPM: – → 97']);
  expect(first.changes['tagged.wav']).toEqual([]);

  const { runId, written } = await write(first);
  expect(written).toBe(2);
  expect(trial.tagsOf('126bpm Am.wav')).toMatchObject({ TBPM: '126', TKEY: 'Am' });
  expect(Object.values((await plan()).changes).flat()).toEqual([]);
  // What was measured is not taken for a statement of the file; what its name said may be.
  expect(await bpmOf('measured.wav')).toEqual([97, 'sound']);
  expect(await bpmOf('126bpm Am.wav')).toEqual([126, 'file']);
  expect(await trial.reindex()).toMatchObject({ indexed: 0, retagged: 0 });
  expect(await bpmOf('measured.wav')).toEqual([97, 'sound']);

  await trial.undo(runId);
  expect(trial.hashes()).toEqual(before);
});

test('a better measurement replaces ours, one that is not certain takes it out', async () => {
  await write(await plan());
  measure(98.5, 0.85);
  expect(inWords((await plan()).changes['measured.wav'])).toEqual(['TBPM: 97 → 98.5']);
  measure(98.5, 0.5);
  expect(inWords((await plan()).changes['measured.wav'])).toEqual(['TBPM: 97 → –']);
});

test('the value of another program is replaced only by your correction, which the plan shows', async () => {
  const correct = (value: string | null) => trial.call('fact.set', { fileIds: [trial.idOf('tagged.wav')], fact: 'bpm', value }); // prettier-ignore
  await correct('128');
  expect((await plan()).changes['tagged.wav']).toEqual([]);
  await correct('130');
  const corrected = await plan();
  expect(inWords(corrected.changes['tagged.wav'])).toEqual(['TBPM: 128.00 → 130']);
  await write(corrected);
  expect(trial.tagsOf('tagged.wav')).toMatchObject({ TBPM: '130' });
  await correct(null);
  expect(await bpmOf('tagged.wav')).toEqual([130, 'file']);
  expect((await plan()).changes['tagged.wav']).toEqual([]);
  // There is none: ours goes.
  await correct('none');
  expect(inWords((await plan()).changes['tagged.wav'])).toEqual(['TBPM: 130 → –']);
});

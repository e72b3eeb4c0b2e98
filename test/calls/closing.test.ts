import { expect, test } from 'vitest';
import { EngineTrial } from './engine-trial.ts';

test('while the engine closes nothing is begun, and what is under way is answered or says why', async () => {
  const trial = new EngineTrial();
  try {
    trial.addTone('hum.wav');
    trial.addTone('rain.wav', 700);
    await trial.start();
    await trial.index(trial.sounds);
    const codesOf = async (calls: Promise<unknown>[]) =>
      (await Promise.allSettled(calls)).map((end) => (end.status === 'rejected' ? (end.reason as { code: string }).code : 'done')); // prettier-ignore
    const ask = () =>
      codesOf([
        trial.call('search.query', { text: 'hum', includeUnlikely: true }),
        trial.call('search.query', { likePath: trial.at('rain.wav') }),
        trial.call('embed.files', { paths: [trial.at('hum.wav')], raw: false }),
        trial.call('status.get', null),
        trial.call('vocabulary.list', null),
        trial.call('index.start', { folders: [trial.sounds], again: true }),
        trial.call('map.make', { anew: true }),
        trial.call('write.plan', { profileId: 'sfx', fileIds: [], folders: [] }),
      ]);
    const before = ask();
    const closing = trial.close();
    const during = ask();
    expect(await before).not.toContain('internal');
    expect(new Set(await during)).toEqual(new Set(['engine-closed']));
    await closing;
    expect(new Set(await ask())).toEqual(new Set(['engine-closed']));
  } finally {
    await trial.end();
  }
});

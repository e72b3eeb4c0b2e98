import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EngineTrial } from './engine-trial.ts';

test('a data folder that is removed under a running engine is reported, and work continues when it is back', async () => {
  const trial = new EngineTrial();
  try {
    trial.addTone('rain.wav', 700, 1.2);
    await trial.start();
    await trial.index(trial.sounds);
    renameSync(trial.data, `${trial.data}.away`);
    for (const call of [
      trial.call('status.get', null),
      trial.call('setting.set', { volume: 0.5 }),
      trial.paths('rain'),
    ]) {
      await expect(call).rejects.toThrow(/was removed or replaced.*Restore it/);
    }
    renameSync(`${trial.data}.away`, trial.data);
    expect(await trial.call('status.get', null)).toMatchObject({ ready: 1 });
  } finally {
    await trial.end();
  }
});

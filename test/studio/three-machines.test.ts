/** A studio as three people use it: one analyses, all search; what each says, the others see, with author and time. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NO_POSTGRES, Postgres } from '../kit/postgres.ts';
import { skipFor } from '../faults/trial.ts';
import { StudioTrial, type Machine } from './studio-trial.ts';

let server: Postgres;
let trial: StudioTrial;
let machines: Machine[];
let trials = 0;

describe.skipIf(skipFor(NO_POSTGRES, 'studio: three machines'))('three machines', () => {
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    trial = new StudioTrial(server, `studio${++trials}`);
    for (let at = 1; at <= 4; at++) trial.addTone(`doors/door ${at}.wav`, 200 * at, 1 + at / 10);
    machines = ['ana', 'ben', 'cleo'].map((name) => trial.machine(name));
    await machines[0]!.start();
    await machines[0]!.call('studio.init', { url: server.url(trial.database), name: 'The Studio', shares: ['sfx'] });
    trial.login('ana', 'editor');
    trial.login('ben', 'editor');
    trial.login('cleo', 'viewer');
    for (const machine of machines) await machine.join();
  });
  afterEach(() => trial.end());

  test('one analyses, all search', async () => {
    const [ana, ben, cleo] = machines as [Machine, Machine, Machine];
    expect(await ana.index()).toMatchObject({ indexed: 4 });
    expect(await ana.sync()).toMatchObject({ analysesSent: 4, takenOver: 0, pending: 0 });
    // What is known is taken over, by whatever would analyse it.
    expect(await ben.index()).toMatchObject({ indexed: 4, audioSeconds: 0 });
    expect(await cleo.sync()).toMatchObject({ takenOver: 4, analysesSent: 0, pending: 0 });
    for (const other of [ben, cleo]) {
      expect(await other.sync()).toMatchObject({ takenOver: 0, analysesSent: 0, pending: 0 });
      expect(await other.search('door')).toEqual(await ana.search('door'));
      expect(await other.index()).toMatchObject({ indexed: 0, unchanged: 4 });
    }
    await ana.sync();
    expect(ben.shared()).toEqual(ana.shared());
    expect(cleo.shared()).toEqual(ana.shared());
  });
});

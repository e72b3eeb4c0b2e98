/** What members write into files of a share: who wrote what is known to all, and any editor with the share undoes it. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../src/main/studio/connection.ts';
import { parseAddress } from '../../src/main/studio/address.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import type { WriteRun } from '../../src/shared/calls/write.ts';
import { skipFor } from '../faults/trial.ts';
import { NO_POSTGRES, Postgres } from '../kit/postgres.ts';
import { StudioTrial, type Machine } from './studio-trial.ts';

const FILES = ['doors/slam.wav', 'rain.wav'];

let server: Postgres;
let trial: StudioTrial;
let ana: Machine;
let ben: Machine;
let vera: Machine;
let trials = 0;

describe.skipIf(skipFor(NO_POSTGRES, 'studio: writes'))('the write journal', () => {
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    trial = new StudioTrial(server, `writes${++trials}`);
    mkdirSync(join(trial.nas, 'doors'));
    FILES.forEach((file, at) => trial.addTone(file, 300 + 100 * at));
    [ana, ben, vera] = [trial.machine('ana'), trial.machine('ben'), trial.machine('vera')];
    await ana.start();
    await ana.call('studio.init', { url: server.url(trial.database), name: 'Writes', shares: ['sfx'] });
    for (const name of ['ana', 'ben']) trial.login(name, 'editor');
    trial.login('vera', 'viewer');
    for (const machine of [ana, ben, vera]) await machine.join();
    await ana.index();
    const tagId = await ana.tag();
    for (const file of FILES) await ana.decide(file, tagId, true);
    for (const machine of [ana, ben, vera]) await machine.sync();
  });
  afterEach(() => trial.end());

  const bytes = () => FILES.map((file) => readFileSync(join(trial.nas, file)).toString('base64'));
  const client = (machine: Machine) => ({ call: machine.call.bind(machine) });
  const write = async (machine: Machine): Promise<WriteRun> => {
    const plan = await machine.call('write.plan', { profileId: 'sfx', fileIds: FILES.map((file) => machine.fileId(file)), folders: [] }); // prettier-ignore
    const { planId } = await waitForJob(client(machine), plan, 'plan');
    return waitForJob(client(machine), await machine.call('write.start', { planId, leaveOut: [] }), 'write');
  };
  const undo = async (machine: Machine, runId: number): Promise<WriteRun> =>
    waitForJob(client(machine), await machine.call('write.undo', { runId, fileIds: [] }), 'undo');
  const runs = (machine: Machine) => machine.call('write.runs', null);

  test(
    'who wrote what is known to all; another one undoes it, byte by byte, and the writer knows',
    { timeout: 600_000 },
    async () => {
      const before = bytes();
      expect(await write(ana)).toMatchObject({ written: 2 });
      expect(bytes()).not.toEqual(before);
      await ana.sync();
      await ben.sync();
      const [run] = await runs(ben);
      expect(run).toMatchObject({ author: ana.login, written: 2, profileId: 'sfx' });
      const files = await ben.call('write.runFiles', { runId: run!.runId, outcome: null, offset: 0, limit: 10 });
      expect(files.map(({ path }) => path.endsWith('.wav'))).toEqual([true, true]);
      expect(files[0]!.changes.length).toBeGreaterThan(0);
      expect(await undo(ben, run!.runId)).toMatchObject({ undone: 2, notRestored: 0 });
      expect(bytes()).toEqual(before);
      await ben.sync();
      await ana.sync();
      expect(await runs(ana)).toMatchObject([{ undone: 2, written: 0 }]);
      const [file] = await ana.call('write.runFiles', { runId: 1, outcome: 'undone', offset: 0, limit: 10 });
      expect(file?.reason).toBe(`Undone by ${ben.login}.`);
      expect((await runs(ana))[0]).not.toHaveProperty('author');
      await expect(undo(ana, 1)).rejects.toThrow();
      expect(await ben.sync()).toMatchObject({ changesSent: 0 });
    },
  );

  test(
    'a viewer sees a run and may not undo it; nor does what would change the audio',
    { timeout: 600_000 },
    async () => {
      await write(ana);
      await ana.sync();
      await vera.sync();
      const written = bytes();
      const [run] = await runs(vera);
      expect(run).toMatchObject({ author: ana.login, written: 2 });
      await expect(undo(vera, run!.runId)).rejects.toMatchObject({ code: 'studio-refused' });
      await expect(write(vera)).resolves.toMatchObject({ written: 0 });
      expect(bytes()).toEqual(written);
      // Nobody adds to another one's run.
      const other = await connect(parseAddress(trial.url('ben')));
      const columns =
        'run_id, number, share_id, path, state, before_hash, after_hash, before_size, after_size, before_mtime_ms, changes, at_ms';
      const more = `INSERT INTO earmark.written_file (${columns}) SELECT ${columns.replace('number', 'number + 7')} FROM earmark.written_file`;
      await expect(other.rows(more)).rejects.toMatchObject({ code: 'studio-refused' });
      await other.close();
      // Somebody with the owner's rights has put another record there.
      trial.sql("UPDATE earmark.written_undo SET undo = decode('00', 'hex')");
      await ben.sync();
      const [bens] = await runs(ben);
      expect((await undo(ben, bens!.runId).catch(() => null))?.undone ?? 0).toBe(0);
      expect(bytes()).toEqual(written);
    },
  );

  test(
    'a file that was changed since is left alone, and one that is not here cannot be undone here',
    { timeout: 600_000 },
    async () => {
      await write(ana);
      await ana.sync();
      await ben.sync();
      const [run] = await runs(ben);
      writeFileSync(
        join(trial.nas, FILES[1]!),
        Buffer.concat([readFileSync(join(trial.nas, FILES[1]!)), Buffer.from('more')]),
      );
      expect(await undo(ben, run!.runId)).toMatchObject({ undone: 1, notRestored: 1 });
      renameSync(join(trial.nas, FILES[1]!), join(trial.nas, 'elsewhere.wav'));
      await vera.sync();
      const [veras] = await runs(vera);
      expect(veras).toMatchObject({ undone: 0, written: 2 });
    },
  );

  test('one machine writes a file at a time; without the server everybody does', { timeout: 600_000 }, async () => {
    const other = await connect(parseAddress(trial.url('ben')));
    await other.rows(`SELECT pg_advisory_lock(hashtextextended('earmark write sfx/${FILES[0]!}', 0))`);
    expect(await write(ana)).toMatchObject({ written: 1, skipped: 1 });
    const [skipped] = await ana.call('write.runFiles', { runId: 1, outcome: 'skipped', offset: 0, limit: 10 });
    expect(skipped?.reason).toContain('Another member of the studio is writing this file.');
    await other.close();
    expect(await write(ana)).toMatchObject({ written: 1, skipped: 0 });
    await server.kill();
    expect(await undo(ana, 2)).toMatchObject({ undone: 1 });
    await server.restart();
    await ana.sync();
    expect(trial.sql('SELECT state, count(*) FROM earmark.written_file GROUP BY state ORDER BY state')).toBe(
      'undone|1\nwritten|1',
    );
  });
});

/** `earmark worker`, from the real command line: what it analyses, what it tells, and what it refuses. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWork } from '../../src/main/host/cli/worker-command.ts';
import type { StudioStatus, WorkSummary } from '../../src/shared/calls/studio.ts';
import { json, Program, TINY_PACK } from '../faults/program.ts';
import { expectRefused, expectSentence, skipFor } from '../faults/trial.ts';
import { NO_POSTGRES, Postgres } from '../kit/postgres.ts';
import { until } from '../kit/until.ts';
import { PASSWORD, StudioTrial, type Machine } from './studio-trial.ts';

const ANY = { url: null, shares: [], untilEmpty: true, retryFailed: false, leaseSeconds: 60 };

describe.skipIf(skipFor(NO_POSTGRES, 'earmark worker'))('a worker', () => {
  let server: Postgres;
  let trial: StudioTrial;
  let ana: Machine;
  let render: Machine;
  const at = (name: string) => join(trial.nas, 'doors', name);
  const files = async () => ((await ana.call('studio.status', null)) as StudioStatus).files;

  beforeAll(async () => {
    server = await Postgres.start();
    trial = new StudioTrial(server, 'work');
    for (let door = 1; door <= 5; door++) trial.addTone(`doors/door ${door}.wav`, 200 * door, 1 + door / 10);
    const twin = readFileSync(at('door 1.wav'));
    writeFileSync(at('door 1 copy.wav'), twin);
    writeFileSync(at('door 1 again.wav'), twin);
    writeFileSync(at('broken.wav'), twin.subarray(0, 40));
    [ana, render] = [trial.machine('ana'), trial.machine('render')];
    for (const machine of [ana, render]) await machine.start();
    await ana.call('studio.init', { url: server.url('work'), name: 'The Studio', shares: ['sfx', 'music'] });
    for (const [name, role] of [['ana', 'editor'], ['render', 'editor'], ['guest', 'viewer']] as const) trial.login(name, role); // prettier-ignore
    await ana.join();
  });
  afterAll(async () => {
    await trial.end();
    await server.stop();
  });

  test('analyses what nobody has, copies once, and tells what fails; all see it', async () => {
    await expect(render.call('studio.work', ANY)).rejects.toThrow('This library is not connected to a studio.');
    const shares = [{ name: 'sfx', path: render.mount }];
    const done = await render.work({ ...ANY, url: trial.url('render'), shares });
    expect(done).toMatchObject({ analysed: 5, takenOver: 2, left: 0, cancelled: false });
    expect(done.failed.map(({ path }) => path)).toEqual([at('broken.wav')]);
    expect(trial.sql('SELECT count(*), count(DISTINCT content_id) FROM earmark.analysis')).toBe('5|5');
    const { failures, workers } = (await ana.call('studio.status', null))!;
    expect(await files()).toEqual({ analysed: 7, pending: 0, inWork: 0, failed: 1 });
    expect(failures).toMatchObject([{ share: 'sfx', path: 'doors/broken.wav' }]);
    expectSentence(failures[0]!.reason);
    expect(failures[0]!.reason).not.toContain(trial.folder);
    expect(workers).toMatchObject([{ name: done.worker, member: 'render_work', inWork: 0, analysed: 5, failed: 1 }]);
    expect(statSync(join(render.data, 'studio.json')).mode & 0o777).toBe(0o600);

    expect(await ana.sync()).toMatchObject({ takenOver: 7 });
    expect(await ana.search('door')).toHaveLength(7);
  });

  test('again: nothing is analysed twice; what was moved, removed or mended counts as what it is now', async () => {
    expect(await render.work(ANY)).toMatchObject({ analysed: 0, takenOver: 0, failed: [], left: 0 });
    renameSync(at('door 2.wav'), at('moved.wav'));
    rmSync(at('door 3.wav'));
    writeFileSync(at('broken.wav'), readFileSync(at('door 4.wav')).subarray(0, 10_000));
    expect(await render.work(ANY)).toMatchObject({ analysed: 1, takenOver: 0, failed: [] });
    expect(await files()).toEqual({ analysed: 7, pending: 0, inWork: 0, failed: 0 });
    expect(trial.sql('SELECT path FROM earmark.file WHERE gone ORDER BY 1')).toBe('doors/door 2.wav\ndoors/door 3.wav');
    writeFileSync(at('door 3.wav'), readFileSync(at('door 5.wav')));
    await ana.sync();
    expect(await files()).toMatchObject({ analysed: 8, pending: 0 });
  });

  test('a file that stopped its worker again and again is given up with its reason, until somebody asks for it', async () => {
    const { size } = statSync(join(trial.nas, trial.addTone('doors/poison.wav', 999, 1)));
    trial.sql(`INSERT INTO earmark.file (share_id, path, size, mtime_ms, attempts, at_ms) SELECT id, 'doors/poison.wav', ${size}, 0, 6, 0 FROM earmark.share WHERE name = 'sfx'`); // prettier-ignore
    expect(await render.work(ANY)).toMatchObject({ analysed: 0, left: 0 });
    expect((await ana.call('studio.status', null))!.failures).toEqual([
      { share: 'sfx', path: 'doors/poison.wav', reason: expect.stringContaining('6 times') as string },
    ]);
    expect(await render.work({ ...ANY, retryFailed: true })).toMatchObject({ analysed: 1, left: 0 });
    expect(await files()).toMatchObject({ pending: 0, failed: 0 });
  });

  test('a share that is not mounted, and a viewer', async () => {
    const empty = join(trial.folder, 'empty');
    mkdirSync(empty);
    const guest = trial.machine('guest');
    await guest.start();
    const join1 = (name: string, path: string) => ({ ...ANY, url: trial.url(name), shares: [{ name: 'sfx', path }] });
    await expect(guest.work(join1('guest', trial.nas))).rejects.toThrow('A worker needs the role editor');
    await expect(guest.work(join1('ana', empty))).rejects.toThrow(`The share “sfx” is not mounted: the folder “${empty}” is missing or empty.`); // prettier-ignore
    // The files of a drive that is away are not gone.
    const [away, before] = [join(trial.folder, 'away'), await files()];
    renameSync(trial.nas, away);
    mkdirSync(trial.nas);
    await expect(render.work(ANY)).rejects.toThrow('is not mounted');
    await ana.sync();
    rmSync(trial.nas, { recursive: true });
    renameSync(away, trial.nas);
    expect(await files()).toEqual(before);
  });

  test('from the command line: what is new is claimed within a moment, and a stopped worker leaves nothing claimed', async () => {
    const start = (...args: string[]) =>
      new Program(['--data', render.data, '--model', TINY_PACK, '--json', ...args], { env: { PGPASSWORD: PASSWORD } });
    await render.call('setting.set', { lowPriority: false }); // the machine of a test may be busy
    await render.end();
    const workers = trial.sql('SELECT count(*) FROM earmark.worker');
    const worker = start('worker', trial.url('render').replace(/:[^:@/]*@/, '@'));
    await until('the worker is there', () => trial.sql('SELECT count(*) FROM earmark.worker') !== workers);
    trial.addTone('doors/new.wav', 1234, 1);
    trial.sql("INSERT INTO earmark.file (share_id, path, size, mtime_ms, at_ms) SELECT id, 'doors/new.wav', 1, 0, 0 FROM earmark.share WHERE name = 'sfx'"); // prettier-ignore
    await until('it is analysed', async () => (await files())?.pending === 0);
    worker.signal('SIGINT');
    const ended = await worker.ended;
    expect(ended.code, ended.stderr).toBe(130);
    expect(json<WorkSummary>(ended)).toMatchObject({ analysed: 1, cancelled: true });
    expect(ended.stdout + ended.stderr).not.toContain(PASSWORD);
    expect(trial.sql('SELECT count(*) FROM earmark.file WHERE worker IS NOT NULL')).toBe('0');

    await server.kill();
    expectRefused(await start('worker', '--until-empty').ended, 'studio-unreachable');
    const status = await start('studio', 'status').ended;
    expect(status.code).toBe(1);
    expect(json<StudioStatus>(status)).toMatchObject({ files: null, problem: expect.stringContaining('cannot be reached') as string }); // prettier-ignore
  });
});

test('words', () => {
  const done: WorkSummary = {
    ...{ worker: 'nas-1', analysed: 12, takenOver: 1, failed: [], left: 0 },
    ...{ audioSeconds: 60, seconds: 75, cancelled: false },
  };
  expect(describeWork(done)).toEqual([
    'Nothing is left to analyse.',
    'Analysed: 12 files in 75 s',
    'Copies:   1 file already known to the studio',
  ]);
  expect(describeWork({ ...done, takenOver: 0, cancelled: true, left: 3 }).slice(0, 1)).toEqual([
    'Stopped. Results so far are in the studio; other workers go on.',
  ]);
});

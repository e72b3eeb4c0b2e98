/** An engine that follows its studio: changes go both ways by themselves, also over a server that was away. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pauseAfter } from '../../src/main/studio/following.ts';
import { WakeUp } from '../../src/main/studio/wake-up.ts';
import { skipFor } from '../faults/trial.ts';
import { FaultyWay } from '../kit/faulty-way.ts';
import { NO_POSTGRES, Postgres } from '../kit/postgres.ts';
import { until } from '../kit/until.ts';
import { StudioTrial, type Machine } from './studio-trial.ts';

describe.skipIf(skipFor(NO_POSTGRES, 'studio: following'))('two that follow', () => {
  let server: Postgres;
  let trial: StudioTrial;
  let ana: Machine;
  let ben: Machine;
  let tag: number;
  const said = async (machine: Machine, path: string) => {
    const words = await machine.call('studio.words', machine.fileId(path));
    return words.map(({ what, author }) => `${what} by ${author.split('_')[0]}`);
  };

  beforeAll(async () => {
    server = await Postgres.start();
    trial = new StudioTrial(server, 'follow');
    for (const [at, name] of ['one', 'two', 'three'].entries()) trial.addTone(`${name}.wav`, 300 + 100 * at, 1);
    [ana, ben] = [trial.machine('ana'), trial.machine('ben')];
    for (const machine of [ana, ben]) await machine.start({ followOthers: true });
    await ana.call('studio.init', { url: server.url('follow'), name: 'Followed', shares: ['sfx'] });
    for (const name of ['ana', 'ben']) trial.login(name, 'editor');
    for (const machine of [ana, ben]) await machine.join();
    await ana.index();
    await ana.sync();
    await ben.sync();
    tag = await ana.tag();
  });
  afterAll(async () => {
    await trial.end();
    await server.stop();
  });

  test('what one decides, the other’s window is told of, without a sync of either', async () => {
    const told: number[] = [];
    ben.on()('tag.changed', ({ tagIds, decided }) => {
      if (decided) told.push(...tagIds);
    });
    await ana.decide('one.wav', tag, true);
    await until('ben has it', async () => (await said(ben, 'one.wav')).includes('accepted by ana'));
    await until('ben’s window is told', () => told.includes(tag));
    await ben.decide('one.wav', tag, false);
    await until('ana has the answer', async () => (await said(ana, 'one.wav')).includes('rejected by ben'));
  });

  test('what one has analysed is sent without a sync', async () => {
    trial.addTone('four.wav', 2000, 1);
    await ben.call('index.start', { folders: [ben.mount] }).then((id) => ben.call('job.wait', id));
    await until('it is on the server', () => trial.sql("SELECT count(*) FROM earmark.file WHERE path = 'four.wav' AND content_id IS NOT NULL") === '1'); // prettier-ignore
    expect(ben.notices).toEqual([]);
  });

  test('a server that is away costs nothing, and what was changed meanwhile goes both ways when it is back', async () => {
    await server.kill();
    await ana.decide('two.wav', tag, true);
    await ben.decide('three.wav', tag, false);
    expect(await ben.search('one')).not.toEqual([]);
    await server.restart();
    await until('ben has it', async () => (await said(ben, 'two.wav')).includes('accepted by ana'));
    await until('ana has it', async () => (await said(ana, 'three.wav')).includes('rejected by ben'));
    expect([ana.notices, ben.notices]).toEqual([[], []]);
  });

  test('a revoked role is reported once, and nothing is lost', async () => {
    trial.sql(`REVOKE earmark_follow_editor FROM "${ben.login}"; GRANT earmark_follow_viewer TO "${ben.login}"`);
    trial.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'ben%'");
    await ben.decide('two.wav', tag, false);
    await ana.decide('three.wav', tag, true);
    await until('ben still receives', async () => (await said(ben, 'three.wav')).includes('accepted by ana'));
    expect(trial.sql("SELECT count(*) FROM earmark.decision WHERE author LIKE 'ben%'")).toBe('2');
    trial.sql(`GRANT earmark_follow_editor TO "${ben.login}"`);
    trial.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'ben%'");
    await until('it is sent', async () => (await said(ana, 'two.wav')).includes('rejected by ben'));
  });

  test('a full disk of the server is reported once, and what waited for it is sent when there is room', async () => {
    trial.sql(`CREATE FUNCTION earmark.full_disk() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$;
               CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON earmark.decision EXECUTE FUNCTION earmark.full_disk()`);
    await ana.decide('two.wav', tag, true);
    const full = await until('ana is told', () => ana.notices.find((notice) => notice.includes('disk')));
    expect(full).toMatch(
      /^The disk of the studio server .* is full\. Nothing is lost on this machine\. Ask its administrator/,
    );
    await expect(ana.sync()).rejects.toThrow(full);
    trial.sql('DROP TRIGGER full_disk ON earmark.decision');
    await until('ben has it', async () => (await said(ben, 'two.wav')).includes('accepted by ana'));
    expect(ana.notices).toEqual([full]);
  });

  test('a table that is gone is reported once, and what waited is sent when it is restored', async () => {
    trial.sql('ALTER TABLE earmark.decision RENAME TO elsewhere');
    await ana.decide('one.wav', tag, true);
    const broken = await until('ana is told', () => ana.notices.find((notice) => notice.includes('is not complete')));
    expect(broken).toContain('Nothing is lost on this machine. Its administrator must restore it from a backup.');
    trial.sql('ALTER TABLE earmark.elsewhere RENAME TO decision');
    await until('ben has it', async () => (await said(ben, 'one.wav')).includes('accepted by ana'));
    expect(ana.notices.filter((notice) => notice === broken)).toHaveLength(1);
  });

  test('over a slow network that loses connections, all goes both ways, and nobody is told about it', async () => {
    const way = await FaultyWay.to(server.port);
    const before = ben.notices.length;
    try {
      way.faults = { delayMs: () => 2, pieceBytes: () => 500 };
      await ben.join(way.url(trial.url('ben')));
      await ben.sync();
      for (const accepted of [false, true, false]) {
        await ana.decide('two.wav', tag, accepted);
        await ben.decide('three.wav', tag, accepted);
        way.cut(); // in the middle of whatever it is doing
        const word = accepted ? 'accepted' : 'rejected';
        await until('ben has it', async () => (await said(ben, 'two.wav')).includes(`${word} by ana`));
        await until('ana has it', async () => (await said(ana, 'three.wav')).includes(`${word} by ben`));
      }
      expect(ben.notices.slice(before)).toEqual([]);
    } finally {
      way.close();
    }
  });
});

test('a long exchange is followed by a pause, and not by a long silence', () => {
  expect(pauseAfter(0)).toBeLessThan(1000);
  expect(pauseAfter(2000)).toBe(6000);
  expect(pauseAfter(10 * 60_000)).toBe(30_000);
});

test('who is woken before it waits goes on at once; who is not waits no longer than it has patience', async () => {
  const wake = new WakeUp();
  const { signal } = new AbortController();
  wake.wake();
  expect(await wake.next(1e9, signal)).toBe(true);
  expect(await wake.next(1, signal)).toBe(false);
  const waits = wake.next(1e9, signal);
  wake.wake();
  expect(await waits).toBe(true);
  const stop = new AbortController();
  const stopped = wake.next(1e9, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(stopped).rejects.toThrow('stopped');
});

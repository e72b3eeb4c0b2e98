/**
 * Three workers on one list, killed at random moments, and their server with them: every sound is analysed, none is lost, and
 * all libraries come to the same. `npm run soak -- studio` does it longer.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json, kill, Program, TINY_PACK } from '../faults/program.ts';
import { skipFor } from '../faults/trial.ts';
import { inDatabase } from '../kit/catalogue.ts';
import { NO_POSTGRES, Postgres } from '../kit/postgres.ts';
import { replayable, ROUNDS } from '../kit/random.ts';
import { until } from '../kit/until.ts';
import type { WorkSummary } from '../../src/shared/calls/studio.ts';
import { StudioTrial, type Machine } from './studio-trial.ts';

/** Of the machines and of who works on them. */
const NAMES = ['one', 'two', 'three'];
const SOUNDS = 30 * Math.ceil(ROUNDS / 2);
const COPIES = 3;
/** A worker each, but for every third, which is the server. */
const KILLS = 3 * ROUNDS;
/** Files that one worker may have in work. */
const MOST_IN_WORK = 24;

describe.skipIf(skipFor(NO_POSTGRES, 'studio: kills of workers'))('three workers that are killed', () => {
  let server: Postgres;
  let trial: StudioTrial;
  let machines: Machine[];

  beforeAll(async () => {
    server = await Postgres.start();
    trial = new StudioTrial(server, 'kills');
    for (let at = 0; at < SOUNDS; at++) trial.addTone(`set ${at % 5}/tone ${at}.wav`, 150 + 20 * at, 4 + at / 100);
    for (let at = 0; at < COPIES; at++) {
      writeFileSync(join(trial.nas, `copy ${at}.wav`), readFileSync(join(trial.nas, `set ${at}/tone ${at}.wav`)));
    }
    writeFileSync(join(trial.nas, 'broken.wav'), readFileSync(join(trial.nas, 'set 0/tone 0.wav')).subarray(0, 40));
    machines = NAMES.map((name) => trial.machine(name));
    await machines[0]!.start();
    await machines[0]!.call('studio.init', { url: server.url('kills'), name: 'Kills', shares: ['sfx'] });
    for (const name of NAMES) trial.login(name, 'editor');
    for (const machine of machines) {
      await machine.join();
      await machine.call('setting.set', { lowPriority: false }); // the machine of a test may be busy
      await machine.end();
    }
  });
  afterAll(async () => {
    await trial.end();
    await server.stop();
  });

  test('analyse everything once, lose nothing, and agree', { timeout: 180_000 * ROUNDS }, async () => {
    const random = replayable();
    const start = ({ data }: Machine) => {
      const run = { program: new Program(['--json', '--data', data, '--model', TINY_PACK, 'worker', '--until-empty', '--lease', '2']), seenBefore: seen(data), over: false }; // prettier-ignore
      void run.program.ended.then(() => (run.over = true));
      return run;
    };
    /** Workers of this machine that the server has seen; each run has a name of its own. */
    const seen = (data: string) => {
      const member = NAMES[machines.findIndex((machine) => machine.data === data)]!;
      return Number(trial.sql(`SELECT count(*) FROM earmark.worker WHERE member = '${member}'`));
    };
    const workers = machines.map(start);
    const analysed = () => Number(trial.sql('SELECT count(*) FROM earmark.analysis'));
    const killed = { worker: 0, server: 0, lateWorker: 0 };
    for (let at = 1; at <= KILLS; at++) {
      const enough = Math.floor((SOUNDS * at) / (KILLS + 1));
      await until(`${enough} sounds are analysed`, () => analysed() >= enough);
      await sleep(random() * 200);
      if (at % 3 === 0) {
        // One that has never reached its server does not wait for it: it says so and ends.
        for (const [i, { data }] of machines.entries()) {
          await until('the worker has begun', () => workers[i]!.over || seen(data) > workers[i]!.seenBefore);
        }
        await server.kill();
        await sleep(random() * 500);
        await server.restart();
        killed.server++;
        continue;
      }
      const victim = Math.floor(random() * workers.length);
      const wasAlive = kill(workers[victim]!.program.pid, 'SIGKILL');
      await workers[victim]!.program.ended;
      killed[wasAlive ? 'worker' : 'lateWorker']++;
      workers[victim] = start(machines[victim]!);
    }
    const ends = await Promise.all(workers.map(({ program }) => program.ended));
    for (const end of ends) {
      expect(end, end.stderr).toMatchObject({ code: 0, signal: null });
      expect(json<WorkSummary>(end)).toMatchObject({ left: 0, cancelled: false });
    }

    expect(trial.sql('SELECT count(*), count(DISTINCT content_id) FROM earmark.analysis')).toBe(`${SOUNDS}|${SOUNDS}`);
    expect(trial.sql('SELECT count(*) FROM earmark.file WHERE content_id IS NOT NULL')).toBe(`${SOUNDS + COPIES}`);
    expect(trial.sql('SELECT path FROM earmark.file WHERE failure IS NOT NULL')).toBe('broken.wav');
    expect(trial.sql('SELECT count(*) FROM earmark.file WHERE worker IS NOT NULL OR gone')).toBe('0');
    // What was analysed by two had been in work when the first of them was killed, or cut off.
    const here = machines.map(({ data }) =>
      inDatabase(data, (db) =>
        db.prepare<[], number>("SELECT count(DISTINCT content_id) FROM file WHERE state = 'ready'").pluck().get()!,
      ),
    );
    const twice = here.reduce((sum, count) => sum + count) - SOUNDS;
    const risks = killed.worker + machines.length * killed.server;
    process.stderr.write(`workers killed ${killed.worker} times (${killed.lateWorker} had ended), server ${killed.server}; ${here.join(' + ')} analyses of ${SOUNDS} sounds\n`); // prettier-ignore
    expect(twice).toBeLessThanOrEqual(MOST_IN_WORK * risks + COPIES);

    for (const machine of machines) await machine.start();
    for (let round = 0; round < 2; round++) for (const machine of machines) await machine.sync();
    const [first, ...others] = machines.map((machine) => {
      const { files, ...rest } = machine.shared() as { files: { relative_path: string }[] };
      // That one cannot be analysed is told to the studio, and found out by each machine that tries.
      return { ...rest, files: files.filter(({ relative_path }) => relative_path !== 'broken.wav') };
    });
    for (const other of others) expect(other).toEqual(first);
    expect(trial.sql('SELECT count(*) FROM earmark.analysis')).toBe(`${SOUNDS}`);
  });
});

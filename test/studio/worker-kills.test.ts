/**
 * Three workers on one list, killed while they have files in work, and their server with them: every sound is analysed, none is
 * lost, and all libraries come to the same. `npm run soak -- studio` kills fifty of them.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
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
/** Of workers that have files in work; each second one is followed by a kill of the server. */
const WORKER_KILLS = ROUNDS === 1 ? 2 : 5 * ROUNDS;
/** At the beginning, and whenever fewer than half of them have not been claimed yet: kills must not come after the work. */
const BATCH = 24;
const COPIES = 3;
/** Files that one worker may have in work. */
const MOST_IN_WORK = 24;

describe.skipIf(skipFor(NO_POSTGRES, 'studio: kills of workers'))('three workers that are killed', () => {
  let server: Postgres;
  let trial: StudioTrial;
  let machines: Machine[];
  let sounds = 0;
  /** @returns paths below the share */
  const addBatch = () =>
    Array.from({ length: BATCH }, () => {
      const at = sounds++;
      return trial.addTone(`set ${at % 5}/tone ${at}.wav`, 150 + ((20 * at) % 15_000), 4 + at / 1000); // no two of one size
    });

  beforeAll(async () => {
    server = await Postgres.start();
    trial = new StudioTrial(server, 'kills');
    addBatch();
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
    // Each file that a worker had and did not bring to an end.
    trial.sql(`CREATE TABLE public.interrupted (path text);
      CREATE FUNCTION public.note_interrupted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$ BEGIN INSERT INTO public.interrupted VALUES (OLD.path); RETURN NULL; END $$;
      CREATE TRIGGER note_interrupted AFTER UPDATE ON earmark.file FOR EACH ROW
        WHEN (OLD.worker IS NOT NULL AND NEW.worker IS DISTINCT FROM OLD.worker AND NEW.content_id IS NULL AND NEW.failure IS NULL)
        EXECUTE FUNCTION public.note_interrupted()`);
  });
  afterAll(async () => {
    await trial.end();
    await server.stop();
  });

  test('analyse everything once, lose nothing, and agree', { timeout: 180_000 * ROUNDS }, async () => {
    const random = replayable();
    const start = ({ data, login }: Machine) => {
      const args = ['--json', '--data', data, '--model', TINY_PACK, 'worker', '--until-empty', '--lease', '2'];
      const run = {
        login,
        seenBefore: timesSeen(login),
        program: new Program(args, { limitMs: 170_000 * ROUNDS }),
        over: false,
      };
      void run.program.ended.then(() => (run.over = true));
      return run;
    };
    /** Workers of this member that the server has seen; each run has a name of its own. */
    const timesSeen = (login: string) => Number(trial.sql(`SELECT count(*) FROM earmark.worker WHERE member = '${login}'`)); // prettier-ignore
    /** Paths that the run of this member has a valid lease of. */
    const inWork = ({ login, seenBefore }: Pick<(typeof workers)[number], 'login' | 'seenBefore'>) =>
      trial.sql(`SELECT path FROM earmark.file WHERE content_id IS NULL AND leased_till > clock_timestamp() AND worker =
                   (SELECT name FROM earmark.worker WHERE member = '${login}' ORDER BY began_at OFFSET ${seenBefore} LIMIT 1)`); // prettier-ignore
    const holdBack = () => {
      const UNCLAIMED = 'content_id IS NULL AND failure IS NULL AND worker IS NULL AND attempts = 0 AND NOT gone';
      if (Number(trial.sql(`SELECT count(*) FROM earmark.file WHERE ${UNCLAIMED}`)) >= BATCH / 2) return;
      const added = addBatch().toSorted(); // as a worker adds them that scans at the same time, else they wait for each other
      const rows = added.map((path) => {
        const { size, mtimeMs } = statSync(join(trial.nas, path));
        return `(1, '${path}', ${size}, ${mtimeMs}, 0)`;
      });
      trial.sql(`INSERT INTO earmark.file (share_id, path, size, mtime_ms, at_ms) VALUES ${rows.join(', ')} ON CONFLICT DO NOTHING`); // prettier-ignore
    };
    const analysed = () => Number(trial.sql('SELECT count(*) FROM earmark.analysis'));
    const workers = machines.map(start);
    const killed = { worker: 0, idleWorker: 0, server: 0 };
    for (let before = 0; killed.worker < WORKER_KILLS; before = analysed()) {
      holdBack();
      await until('something was analysed since the last kill', () => analysed() > before);
      const first = Math.floor(random() * workers.length);
      const at = await until('a worker has files in work', () => {
        const order = workers.map((_, i) => (first + i) % workers.length);
        return order.find((i) => workers[i]!.over || inWork(workers[i]!) !== '')?.toString();
      });
      const victim = workers[Number(at)]!;
      await sleep(random() * 200);
      kill(victim.program.pid, 'SIGKILL');
      const end = await victim.program.ended;
      if (end.signal === 'SIGKILL') {
        // What it has now it had when it was killed: it cannot claim nor release any more.
        killed[inWork(victim) !== '' ? 'worker' : 'idleWorker']++;
      } else expect(end.code, end.stderr).toBe(0); // nothing was left
      workers[Number(at)] = start(machines[Number(at)]!);
      if (killed.server >= Math.floor(killed.worker / 2)) continue;
      // One that has never reached its server does not wait for it: it says so and ends.
      for (const run of workers) {
        await until('the worker has begun', () => run.over || timesSeen(run.login) > run.seenBefore);
      }
      await server.kill();
      await sleep(random() * 500);
      await server.restart();
      killed.server++;
    }
    for (const { program } of workers) {
      const end = await program.ended;
      expect(end, end.stderr).toMatchObject({ code: 0, signal: null });
      expect(json<WorkSummary>(end)).toMatchObject({ left: 0, cancelled: false });
    }

    expect(trial.sql('SELECT count(*), count(DISTINCT content_id) FROM earmark.analysis')).toBe(`${sounds}|${sounds}`);
    expect(trial.sql('SELECT count(*) FROM earmark.file WHERE content_id IS NOT NULL')).toBe(`${sounds + COPIES}`);
    expect(trial.sql('SELECT path FROM earmark.file WHERE failure IS NOT NULL')).toBe('broken.wav');
    expect(trial.sql('SELECT count(*) FROM earmark.file WHERE worker IS NOT NULL OR gone')).toBe('0');
    // Analysed by two: only what was in work when the first of them was killed or cut off, and copies, which are taken over.
    const here = machines.map(({ data }) =>
      inDatabase(data, (db) =>
        db.prepare<[], string>("SELECT DISTINCT content_id FROM file WHERE state = 'ready'").pluck().all(),
      ),
    );
    const twice = here.flat().filter((content, at, all) => all.indexOf(content) !== at);
    const allowed = trial.sql(`SELECT content_id FROM earmark.file JOIN public.interrupted USING (path) WHERE content_id IS NOT NULL
                               UNION SELECT content_id FROM earmark.file WHERE path LIKE 'copy %'`).split('\n'); // prettier-ignore
    const risks = killed.worker + killed.idleWorker + machines.length * killed.server;
    process.stderr.write(`workers killed with files in work ${killed.worker} times (${killed.idleWorker} without), server ${killed.server}; ${sounds} sounds, ${allowed.length - COPIES} of them interrupted, ${twice.length} analysed twice; each: ${here.map(({ length }) => length).join(' + ')}\n`); // prettier-ignore
    expect(allowed).toEqual(expect.arrayContaining(twice));
    expect(allowed.length).toBeLessThanOrEqual(MOST_IN_WORK * risks + COPIES);

    for (const machine of machines) await machine.start();
    for (let round = 0; round < 2; round++) for (const machine of machines) await machine.sync();
    const [first, ...others] = machines.map((machine) => {
      const { files, ...rest } = machine.shared() as { files: { relative_path: string }[] };
      // That one cannot be analysed is told to the studio, and found out by each machine that tries.
      return { ...rest, files: files.filter(({ relative_path }) => relative_path !== 'broken.wav') };
    });
    expect(first!.files).toHaveLength(sounds + COPIES);
    for (const other of others) expect(other).toEqual(first);
    expect(trial.sql('SELECT count(*) FROM earmark.analysis')).toBe(`${sounds}`);
  });
});

/** The feed skips nothing and continues where it was: late commits, lost connections, a server that crashes or is restored. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/main/studio/address.ts';
import { connect, connected } from '../../src/main/studio/connection.ts';
import { initStudio } from '../../src/main/studio/studio.ts';
import { skipFor } from '../faults/trial.ts';
import { FaultyWay, type Faults } from '../kit/faulty-way.ts';
import { NO_POSTGRES, Postgres } from '../kit/postgres.ts';
import { replayable, ROUNDS } from '../kit/random.ts';
import { until } from '../kit/until.ts';
import { PASSWORD, Studio, type Member } from './members.ts';

const FILES = ['a.wav', 'b.wav'];

let server: Postgres;
let studio: Studio;
let ana: Member;
let ben: Member;
let studios = 0;

describe.skipIf(skipFor(NO_POSTGRES, 'studio: the feed'))('the feed', () => {
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    studio = await Studio.make(server, `feed${++studios}`);
    [ana, ben] = [studio.member('ana', FILES), studio.member('ben', FILES)];
    await ana.sync();
    await ben.sync();
  });
  afterEach(() => studio.end());

  const expectSame = async () => {
    for (let round = 0; round < 2; round++) for (const member of studio.members) await member.sync();
    expect(ben.shared()).toEqual(ana.shared());
  };

  test('does not skip what is committed late', async () => {
    ana.decide('a.wav', 'early', true);
    await ana.sync();
    const late = await connect(parseAddress(studio.url(ana.login)));
    await late.rows('BEGIN');
    await late.rows("INSERT INTO earmark.tag (vocabulary_id, label_id, name) VALUES ('sounds', 'late', 'late')");
    await late.rows(
      `INSERT INTO earmark.decision (content_id, tag_id, accepted, bulk, at_ms)
         SELECT 'content of b.wav', id, true, false, earmark.server_ms() FROM earmark.tag WHERE label_id = 'late'`,
    );
    const cleo = studio.member('cleo', FILES);
    cleo.decide('a.wav', 'meanwhile', true);
    await cleo.sync();
    // Later numbers are there already; those before them are not: nobody goes past them.
    await ben.sync();
    expect(ben.decisions('b.wav')).toEqual([]);
    await late.rows('COMMIT');
    await late.close();
    await ben.sync();
    expect(ben.decisions('b.wav')).toEqual(['late+']);
    expect(ben.decisions('a.wav')).toEqual(['early+', 'meanwhile+']);
    await expectSame();
  });

  describe('over a bad network', () => {
    let way: FaultyWay;
    beforeEach(async () => {
      way = await FaultyWay.to(server.port);
      ana.goOver(way.url(studio.url(ana.login)));
    });
    afterEach(() => way.close());

    /** Both decide and sync, one of them with faults. @returns rounds that the network spoiled */
    const decide = async (rounds: number, random: () => number, faults: () => Faults) => {
      let spoiled = 0;
      for (let round = 0; round < rounds; round++) {
        ana.decide('a.wav', `tag ${round}`, random() < 0.5);
        ben.decide('b.wav', `tag ${round}`, random() < 0.5);
        await ben.sync();
        way.faults = faults();
        await ana.sync().catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'studio-unreachable' });
          spoiled++;
        });
        way.faults = {};
      }
      await expectSame();
      expect(studio.sql('SELECT count(*), count(DISTINCT (content_id, tag_id)) FROM earmark.decision')).toBe(`${2 * rounds}|${2 * rounds}`); // prettier-ignore
      return spoiled;
    };

    test('continues after each lost connection, with nothing lost and nothing twice', async () => {
      const random = replayable();
      const faults = () => ({ cutAfter: Math.floor(random() * 12_000) });
      expect(await decide(6 * ROUNDS, random, faults)).toBeGreaterThan(0);
    });

    test(
      'nothing is lost nor twice with bytes that come late, in pieces, and twice',
      { timeout: 180_000 * ROUNDS },
      async () => {
        const random = replayable();
        const late = { delayMs: () => (random() < 0.1 ? 2 : 0), pieceBytes: () => 1 + Math.floor(random() * 2000) };
        expect(await decide(2 * ROUNDS, random, () => late)).toBe(0);
        // What is repeated is no message of the protocol, or one that was not asked for: never a second decision.
        const faults = () => {
          let left = 1 + Math.floor(random() * 20);
          return { ...late, twice: () => --left === 0 };
        };
        expect(await decide(4 * ROUNDS, random, faults)).toBeGreaterThan(0);
      },
    );

    /** The next message to the server arrives twice, and is answered twice. */
    const repeatOnce = () => {
      let left = 1;
      way.faults = { twice: () => left-- > 0 };
    };

    test('what fails because each answer is to the question before counts as a bad network', async () => {
      const address = parseAddress(way.url(studio.url(ana.login)));
      const asking = connected(address, async ({ rows }) => {
        repeatOnce();
        await rows('SELECT $1::text AS one', ['1']);
        const [row] = await rows<{ other: string }>('SELECT $1::text AS other', ['2']);
        return row!.other.length;
      });
      await expect(asking).rejects.toMatchObject({ code: 'studio-unreachable' });
    });

    test('nothing is committed on an answer to another question', async () => {
      studio.sql('CREATE TABLE public.counted (n integer); GRANT ALL ON public.counted TO PUBLIC');
      const connection = await connect(parseAddress(way.url(studio.url(ana.login))));
      const adding = connection.transaction(async () => {
        repeatOnce();
        await connection.rows('INSERT INTO public.counted VALUES ($1)', [1]);
      });
      await expect(adding).rejects.toMatchObject({ code: 'studio-unreachable' });
      await connection.close();
      expect(studio.sql('SELECT count(*) FROM public.counted')).toBe('0');
    });

    test('a connection that is lost without a word is given up', async () => {
      const connection = await connect(parseAddress(way.url(studio.url(ana.login))), { answerTimeoutMs: 200 });
      way.faults = { swallow: true };
      await expect(connection.rows('SELECT 1')).rejects.toMatchObject({ code: 'studio-unreachable' });
      await connection.close();
    });
  });

  test('of two that change the same rows in opposite orders, the one that has to give way tries again', async () => {
    studio.sql(
      'CREATE TABLE public.pair AS SELECT n, 0 AS times FROM generate_series(1, 2) AS n; GRANT ALL ON public.pair TO PUBLIC',
    );
    const [one, other] = [await connect(parseAddress(studio.url(ana.login))), await connect(parseAddress(studio.url(ben.login)))]; // prettier-ignore
    const add = (n: number) => `UPDATE public.pair SET times = times + 1 WHERE n = ${n}`;
    const statements: Promise<unknown>[] = [];
    await one.transaction(async () => {
      await one.rows(add(2));
      if (statements.length === 0) {
        statements.push(other.rows(`DO $$ BEGIN ${add(1)}; ${add(2)}; END $$`)); // a statement by itself
        await until('the other one waits', () => studio.sql('SELECT count(*) FROM pg_locks WHERE NOT granted') !== '0');
      }
      await one.rows(add(1));
    });
    await Promise.all(statements);
    expect(studio.sql('SELECT times FROM public.pair')).toBe('2\n2');
    await one.close();
    await other.close();
  });

  test('continues after a power failure of the server, and reports it meanwhile', async () => {
    ana.decide('a.wav', 'door', true);
    await server.kill();
    await expect(ana.sync()).rejects.toThrow(/cannot be reached\. Nothing is lost on this machine\./);
    await server.restart();
    await expectSame();
    expect(ben.decisions('a.wav')).toEqual(['door+']);
  });

  test('clocks that are an hour off do no harm', async () => {
    const hour = 3_600_000;
    studio.sql(
      'CREATE OR REPLACE FUNCTION earmark.server_ms() RETURNS bigint LANGUAGE sql STABLE RETURN (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 3600000',
    );
    ana.decide('a.wav', 'door', true);
    await ana.sync();
    ben.decide('a.wav', 'door', false);
    await expectSame();
    expect(ana.decisions('a.wav')).toEqual(['door-']);
    const [word] = ana.catalogue.studio.words.ofFile(ana.file('a.wav'));
    expect(word!.atMs - Date.now()).toBeGreaterThan(hour / 2);
  });

  test('a dump that is restored on another server, and one of yesterday', async () => {
    ana.decide('a.wav', 'door', true);
    await expectSame();
    const dump = server.program('pg_dump', ['--no-owner', '--no-privileges', studio.database]);
    // None of it is in the dump.
    ben.decide('b.wav', 'rain', true);
    ana.decide('a.wav', 'door', null);
    const { id } = ben.catalogue.collections.create('Today');
    ben.catalogue.collections.add(id, [ben.file('a.wav')]);
    await expectSame();
    const other = await Postgres.start();
    try {
      other.createDatabase(studio.database);
      other.program('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-d', studio.database], dump);
      await initStudio(other.url(studio.database), null, []);
      for (const member of studio.members) {
        other.createLogin(member.login, PASSWORD, [`earmark_${studio.database}_editor`]);
        member.goOver(other.url(studio.database, member.login, PASSWORD));
      }
      await expectSame();
      expect(ana.decisions('b.wav')).toEqual(['rain+']);
      expect(ben.decisions('a.wav')).toEqual([]);
      expect(ana.collections()).toEqual({ Today: ['a.wav'] });
      expect(other.sql(studio.database, 'SELECT count(*) FROM earmark.decision')).toBe('2');
      ana.decide('b.wav', 'dog', true);
      await expectSame();
      expect(ben.decisions('b.wav')).toEqual(['dog+', 'rain+']);
    } finally {
      await other.stop();
    }
  });

  test('a dump that is restored on the same server: over the studio, and beside it', async () => {
    ana.decide('a.wav', 'door', true);
    await expectSame();
    const dump = server.program('pg_dump', ['--clean', '--no-owner', '--no-privileges', studio.database]);
    const beside = `${studio.database}_again`;
    server.createDatabase(beside);
    for (const database of [studio.database, beside]) {
      ben.decide('b.wav', `said before ${database}`, true);
      await expectSame();
      server.program('psql', ['-q', '-d', database], dump);
      await initStudio(server.url(database), null, []);
      for (const { login } of studio.members)
        server.sql('postgres', `GRANT "earmark_${database}_editor" TO "${login}"`);
      for (const member of studio.members) member.goOver(server.url(database, member.login, PASSWORD));
      await expectSame();
      expect(server.sql(database, `SELECT name FROM earmark.decision JOIN earmark.tag ON tag.id = tag_id ORDER BY 1`)).toContain(`said before ${database}`); // prettier-ignore
    }
  });

  test('a server that is set back to an earlier time gets what it lost again', async () => {
    ana.decide('a.wav', 'door', true);
    await expectSame();
    // As after a restore in place: later transactions, and what they wrote, are gone.
    const { xid, seq } = ben.catalogue.studio.place('decision');
    for (const member of studio.members)
      member.catalogue.studio.setPlace('decision', { xid: String(Number(xid) + 1_000_000), seq });
    studio.sql(
      'ALTER TABLE earmark.decision DISABLE TRIGGER sign; DELETE FROM earmark.decision; ALTER TABLE earmark.decision ENABLE TRIGGER sign',
    );
    ana.decide('b.wav', 'rain', true);
    await expectSame();
    expect(ben.decisions('b.wav')).toEqual(['rain+']);
    expect(studio.sql('SELECT count(*) FROM earmark.decision')).toBe('2');
  });

  test('a member who leaves keeps everything, and comes back', async () => {
    ana.decide('a.wav', 'door', true);
    await expectSame();
    ben.catalogue.studio.leave(ben.login);
    expect(ben.decisions('a.wav')).toEqual(['door+']);
    ben.decide('a.wav', 'rain', false);
    ana.decide('b.wav', 'dog', true);
    await ana.sync();
    await expectSame();
    expect(ana.decisions('a.wav')).toEqual(['door+', 'rain-']);
    expect(ben.decisions('b.wav')).toEqual(['dog+']);
  });

  test('decisions of others are never sent under another name after leaving, here and elsewhere', async () => {
    ana.decide('a.wav', 'door', true);
    ana.decide('a.wav', 'wind', true);
    const { id } = ana.catalogue.collections.create('Heavy');
    ana.catalogue.collections.add(id, [ana.file('b.wav')]);
    ben.decide('b.wav', 'rain', true);
    await expectSame();
    const authors = (of: Studio) => of.sql("SELECT DISTINCT author || ' ' || name FROM earmark.decision JOIN earmark.tag ON tag.id = tag_id ORDER BY 1").split('\n'); // prettier-ignore
    const [before, items] = [authors(studio), studio.sql('SELECT author, held FROM earmark.collection_item')];
    ben.catalogue.studio.leave(ben.login);
    expect(ben.catalogue.studio.words.ofFile(ben.file('a.wav')).map(({ author }) => author)).toEqual([ana.login, ana.login]); // prettier-ignore
    ana.decide('a.wav', 'door', false);
    await expectSame();
    expect(ben.decisions('a.wav')).toEqual(['door-', 'wind+']);
    expect([authors(studio), studio.sql('SELECT author, held FROM earmark.collection_item')]).toEqual([before, items]);

    ben.catalogue.studio.leave(ben.login);
    ben.decide('a.wav', 'wind', null);
    const other = await Studio.make(server, `${studio.database}_other`);
    server.sql('postgres', `GRANT "earmark_${other.database}_editor" TO "${ben.login}"`);
    ben.goOver(other.url(ben.login));
    await ben.sync();
    expect(authors(other)).toEqual([`${ben.login} rain`, `${ben.login} wind`]);
    expect(other.sql('SELECT count(*) FROM earmark.collection_item')).toBe('0');
    expect(ben.decisions('a.wav')).toEqual(['door-']);
  });
});

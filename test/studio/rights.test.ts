/** What the roles of the server allow, against people who use SQL by hand; and what refusals say. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join as join_ } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/main/studio/address.ts';
import { connect, connected, type StudioConnection } from '../../src/main/studio/connection.ts';
import { openStudio } from '../../src/main/studio/schema/migrate.ts';
import { initStudio } from '../../src/main/studio/studio.ts';
import { expectSentence, skipFor } from '../faults/trial.ts';
import { NO_POSTGRES, Postgres } from '../kit/postgres.ts';
import { PASSWORD, Studio, type Member } from './members.ts';

let server: Postgres;
let studio: Studio;
let ana: Member;

/** The sentence that it is refused with. */
async function refusal(work: () => Promise<unknown>): Promise<string> {
  const error: unknown = await work().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const { message } = error as Error;
  expectSentence(message);
  expect(message).not.toContain(PASSWORD);
  return message;
}

describe.skipIf(skipFor(NO_POSTGRES, 'studio: rights'))('rights', () => {
  beforeAll(async () => {
    server = await Postgres.start({ tls: true });
    studio = await Studio.make(server, 'rights');
    ana = studio.member('ana', ['a.wav', 'b.wav']);
    ana.decide('a.wav', 'door', true);
    const { id } = ana.catalogue.collections.create('Doors');
    ana.catalogue.collections.add(id, [ana.file('a.wav')]);
    await ana.sync();
    ana.catalogue.savedSearches.setShared(ana.catalogue.savedSearches.save('Rain', { text: 'rain' }).id, true);
    await ana.sync();
  });
  afterAll(async () => {
    studio.end();
    await server.stop();
  });

  const loginOf = (member: Member) => studio.url(member.login);
  const as = async (member: Member, sql: string) => connected(parseAddress(loginOf(member)), ({ rows }) => rows(sql));

  describe('a viewer who writes SQL', () => {
    let vera: Member;
    beforeAll(() => {
      vera = studio.member('vera', [], 'viewer');
    });
    const TABLES = ['studio', 'member', 'share', 'space', 'sound', 'analysis', 'file', 'tag', 'decision', 'mark', 'collection', 'collection_item', 'document', 'write_run', 'written_file', 'migration']; // prettier-ignore
    test.each(TABLES)('reads %s and changes nothing in it', async (table) => {
      await as(vera, `SELECT * FROM earmark.${table}`);
      for (const sql of [
        `DELETE FROM earmark.${table}`,
        `TRUNCATE earmark.${table}`,
        `INSERT INTO earmark.${table} DEFAULT VALUES`,
        `DROP TABLE earmark.${table}`,
      ]) {
        expect(await refusal(() => as(vera, sql))).toMatch(
          /^The role of “vera_rights” in the studio does not allow this\./,
        );
      }
    });
    test.each([
      'CREATE TABLE earmark.mine (id int)',
      'CREATE TABLE public.mine (id int)',
      'CREATE TEMP TABLE mine (id int)',
      'CREATE SCHEMA mine',
      "SELECT nextval('earmark.feed_seq')",
      'SELECT * FROM earmark.written_undo',
      'CREATE ROLE another LOGIN',
      'GRANT earmark_rights_admin TO vera_rights',
      'SET ROLE earmark_rights_editor',
      'SET ROLE earmark_rights_admin',
      'ALTER TABLE earmark.decision DISABLE TRIGGER ALL',
      "SELECT pg_read_file('/etc/passwd')",
      "COPY earmark.tag TO PROGRAM 'true'",
    ])('is refused: %s', async (sql) => {
      expect(await refusal(() => as(vera, sql))).toMatch(/does not allow this|cannot be reached/);
    });
  });

  describe('an editor who writes SQL', () => {
    let eve: Member;
    beforeAll(() => {
      eve = studio.member('eve', ['a.wav', 'b.wav'], 'editor');
    });
    test.each([
      'UPDATE earmark.decision SET accepted = false',
      "UPDATE earmark.decision SET author = 'eve_rights'",
      'DELETE FROM earmark.decision',
      "UPDATE earmark.document SET content = '{}'",
      'DELETE FROM earmark.document',
      "UPDATE earmark.written_file SET changes = '[]'",
      "UPDATE earmark.written_undo SET undo = ''",
      'DELETE FROM earmark.write_run',
      'UPDATE earmark.analysis SET places = places',
      'DELETE FROM earmark.analysis',
      "INSERT INTO earmark.share (name) VALUES ('hers')",
      'UPDATE earmark.studio SET oldest_client = 99',
      'UPDATE earmark.worker SET analysed = 0',
      'ALTER TABLE earmark.decision DISABLE TRIGGER ALL',
    ])('is refused: %s', async (sql) => expect(await refusal(() => as(eve, sql))).toContain('does not allow this'));

    test('says nothing in another one’s name, nor later than now, nor before it in the feed', async () => {
      await as(
        eve,
        `INSERT INTO earmark.decision (content_id, tag_id, accepted, bulk, author, at_ms, xid, seq)
                       SELECT 'x', min(id), true, false, '${ana.login}', 9e15::bigint, '1', 1 FROM earmark.tag`,
      );
      const [author, isNow, isLate] = studio.sql(`SELECT author, at_ms <= earmark.server_ms(), xid::text::bigint > 100 FROM earmark.decision WHERE content_id = 'x'`).split('|'); // prettier-ignore
      expect([author, isNow, isLate]).toEqual([eve.login, 't', 't']);
    });

    test.each(['../x', '/etc/passwd', 'a/../../x', 'a//b', 'a\\b', './a', 'a/', 'a\tb'])(
      'puts no file at %j',
      async (path) => {
        const sql = `INSERT INTO earmark.file (share_id, path, size, mtime_ms, at_ms) SELECT id, E'${path.replaceAll('\\', '\\\\').replaceAll('\t', '\\t')}', 1, 1, 0 FROM earmark.share`;
        await expect(as(eve, sql)).rejects.toThrow('file_path_check');
      },
    );

    test('rows that make no sense reach nobody’s catalogue', async () => {
      await as(
        eve,
        `INSERT INTO earmark.sound (content_id, format, duration_s, sample_rate, channels, warnings, kinds, at_ms)
                       VALUES ('odd', 'exe', 'NaN', -1, 0, '{}', '{"loudness": {"v": "x"}}', 0);
                     INSERT INTO earmark.collection (name, name_key, at_ms) VALUES ('…', 'x', 0);
                     UPDATE earmark.sound SET kinds = '{"levels": {"v": 7, "peak_db": {"a": 1}}, "loudness": 3}' WHERE content_id = 'content of b.wav';
                     INSERT INTO earmark.mark (content_id, kind, value, at_ms) VALUES ('content of a.wav', 'stars', 5, 0)`,
      );
      await ana.sync();
      const late = studio.member('late', ['b.wav']); // sends the analysis of audio whose row is damaged
      await late.sync();
      expect(ana.stars('a.wav')).toBe(5);
      expect(ana.collections()).toEqual({ Doors: ['a.wav'] });
      expect(ana.temporary.db.prepare("SELECT peak_db FROM file WHERE relative_path = 'b.wav'").pluck().get()).toBe(
        -3.5,
      );
      expect(ana.catalogue.integrityCheck()).toEqual([]);
    });
  });

  test('an admin names shares and gives roles', async () => {
    const adam = studio.member('adam', [], 'admin');
    await as(adam, "INSERT INTO earmark.share (name) VALUES ('music')");
    const nils = studio.member('nils', [], 'viewer');
    await as(adam, `GRANT earmark_rights_editor TO ${nils.login}`);
    await as(nils, "INSERT INTO earmark.mark (content_id, kind, value, at_ms) VALUES ('y', 'stars', 1, 0)");
    expect(await refusal(() => as(adam, 'DROP TABLE earmark.sound'))).toContain('does not allow this');
  });

  describe('refusals', () => {
    const join = async (url: string) => {
      const open: StudioConnection = await connect(parseAddress(url));
      await open.close();
    };
    test('a wrong password, an unknown database, nobody there', async () => {
      expect(await refusal(() => join(server.url('rights', ana.login, 'wrong', studio.tls)))).toContain(
        `refuses the login “${ana.login}”`,
      );
      expect(await refusal(() => join(server.url('none', ana.login, PASSWORD, studio.tls)))).toContain(
        'There is no database “none”',
      );
      expect(await refusal(() => join('postgres://ana@127.0.0.1:1/studio'))).toContain('cannot be reached');
      expect(await refusal(() => join('postgres://ana@/studio?host=/nowhere'))).toContain('No socket at');
    });

    test('a server that requires encryption, and one without a trusted certificate', async () => {
      const url = (query: string) => server.url('rights', ana.login, PASSWORD, query);
      expect(await refusal(() => join(url('sslmode=disable')))).toContain('refuses the login');
      expect(await refusal(() => join(url('sslmode=verify-full')))).toContain('could not be verified');
      expect(await refusal(() => join(url(`sslmode=verify-full&sslrootcert=${server.folder}/none`)))).toContain(
        'cannot be read',
      );
      await join(url('sslmode=require'));
      await join(url(`sslmode=verify-full&sslrootcert=${encodeURIComponent(server.certificate)}`));
      const other = join_(server.folder, 'other.crt');
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=other', '-keyout', join_(server.folder, 'other.key'), '-out', other], { stdio: 'pipe' }); // prettier-ignore
      expect(await refusal(() => join(url(`sslmode=verify-full&sslrootcert=${encodeURIComponent(other)}`)))).toContain(
        'could not be verified',
      );
      const cannot = async (path: string) =>
        refusal(() => join(url(`sslmode=verify-full&sslrootcert=${encodeURIComponent(path)}`)));
      writeFileSync(other, Buffer.alloc(2 ** 20 + 1));
      expect(await cannot(other)).toContain('cannot be read: it is larger than 1 MiB.');
      expect(await cannot('/dev/zero')).toContain('cannot be read: it is not a regular file.');
    });

    test('a role that is revoked midway, and a login that has none', async () => {
      const rob = studio.member('rob', ['a.wav']);
      await rob.sync();
      rob.decide('a.wav', 'rain', true);
      studio.sql(
        `REVOKE earmark_rights_editor FROM ${rob.login}; GRANT CONNECT ON DATABASE rights TO ${rob.login}; GRANT USAGE ON SCHEMA earmark TO ${rob.login}`,
      );
      expect(await refusal(() => rob.sync())).toContain('does not allow this');
      expect(rob.decisions('a.wav')).toEqual(['door+', 'rain+']);
    });

    test('a studio that is too new, too old, restored elsewhere, or not whole', async () => {
      const set = (sql: string) => studio.sql(sql);
      set('UPDATE earmark.studio SET oldest_client = 99');
      expect(await refusal(() => ana.sync())).toContain(
        'requires a newer version of Earmark. Update Earmark on this machine',
      );
      set('UPDATE earmark.studio SET oldest_client = 1; INSERT INTO earmark.migration (version) VALUES (99)');
      await ana.sync();
      set('DELETE FROM earmark.migration WHERE version = 99; UPDATE earmark.migration SET version = -version');
      expect(await refusal(() => ana.sync())).toContain(
        'was created by an older version of Earmark. Its administrator can upgrade it',
      );
      set("UPDATE earmark.migration SET version = -version; UPDATE earmark.studio SET cluster = 'another'");
      expect(await refusal(() => ana.sync())).toContain('was restored from a backup');
      await initStudio(server.url('rights', undefined, undefined, studio.tls), null, []);
      await ana.sync();
      for (const table of ['mark', 'tag', 'studio', 'migration']) {
        set(`ALTER TABLE earmark.${table} RENAME TO elsewhere`);
        const init = () => initStudio(server.url('rights', undefined, undefined, studio.tls), null, []);
        const open = () => connected(parseAddress(loginOf(ana)), openStudio); // as `status` does
        for (const work of [() => ana.sync(), open, init]) {
          expect(await refusal(work)).toContain('“rights” is not complete. Nothing is lost on this machine. Its administrator must restore it from a backup.'); // prettier-ignore
        }
        set(`ALTER TABLE earmark.elsewhere RENAME TO ${table}`);
      }
      expect(ana.decisions('a.wav')).toEqual(['door+']);
    });

    test('a database of somebody else, and a role that is not ours', async () => {
      server.createDatabase('plain');
      studio.sql(`GRANT CONNECT ON DATABASE plain TO ${ana.login}`);
      expect(
        await refusal(() => initStudio(server.url('plain', ana.login, PASSWORD, studio.tls), 'Mine', [])),
      ).toContain('does not allow this');
      studio.sql('CREATE ROLE earmark_plain_admin LOGIN SUPERUSER');
      expect(
        await refusal(() => initStudio(server.url('plain', undefined, undefined, studio.tls), 'Mine', [])),
      ).toContain('that does not belong to a studio');
      expect(server.sql('plain', "SELECT to_regclass('earmark.studio') IS NULL")).toBe('t');
    });
  });
});

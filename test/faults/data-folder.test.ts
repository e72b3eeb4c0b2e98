/** A catalogue that is not as it should be; folders and disks that cannot be read or written. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Status } from '../../src/shared/types.ts';
import { json, type StartOptions } from './program.ts';
import { expectFailure, expectOwnWords, expectRefused, skipFor, Trial } from './trial.ts';
import { CommandTrial } from './command-trial.ts';
import { inDatabase } from '../kit/catalogue.ts';

const NOBODY = 65_534;
const asNobody: StartOptions = {
  wrapper: ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
  env: { HOME: '/nonexistent' },
};

let trial: CommandTrial;
beforeEach(() => {
  trial = new CommandTrial();
  for (let at = 0; at < 6; at++) trial.addTone(`tones/${at}.wav`, 300 + 100 * at, 1.2 + at / 5);
});
afterEach(() => trial.remove());

describe('the catalogue', () => {
  test('from a newer version is refused and left alone', async () => {
    await trial.index();
    const path = join(trial.data, 'catalogue.db');
    inDatabase(trial.data, (db) => db.pragma('user_version = 999'));
    const before = readFileSync(path);
    for (const command of [['index', trial.sounds], ['search', 'low'], ['status'], ['failures']]) {
      const message = expectRefused(await trial.run(['--json', ...command]), 'catalogue-from-future');
      expect(message).toContain(path);
      expect(message).toMatch(/Update Earmark/);
    }
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('that is garbage is called damaged and left alone', async () => {
    mkdirSync(trial.data);
    const path = join(trial.data, 'catalogue.db');
    writeFileSync(path, Buffer.alloc(100_000, 'no catalogue at all '));
    for (const command of [['index', trial.sounds], ['search', 'low'], ['status']]) {
      const message = expectRefused(await trial.run(['--json', ...command]), 'catalogue-damaged');
      expect(message).toMatch(/Move it to another folder|another data folder/);
    }
    expect(readFileSync(path, 'latin1').startsWith('no catalogue at all')).toBe(true);
  });

  test('with damaged pages: the doctor finds it, and no command shows a stack trace', async () => {
    await trial.index();
    const path = join(trial.data, 'catalogue.db');
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4096 * 3, bytes.length); // the first page, with the schema, stays
    writeFileSync(path, bytes);
    const doctor = await trial.run(['--json', 'doctor']);
    expect(doctor.code).toBe(3);
    const { checks } = json<{ checks: { what: string; ok: boolean; message: string }[] }>(doctor);
    expect(checks.find(({ what }) => what === 'catalogue')).toMatchObject({ ok: false });
    expect(checks.find(({ what }) => what === 'decoder')).toMatchObject({ ok: true });
    const message = expectRefused(await trial.run(['--json', 'index', trial.sounds]), 'catalogue-damaged');
    expect(message).toMatch(/Move it to another folder/);
  });

  test('of another program is not touched', async () => {
    mkdirSync(trial.data);
    const path = join(trial.data, 'catalogue.db');
    inDatabase(trial.data, (db) => db.exec("CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup')"));
    const before = readFileSync(path);
    expectRefused(await trial.run(['--json', 'index', trial.sounds]), 'catalogue-damaged');
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

const noUsers =
  process.platform !== 'linux' ? 'needs Linux users' : process.getuid?.() !== 0 ? 'needs root to become another user' : null; // prettier-ignore
describe.skipIf(skipFor(noUsers, 'permissions'))('permissions', () => {
  beforeEach(() => chmodSync(trial.folder, 0o755));

  test('files and folders without read permission: reported, the others are analysed, and they are tried again later', async () => {
    mkdirSync(trial.data);
    chownSync(trial.data, NOBODY, NOBODY);
    trial.addTone('closed/inside.wav', 900);
    chmodSync(trial.at('tones/0.wav'), 0o000);
    chmodSync(trial.at('closed'), 0o000);
    const summary = await trial.index([trial.sounds], asNobody);
    expectFailure(
      summary,
      trial.at('tones/0.wav'),
      'no-permission',
      /don’t have permission to open .*Change its permissions and try again/,
    );
    expectFailure(summary, trial.at('closed'), 'unreadable-folder', /Change its permissions and scan again/);
    expect(summary).toMatchObject({ indexed: 5, files: 6 });
    chmodSync(trial.at('tones/0.wav'), 0o644);
    chmodSync(trial.at('closed'), 0o755);
    expect(await trial.index([trial.sounds], asNobody)).toMatchObject({ indexed: 2, unchanged: 5, failed: [] });
    // A folder that closes later takes nothing away.
    chmodSync(trial.at('closed'), 0o000);
    const rows = trial.rows();
    expect(await trial.index([trial.sounds], asNobody)).toMatchObject({ offline: 0, unchanged: 6 });
    expect(trial.rows()).toEqual(rows);
    chmodSync(trial.at('closed'), 0o755);
  });

  test('a root that may not be opened', async () => {
    mkdirSync(trial.data);
    chownSync(trial.data, NOBODY, NOBODY);
    chmodSync(trial.sounds, 0o000);
    const run = await trial.run(['--json', 'index', trial.sounds], asNobody);
    expect(run.stderr + run.stdout).toContain(trial.sounds);
    if (run.code === 0) expect(json(run).failed).toMatchObject([{ code: 'unreadable-folder' }]);
    else expectRefused(run, 'no-permission');
    chmodSync(trial.sounds, 0o755);
  });

  test('a data folder that may not be written', async () => {
    mkdirSync(trial.data, { mode: 0o755 });
    const message = expectRefused(await trial.run(['--json', 'index', trial.sounds], asNobody), 'catalogue-unwritable');
    expect(message).toContain(trial.data);
    expect(message).toMatch(/permissions|another data folder/);
    expect(readdirSync(trial.data)).toEqual([]);
  });

  test('a library that another user may only read can be searched', async () => {
    await trial.index();
    for (const path of [trial.data, join(trial.data, 'index')]) chmodSync(path, 0o755);
    for (const name of readdirSync(join(trial.data, 'index'))) chmodSync(join(trial.data, 'index', name), 0o644);
    chmodSync(join(trial.data, 'catalogue.db'), 0o644);
    const search = await trial.run(['--json', 'similar', trial.at('tones/3.wav'), '--all'], asNobody);
    expect(search, search.stderr).toMatchObject({ code: 0 });
    expectOwnWords(search);
  });

  test('a data folder that may not even be made', async () => {
    expectRefused(await trial.run(['--json', 'index', trial.sounds], asNobody), 'catalogue-unwritable');
    expect(existsSync(trial.data)).toBe(false);
  });

  test('a catalogue of somebody else', async () => {
    await trial.index();
    expectRefused(await trial.run(['--json', 'index', trial.sounds], asNobody), 'catalogue-unwritable');
    expect(await trial.index()).toMatchObject({ unchanged: 6 });
  });
});

const noMount = process.getuid?.() === 0 ? whyNoTmpfs() : 'needs root to mount a small disk';
describe.skipIf(skipFor(noMount, 'a full disk'))('a disk', () => {
  let disk: string;
  beforeEach(() => {
    disk = join(trial.folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
    trial.data = join(disk, 'data');
  });
  afterEach(() => execFileSync('umount', ['-l', disk]));

  /** Takes all room but so many bytes. */
  const fill = (bytesLeft: number) => {
    rmSync(join(disk, 'filler'), { force: true });
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - bytesLeft)));
  };

  test.each([
    ['at once', 0],
    ['soon', 40_000],
    ['when the catalogue is there', 200_000],
    ['in the middle', 400_000],
    ['later', 700_000],
  ])('that is full %s: one message, no damage, and with free space again the run continues', async (_, bytesLeft) => {
    for (let at = 0; at < 60; at++) trial.addTone(`many/${at}.wav`, 200 + 30 * at, 3 + at / 50);
    const before = trial.fingerprint();
    fill(bytesLeft);
    const run = await trial.run(['--json', 'index', trial.sounds]);
    // Enough room for everything would make this test worthless.
    const message = expectRefused(run, 'disk-full');
    expect(message).toContain(trial.data);
    expect(message).toMatch(/Free some space/);
    rmSync(join(disk, 'filler'));
    if (existsSync(join(trial.data, 'catalogue.db'))) expect((await trial.run(['--json', 'status'])).code).toBe(0);
    expect(await trial.index([trial.sounds], {}, [/^The search index /])).toMatchObject({ files: 66, failed: [] });
    expect(trial.rows().every(({ state }) => state === 'ready')).toBe(true);
    expect(trial.fingerprint()).toEqual(before);
  });

  test('that is read-only: reported, and the catalogue can be searched', async () => {
    await trial.index();
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const message = expectRefused(await trial.run(['--json', 'index', trial.sounds]), 'catalogue-unwritable');
    expect(message).toContain(trial.data);
    // Nothing of a copy that it may have been read from is left: `run` looks.
    const search = await trial.run(['--json', 'similar', trial.at('tones/3.wav'), '--all']);
    expect(search, search.stderr).toMatchObject({ code: 0 });
    expectOwnWords(search);
    expect(json<{ hits: unknown[] }>(search).hits).toHaveLength(5); // all others
    const status = json<Status>(await trial.run(['--json', 'status']));
    expect(status).toMatchObject({ readOnly: true, ready: 6 });
    expectRefused(await trial.run(['--json', 'models', 'use', 'starter-1']), 'catalogue-unwritable');
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    expect(await trial.index()).toMatchObject({ unchanged: 6, indexed: 0 });
  });
});

function whyNoTmpfs(): string | null {
  const probe = new Trial();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe.sounds], { stdio: 'pipe' });
    execFileSync('umount', [probe.sounds], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `a small disk cannot be mounted here (${(error as Error).message.split('\n').at(-2) ?? 'unknown'})`;
  } finally {
    probe.remove();
  }
}

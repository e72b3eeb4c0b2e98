/** `earmark studio`: two members, and a password that is never shown. */
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeStatus, describeSync } from '../../../src/main/host/cli/studio-command.ts';
import type { SharedItem, StudioInit, StudioStatus, SyncSummary } from '../../../src/shared/calls/studio.ts';
import { json } from '../../faults/program.ts';
import { CommandTrial } from '../../faults/command-trial.ts';
import { expectRefused, skipFor, type Trial } from '../../faults/trial.ts';
import { NO_POSTGRES, Postgres } from '../../kit/postgres.ts';

const PASSWORD = 'hush-hush-7f3a';
const WEAPONS = {
  ...{ id: 'weapons', name: 'Weapons', version: 1, language: 'en', profile: 'sfx' },
  groups: [{ id: 'all', name: 'All', kind: 'multi' }],
  labels: [{ id: 'sword', name: 'Sword', group: 'all', prompts: ['a sword'] }],
};
const STATUS: StudioStatus = {
  ...{ name: 'The Studio', server: 'nas:5432/studio', member: 'ana', role: 'editor', problem: null },
  ...{ shares: [{ name: 'sfx', path: '/mnt/sfx' }, { name: 'music', path: null }], members: [] },
  ...{ files: { analysed: 1200, pending: 3, inWork: 0, failed: 0 }, workers: [], failures: [], sharedFiles: 1, syncedMs: null },
}; // prettier-ignore

describe.skipIf(skipFor(NO_POSTGRES, 'earmark studio'))('two members', () => {
  let server: Postgres;
  let ana: Trial;
  let ben: Trial;
  let said = '';
  beforeAll(async () => {
    server = await Postgres.start();
    server.createDatabase('studio');
    [ana, ben] = [new CommandTrial(), new CommandTrial()];
    ana.addTone('doors/slam.wav', 300, 1);
    ana.addTone('doors/creak.wav', 500, 1.5);
    mkdirSync(join(ben.folder, 'mnt'));
    symlinkSync(ana.sounds, join(ben.folder, 'mnt', 'sfx'));
  });
  afterAll(async () => {
    ana.remove();
    ben.remove();
    await server.stop();
  });

  const run = async (trial: Trial, ...args: string[]) => {
    const ended = await trial.run(['studio', ...args]);
    said += ended.stdout + ended.stderr;
    return ended;
  };

  test('make a studio, join, and know the same', async () => {
    const made = json<StudioInit>(
      await run(ana, 'init', server.url('studio'), '--name', 'The Studio', '--share', 'sfx', '--json'),
    );
    expect(made).toMatchObject({ name: 'The Studio', schemaBefore: 0, shares: ['sfx'] });
    for (const name of ['ana', 'ben']) server.createLogin(name, PASSWORD, [made.roles.editor]);
    const url = (name: string) => server.url('studio', name, PASSWORD);

    expectRefused(await run(ana, 'sync', '--json'), 'no-studio');
    expectRefused(
      await run(ana, 'join', server.url('studio', 'ana', 'wrong'), '--share', `sfx=${ana.sounds}`, '--json'),
      'studio-refused',
    );
    const joined = json<StudioStatus>(await run(ana, 'join', url('ana'), '--share', `sfx=${ana.sounds}`, '--json'));
    expect(joined).toMatchObject({
      name: 'The Studio',
      member: 'ana',
      role: 'editor',
      shares: [{ name: 'sfx', path: ana.sounds }],
    });

    await ana.index([]);
    expect(json<SyncSummary>(await run(ana, 'sync', '--json'))).toMatchObject({ pending: 0, analysesSent: 2 });

    await run(ben, 'join', url('ben'), '--share', `sfx=${join(ben.folder, 'mnt', 'sfx')}`);
    expect((await run(ben, 'sync')).stdout).toContain('Received: 2 analyses, 0 changes');
    const { hits } = json<{ hits: unknown[] }>(await ben.run(['--json', 'search', 'door', '--all', '--flat']));
    expect(hits).toHaveLength(2);
    expect((await run(ben, 'status')).stdout).toMatch(/Member: {2}ana {2}editor .*\nMember: {2}ben {2}editor/);

    // A vocabulary is shared unless it is personal.
    mkdirSync(join(ana.data, 'vocabularies'), { recursive: true });
    writeFileSync(join(ana.data, 'vocabularies', 'weapons.json'), JSON.stringify(WEAPONS));
    await run(ana, 'sync');
    await run(ben, 'sync');
    expect((await run(ben, 'shared')).stdout).toMatch(/vocabulary +Weapons +shared +ana, /);
    expect((await run(ben, 'versions', 'vocabulary', 'weapons')).stdout).toMatch(/^\* ana {2}/);
    expect((await run(ben, 'unshare', 'vocabulary', 'weapons')).stdout).toContain('“Weapons” is personal.');
    expect(json<SharedItem[]>(await run(ben, 'share', 'vocabulary', 'weapons', '--json'))).toMatchObject([{ id: 'weapons', shared: true }]); // prettier-ignore
    expect((await run(ben, 'versions', 'vocabulary', 'weapons', '--restore', 'ana')).stdout).toContain('The version of ana applies again.'); // prettier-ignore
    expectRefused(await run(ben, 'share', 'search', 'Nothing', '--json'), 'not-found');
    expectRefused(await run(ben, 'versions', 'search', 'Nothing', '--json'), 'not-found');
    expectRefused(await run(ben, 'versions', 'vocabulary', 'weapons', '--restore', 'cleo', '--json'), 'not-found');

    await server.kill();
    expectRefused(await run(ben, 'sync', '--json'), 'studio-unreachable');
    expect(json<StudioStatus>(await run(ben, 'status', '--json'))).toMatchObject({ role: null, problem: expect.stringContaining('cannot be reached') as string }); // prettier-ignore
    expect(json(await run(ben, 'leave', '--json'))).toEqual({ name: 'The Studio' });
    expect((await ben.run(['--json', 'search', 'door', '--all', '--flat'])).stdout).toContain('slam.wav');
  });

  test('the password is in one file, for its owner alone, and nowhere else', () => {
    expect(said).not.toContain(PASSWORD);
    const file = join(ana.data, 'studio.json');
    expect(readFileSync(file, 'utf8')).toContain(PASSWORD);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

test('a share is a name and a folder', async () => {
  const trial = new CommandTrial();
  const { code, stderr } = await trial.run(['studio', 'join', 'postgres://a@b/c', '--share', 'sfx=']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Specify name and folder, such as sfx=/mnt/sfx.')]);
  trial.remove();
});

test('a studio.json that makes no sense, or is of a newer program, stops nothing local and can be left', async () => {
  const trial = new CommandTrial();
  trial.addTone('door.wav');
  mkdirSync(trial.data);
  const write = (text: string) => writeFileSync(join(trial.data, 'studio.json'), text);
  write('{');
  expect(await trial.index([trial.sounds], {}, [/studio\.json” is damaged/])).toMatchObject({ indexed: 1 });
  expectRefused(await trial.run(['studio', 'status', '--json']), 'studio-damaged');
  expect(json(await trial.run(['studio', 'leave', '--json']))).toEqual({ name: '' });
  expect(json(await trial.run(['studio', 'status', '--json']))).toBeNull();
  write('{"version": 2, "name": "Later"}');
  expect(await trial.index([trial.sounds], {}, [/was written by a newer version/])).toMatchObject({ unchanged: 1 });
  expectRefused(await trial.run(['studio', 'sync', '--json']), 'studio-outdated');
  expect((await trial.run(['studio', 'leave'])).stdout).toContain('Disconnected from the studio “Later”.');
  expect(json(await trial.run(['studio', 'leave', '--json']))).toBeNull();
  trial.remove();
});

test('words', () => {
  expect(describeStatus(STATUS)).toEqual([
    'Studio:  The Studio on nas:5432/studio (ana, editor)',
    'Share:   sfx  /mnt/sfx',
    'Share:   music  not on this machine',
    'Files:   1,200 analysed, 3 not yet analysed, 0 failed',
    'Synced:  never, 1 file of this library shared',
  ]);
  expect(describeStatus({ ...STATUS, role: null, files: null, problem: 'It is away.' })[1]).toBe('It is away.');
  const syncedMs = new Date(2026, 10, 22, 20, 15).getTime();
  expect(describeStatus({ ...STATUS, syncedMs }).at(-1)).toMatch(/^Synced: {2}22 Nov 2026, 20:15, /);
  const summary = {
    takenOver: 1,
    analysesSent: 2,
    changesSent: 0,
    changesReceived: 1,
    kept: 2,
    pending: 3,
    cancelled: false,
  };
  expect(describeSync(summary)).toEqual([
    'This library and the studio are in sync.',
    'Received: 1 analysis, 1 change',
    'Sent:     2 analyses, 0 changes',
    '2 changes stay on this machine only, because your role is read-only.',
    '3 files not yet analysed. Run “earmark index”, then sync again.',
  ]);
  expect(describeSync({ ...summary, kept: 1 })[3]).toMatch(/^1 change stays on this machine only, /);
});

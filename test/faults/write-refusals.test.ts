/** Files that may not, must not or cannot be written: said so, left alone, and the others are written. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FilePlan } from '../../src/shared/calls/write.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { acquireWriterLock } from '../../src/main/catalogue/writer-lock.ts';
import { Trial, skipFor } from './trial.ts';
import { WrittenSounds } from '../calls/written-sounds.ts';
import { put, tone, wav } from './sounds.ts';
import { inDatabase } from '../kit/catalogue.ts';
import { until } from '../kit/until.ts';

let trial: WrittenSounds;
beforeEach(() => {
  trial = new WrittenSounds();
});
afterEach(() => trial.end());

async function acceptAll(): Promise<void> {
  const paths = trial.read((db) =>
    db.prepare<[], string>("SELECT relative_path FROM file WHERE state = 'ready'").pluck().all(),
  );
  for (const path of paths) await trial.accept(path, 'sfx', 'air-jet', 0.9);
}

async function plansByName(planId: number): Promise<Record<string, FilePlan>> {
  const files = await trial.planFiles(planId);
  return Object.fromEntries(files.map((file) => [file.path.slice(trial.sounds.length + 1), file]));
}

async function outcomesByName(runId: number): Promise<Record<string, [outcome: string, reason: string]>> {
  const files = await trial.runFiles(runId);
  return Object.fromEntries(
    files.map(({ path, outcome, reason }) => [path.slice(trial.sounds.length + 1), [outcome, reason]]),
  );
}

const start = (planId: number) => trial.call('write.start', { planId, leaveOut: [] });
const hasWritten = (id: number, files: number) =>
  until(
    `${files} files are written`,
    () => trial.progress.some((each) => each.id === id && each.stage === 'writing' && each.done >= files),
    { everyMs: 2 },
  );

test('files that cannot be written are refused in the plan with a reason; the others are written', async () => {
  const names = ['good', 'read-only', 'two-names', 'cut-off', 'changed', 'link', 'big-tags'];
  for (const [at, name] of names.entries()) {
    if (name === 'link') {
      put(join(trial.folder, 'elsewhere.wav'), wav([tone(900, 1.1)]));
      symlinkSync(join(trial.folder, 'elsewhere.wav'), trial.at('link.wav'));
    } else if (name === 'big-tags')
      trial.addTone('big-tags.wav', 950, 1, { info: { ICMT: `a\x80${'b'.repeat(50_000)}`, IART: 'x' } }); // prettier-ignore
    else trial.addTone(`${name}.wav`, 300 + 50 * at, 1 + at / 10);
  }
  linkSync(trial.at('two-names.wav'), join(trial.folder, 'other name.wav'));
  truncateSync(trial.at('cut-off.wav'), 9000);
  chmodSync(trial.at('read-only.wav'), 0o444);
  copyFileSync(trial.at('good.wav'), trial.at('lies.mp3')); // content decides, not the name
  appendFileSync(trial.at('lies.mp3'), Buffer.alloc(1));
  writeFileSync(trial.at('lies.mp3'), wav([tone(333, 1.7)]));
  await trial.index();
  await acceptAll();
  utimesSync(trial.at('changed.wav'), 1e9, 1e9);
  const before = trial.hashes();
  const { planId, change, refused } = await trial.plan();
  const plans = await plansByName(planId);
  expect([change, refused]).toEqual([3, 5]);
  const reasons: Record<string, RegExp> = {
    'read-only.wav': /read-only.*CSV or JSON/,
    'two-names.wav': /hard links/,
    'cut-off.wav': /incomplete or truncated/,
    'changed.wav': /changed since it was analysed/,
    'link.wav': /a symbolic link/,
  };
  for (const [name, reason] of Object.entries(reasons)) {
    expect(plans[name], name).toMatchObject({ state: 'refused', changes: [] });
    expect(plans[name]!.reason, name).toMatch(reason);
  }
  expect(plans['lies.mp3']).toMatchObject({ state: 'change', format: 'wav' });
  const run = await waitForJob(trial, await start(planId), 'write');
  expect(run).toMatchObject({ written: 3, skipped: 0, failed: 0 });
  const after = trial.hashes();
  for (const name of Object.keys(reasons)) expect(after[name], name).toBe(before[name]);
  expect(readFileSync(trial.at('big-tags.wav')).includes(Buffer.from('a\x80bbbb', 'utf8'))).toBe(true);
  expect(after['good.wav']).not.toBe(before['good.wav']);
  expect(await trial.undo(run.runId)).toMatchObject({ undone: 3 });
  expect(trial.hashes()).toEqual(before);
});

test('files changed between plan and write are skipped, reported, and left untouched', async () => {
  for (const [at, name] of ['good', 'longer', 'linked', 'gone', 'same-time', 'tool'].entries()) trial.addTone(`${name}.wav`, 300 + 50 * at, 1 + at / 10); // prettier-ignore
  await trial.index();
  await acceptAll();
  const { planId } = await trial.plan();
  appendFileSync(trial.at('longer.wav'), 'x');
  renameSync(trial.at('linked.wav'), join(trial.folder, 'real.wav'));
  symlinkSync(join(trial.folder, 'real.wav'), trial.at('linked.wav'));
  rmSync(trial.at('gone.wav'));
  // Programs for tags often keep size and time: the inode or its own time of change tells.
  const { atime, mtime } = statSync(trial.at('same-time.wav'));
  const bytes = readFileSync(trial.at('same-time.wav'));
  bytes[60] = bytes[60]! ^ 1;
  writeFileSync(trial.at('same-time.wav'), bytes);
  utimesSync(trial.at('same-time.wav'), atime, mtime);
  copyFileSync(trial.at('tool.wav'), trial.at('.tool.tmp'));
  utimesSync(trial.at('.tool.tmp'), statSync(trial.at('tool.wav')).atime, statSync(trial.at('tool.wav')).mtime);
  renameSync(trial.at('.tool.tmp'), trial.at('tool.wav'));
  const before = trial.hashes();
  const real = readFileSync(join(trial.folder, 'real.wav'));
  const run = await waitForJob(trial, await start(planId), 'write');
  expect(run).toMatchObject({ written: 1, skipped: 5, failed: 0 });
  const outcomes = await outcomesByName(run.runId);
  for (const name of ['longer.wav', 'linked.wav', 'gone.wav', 'same-time.wav', 'tool.wav']) {
    expect(outcomes[name]![0], name).toBe('skipped');
    expect(outcomes[name]![1], name).toMatch(/changed since|a symbolic link|no longer exists/);
  }
  const after = trial.hashes();
  for (const name of Object.keys(before)) if (name !== 'good.wav') expect(after[name], name).toBe(before[name]);
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(readFileSync(join(trial.folder, 'real.wav')).equals(real)).toBe(true);
});

test('times are kept if the profile requires it, and permissions always', async () => {
  trial.addTone('a.wav');
  await trial.index();
  await trial.accept('a.wav', 'music-genre', 'rock', 0.9);
  chmodSync(trial.at('a.wav'), 0o640);
  utimesSync(trial.at('a.wav'), 1_600_000_000.123, 1_500_000_000.456);
  await trial.reindex();
  const before = trial.hashes();
  const kept = await trial.write('dj');
  expect(kept).toMatchObject({ written: 1 });
  expect(trial.mtimeMs('a.wav')).toBe(1_500_000_000_456);
  expect(statSync(trial.at('a.wav')).mode & 0o777).toBe(0o640);
  expect(trial.hashes()).not.toEqual(before);
  expect(await trial.reindex()).toMatchObject({ unchanged: 1, retagged: 0 });
  await trial.write('music');
  expect(trial.mtimeMs('a.wav')).toBeGreaterThan(Date.now() - 60_000);
  // Two runs: the later one has to be undone first.
  expect(await trial.undo(kept.runId)).toMatchObject({ undone: 0, notRestored: 1 });
  await trial.undo(null, ['a.wav']);
  expect(await trial.undo(kept.runId)).toMatchObject({ undone: 1, notRestored: 0 });
  expect(trial.hashes()).toEqual(before);
  expect(trial.mtimeMs('a.wav')).toBe(1_500_000_000_456);
});

test('a second write-back at the same time is refused with a message, from this program and from another', async () => {
  for (let at = 0; at < 12; at++) trial.addTone(`${at}.wav`, 300 + 40 * at, 1 + at / 20);
  await trial.index();
  await acceptAll();
  const { planId } = await trial.plan();
  const id = await start(planId);
  await expect(start(planId)).rejects.toMatchObject({ code: 'catalogue-busy', message: /already/ });
  await expect(trial.plan()).rejects.toMatchObject({ code: 'catalogue-busy' });
  const { runId } = await waitForJob(trial, id, 'write');
  const release = await acquireWriterLock(trial.data, { work: 'rename' });
  await expect(trial.undo(runId)).rejects.toMatchObject({
    code: 'catalogue-busy',
    message: /^Earmark is renaming files/,
  });
  release();
  expect(await trial.undo(runId)).toMatchObject({ undone: 12 });
});

test('cancelled: what is written stays and can be undone, the rest is as it was', async () => {
  for (let at = 0; at < 40; at++) trial.addTone(`${at}.wav`, 300 + 40 * at, 1 + at / 40);
  await trial.index();
  await acceptAll();
  const before = trial.hashes();
  const { planId } = await trial.plan();
  const id = await start(planId);
  await hasWritten(id, 3);
  await trial.call('job.cancel', id);
  const run = await waitForJob(trial, id, 'write');
  expect(run.finishedMs).not.toBeNull();
  expect(run.written).toBeGreaterThanOrEqual(3);
  const after = trial.hashes();
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(Object.keys(after).filter((name) => after[name] !== before[name])).toHaveLength(run.written);
  expect(await trial.undo(run.runId)).toMatchObject({ undone: run.written, notRestored: 0 });
  expect(trial.hashes()).toEqual(before);
});

test('the program killed midway: the next start resolves it and reports it', async () => {
  const program = new Trial();
  try {
    for (let at = 0; at < 30; at++) program.addTone(`${at}.wav`, 300 + 40 * at, 1 + at / 40);
    await program.index();
    const before = program.fingerprint();
    const helper = new WrittenSounds();
    Object.assign(helper, { data: program.data, sounds: program.sounds });
    for (let at = 0; at < 30; at++) await helper.accept(`${at}.wav`, 'sfx', 'air-jet', 0.9);
    const writing = program.start(['write', '--profile', 'sfx', '--yes', '--json'], { ownGroup: true });
    const wrote = () => readdirSync(program.sounds).some((name) => name.startsWith('.earmark-'));
    await writing.until('a file is being written', () => wrote() || undefined);
    writing.signal('SIGKILL', 'group');
    await writing.exited;
    await program.expectGone(writing, { mayLeaveSocket: true });
    // A short command is enough: what was left is in order when it ends.
    expect((await program.run(['status', '--json'])).code).toBe(0);
    expect(wrote()).toBe(false);
    const states = helper.read((db) =>
      db.prepare<[], string>('SELECT DISTINCT state FROM write_journal').pluck().all(),
    );
    for (const state of states) expect(['written', 'skipped']).toContain(state);
    const undo = await program.run(['--json', 'undo', '--run', '1', '--yes']);
    // Nothing is to be undone when the kill came before the first file was done.
    expect(undo.code, undo.stdout + undo.stderr).toBe(states.includes('written') ? 0 : 1);
    const after = program.fingerprint();
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [path, print] of Object.entries(before)) expect(after[path]!.split(' ').at(-1), path).toBe(print.split(' ').at(-1)); // prettier-ignore
    await helper.end();
  } finally {
    program.remove();
  }
});

const noProc = process.platform === 'linux' ? null : 'needs /proc to find the write process';
test.skipIf(skipFor(noProc, 'a write process that crashes'))(
  'the write process crashes midway: another one settles that and continues to the end',
  async () => {
    for (let at = 0; at < 40; at++) trial.addTone(`${at}.wav`, 300 + 40 * at, 1 + at / 40);
    await trial.index();
    await acceptAll();
    const before = trial.hashes();
    const { planId } = await trial.plan();
    const id = await start(planId);
    const died = new Set<number>();
    for (const done of [3, 20]) {
      await hasWritten(id, done);
      for (const pid of writeProcesses()) {
        process.kill(pid, 'SIGKILL');
        died.add(pid);
      }
    }
    const run = await waitForJob(trial, id, 'write');
    expect(died.size).toBe(2);
    expect(run).toMatchObject({ written: 40, skipped: 0, failed: 0 });
    expect(await trial.undo(run.runId)).toMatchObject({ undone: 40, notRestored: 0 });
    expect(trial.hashes()).toEqual(before);
  },
);

function writeProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('write-process');
      } catch {
        return false; // gone meanwhile
      }
    });
}

test('rows that a killed process left are resolved at the start, with a notice', async () => {
  trial.addTone('a.wav');
  trial.addTone('b.wav', 500);
  await trial.index();
  await acceptAll();
  const { runId } = await trial.write();
  const temp = trial.at('.earmark-77.wav');
  writeFileSync(temp, 'half of a new version');
  const state = (name: string) => trial.read((db) => db.prepare<[string], string>('SELECT state FROM write_journal WHERE path = ?').pluck().get(trial.at(name))); // prettier-ignore
  trial.read((db) => db.prepare("UPDATE write_journal SET state = 'prepared', temp_path = ? WHERE path = ?").run(temp, trial.at('a.wav'))); // prettier-ignore
  trial.read((db) => db.prepare("UPDATE write_journal SET state = 'undoing' WHERE path = ?").run(trial.at('b.wav')));
  appendFileSync(trial.at('b.wav'), 'changed by another program');
  await trial.start();
  await trial.undo(null, ['a.wav']); // waits for that to be over
  expect(trial.notices.join()).toMatch(/interrupted while writing tags\. 2 files were checked/);
  expect(existsSync(temp)).toBe(false);
  expect(state('b.wav')).toBe('not-restored');
  expect((await outcomesByName(runId))['b.wav']![1]).toMatch(/another program has changed the file since/);
});

const noMount = whyNoMount();
describe.skipIf(skipFor(noMount, 'small and read-only disks'))('a disk', () => {
  let disk: string;
  beforeEach(() => {
    disk = trial.at('disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
  });
  afterEach(() => execFileSync('umount', ['-l', disk]));

  test('without space for the new version, or read-only: reported, and no file is touched', async () => {
    trial.addTone('disk/a.wav', 400, 2, { sampleRate: 44_100 });
    trial.addTone('b.wav', 500, 1);
    await trial.index();
    await acceptAll();
    const before = trial.hashes();
    const { planId } = await trial.plan();
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, '.filler'), Buffer.alloc(bavail * bsize - 100_000));
    const full = await waitForJob(trial, await start(planId), 'write');
    expect(full).toMatchObject({ written: 1, failed: 1 });
    expect((await outcomesByName(full.runId))['disk/a.wav']).toEqual(['failed', expect.stringMatching(/Not enough disk space.*Free some space/)]); // prettier-ignore
    expect((await plansByName((await trial.plan()).planId))['disk/a.wav']!.reason).toMatch(/Not enough disk space/);
    rmSync(join(disk, '.filler'));
    const { planId: again } = await trial.plan();
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const closed = await waitForJob(trial, await start(again), 'write');
    expect((await outcomesByName(closed.runId))['disk/a.wav']).toEqual(['failed', expect.stringMatching(/read-only.*CSV or JSON/)]); // prettier-ignore
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    expect(trial.hashes()['disk/a.wav']).toBe(before['disk/a.wav']);
    expect(existsSync(join(disk, 'a.wav'))).toBe(true);
    expect(readdirSync(disk)).toEqual(['a.wav']);
    expect(await trial.write()).toMatchObject({ written: 1, failed: 0 });
  });
});

describe.skipIf(skipFor(noMount, 'a full disk under the catalogue'))('the disk of the catalogue', () => {
  beforeEach(() => {
    mkdirSync(trial.data);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', trial.data]);
  });
  afterEach(() => execFileSync('umount', ['-l', trial.data]));

  test('full while files are written: reported, the engine continues, each file is whole, and with free space it is written', async () => {
    for (let at = 0; at < 24; at++) trial.addTone(`${at}.wav`, 300 + 20 * at, 1 + at / 20);
    await trial.index();
    await acceptAll();
    const filler = join(trial.data, 'filler');
    for (const left of [120_000, 60_000, 0]) {
      const { planId } = await trial.plan();
      // Room in the write-ahead log would be room on the disk.
      inDatabase(trial.data, (db) => db.pragma('wal_checkpoint(TRUNCATE)'));
      const { bavail, bsize } = statfsSync(trial.data);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)));
      const full = start(planId).then((id) => waitForJob(trial, id, 'write'));
      await expect(full).rejects.toThrow(/The disk of the catalogue .* is full.*Free some space/);
      expect(await trial.call('job.list', null)).toEqual([]);
      expect(readdirSync(trial.sounds).filter((name) => name.startsWith('.earmark-'))).toEqual([]);
      rmSync(filler);
    }
    await trial.start(); // settles what could not be noted
    await trial.index();
    await trial.write();
    const { change, refused } = await trial.plan();
    expect({ change, refused }).toEqual({ change: 0, refused: 0 });
  });
});

function whyNoMount(): string | null {
  if (process.getuid?.() !== 0) return 'needs root to mount a small disk';
  const probe = new Trial();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe.sounds], { stdio: 'pipe' });
    execFileSync('umount', [probe.sounds], { stdio: 'pipe' });
    return null;
  } catch {
    return 'a small disk cannot be mounted here';
  } finally {
    probe.remove();
  }
}

/** `earmark models known|download|discard`, the real program against a publisher on this machine. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { LIST_VARIABLE } from '../../../src/main/models/download/known.ts';
import type { KnownModel } from '../../../src/shared/calls/models.ts';
import type { ModelStatus } from '../../../src/shared/types.ts';
import { describeDownload } from '../../../src/main/host/cli/models-download-command.ts';
import { json, kill, NO_PROC, Program } from '../../faults/program.ts';
import { expectRefused, skipFor } from '../../faults/trial.ts';
import { trialForEach, type DownloadTrial, LARGE, LARGE_PATH } from '../../models/download/download-trial.ts';
import { Publisher, startProxy, tagOf, type Misbehaviour } from '../../models/download/publisher.ts';
import { atTerminal, NO_TERMINAL } from './terminal.ts';

let publisher: Publisher;
let trial: DownloadTrial;
trialForEach((fresh, server) => {
  trial = fresh;
  publisher = server;
});

const words = (...args: string[]) => ['--data', trial.data, 'models', ...args];
const models = (args: string[], env: Record<string, string> = {}) =>
  new Program(words(...args), { env: { [LIST_VARIABLE]: trial.list, ...env } });
const download = ['download', 'tiny', '--accept-licence'];

const PART = 100_000;
const hangs: Misbehaviour = (_, response, content) => {
  response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) });
  response.write(content.subarray(0, PART));
};
const hanging = () => {
  const path = join(trial.data, 'downloads/tiny', `${LARGE}.part`);
  return existsSync(path) && statSync(path).size === PART ? true : undefined;
};

test('the list, for people and for scripts', async () => {
  const run = await models(['known']).ended;
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toMatch(/^id +size +licence +name\ntiny +315\.\d kB +MIT +Tiny\n\ntiny: Tests\.\n +from https:/);
  const list = json<{ models: KnownModel[] }>(await models(['known', '--json']).ended);
  expect(list.models).toMatchObject([{ id: 'tiny', license: 'MIT', installed: false, partialBytes: 0 }]);
  expect(publisher.asked).toEqual([]);
});

test('without a licence accepted nothing is fetched, where nobody can be asked', async () => {
  const sentence = expectRefused(await models(['download', 'tiny', '--json']).ended, 'bad-input', 2);
  expect(sentence).toBe('Tiny is published under the licence MIT. Read it at https://models.invalid/mit, and say --accept-licence if you agree.'); // prettier-ignore
  expectRefused(await models(['download', 'nobody', '--json']).ended, 'not-found');
  expectRefused(await models([...download, '--mirror', 'file:///etc', '--json']).ended, 'bad-input', 2);
  expect(publisher.asked).toEqual([]);
});

test.skipIf(skipFor(NO_PROC, 'killing a download'))(
  'killed in the middle: the next one goes on from there, and the mirror is remembered',
  async () => {
    publisher.next(LARGE_PATH, hangs);
    const program = models([...download, '--mirror', publisher.address]);
    await program.until('the beginning is there', hanging);
    // Meanwhile nobody else can.
    const second = expectRefused(await models([...download, '--json']).ended, 'catalogue-busy');
    expect(second).toMatch(/^Another Earmark is downloading a model into/);
    kill(program.pid, 'SIGKILL');
    await program.ended;
    expect(await program.strays()).toEqual([]);
    const known = await models(['known']).ended;
    expect(known.stdout).toMatch(/115\.\d kB are here/);
    const again = await models([...download, '--json']).ended;
    expect(again.code, again.stderr).toBe(0);
    const folder = join(trial.data, 'models/tiny');
    expect(json<{ model: ModelStatus }>(again).model).toMatchObject({ id: 'tiny', problem: null, folder });
    expect(trial.ranges()).toEqual([undefined, `bytes=${PART}-`]);
    trial.expectTidy();
    expect(json<{ models: KnownModel[] }>(await models(['known', '--json']).ended).models[0]!.installed).toBe(true);
  },
);

test.skipIf(skipFor(NO_PROC, 'stopping a download'))('Ctrl-C keeps what is there, discard does not', async () => {
  publisher.next(LARGE_PATH, hangs);
  const program = models([...download, '--mirror', publisher.address]);
  await program.until('the beginning is there', hanging);
  program.signal('SIGINT');
  const run = await program.ended;
  expect(run).toMatchObject({ code: 130, stdout: '' });
  expect(run.stderr).toContain('Stopped. What was downloaded is kept: “earmark models download tiny” goes on from there.'); // prettier-ignore
  expect(await program.strays()).toEqual([]);
  expect(trial.largeSoFar()!.length).toBe(PART);
  expect(await models(['discard', 'tiny']).ended).toMatchObject({ code: 0, stdout: 'Nothing is left of the download of “tiny”.\n' }); // prettier-ignore
  expect(trial.largeSoFar()).toBeNull();
});

test('a proxy of the environment is used; its password is in no message, not even a wordy one', async () => {
  const proxy = await startProxy(403);
  const env = { HTTPS_PROXY: `http://me:secret@${proxy.address}`, https_proxy: '', NO_PROXY: '', no_proxy: '' };
  const run = await models([...download, '--verbose', '--no-mirror'], env).ended;
  await proxy.stop();
  expect(run.code).toBe(1);
  expect(proxy.asked).toEqual(['CONNECT models.invalid:443']);
  expect(run.stderr).toMatch(/^earmark: The proxy “127\.0\.0\.1:\d+” refuses the connection \(403\)\./m);
  expect(run.stderr + run.stdout).not.toContain('secret');
});

test.skipIf(skipFor(NO_TERMINAL, 'agreeing at a terminal'))('at a terminal it shows and asks', async () => {
  vi.stubEnv(LIST_VARIABLE, trial.list);
  try {
    const question = /shall it be downloaded\? \[y\/N\] $/;
    const args = words('download', 'tiny', '--mirror', publisher.address);
    const no = await atTerminal(args, [[question, 'n\r']]);
    expect(no).toMatchObject({ code: 0 });
    expect(no.shown).toContain('Nothing was downloaded.');
    expect(publisher.asked).toEqual([]);
    const yes = await atTerminal(args, [[question, 'y\r']]);
    expect(yes.code, yes.shown).toBe(0);
    for (const part of [
      'Tiny: 31',
      'from     https://models.invalid/maker/tiny',
      `by way of ${new URL(publisher.address).host}`,
      'licence  MIT, https://models.invalid/mit',
      'is installed as “tiny”',
    ]) {
      // prettier-ignore
      expect(yes.shown).toContain(part);
    }
  } finally {
    vi.unstubAllEnvs();
  }
});

test('progress on one line', () => {
  const progress = { id: 'tiny', bytes: 290_100_000, total: 690_000_000, bytesPerSecond: 12_300_000 };
  expect(describeDownload({ ...progress, stage: 'fetching' })).toBe('Downloading · 42 % · 290.1 MB of 690.0 MB · 12.3 MB/s · tiny'); // prettier-ignore
  expect(describeDownload({ ...progress, stage: 'verifying' })).toBe('Checking what came · tiny');
});

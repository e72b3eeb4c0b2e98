/** `earmark models known|download|discard`, against a publisher on this machine; the program itself where it is killed or stopped. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { LIST_VARIABLE } from '../../../src/main/models/download/known.ts';
import type { KnownModel } from '../../../src/shared/calls/models.ts';
import type { ModelStatus } from '../../../src/shared/types.ts';
import { describeDownload } from '../../../src/main/host/cli/models-words.ts';
import { createEngine } from '../../../src/main/engine/engine.ts';
import { runInProcess } from '../../faults/in-process.ts';
import { json, kill, NO_PROC, Program, type Run } from '../../faults/program.ts';
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
const program = (args: string[]) => new Program(words(...args), { env: { [LIST_VARIABLE]: trial.list } });
/** The same in this process. */
async function models(args: string[], env: Record<string, string> = {}): Promise<Run> {
  const environment = { TMPDIR: trial.folder, [LIST_VARIABLE]: trial.list, ...env };
  return (await runInProcess(words(...args), environment, createEngine)).run;
}
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
  const run = await models(['known']);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toMatch(/^id +size +licence +name\ntiny +315\.\d kB +MIT +Tiny\n\ntiny: Tests\.\n +from https:/);
  const list = json<{ models: KnownModel[] }>(await models(['known', '--json']));
  expect(list.models).toMatchObject([{ id: 'tiny', license: 'MIT', installed: false, partialBytes: 0 }]);
  expect(publisher.asked).toEqual([]);
});

test('without a licence accepted nothing is fetched, where nobody can be asked', async () => {
  const sentence = expectRefused(await models(['download', 'tiny', '--json']), 'bad-input', 2);
  expect(sentence).toBe('Tiny is published under the licence MIT. Read it at https://models.invalid/mit; pass --accept-licence to accept it.'); // prettier-ignore
  expectRefused(await models(['download', 'nobody', '--json']), 'not-found');
  expectRefused(await models([...download, '--mirror', 'file:///etc', '--json']), 'bad-input', 2);
  expect(publisher.asked).toEqual([]);
});

test.skipIf(skipFor(NO_PROC, 'killing a download'))(
  'killed midway: the next one resumes from there, and the mirror is remembered',
  async () => {
    publisher.next(LARGE_PATH, hangs);
    const downloading = program([...download, '--mirror', publisher.address]);
    await downloading.until('the beginning is there', hanging);
    // Meanwhile nobody else can.
    const second = expectRefused(await models([...download, '--json']), 'catalogue-busy');
    expect(second).toMatch(/^Another instance of Earmark is downloading a model into/);
    kill(downloading.pid, 'SIGKILL');
    await downloading.ended;
    expect(await downloading.strays()).toEqual([]);
    const known = await models(['known']);
    expect(known.stdout).toMatch(/115\.\d kB downloaded/);
    const again = await models([...download, '--json']);
    expect(again.code, again.stderr).toBe(0);
    const folder = join(trial.data, 'models/tiny');
    expect(json<{ model: ModelStatus }>(again).model).toMatchObject({ id: 'tiny', problem: null, folder });
    expect(trial.ranges()).toEqual([undefined, `bytes=${PART}-`]);
    trial.expectTidy();
    expect(json<{ models: KnownModel[] }>(await models(['known', '--json'])).models[0]!.installed).toBe(true);
  },
);

test.skipIf(skipFor(NO_PROC, 'stopping a download'))('Ctrl-C keeps what is there, discard does not', async () => {
  publisher.next(LARGE_PATH, hangs);
  const downloading = program([...download, '--mirror', publisher.address]);
  await downloading.until('the beginning is there', hanging);
  downloading.signal('SIGINT');
  const run = await downloading.ended;
  expect(run).toMatchObject({ code: 130, stdout: '' });
  expect(run.stderr).toContain('Stopped. The partial download is kept; “earmark models download tiny” resumes it.'); // prettier-ignore
  expect(await downloading.strays()).toEqual([]);
  expect(trial.largeSoFar()!.length).toBe(PART);
  expect(await models(['discard', 'tiny'])).toMatchObject({ code: 0, stdout: 'Incomplete download of “tiny” deleted.\n' }); // prettier-ignore
  expect(trial.largeSoFar()).toBeNull();
});

test('a proxy of the environment is used; its password is in no message, not even a wordy one', async () => {
  const proxy = await startProxy(403);
  const env = { HTTPS_PROXY: `http://me:secret@${proxy.address}`, https_proxy: '', NO_PROXY: '', no_proxy: '' };
  const run = await models([...download, '--verbose', '--no-mirror'], env);
  await proxy.stop();
  expect(run.code).toBe(1);
  expect(proxy.asked).toEqual(['CONNECT models.invalid:443']);
  expect(run.stderr).toMatch(/^earmark: The proxy “127\.0\.0\.1:\d+” refuses the connection \(403\)\./m);
  expect(run.stderr + run.stdout).not.toContain('secret');
});

test.skipIf(skipFor(NO_TERMINAL, 'agreeing at a terminal'))('at a terminal it shows and asks', async () => {
  vi.stubEnv(LIST_VARIABLE, trial.list);
  try {
    const question = /Accept the licence and download\? \[y\/N\] $/;
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
      `via ${new URL(publisher.address).host}`,
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
  const progress = { modelId: 'tiny', bytes: 290_100_000, total: 690_000_000, bytesPerSecond: 12_300_000 };
  expect(describeDownload({ ...progress, stage: 'fetching' })).toBe('Downloading · 42 % · 290.1 MB of 690.0 MB · 12.3 MB/s · tiny'); // prettier-ignore
  expect(describeDownload({ ...progress, stage: 'verifying' })).toBe('Verifying · tiny');
});

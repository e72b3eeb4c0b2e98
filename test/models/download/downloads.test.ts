/** Around the fetching: licence, list, room on the disk, one at a time, what the importer says, and the engine's calls. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { acquireDownloadLock } from '../../../src/main/models/download/download-lock.ts';
import { readKnownModels, LIST_VARIABLE } from '../../../src/main/models/download/known.ts';
import { listPacks } from '../../../src/main/packs/installed.ts';
import { waitForJob, type JobProgressOf } from '../../../src/shared/jobs.ts';
import { EngineTrial } from '../../calls/engine-trial.ts';
import { TINY_PACK } from '../../faults/program.ts';
import { expectSentence, skipFor } from '../../faults/trial.ts';
import { writeTinyClap } from '../families/hugging-face/tiny-clap.ts';
import { trialForEach, type DownloadTrial, LARGE_PATH } from './download-trial.ts';
import { dropAfter, Publisher, tagOf, type Misbehaviour } from './publisher.ts';
import { until } from '../../kit/until.ts';

let publisher: Publisher;
let trial: DownloadTrial;
trialForEach((fresh, server) => {
  trial = fresh;
  publisher = server;
});

/** Sends the beginning and no more. */
const hangs: Misbehaviour = (_, response, content) => {
  response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) });
  response.write(content.subarray(0, 100_000));
};
const hanging = () => until('it hangs', () => trial.largeSoFar()?.length === 100_000);

describe('the list', () => {
  test('that ships is as it should be, and no model pack', async () => {
    const models = await readKnownModels();
    expect(models.map(({ id }) => id)).toEqual(['msclap-2023', 'larger_clap_general', 'clap-htsat-unfused']);
    for (const { files } of models) {
      for (const { bytes, sha256 } of files) expect(bytes < 10e6 || sha256 !== undefined).toBe(true);
    }
    const packs = await listPacks({ dataFolder: trial.data });
    expect(packs.map(({ id, problem }) => [id, problem])).toEqual([['starter-1', null]]);
  });

  const file = { url: 'https://a.example/x', path: 'x', bytes: 1 };
  const model = { id: 'x', name: 'X', goodFor: 'x', license: 'x', licenseUrl: 'https://a.example', page: 'https://a.example', files: [file] }; // prettier-ignore
  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /cannot be read/],
    ['an id that leads elsewhere', { models: [{ ...model, id: '../x' }] }, /models\.0\.id/],
    [
      'a path that leads elsewhere',
      { models: [{ ...model, files: [{ ...file, path: 'a/../../x' }] }] },
      /files\.0\.path/,
    ],
    ['an absolute path', { models: [{ ...model, files: [{ ...file, path: '/etc/x' }] }] }, /files\.0\.path/],
    ['a hidden file', { models: [{ ...model, files: [{ ...file, path: 'a/.x' }] }] }, /files\.0\.path/],
    [
      'an unencrypted address',
      { models: [{ ...model, files: [{ ...file, url: 'http://a.example/x' }] }] },
      /files\.0\.url/,
    ],
    ['a hash that is none', { models: [{ ...model, files: [{ ...file, sha256: 'abc' }] }] }, /files\.0\.sha256/],
    [
      'two files have the same name',
      { models: [{ ...model, files: [file, { ...file, path: 'X' }] }] },
      /two files have the same name/,
    ],
    ['two models have the same id', { models: [model, model] }, /two models have the same id/],
    ['no files', { models: [{ ...model, files: [] }] }, /files/],
  ])('with %s is refused', async (_, content, where) => {
    writeFileSync(trial.list, typeof content === 'string' ? content : JSON.stringify(content));
    const error = await readKnownModels(trial.list).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code: 'model-damaged' });
    expectSentence((error as Error).message);
    expect((error as Error).message).toMatch(where);
  });
});

describe('nothing is fetched', () => {
  afterEach(() => {
    expect(publisher.asked).toEqual([]);
    expect(existsSync(join(trial.data, 'downloads/tiny/large.bin.part'))).toBe(false);
  });

  test('unasked: the list is shown without asking anybody', async () => {
    expect(await trial.downloads.known()).toHaveLength(1);
  });

  test('before the licence is accepted', async () => {
    await expect(trial.downloads.start('tiny', false)).rejects.toMatchObject({
      code: 'bad-input',
      userMessage: 'Tiny is published under the licence MIT. Read it at https://models.invalid/mit and accept it first. Nothing was downloaded.', // prettier-ignore
    });
  });

  test('that is not on the list', async () => {
    await expect(trial.downloads.start('nobody', true)).rejects.toMatchObject({ code: 'not-found' });
    await expect(trial.downloads.discard('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('where there is no room for it', async () => {
    const asked: string[] = [];
    const downloads = trial.withOptions({
      freeBytes: (folder) => {
        asked.push(folder);
        return Promise.resolve(50e6);
      },
    });
    expect(await trial.expectRefused('disk-full', downloads)).toMatch(/Tiny needs 51 MB .* 50 MB are free/);
    expect(asked).toEqual([join(trial.data, 'downloads')]);
  });

  test('over a damaged installed one: it is reported', async () => {
    const folder = join(trial.data, 'models/tiny');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'model.json'), '{}');
    await expect(trial.run()).rejects.toMatchObject({ code: 'model-damaged' });
  });

  test('into a folder that cannot be one', async () => {
    mkdirSync(trial.data, { recursive: true });
    writeFileSync(join(trial.data, 'downloads'), 'a file is in the way');
    await trial.expectRefused('catalogue-unwritable');
  });
});

test('one file of the engine alone can reach the network, apart from the hosts', () => {
  const root = fileURLToPath(new URL('../../../src/main', import.meta.url));
  const network =
    /from '(node:)?(https?|http2|tls|dgram|dns)(\/\w+)?'|(?<![.#\w])fetch\(|\bnew (WebSocket|EventSource)\b/;
  const files = (readdirSync(root, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'));
  const able = files.filter((name) => network.test(readFileSync(join(root, name), 'utf8')));
  expect(able.filter((name) => !name.startsWith('host'))).toEqual([join('models', 'download', 'connection.ts')]);
});

describe('room on the disk', () => {
  test('what is there already needs none', async () => {
    publisher.next(LARGE_PATH, dropAfter(200_000), dropAfter(0), dropAfter(0));
    await trial.expectRefused('download-failed');
    const [{ bytes, partialBytes } = { bytes: 0, partialBytes: 0 }] = await trial.downloads.known();
    expect(partialBytes).toBeGreaterThan(200_000);
    const needed = bytes - partialBytes + Math.ceil(1.5 * bytes) + 50e6;
    await trial.expectRefused('disk-full', trial.withOptions({ freeBytes: () => Promise.resolve(needed - 1) }));
    trial.withOptions({ freeBytes: () => Promise.resolve(needed) });
    await trial.expectInstalled();
  });

  const noMount = () => {
    try {
      mkdirSync(join(trial.data, 'downloads'), { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', join(trial.data, 'downloads')], {
        stdio: 'ignore',
      });
      return null;
    } catch {
      return 'no small file system can be mounted here';
    }
  };
  test('a disk that becomes full on the way: what came is kept, and there is a way on', async (context) => {
    const reason = noMount();
    if (skipFor(reason, 'a full disk')) context.skip();
    try {
      trial.withOptions({ freeBytes: () => Promise.resolve(Infinity) });
      expect(await trial.expectRefused('disk-full')).toMatch(/is full.*Free some space/);
      const came = trial.largeSoFar()!;
      expect(came.length).toBeGreaterThan(50_000);
      execFileSync('mount', ['-o', 'remount,size=1m', join(trial.data, 'downloads')]);
      expect(await trial.run()).toBe(join(trial.data, 'models/tiny'));
      expect(trial.ranges().at(-1)).toBe(`bytes=${came.length}-`);
    } finally {
      execFileSync('umount', [join(trial.data, 'downloads')]);
    }
  });
});

describe('one at a time', () => {
  test('two ask at once', async () => {
    const both = await Promise.allSettled([trial.run(), trial.run()]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(both).toContainEqual({ status: 'rejected', reason: expect.objectContaining({ code: 'catalogue-busy' }) as unknown }); // prettier-ignore
    expect(publisher.askedFor(LARGE_PATH)).toHaveLength(1);
    trial.expectTidy();
  });

  test('not while it runs: discarding', async () => {
    publisher.next(LARGE_PATH, hangs);
    const running = trial.run();
    await hanging();
    await expect(trial.downloads.discard('tiny')).rejects.toMatchObject({ code: 'catalogue-busy' });
    trial.cancel();
    await running;
    await trial.downloads.discard('tiny');
    await trial.downloads.discard('tiny'); // nothing is there any more, which is what was wanted
    expect(trial.largeSoFar()).toBeNull();
    expect(await trial.downloads.known()).toMatchObject([{ partialBytes: 0 }]);
  });

  test('not beside another program', async () => {
    const release = acquireDownloadLock(join(trial.data, 'downloads'));
    expect(await trial.expectRefused('catalogue-busy')).toMatch(/Another instance of Earmark/);
    await expect(trial.downloads.discard('tiny')).rejects.toMatchObject({ code: 'catalogue-busy' });
    release();
    await trial.expectInstalled();
  });

  test('not beside an import, whichever was first', async () => {
    const source = join(trial.folder, 'tiny-clap');
    writeTinyClap(source);
    const first = trial.import(source);
    await trial.expectRefused('catalogue-busy');
    expect(await first).toBe(join(trial.data, 'models/tiny-clap'));
    publisher.next(LARGE_PATH, hangs);
    trial.withOptions({ patienceMs: 300 });
    const running = trial.run().catch((reason: unknown) => reason);
    await hanging();
    const second = trial.import(source);
    const error = await running;
    // Should the second import be done sooner, the download is just installed.
    if (error instanceof Error) expect(error).toMatchObject({ code: 'catalogue-busy' });
    await second;
    const requests = publisher.asked.length;
    await trial.expectInstalled();
    expect(publisher.asked).toHaveLength(requests);
  });
});

describe('what the importer says', () => {
  test('damaged, although its hashes were right: deleted, for it would never succeed', async () => {
    trial.publish('audio.onnx', Buffer.concat([readFileSync(join(TINY_PACK, 'audio.onnx')), Buffer.of(0)]));
    trial.writeList();
    const sentence = await trial.expectRefused('model-damaged');
    expect(sentence).toMatch(
      /The partial download of Tiny was deleted\. The next download starts from the beginning\.$/,
    );
    expect(readdirSync(join(trial.data, 'downloads'))).toEqual(['download.lock']);
  });

  test('the id belongs to another one: kept', async () => {
    trial.publish('model.json', Buffer.from(readFileSync(join(TINY_PACK, 'model.json'), 'utf8').replace('"tiny"', '"tiny-clap"'))); // prettier-ignore
    trial.writeList();
    const source = join(trial.folder, 'tiny-clap');
    writeTinyClap(source);
    await trial.import(source);
    await trial.expectRefused('bad-input');
    expect(trial.largeSoFar()).not.toBeNull();
  });
});

describe('through the engine', () => {
  let engine: EngineTrial;
  const progress: JobProgressOf<'download'>[] = [];
  const download = async (id: string) =>
    waitForJob(engine, await engine.call('model.download', { id, acceptLicense: true }), 'download');
  beforeEach(async () => {
    vi.stubEnv(LIST_VARIABLE, trial.list);
    engine = new EngineTrial();
    await engine.start();
    progress.length = 0;
    engine.on('job.progress', (one) => {
      if (one.kind === 'download') progress.push(one);
    });
    await engine.call('setting.set', { modelMirror: publisher.address });
  });
  afterEach(async () => {
    await engine.end();
    vi.unstubAllEnvs();
  });

  test('listed, refused, stopped, discarded, fetched, installed', async () => {
    expect(await engine.call('model.known', null)).toMatchObject([{ id: 'tiny', installed: false, partialBytes: 0 }]);
    await expect(engine.call('model.download', { id: 'tiny', acceptLicense: false })).rejects.toMatchObject({ code: 'bad-input' }); // prettier-ignore
    expect(publisher.asked).toEqual([]);
    publisher.next(LARGE_PATH, hangs);
    const running = download('tiny');
    await until('it fetches', () => progress.some(({ bytes }) => bytes > 100_000));
    await engine.call('job.cancel', progress.at(-1)!.id);
    expect(await running).toBeNull();
    expect((await engine.call('model.known', null))[0]!.partialBytes).toBeGreaterThan(100_000);
    await engine.call('model.discardDownload', { id: 'tiny' });
    expect((await engine.call('model.known', null))[0]!.partialBytes).toBe(0);
    const status = await download('tiny');
    expect(status).toMatchObject({ id: 'tiny', problem: null, folder: join(engine.data, 'models/tiny') });
    expect(await engine.call('model.known', null)).toMatchObject([{ installed: true }]);
    expect(progress.at(-1)).toMatchObject({ modelId: 'tiny', stage: 'importing', state: 'done' });
  });

  test('a CLAP model from Hugging Face: downloaded, built, tried out; cancelled while it is built, and kept', async () => {
    const source = join(trial.folder, 'source');
    writeTinyClap(source);
    const files = (readdirSync(source, { recursive: true }) as string[]).filter((name) => name.includes('.'));
    const listed = files.map((path) => {
      publisher.files.set(`/${path}`, readFileSync(join(source, path)));
      return { url: `https://models.invalid/${path}`, path, bytes: readFileSync(join(source, path)).length };
    });
    const list = JSON.parse(readFileSync(trial.list, 'utf8')) as { models: object[] };
    writeFileSync(trial.list, JSON.stringify({ models: [{ ...list.models[0], id: 'tiny-clap', files: listed }] }));
    const off = engine.on('job.progress', (one) => {
      if (one.kind === 'import' && one.stage === 'building') void engine.call('job.cancel', progress.at(-1)!.id);
    });
    expect(await download('tiny-clap')).toBeNull();
    off();
    const requests = publisher.asked.length;
    expect(requests).toBe(files.length);
    const status = await download('tiny-clap');
    expect(status).toMatchObject({ id: 'tiny-clap', license: 'apache-2.0', problem: null });
    expect(publisher.asked).toHaveLength(requests);
    expect(readdirSync(join(engine.data, 'downloads'))).toEqual(['download.lock']);
  });

  test('the engine closes while it downloads', async () => {
    publisher.next(LARGE_PATH, hangs);
    const running = download('tiny');
    await until('it fetches', () => progress.some(({ bytes }) => bytes > 100_000));
    await engine.start();
    expect(await running).toBeNull();
    expect(await download('tiny')).toMatchObject({ id: 'tiny' });
    expect(trial.ranges().at(-1)).toBe('bytes=100000-');
  });
});

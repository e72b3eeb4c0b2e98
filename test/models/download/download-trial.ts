/** Downloads into a data folder of its own, from a publisher on this machine; ends in a pack that is really installed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { Downloads, type DownloadsOptions } from '../../../src/main/models/download/downloads.ts';
import type { ListedFile } from '../../../src/main/models/download/known.ts';
import { Imports } from '../../../src/main/models/imports.ts';
import { JobRegistry } from '../../../src/main/jobs/registry.ts';
import { listPacks } from '../../../src/main/packs/installed.ts';
import { summaryOf, type JobProgressOf } from '../../../src/shared/jobs.ts';
import type { ModelStatus } from '../../../src/shared/types.ts';
import { UserError } from '../../../src/shared/errors.ts';
import { TINY_PACK } from '../../faults/program.ts';
import { expectSentence } from '../../faults/trial.ts';
import { sha256 } from '../../kit/sha256.ts';
import { Publisher } from './publisher.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

const PACK_FILES = ['model.json', 'tokenizer.json', 'text.onnx', 'audio.onnx'];
/** Not of the pack, and large enough to be cut to pieces. */
export const LARGE = 'large.bin';
export const LARGE_PATH = `/maker/tiny/${LARGE}`;
/** Where a list says that files are, which is nowhere: tests go through a mirror. */
const ORIGIN = 'https://models.invalid';
export const PAGE = 'https://models.invalid/maker/tiny';

/** Bytes that no two places of have in common. */
export function noise(bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let i = 0; i + 4 <= bytes; i += 4) content.writeUInt32LE(Math.imul(i + 1, 2654435761) >>> 0, i);
  return content;
}

export class DownloadTrial {
  readonly folder = temporaryFolder('download');
  readonly data = join(this.folder, 'data');
  readonly list = join(this.folder, 'known.json');
  readonly progress: JobProgressOf<'download'>[] = [];
  readonly publisher: Publisher;
  readonly jobs: JobRegistry;
  readonly imports: Imports;
  /** Told how far downloads are. */
  onProgress = (progress: JobProgressOf<'download'>): void => void this.progress.push(progress);
  readonly large: Buffer;
  downloads: Downloads;

  /** @param largeBytes of the file {@link LARGE} */
  constructor(
    publisher: Publisher,
    { largeBytes = 300_000, ...options }: Partial<DownloadsOptions> & { largeBytes?: number } = {},
  ) {
    this.publisher = publisher;
    this.large = noise(largeBytes);
    publisher.asked.length = 0;
    publisher.files.clear();
    publisher.behave();
    for (const name of PACK_FILES) this.publish(name, readFileSync(join(TINY_PACK, name)));
    this.publish(LARGE, this.large);
    this.writeList();
    const none = (): never => expect.unreachable('no catalogue is needed for models');
    this.jobs = new JobRegistry({ dataFolder: this.data, catalogue: none, checkThere: none }, (progress) => {
      if (progress.kind === 'download') this.onProgress(progress);
    });
    const deps = { dataFolder: this.data, lowPriority: false, notice: () => {} };
    this.imports = new Imports(deps, this.jobs, (folder) => this.statusOf(folder));
    this.downloads = this.withOptions(options);
  }

  /** Another handle on the same data folder. */
  withOptions(options: Partial<DownloadsOptions>): Downloads {
    const all = {
      dataFolder: this.data,
      imports: this.imports,
      mirror: () => this.publisher.address,
      statusOf: (folder: string) => this.statusOf(folder),
      list: this.list,
      patienceMs: 5000,
      backoffMs: 1,
      env: {},
      ...options,
    };
    this.downloads = new Downloads(all, this.jobs);
    return this.downloads;
  }

  publish(name: string, content: Buffer): void {
    this.publisher.files.set(`/maker/tiny/${name}`, content);
  }

  /** @param change fields of the listed {@link LARGE} file; undefined takes one away */
  writeList(change: { [K in keyof ListedFile]?: ListedFile[K] | undefined } = {}, origin = ORIGIN): void {
    const files = [...PACK_FILES, LARGE].map((name) => {
      const content = this.publisher.files.get(`/maker/tiny/${name}`)!;
      const file = { url: `${origin}/maker/tiny/${name}`, path: name, bytes: content.length, sha256: sha256(content) };
      return name === LARGE ? { ...file, ...change } : file;
    });
    const model = { id: 'tiny', name: 'Tiny', goodFor: 'Tests.', license: 'MIT', licenseUrl: 'https://models.invalid/mit', page: PAGE, files }; // prettier-ignore
    writeFileSync(this.list, JSON.stringify({ models: [model] }));
  }

  /** Downloads. @returns the folder of what is installed; null when it was cancelled */
  async run(downloads = this.downloads): Promise<string | null> {
    const model = summaryOf(await this.jobs.wait(await downloads.start('tiny', true)), 'download');
    return model?.folder ?? null;
  }

  /** @returns the folder of what is installed */
  async import(path: string): Promise<string | undefined> {
    return summaryOf(await this.jobs.wait(this.imports.start(path)), 'import')?.folder;
  }

  cancel(): void {
    for (const { id, kind } of this.jobs.running) if (kind === 'download') this.jobs.cancel(id);
  }

  async statusOf(folder: string): Promise<ModelStatus> {
    const pack = (await listPacks({ dataFolder: this.data })).find((one) => one.folder === folder)!;
    return { ...pack, analysedFiles: 0, analysisBytes: 0 };
  }

  /** The whole way: the pack is there, and nothing else is left. */
  async expectInstalled(): Promise<void> {
    expect(await this.run()).toBe(join(this.data, 'models/tiny'));
    this.expectTidy();
  }

  expectTidy(): void {
    for (const name of PACK_FILES) {
      expect(readFileSync(join(this.data, 'models/tiny', name)).equals(readFileSync(join(TINY_PACK, name)))).toBe(true);
    }
    expect(readdirSync(join(this.data, 'downloads'))).toEqual(['download.lock']);
  }

  /** @returns the sentence */
  async expectRefused(code: string, downloads = this.downloads): Promise<string> {
    const error = await this.run(downloads).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof UserError)) throw new Error('it was no error for the screen', { cause: error });
    expect(error.code, error.userMessage).toBe(code);
    expectSentence(error.userMessage);
    expect(existsSync(join(this.data, 'models/tiny'))).toBe(false);
    return error.userMessage;
  }

  /** What is there of the large file, finished or not; null when nothing is. */
  largeSoFar(): Buffer | null {
    for (const name of [LARGE, `${LARGE}.part`]) {
      const path = join(this.data, 'downloads/tiny', name);
      if (existsSync(path)) return readFileSync(path);
    }
    return null;
  }

  /** As a download that was stopped leaves them. */
  putPart(content: Buffer, note: { etag: string | null; total: number | null; sha256: string | null }): void {
    const folder = join(this.data, 'downloads/tiny');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${LARGE}.part`), content);
    writeFileSync(join(folder, `${LARGE}.part.json`), JSON.stringify(note));
  }

  /** Of the requests for the large file, the ranges. */
  ranges(): (string | undefined)[] {
    return this.publisher.askedFor(LARGE_PATH).map(({ headers }) => headers.range);
  }

  async end(): Promise<void> {
    await this.jobs.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * One publisher for the tests of a file or a group, and a trial for each of them.
 * @param use is given both before each test
 */
export function trialForEach(
  use: (trial: DownloadTrial, publisher: Publisher) => void,
  options: Partial<DownloadsOptions> = {},
): void {
  const publisher = new Publisher();
  let trial: DownloadTrial;
  beforeAll(() => publisher.start());
  afterAll(() => publisher.stop());
  beforeEach(() => {
    trial = new DownloadTrial(publisher, options);
    use(trial, publisher);
  });
  afterEach(() => trial.end());
}

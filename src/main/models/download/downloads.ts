/**
 * Downloads of models: one at a time, only when asked for, beside all other jobs but an import. What has come stays in `<data folder>/downloads/<id>` until the model is installed or the download is discarded.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DownloadProgress, KnownModel } from '../../../shared/calls/models.ts';
import { UserError } from '../../../shared/errors.ts';
import { DOWNLOAD_RUNS, licenceNotAccepted, modelNotListed } from '../../../shared/refusals.ts';
import type { JobId, ModelStatus } from '../../../shared/types.ts';
import type { JobRegistry, Lane } from '../../jobs/registry.ts';
import type { JobContext } from '../../jobs/runner.ts';
import { roomFor } from '../families/family.ts';
import type { Imports, StatusOfPack } from '../imports.ts';
import { findPack, listPacks } from '../../packs/installed.ts';
import { diskSentence } from '../unfinished.ts';
import type { Connection } from './connection.ts';
import { acquireDownloadLock } from './download-lock.ts';
import { fetchFile } from './fetch-file.ts';
import { bytesOf, readKnownModels, type ListedFile, type ListedModel } from './known.ts';
import { PartialFile } from './partial-file.ts';
import { DownloadReport } from './report.ts';
import { Sentences } from './sentences.ts';

const PATIENCE_MS = 30_000;
const BACKOFF_MS = 1000;
const HASHED_AT_ONCE = 1 << 20;

export interface DownloadsOptions {
  /** The engine's. */
  dataFolder: string;
  imports: Imports;
  /** Asked whenever a download begins: an address, http or https; null: from the publishers. */
  mirror: () => string | null;
  statusOf: StatusOfPack;
  /** The list of what there is. @default the shipped one */
  list?: string;
  /** @default half a minute of a server's silence */
  patienceMs?: number;
  /** @default a second before the second try */
  backoffMs?: number;
  /** Bytes that are free on the disk of a folder. */
  freeBytes?: (folder: string) => Promise<number>;
  /** Where proxies stand. @default process.env */
  env?: NodeJS.ProcessEnv;
  /** Trusted besides the usual ones, PEM. */
  ca?: string[];
}

/** A file of the list, and where it goes. */
interface Part {
  file: ListedFile;
  part: PartialFile;
}

export class Downloads {
  readonly #options: Required<Omit<DownloadsOptions, 'list'>> & { list?: string };
  readonly #folder: string;
  readonly #lane: Lane<'download'>;

  constructor(options: DownloadsOptions, jobs: JobRegistry) {
    this.#options = {
      patienceMs: PATIENCE_MS,
      backoffMs: BACKOFF_MS,
      freeBytes,
      env: process.env,
      ca: [],
      ...options,
    };
    this.#folder = join(options.dataFolder, 'downloads');
    this.#lane = jobs.sessionLane({
      busy: DOWNLOAD_RUNS,
      unpausable: 'A download cannot be paused. Cancel it instead: the next download continues from there.',
      first: { modelId: '', stage: 'connecting', bytes: 0, total: 0, bytesPerSecond: null },
    });
  }

  /** Reads disks, asks nobody. @throws UserError model-damaged when the list is */
  async known(): Promise<KnownModel[]> {
    const models = await readKnownModels(this.#options.list);
    const packs = await listPacks({ dataFolder: this.#options.dataFolder });
    return Promise.all(
      models.map(async (model) => {
        const { id, name, goodFor, license, licenseUrl, page } = model;
        const installed = packs.some((pack) => pack.id === id && pack.problem === null);
        return { id, name, goodFor, license, licenseUrl, page, bytes: bytesOf(model), installed, partialBytes: await bytesOfParts(this.#parts(model)) }; // prettier-ignore
      }),
    );
  }

  /**
   * @param acceptLicense somebody has seen the licence and agrees
   * @returns a job that ends with the installed model, at once when it was there before; with null when it was cancelled
   * @throws UserError not-found, bad-input, catalogue-busy; its job: catalogue-busy, offline, download-failed, disk-full,
   *   catalogue-unwritable; what importing throws. What has come stays, but for what can be of no use
   */
  async start(id: string, acceptLicense: boolean): Promise<JobId> {
    const model = await this.#listed(id);
    if (!acceptLicense) throw licenceNotAccepted(model);
    this.#lane.assertFree();
    this.#options.imports.assertNone();
    const figures = { modelId: id, total: bytesOf(model) };
    return this.#lane.start('download', { id }, (context) => this.#download(model, context), { figures });
  }

  /** Deletes what an unfinished download left. @throws UserError not-found, catalogue-busy */
  async discard(id: string): Promise<void> {
    await this.#listed(id);
    this.#lane.assertFree();
    const release = acquireDownloadLock(this.#folder);
    try {
      await rm(join(this.#folder, id), { recursive: true, force: true });
    } catch (error) {
      throw diskSentence(error, this.#folder);
    } finally {
      release();
    }
  }

  async #download(model: ListedModel, context: JobContext<DownloadProgress>): Promise<ModelStatus | null> {
    const { signal } = context;
    try {
      const installed = await this.#installed(model.id);
      if (installed !== null) return await this.#options.statusOf(installed);
      const release = acquireDownloadLock(this.#folder);
      try {
        signal.throwIfAborted();
        await this.#prepare(model, context);
        return await this.#import(model, signal);
      } finally {
        release();
      }
    } catch (error) {
      if (signal.aborted && error === signal.reason) return null;
      throw diskSentence(error, this.#folder);
    }
  }

  async #prepare(model: ListedModel, { signal, report: send }: JobContext<DownloadProgress>): Promise<void> {
    const parts = this.#parts(model);
    await mkdir(join(this.#folder, model.id), { recursive: true });
    const there = await bytesOfParts(parts);
    await this.#checkSpace(model, there);
    const report = new DownloadReport(model.id, there, bytesOf(model), send);
    const sentences = new Sentences(model);
    await this.#fetch(parts, report, sentences, signal);
    report.enter('verifying');
    for (const { file, part } of parts) await verify(file, part, sentences, signal);
    for (const { part } of parts) await part.finish();
    report.enter('importing');
  }

  async #fetch(parts: Part[], report: DownloadReport, sentences: Sentences, signal: AbortSignal): Promise<void> {
    const { patienceMs, backoffMs, env, ca } = this.#options;
    const address = this.#options.mirror();
    const mirror = address === null ? null : new URL(address);
    let connection: Connection | null = null; // where everything is there already, nobody is asked
    for (const { file, part } of parts) {
      if (await part.finished()) continue;
      if (!connection) {
        report.enter('connecting');
        // With Node's HTTP client: nobody else waits for it at the start.
        const { Connection } = await import('./connection.ts');
        connection = new Connection({ mirror, sentences, signal, patienceMs, env, ca });
      }
      await fetchFile(file, part, { connection, report, sentences, signal, backoffMs });
      report.total += (await part.bytes()) - file.bytes;
    }
  }

  /** @returns null when it was cancelled: what was downloaded stays then */
  async #import({ id, name }: ListedModel, signal: AbortSignal): Promise<ModelStatus | null> {
    const folder = join(this.#folder, id);
    signal.throwIfAborted();
    try {
      const installed = await this.#options.imports.within(folder, signal);
      if (installed !== null) await rm(folder, { recursive: true, force: true });
      return installed;
    } catch (error) {
      // Of no use, and in the way: the next try would only import the same again.
      if (!(error instanceof UserError) || !/^model-(damaged|unusable)$/.test(error.code)) throw error;
      await rm(folder, { recursive: true, force: true });
      throw new UserError(error.code, `${error.userMessage} The partial download of ${name} was deleted. The next download starts from the beginning.`, error); // prettier-ignore
    }
  }

  /** @returns its folder; null when there is none @throws UserError model-damaged */
  async #installed(id: string): Promise<string | null> {
    try {
      return (await findPack({ dataFolder: this.#options.dataFolder }, id)).folder;
    } catch (error) {
      if (error instanceof UserError && error.code === 'model-missing') return null;
      throw error;
    }
  }

  /** @param there bytes that need not be fetched */
  async #checkSpace(model: ListedModel, there: number): Promise<void> {
    const bytes = bytesOf(model);
    const needed = Math.max(0, bytes - there) + roomFor(bytes);
    const free = await this.#options.freeBytes(this.#folder);
    if (free >= needed) return;
    throw new UserError(
      'disk-full',
      `Downloading and installing ${model.name} needs ${Math.ceil(needed / 1e6)} MB in “${this.#options.dataFolder}”, but only ${Math.floor(free / 1e6)} MB are free. Free some space, then try again.`,
    );
  }

  async #listed(id: string): Promise<ListedModel> {
    const models = await readKnownModels(this.#options.list);
    const found = models.find((model) => model.id === id);
    if (found) return found;
    const known = models.map((model) => model.id);
    throw modelNotListed(id, known);
  }

  #parts(model: ListedModel): Part[] {
    return model.files.map((file) => ({
      file,
      part: new PartialFile(join(this.#folder, model.id, ...file.path.split('/'))),
    }));
  }
}

async function bytesOfParts(parts: Part[]): Promise<number> {
  let bytes = 0;
  for (const { part } of parts) bytes += await part.bytes();
  return bytes;
}

/**
 * Against the hash of the list, else against what the publisher's server said. Without either the importer has the
 * word: it reads every byte all the same.
 * @throws UserError download-failed; the file is deleted then
 */
async function verify(file: ListedFile, part: PartialFile, sentences: Sentences, signal: AbortSignal): Promise<void> {
  const expected = file.sha256 ?? (await part.begun())?.sha256 ?? null;
  if (expected === null) return;
  const path = (await part.finished()) ? part.path : part.partPath;
  if ((await sha256Of(path, signal)) === expected) return;
  await part.remove();
  throw sentences.wrongHash(file.path);
}

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const pieces = createReadStream(path, { highWaterMark: HASHED_AT_ONCE }) as AsyncIterable<Buffer>;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    hash.update(piece);
  }
  return hash.digest('hex');
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** An engine in this process over a folder of sounds made on the spot; everything in a folder of its own. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { createEngine, type EngineHandle, type EngineOptions } from '../../src/main/engine/engine.ts';
import { dispatch } from '../../src/main/host/dispatch.ts';
import type { Settings } from '../../src/shared/calls/settings.ts';
import type { CallName, Calls, Events } from '../../src/shared/contract.ts';
import type { IndexSummary, LibraryJobProgress } from '../../src/shared/types.ts';
import { isLibraryJob, waitForJob } from '../../src/shared/jobs.ts';
import { TINY_PACK } from '../faults/program.ts';
import { put, tone, wav, type WavOptions } from '../faults/sounds.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** `model` null: the one of the settings. */
type StartOptions = Partial<Omit<EngineOptions, 'model'>> & { model?: string | null };

export class EngineTrial {
  readonly folder = temporaryFolder('engine');
  readonly sounds = join(this.folder, 'sounds');
  readonly data = join(this.folder, 'data');
  readonly notices: string[] = [];
  readonly progress: LibraryJobProgress[] = [];
  readonly rootsChanged: number[][] = [];
  #handle: EngineHandle | null = null;

  constructor() {
    mkdirSync(this.sounds);
  }

  /**
   * Starts the engine, or starts it again. In the foreground unless asked otherwise: what runs at low priority can
   * starve on a busy machine, which is its purpose and no test of it.
   */
  async start({ model = TINY_PACK, ...options }: StartOptions = {}): Promise<void> {
    await this.#handle?.close();
    this.#handle = createEngine({
      dataFolder: this.data,
      load: 'foreground',
      ...(model === null ? {} : { model }),
      ...options,
    });
    this.#handle.on('engine.notice', ({ message }) => this.notices.push(message));
    this.#handle.on('job.progress', (progress) => {
      if (isLibraryJob(progress)) this.progress.push(progress);
    });
    this.#handle.on('root.changed', ({ rootIds }) => this.rootsChanged.push(rootIds));
  }

  /** What the user had set when the engine was not running. */
  set(values: Partial<Settings>): void {
    const catalogue = openCatalogue(this.data);
    catalogue.settings.set(values);
    catalogue.close();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  async end(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As a host does it: through the parsers; errors come as they would on the screen. */
  async call<N extends CallName>(name: N, input: Calls[N]['input']): Promise<Calls[N]['output']> {
    const reply = await dispatch(this.#handle!.engine, name, input);
    if (reply.ok) return reply.value;
    throw Object.assign(new Error(reply.error.userMessage), { code: reply.error.code, detail: reply.error.detail });
  }

  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): () => void {
    return this.#handle!.on(event, listener);
  }

  /** Analyses these folders, absolute; none: all roots. */
  async index(...folders: string[]): Promise<IndexSummary> {
    return waitForJob(this, await this.call('index.start', { folders }), 'index');
  }

  async paths(text: string): Promise<string[]> {
    const { hits } = await this.call('search.query', {
      text,
      includeUnlikely: true,
      filters: { includeOffline: true },
    });
    return hits.map(({ path }) => path).sort();
  }

  /** The tiny pack under another name, installed: a space of its own. @returns its folder */
  addPack(id: string): string {
    const folder = join(this.data, 'models', id);
    cpSync(TINY_PACK, folder, { recursive: true });
    const description = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...description, id }));
    return folder;
  }

  at(relativePath: string): string {
    return join(this.sounds, relativePath);
  }

  /** @returns its absolute path */
  addTone(relativePath: string, hertz = 440, seconds = 1, options: WavOptions = {}): string {
    put(this.at(relativePath), wav([tone(hertz, seconds, options.sampleRate)], options));
    return this.at(relativePath);
  }
}

/** An engine in this process over a folder of sounds made on the spot; everything in a folder of its own. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { createEngine, type EngineHandle, type EngineOptions } from '../../src/main/engine.ts';
import { dispatch } from '../../src/main/host/dispatch.ts';
import type { Settings } from '../../src/shared/calls/settings.ts';
import type { CallName, Calls, Events } from '../../src/shared/contract.ts';
import type { IndexSummary, JobProgress } from '../../src/shared/types.ts';
import { TINY_PACK } from '../faults/program.ts';
import { put, tone, wav, type WavOptions } from '../faults/sounds.ts';

/** A busy machine may take so long for what usually takes a moment, ms. */
const PATIENCE_MS = 45_000;

export class EngineTrial {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'engine-')));
  readonly sounds = join(this.folder, 'sounds');
  readonly data = join(this.folder, 'data');
  readonly notices: string[] = [];
  readonly progress: JobProgress[] = [];
  readonly rootsChanged: number[][] = [];
  #handle: EngineHandle | null = null;

  constructor() {
    mkdirSync(this.sounds);
  }

  /**
   * Starts the engine, or starts it again. In the foreground unless asked otherwise: what runs at low priority can
   * starve on a busy machine, which is its purpose and no test of it.
   */
  async start(options: Partial<EngineOptions> = {}): Promise<void> {
    await this.#handle?.close();
    this.#handle = createEngine({ dataFolder: this.data, model: TINY_PACK, load: 'foreground', ...options });
    this.#handle.on('engine.notice', ({ message }) => this.notices.push(message));
    this.#handle.on('job.progress', (progress) => this.progress.push(progress));
    this.#handle.on('root.changed', ({ rootIds }) => this.rootsChanged.push(rootIds));
  }

  /** What the user had set when the engine was not running. */
  set(values: Partial<Settings>): void {
    const catalogue = openCatalogue(this.data);
    catalogue.settings.set(values);
    catalogue.close();
  }

  async end(): Promise<void> {
    await this.#handle?.close();
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

  /** Listens to these folders, absolute; none: to all roots. */
  async index(...folders: string[]): Promise<IndexSummary> {
    return this.call('job.wait', await this.call('index.start', { folders }));
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

/** Waits until it is so, and no longer. @throws when it does not become so in time */
export async function until<T>(
  what: string,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  const beganMs = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() - beganMs > PATIENCE_MS) throw new Error(`${what}: not so within ${PATIENCE_MS} ms`);
    await sleep(50);
  }
}

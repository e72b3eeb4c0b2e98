/** Machines of a studio: engines with data folders and mount paths of their own, over one folder of sounds and one server. */
import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type EngineHandle, type EngineOptions } from '../../src/main/engine/engine.ts';
import { dispatch } from '../../src/main/host/dispatch.ts';
import type { SyncSummary, WorkRequest, WorkSummary } from '../../src/shared/calls/studio.ts';
import type { CallName, Calls } from '../../src/shared/contract.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import type { IndexSummary } from '../../src/shared/types.ts';
import { TINY_PACK } from '../faults/program.ts';
import { put, tone, wav } from '../faults/sounds.ts';
import { openDatabase } from '../kit/catalogue.ts';
import { sharedOf } from './shared-of.ts';
import type { Postgres } from '../kit/postgres.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

export const PASSWORD = 'a secret of theirs';

export class StudioTrial {
  readonly folder = temporaryFolder('studio');
  /** What the drive on the network holds. */
  readonly nas = join(this.folder, 'nas');
  readonly server: Postgres;
  readonly database: string;
  readonly #machines: Machine[] = [];

  /** @param database a new one, so that one server serves many trials */
  constructor(server: Postgres, database: string) {
    this.server = server;
    this.database = database;
    mkdirSync(this.nas);
    server.createDatabase(database);
  }

  /** @returns a machine that mounts the drive at a path of its own; it has not joined yet */
  machine(name: string, { copy = false } = {}): Machine {
    const machine = new Machine(join(this.folder, name), this, name, copy);
    this.#machines.push(machine);
    return machine;
  }

  /** A login of that role. */
  login(name: string, role: 'viewer' | 'editor' | 'admin'): string {
    this.server.createLogin(`${name}_${this.database}`, PASSWORD, [`earmark_${this.database}_${role}`]);
    return this.url(name);
  }

  url(name: string): string {
    return this.server.url(this.database, `${name}_${this.database}`, PASSWORD);
  }

  sql(text: string): string {
    return this.server.sql(this.database, text);
  }

  addTone(path: string, hertz = 440, seconds = 1): string {
    put(join(this.nas, path), wav([tone(hertz, seconds)]));
    return path;
  }

  async end(): Promise<void> {
    for (const machine of this.#machines) await machine.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Machine {
  readonly data: string;
  readonly mount: string;
  readonly login: string;
  readonly notices: string[] = [];
  readonly #trial: StudioTrial;
  #handle: EngineHandle | null = null;

  /** @param copy has the sounds on a drive of its own instead of mounting the one that all have */
  constructor(folder: string, trial: StudioTrial, name: string, copy: boolean) {
    this.data = join(folder, 'data');
    this.mount = join(folder, `mount-of-${name}`);
    this.login = `${name}_${trial.database}`;
    this.#trial = trial;
    mkdirSync(folder);
    if (copy) cpSync(trial.nas, this.mount, { recursive: true, preserveTimestamps: true });
    else symlinkSync(trial.nas, this.mount);
  }

  /** Starts its engine, or starts it again. */
  async start(options: Pick<EngineOptions, 'followOthers'> = {}): Promise<void> {
    await this.#handle?.close();
    this.#handle = createEngine({ dataFolder: this.data, load: 'foreground', model: TINY_PACK, ...options });
    this.#handle.on('engine.notice', ({ message }) => this.notices.push(message));
  }

  async join(url = this.#trial.url(this.login.replace(`_${this.#trial.database}`, ''))): Promise<void> {
    if (!this.#handle) await this.start();
    await this.call('studio.join', { url, shares: [{ name: 'sfx', path: this.mount }] });
  }

  async call<N extends CallName>(name: N, input: Calls[N]['input']): Promise<Calls[N]['output']> {
    const reply = await dispatch(this.#handle!.engine, name, input);
    if (reply.ok) return reply.value;
    const { code, userMessage, detail } = reply.error;
    throw Object.assign(new Error(code === 'internal' ? detail : userMessage), { code });
  }

  on(): EngineHandle['on'] {
    return this.#handle!.on;
  }

  async index(): Promise<IndexSummary> {
    return waitForJob(this.#client(), await this.call('index.start', { folders: [this.mount] }), 'index');
  }

  async sync(): Promise<SyncSummary> {
    return waitForJob(this.#client(), await this.call('studio.sync', null), 'sync');
  }

  async work(request: WorkRequest): Promise<WorkSummary> {
    return waitForJob(this.#client(), await this.call('studio.work', request), 'work');
  }

  /** Paths below the mount, of all that fits somehow. */
  async search(text: string): Promise<string[]> {
    const { hits } = await this.call('search.query', { text, includeUnlikely: true, grouped: false });
    const real = realpathSync(this.mount);
    return hits.map(({ path }) => path.slice(real.length + 1)).sort();
  }

  fileId(path: string): number {
    return this.#read((db) =>
      db.prepare<[string], number>('SELECT id FROM file WHERE relative_path = ?').pluck().get(path)!,
    );
  }

  /** A tag of a vocabulary that Earmark ships, by its place in it. */
  async tag(at = 0): Promise<number> {
    const { vocabularies } = await this.call('vocabulary.list', null);
    const { id } = vocabularies[0]!;
    const { labels } = await this.call('vocabulary.get', id);
    return this.call('tag.ofLabel', { vocabularyId: id, labelId: labels[at]!.id });
  }

  async decide(path: string, tagId: number, accepted: boolean | null): Promise<void> {
    await this.call('tag.decide', { decisions: [{ fileId: this.fileId(path), tagId, accepted }] });
  }

  /** See {@link sharedOf}. */
  shared(): unknown {
    return this.#read(sharedOf);
  }

  async end(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  #read<T>(work: (db: ReturnType<typeof openDatabase>) => T): T {
    const db = openDatabase(this.data, { readonly: true });
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  #client() {
    return { call: <N extends CallName>(name: N, input: Calls[N]['input']) => this.call(name, input) };
  }
}

/** The engine with its processes over a real folder, and everything that can be seen of it from outside. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { openCatalogue } from '../../../src/main/catalogue/open.ts';
import type { IndexSummary } from '../../../src/shared/types.ts';
import { waitForJob } from '../../../src/shared/jobs.ts';
import { EngineTrial } from '../../calls/engine-trial.ts';
import { inDatabase } from '../../kit/catalogue.ts';
import { sha256 } from '../../kit/sha256.ts';
import { until } from '../../kit/until.ts';
import { kill, MARK, marked, Program, strays, TINY_PACK, type Role } from '../program.ts';
import { put, tone, wav } from '../sounds.ts';
import type { OnDisk, Path, Sound } from './reference.ts';

/** A row of the catalogue, as far as the user's files are concerned. */
export interface RealRow {
  path: string;
  state: string;
  offline: number;
  contentId: string | null;
  windows: number;
}

/** What a user said, and the file it is about now. */
export interface Said {
  label: string;
  path: string;
  contentId: string | null;
}

export class Real extends EngineTrial {
  /** Of each sound, once it was indexed. */
  readonly contentIds: Record<Sound, string> = {};
  /** In the environment of the engine's processes: finds them. */
  readonly #mark = randomUUID();
  readonly #systemTemporary = tmpdir();
  readonly #temporary = join(this.folder, 'temporary');

  constructor() {
    super();
    mkdirSync(this.#temporary);
  }

  async open(): Promise<void> {
    process.env[MARK] = this.#mark;
    process.env['TMPDIR'] = this.#temporary;
    await this.start();
  }

  write(path: Path, { sound, title }: OnDisk): void {
    // Two of them have the same length, and so the same size, which is the first thing that recognition asks for.
    const samples = tone(200 + 90 * sound, 0.4 + 0.1 * Math.floor(sound / 2));
    put(this.at(path), wav([samples], title === '' ? {} : { info: { INAM: title } }));
  }

  /** With its time, as file managers do. */
  copy(from: Path, to: Path): void {
    put(this.at(to), readFileSync(this.at(from)));
    const { atime, mtime } = statSync(this.at(from));
    utimesSync(this.at(to), atime, mtime);
  }

  touch(path: Path, hours: number): void {
    const time = new Date(Date.now() + hours * 3_600_000);
    utimesSync(this.at(path), time, time);
  }

  move(from: Path, to: Path): void {
    mkdirSync(dirname(this.at(to)), { recursive: true });
    renameSync(this.at(from), this.at(to));
  }

  exchange(one: Path, other: Path): void {
    renameSync(this.at(one), this.at('.aside'));
    renameSync(this.at(other), this.at(one));
    renameSync(this.at('.aside'), this.at(other));
  }

  remove(path: Path): void {
    rmSync(this.at(path));
  }

  unplug(): void {
    renameSync(this.sounds, `${this.sounds} elsewhere`);
  }

  plug(): void {
    renameSync(`${this.sounds} elsewhere`, this.sounds);
  }

  /** A complete run. */
  async run(): Promise<IndexSummary> {
    return this.index(this.sounds);
  }

  /** A run that is stopped when it has told of its progress so many times; it may end before. */
  async cancelled(afterTold: number): Promise<void> {
    const job = await this.call('index.start', { folders: [this.sounds] });
    let told = 0;
    const off = this.on('job.progress', ({ id }) => {
      if (id === job && ++told === afterTold) void this.call('job.cancel', job);
    });
    await waitForJob(this, job, 'index');
    off();
  }

  /** A run in which one process of a kind is killed, if there is one by then. */
  async withoutOne(role: Role, afterTold: number): Promise<void> {
    const job = await this.call('index.start', { folders: [this.sounds] });
    let told = 0;
    const off = this.on('job.progress', ({ id }) => {
      if (id === job && ++told === afterTold) this.#killOne(role);
    });
    await waitForJob(this, job, 'index');
    off();
  }

  #killOne(role: Role): void {
    const victim = marked(this.#mark).find((member) => member.role === role);
    if (victim) kill(victim.pid, 'SIGKILL');
  }

  /** The program itself is killed while it indexes, as soon as it has a process of this kind. */
  async killedProgram(role: Role): Promise<void> {
    await this.close();
    const program = new Program(['--data', this.data, '--model', TINY_PACK, 'index', this.sounds], {
      temporary: this.#temporary,
    });
    const over = program.ended.then(() => true);
    const came = until(`a ${role}`, () => program.find(role)).catch(() => false); // it may have had nothing to do
    await Promise.race([over, came]);
    kill(program.pid, 'SIGKILL');
    await program.ended;
    expect(await program.strays(), 'processes left by a killed program').toEqual([]);
    await this.open();
  }

  /** Accepts the nth label of the vocabulary for a file, and puts it into a collection of the same name. @returns its name */
  async say(fileId: number, nth: number): Promise<string> {
    const vocabularyId = 'sfx';
    const { labels } = await this.call('vocabulary.get', vocabularyId);
    const { id: labelId, name } = labels[nth]!;
    const tagId = await this.call('tag.ofLabel', { vocabularyId, labelId });
    await this.call('tag.decide', { decisions: [{ fileId, tagId, accepted: true }] });
    const { id } = await this.call('collection.create', { name });
    await this.call('collection.add', { id, fileIds: [fileId] });
    return name;
  }

  /** Writes all accepted tags. @returns the run, or null when there was nothing to write */
  async writeTags(): Promise<number | null> {
    const request = { profileId: 'sfx', fileIds: [], folders: [] };
    const plan = await waitForJob(this, await this.call('write.plan', request), 'plan');
    if (plan.change === 0) return null;
    const run = await waitForJob(this, await this.call('write.start', { planId: plan.planId, leaveOut: [] }), 'write');
    expect(run, 'a run that wrote tags').toMatchObject({ failed: 0 });
    return run.runId;
  }

  async undoWrite(runId: number): Promise<void> {
    const run = await waitForJob(this, await this.call('write.undo', { runId, fileIds: [] }), 'undo');
    expect(run, 'an undone run').toMatchObject({ notRestored: 0 });
  }

  /** Paths below the sounds folder of all files that a search without a limit finds. */
  async answer(): Promise<string[]> {
    const { hits } = await this.call('search.query', { text: 'tone', includeUnlikely: true, limit: 1000 }).catch(
      (error: unknown) => {
        if ((error as { code?: string }).code === 'nothing-indexed') return { hits: [] };
        throw error;
      },
    );
    return hits.map(({ path }) => path.slice(this.sounds.length + 1)).toSorted();
  }

  rows(): RealRow[] {
    return inDatabase(this.data, (db) =>
      db
        .prepare<[], RealRow>(
          `SELECT relative_path AS path, state, offline, content_id AS contentId,
                  (SELECT count(*) FROM window WHERE file_id = file.id) AS windows
             FROM file ORDER BY path`,
        )
        .all(),
    );
  }

  /** Each own tag that is accepted for a file, and each file of a collection. */
  said(): Said[] {
    return inDatabase(this.data, (db) =>
      db
        .prepare<[], Said>(
          `SELECT tag.name || ' as a tag' AS label, relative_path AS path, content_id AS contentId
             FROM decision JOIN tag ON tag.id = tag_id JOIN file ON file.id = file_id WHERE accepted = 1
           UNION ALL
           SELECT collection.name || ' as a collection', relative_path, content_id
             FROM collection_file JOIN collection ON collection.id = collection_id JOIN file ON file.id = file_id`,
        )
        .all(),
    );
  }

  idOf(path: Path): number | null {
    return inDatabase(
      this.data,
      (db) => db.prepare<[string], number>('SELECT id FROM file WHERE relative_path = ?').pluck().get(path) ?? null,
    );
  }

  /** By path below the sounds folder, hidden files included: nothing of ours may be among them. */
  bytes(): Record<string, string> {
    if (!existsSync(this.sounds)) return {};
    const files = readdirSync(this.sounds, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(paths.map((path) => [path.slice(this.sounds.length + 1), sha256(readFileSync(path))]));
  }

  override async end(): Promise<void> {
    await super.end();
    process.env['TMPDIR'] = this.#systemTemporary;
    Reflect.deleteProperty(process.env, MARK);
  }

  /** Closes it, and looks at what is left: no process, no temporary file, a catalogue that is whole. */
  async finish(): Promise<void> {
    await this.close();
    expect(await strays(this.#mark), 'processes left behind').toEqual([]);
    // A killed program cannot remove its socket; the next start does.
    const left = readdirSync(this.#temporary).filter((name) => !name.endsWith('.sock'));
    expect(left, 'files left in the temporary folder').toEqual([]);
    const catalogue = openCatalogue(this.data, { readonly: true });
    expect(catalogue.integrityCheck()).toEqual([]);
    catalogue.close();
  }
}

/** One trial: a folder of sounds, a data folder, and what must hold after every run whatever happened in it. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import type { FileFailure, IndexSummary } from '../../src/shared/types.ts';
import { json, Program, TINY_PACK, type Run, type StartOptions } from './program.ts';
import { put, tone, wav, type WavOptions } from './sounds.ts';
import { inDatabase, type Database } from '../kit/catalogue.ts';
import { sha256OfFile } from '../kit/sha256.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** Lines of progress and of Ctrl-C that any run may show on stderr. */
const USUAL_LINES = [
  /^(Scanning folders|Matching known files|Analysing|Building the index) · /,
  /^Stopping\. Results so far are kept …$/,
];

/** A file as the catalogue has it. */
export interface Row {
  id: number;
  /** Below the trial's sounds folder when it is there, else absolute. */
  path: string;
  state: string;
  offline: boolean;
  code: string | null;
  contentId: string | null;
  windowIds: number[];
  /** When it was analysed, epoch ms. */
  doneMs: number | null;
}

export class Trial {
  readonly folder = temporaryFolder('ef');
  readonly sounds = join(this.folder, 'sounds');
  data = join(this.folder, 'data');
  model = TINY_PACK;

  constructor() {
    mkdirSync(this.sounds);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  at(relativePath: string): string {
    return join(this.sounds, relativePath);
  }

  /** A tone, told apart from others by its pitch and length. @returns its absolute path */
  addTone(relativePath: string, hertz = 440, seconds = 1, options: WavOptions = {}): string {
    put(this.at(relativePath), wav([tone(hertz, seconds, options.sampleRate)], options));
    return this.at(relativePath);
  }

  start(args: string[], options: StartOptions = {}): Program {
    return new Program(this.wordsOf(args), { temporary: this.newTemporary(), ...options });
  }

  /** Runs to the end. No process and no socket of it may be left then. */
  async run(args: string[], options: StartOptions = {}): Promise<Run> {
    const program = this.start(args, options);
    const run = await program.ended;
    await this.expectGone(program);
    return run;
  }

  protected wordsOf(args: string[]): string[] {
    return ['--data', this.data, '--model', this.model, ...args];
  }

  protected newTemporary(): string {
    const temporary = temporaryFolder('t', this.folder);
    chmodSync(temporary, 0o777); // for tests under another user
    return temporary;
  }

  /** `earmark index --json` that has to end well. @param stderr lines that are expected besides the usual ones */
  async index(folders: string[] = [this.sounds], options?: StartOptions, stderr: RegExp[] = []): Promise<IndexSummary> {
    const run = await this.run(['--json', 'index', ...folders], options);
    expect(run, run.stderr).toMatchObject({ code: 0, signal: null });
    expectOwnWords(run, stderr);
    return json(run);
  }

  /** @param mayLeaveSocket it and its inference process were both killed: the next start tidies up */
  async expectGone(program: Pick<Program, 'strays' | 'temporary'>, { mayLeaveSocket = false } = {}): Promise<void> {
    expect(await program.strays(), 'processes left behind').toEqual([]);
    const left = readdirSync(program.temporary).filter((name) => !(mayLeaveSocket && name.endsWith('.sock')));
    expect(left, 'files left in the temporary folder').toEqual([]);
  }

  /** Reads the catalogue and checks that it is whole: integrity, no row twice, no window twice. */
  rows(): Row[] {
    const catalogue = openCatalogue(this.data, { readonly: true });
    try {
      expect(catalogue.integrityCheck()).toEqual([]);
      const { rows, places } = inDatabase(this.data, (db) => ({
        rows: readRows(db, `${this.sounds}/`),
        places: db.prepare<[], string>("SELECT file_id || ' ' || space_id || ' ' || start_s FROM window").pluck().all(),
      }));
      expect(twice(rows.map(({ path }) => path)), 'paths with two rows').toEqual([]);
      expect(twice(places), 'duplicate windows').toEqual([]);
      return rows;
    } finally {
      catalogue.close();
    }
  }

  row(relativePath: string): Row {
    const found = this.rows().find(({ path }) => path === relativePath);
    if (!found) throw new Error(`no row for ${relativePath} among ${JSON.stringify(this.rows())}`);
    return found;
  }

  /** SHA-256, size and time of every file below the sounds folder, links as links. */
  fingerprint(): Record<string, string> {
    const prints: Record<string, string> = {};
    for (const entry of readdirSync(this.sounds, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const facts = lstatSync(path);
      const content = entry.isFile() ? hashOf(path) : '';
      prints[path] = `${facts.mode} ${entry.isFile() ? `${facts.size} ${facts.mtimeMs}` : ''} ${content}`;
    }
    return prints;
  }
}

/** stderr holds our own sentences and nothing else: no words of native libraries, no stack traces, no warnings of Node. */
export function expectOwnWords(run: Run, alsoAllowed: RegExp[] = []): void {
  const allowed = [...USUAL_LINES, ...alsoAllowed];
  const foreign = run.stderr.split('\n').filter((line) => line !== '' && !allowed.some((own) => own.test(line)));
  expect(foreign, 'lines on stderr that are not ours').toEqual([]);
}

/** A failed command: its code in the JSON, one sentence on stderr, the same in the JSON. @returns the sentence */
export function expectRefused(run: Run, code: string, exitCode = 1): string {
  expect(run, JSON.stringify(run)).toMatchObject({ code: exitCode, signal: null });
  const { error } = json<{ error: { code: string; message: string } }>(run);
  expect(error.code).toBe(code);
  expectOwnWords(run, [/^earmark: /]);
  const said = run.stderr.split('\n').filter((line) => line.startsWith('earmark: '));
  expect(said).toEqual([`earmark: ${error.message}`]);
  expectSentence(error.message);
  return error.message;
}

/** For people: one or two sentences on one line, no code, no stack, no words of a library. */
export function expectSentence(message: string): void {
  expect(message).toMatch(/^[“A-Z0-9].*[.]$/s);
  expect(message).not.toMatch(/[\n\r\t]|undefined|null|NaN\b|Error:|errno|SQLITE|AVERROR|E[A-Z]{4,}\b.*E[A-Z]{4,}\b/);
  expect(message.length).toBeLessThan(400);
}

/** The failure of one file: its code, and a sentence that names it and says what to do. */
export function expectFailure(summary: IndexSummary, path: string, code: FileFailure['code'], nextStep: RegExp): void {
  const failures = summary.failed.filter((failure) => failure.path === path);
  expect(failures, `failures of ${path} among ${JSON.stringify(summary.failed)}`).toHaveLength(1);
  const { message } = failures[0]!;
  expect(failures[0]!.code, message).toBe(code);
  expectSentence(message);
  expect(message).toContain(path.split('/').at(-1)!.slice(0, 60));
  expect(message).toMatch(nextStep);
}

/** Prints why a test is skipped. @returns the condition, for `test.skipIf` */
export function skipFor(reason: string | null, what: string): boolean {
  if (reason !== null) process.stderr.write(`skipped: ${what}: ${reason}\n`);
  return reason !== null;
}

function readRows(db: Database, prefix: string): Row[] {
  const windows = db.prepare<[number], number>('SELECT id FROM window WHERE file_id = ? ORDER BY id').pluck();
  const files = db
    .prepare<[], Omit<Row, 'windowIds' | 'offline'> & { offline: number }>(
      `SELECT file.id, root.path || '/' || relative_path AS path, state, offline, reason_code AS code,
              content_id AS contentId, (SELECT max(done_ms) FROM analysed WHERE file_id = file.id) AS doneMs
         FROM file JOIN root ON root.id = root_id ORDER BY path`,
    )
    .all();
  return files.map((file) => ({
    ...file,
    path: file.path.startsWith(prefix) ? file.path.slice(prefix.length) : file.path,
    offline: file.offline === 1,
    windowIds: windows.all(file.id),
  }));
}

function twice(values: string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}

function hashOf(path: string): string {
  try {
    return sha256OfFile(path);
  } catch (error) {
    return `unreadable (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`;
  }
}

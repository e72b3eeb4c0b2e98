/** The program itself, `earmark serve`, for as long as a test needs it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');
export const TINY_PACK = join(ROOT, 'test/fixtures/tiny-pack');

export interface ServeOptions {
  /** A pack's folder or id; null: the one that is shipped. @default the tests' tiny one, which tells hardly anything apart */
  model?: string | null;
  /** Where the catalogue lies. @default `data` in `folder` */
  data?: string;
  /** @default any free one */
  port?: number;
  /** For the test's files. One that is given stays. @default a new one */
  folder?: string;
  /** Program and arguments that start it, as another user say. @default none */
  through?: string[];
}

export interface ServedEarmark {
  folder: string;
  /** With its key, which any number of windows may use. */
  url: string;
  /** Processes of this name that the engine runs now: `inference`, `decoder`, … @returns their ids */
  processes(name: string): number[];
  end(): Promise<void>;
}

/** @param soundFolders absolute; analysed from the start */
export async function serveEarmark(soundFolders: string[] = [], options: ServeOptions = {}): Promise<ServedEarmark> {
  const { model = TINY_PACK } = options;
  // Not the tests' maker of folders: benchmarks serve, too.
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'earmark-e2e-'));
  const pack = model === null ? [] : ['--model', model];
  const args = [
    '--data',
    options.data ?? join(folder, 'data'),
    ...pack,
    '--json',
    'serve',
    '--no-open',
    ...(options.port === undefined ? [] : ['--port', String(options.port)]),
    ...soundFolders,
  ];
  const [program, ...before] = [...(options.through ?? []), process.execPath];
  const server = spawn(program, [...before, join(ROOT, 'bin/earmark'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdout).once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
    server.once('exit', (code) => reject(new Error(`earmark serve ended with ${code}`)));
  });
  return {
    folder,
    url,
    processes: (name) => descendants(server.pid!).flatMap(({ pid, entry }) => (entry === name ? [pid] : [])),
    async end() {
      await ended(server);
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
  await exit;
}

/** @returns each with the script it began with: `…/inference-process.ts` → `inference` */
function descendants(ancestor: number): { pid: number; entry: string }[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 1 << 24 });
  const all = listed.split('\n').flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    const entry = /([\w-]+)-process\.[jt]s/.exec(args ?? '')?.[1] ?? '';
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), entry }];
  });
  const found: { pid: number; entry: string }[] = [];
  for (let parents = [ancestor]; parents.length > 0;) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map(({ pid }) => pid);
  }
  return found;
}

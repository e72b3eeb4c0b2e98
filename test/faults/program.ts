/** The real command line as a process of its own, with everything it starts in sight. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { IndexSummary } from '../../src/shared/types.ts';
import { until } from '../kit/until.ts';

export const PROGRAM = fileURLToPath(new URL('../../bin/earmark', import.meta.url));
export const TINY_PACK = fileURLToPath(new URL('../fixtures/tiny-pack', import.meta.url));
/** In the environment of the program and of all its children: finds them again, orphans too. */
export const MARK = 'EARMARK_FAULT_MARK';
/** No run of these tests may take longer: a hang is a failure with a name, not a silent wait. */
const LIMIT_MS = 540_000;
/** So long may a child take to exit after its program, where others keep the cores busy: usually a moment. */
const LEAVING_MS = 120_000;

export type Role = 'engine' | 'decoder' | 'inference' | 'index' | 'other';

export interface Member {
  pid: number;
  role: Role;
}

export interface Run {
  /** null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  /** Its folder for temporary files: nothing may be left there. @default the system's */
  temporary?: string;
  /** Added to the environment. */
  env?: Record<string, string>;
  /** Placed before the program: `['setpriv', '--reuid=65534', …]`. */
  wrapper?: string[];
  /** The Node to run it with. */
  node?: string;
  /** In a process group of its own, as a terminal would start it. */
  ownGroup?: boolean;
  /** A run that takes longer is killed. @default 170 s, less than a test may take */
  limitMs?: number;
}

/** Why the tests that look at processes cannot run here; null where they can. */
export const NO_PROC = process.platform === 'linux' ? null : 'needs /proc to see the processes of the program';

export class Program {
  readonly pid: number;
  readonly temporary: string;
  /** The program itself has ended; children may still hold its output open. */
  readonly exited: Promise<void>;
  hasExited = false;
  /** All of its output is here. */
  readonly ended: Promise<Run>;
  /** So far. */
  stdout = '';
  stderr = '';
  readonly #mark = randomUUID();
  readonly #process: ChildProcess;

  constructor(args: string[], options: StartOptions = {}) {
    const { env = {}, wrapper = [], node = process.execPath, ownGroup = false, temporary = tmpdir() } = options;
    const { limitMs = LIMIT_MS } = options;
    this.temporary = temporary;
    const [command, ...rest] = [...wrapper, node, PROGRAM, ...args];
    this.#process = spawn(command!, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: temporary, ...env, [MARK]: this.#mark },
      detached: ownGroup,
    });
    this.pid = this.#process.pid ?? -1;
    this.exited = new Promise((resolve) => {
      this.#process.on('exit', () => {
        this.hasExited = true;
        resolve();
      });
    });
    this.ended = this.#collect(limitMs);
  }

  /** The program and all that it started and that still lives. */
  members(): Member[] {
    return marked(this.#mark);
  }

  find(role: Role): Member | undefined {
    return this.members().find((member) => member.role === role);
  }

  /**
   * Is a process of this role in the middle of the file? FFmpeg reads on from where it is; what only looks at a file
   * before, its size and time too, does not move any position in it.
   */
  reads(role: Role, path: string): Member | undefined {
    return this.members().find((member) => member.role === role && hasReadFrom(member.pid, path));
  }

  /** @throws Error when the run ends first, or it does not come to that */
  async until<T>(what: string, look: () => T | undefined): Promise<T> {
    const over: { run?: Run } = {};
    void this.ended.then((run) => {
      over.run = run;
    });
    const ask = (): { found: T } | null => {
      const found = look();
      if (found !== undefined) return { found };
      if (over.run) throw new Error(`ended before ${what}: ${JSON.stringify(over.run)}`);
      return null;
    };
    return (await until(what, ask, { everyMs: 4 })).found;
  }

  /** To the program alone, or to its whole group as a terminal does. */
  signal(name: NodeJS.Signals, whom: 'program' | 'group' = 'program'): void {
    process.kill(whom === 'group' ? -this.pid : this.pid, name);
  }

  /** Resident memory of the program and all its processes, bytes. */
  residentBytes(): number {
    return this.members().reduce((sum, { pid }) => sum + residentBytes(pid), 0);
  }

  /** @returns what is still alive some seconds after the end */
  strays(): Promise<Member[]> {
    return strays(this.#mark);
  }

  async #collect(limitMs: number): Promise<Run> {
    for (const name of ['stdout', 'stderr'] as const) {
      this.#process[name]!.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
      });
    }
    const limit = setTimeout(() => {
      this.stderr += `[the test gave up after ${limitMs / 1000} s]`;
      for (const { pid } of this.members()) kill(pid, 'SIGKILL');
    }, limitMs);
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      this.#process.on('error', reject);
      this.#process.on('close', (...how) => resolve(how));
    });
    clearTimeout(limit);
    return { code, signal, stdout: this.stdout, stderr: this.stderr };
  }
}

/** The processes that live with this mark in their environment. */
export function marked(mark: string): Member[] {
  const members: Member[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=${mark}`)) continue;
      members.push({ pid, role: roleOf(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')) });
    } catch {
      // Ended between the listing and the look, or not ours to look at.
    }
  }
  return members;
}

/** @returns which of them are still alive some seconds after the end of what started them */
export async function strays(mark: string): Promise<Member[]> {
  const endMs = performance.now() + LEAVING_MS;
  for (;;) {
    const members = marked(mark);
    if (members.length === 0 || performance.now() > endMs) return members;
    await sleep(20);
  }
}

/** @returns false when it had ended already */
export function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** The one JSON document of a run with `--json`. @throws Error with all that was printed when there is none */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- says which command's document it is
export function json<T = IndexSummary>(run: Run): T {
  try {
    return JSON.parse(run.stdout) as T;
  } catch {
    throw new Error(`stdout is not one JSON document: ${JSON.stringify(run)}`);
  }
}

function roleOf(words: string[]): Role {
  const entry = basename(words.find((word) => /\.ts$|\/earmark$/.test(word)) ?? '');
  if (entry === 'decoder-process.ts') return 'decoder';
  if (entry === 'inference-process.ts') return 'inference';
  if (entry === 'index-process.ts') return 'index';
  return entry === 'earmark' || entry === 'main.ts' ? 'engine' : 'other';
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html */
function hasReadFrom(pid: number, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      if (readlinkOrNothing(`/proc/${pid}/fd/${fd}`) !== path) return false;
      return !/^pos:\s*0$/m.test(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'));
    });
  } catch {
    return false; // ended, or closed, meanwhile
  }
}

function readlinkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

function residentBytes(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return pages * 4096;
  } catch {
    return 0; // ended meanwhile
  }
}

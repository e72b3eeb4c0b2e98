/** What processes cost: processor time and memory of a process and everything below it, read from /proc (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

/** Of /proc/<pid>/stat, in every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessFacts {
  pid: number;
  parentPid: number;
  /** "engine", or what its program is called after: "decoder", "inference", "index", … */
  name: string;
  /** Processor time of all its threads and of the children it has outlived, s. */
  cpuSeconds: number;
  /** Resident memory, bytes. Pages that several processes share count in each of them. */
  residentBytes: number;
  /** Resident memory in which a page shared by n processes counts 1/n, bytes. */
  proportionalBytes: number;
}

/** Processor time and memory of other processes can be read here. */
export const CAN_READ_PROCESSES = process.platform === 'linux';

/**
 * A process and its descendants that are alive now; the first one is the process itself.
 * @param memory also the proportional memory, which takes the kernel some ms a process; 0 otherwise
 * @returns nothing when the process is gone, and on other systems than Linux
 */
export function processTree(pid: number, { memory = false } = {}): ProcessFacts[] {
  if (!CAN_READ_PROCESSES) return [];
  const childrenOf = new Map<number, ProcessFacts[]>();
  let root: ProcessFacts | null = null;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const facts = readProcess(Number(name));
    if (!facts) continue;
    if (facts.pid === pid) root = { ...facts, name: 'engine' };
    const siblings = childrenOf.get(facts.parentPid) ?? [];
    siblings.push(facts);
    childrenOf.set(facts.parentPid, siblings);
  }
  if (!root) return [];
  const tree = [root];
  for (let at = 0; at < tree.length; at++) tree.push(...(childrenOf.get(tree[at]!.pid) ?? []));
  return memory ? tree.map((facts) => ({ ...facts, proportionalBytes: proportionalBytes(facts.pid) })) : tree;
}

/**
 * Processor time that a process and all it ever started have used, s. Of dead children the time is known once their
 * parent has waited for them, as Node does. NaN on other systems than Linux.
 */
export function cpuSecondsOf(pid: number): number {
  const tree = processTree(pid);
  return tree.length === 0 ? NaN : tree.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** Of one process without its children, s; NaN when it is gone and on other systems than Linux. */
export function cpuSecondsOfOne(pid: number): number {
  return (CAN_READ_PROCESSES ? readProcess(pid)?.cpuSeconds : undefined) ?? NaN;
}

function readProcess(pid: number): ProcessFacts | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; the rest is plain.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [utime, stime, cutime, cstime] = [11, 12, 13, 14].map((at) => Number(fields[at]));
    return {
      pid,
      parentPid: Number(fields[1]),
      name: nameOf(pid),
      cpuSeconds: (utime! + stime! + cutime! + cstime!) / TICKS_PER_SECOND,
      residentBytes: kibibytes(`/proc/${pid}/status`, 'VmRSS'),
      proportionalBytes: 0,
    };
  } catch {
    return null; // it ended while we were reading
  }
}

function nameOf(pid: number): string {
  const [program = '', ...rest] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const entry = rest.map((part) => /([a-z]+)-process\.[jt]s$/.exec(part)?.[1]).find((name) => name !== undefined);
  return entry ?? program.slice(program.lastIndexOf('/') + 1);
}

function proportionalBytes(pid: number): number {
  try {
    return kibibytes(`/proc/${pid}/smaps_rollup`, 'Pss');
  } catch {
    return 0; // it ended while we were reading
  }
}

/** A line such as "VmRSS:  1234 kB", as bytes; 0 when there is none (a process that has ended, but is not gone yet). */
function kibibytes(path: string, name: string): number {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}:`));
  return 1024 * Number(/\d+/.exec(line ?? '')?.[0] ?? 0);
}

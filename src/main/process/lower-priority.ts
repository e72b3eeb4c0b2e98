/** The priority of a child process. */
import { readdirSync } from 'node:fs';
import os from 'node:os';

/**
 * Puts a running process below the priority of this one: where the engine was started with a low priority itself, a
 * fixed one could be the same, or even above it.
 *
 * On Linux a priority is a thread's, and a thread has that of the one that started it. Node starts threads before its
 * parent learns that it runs; so each is lowered, until there is none that was not seen.
 */
export function lowerPriority(pid: number): void {
  const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = os.constants.priority;
  const priority = Math.min(os.getPriority() + PRIORITY_BELOW_NORMAL, PRIORITY_LOW);
  const seen = new Set<number>();
  for (let id: number | undefined = pid; id !== undefined; id = threads(pid).find((thread) => !seen.has(thread))) {
    seen.add(id);
    try {
      os.setPriority(id, priority);
    } catch {
      // A process or a thread that has ended has no priority to set.
    }
  }
}

function threads(pid: number): number[] {
  if (process.platform !== 'linux') return [];
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

/** The niceness of each thread of a process (Linux). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Field 19 of stat; the name in field 2 may hold spaces, and ends with the last bracket. */
export function niceness(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).map((id) =>
    Number(
      readFileSync(join(tasks, id, 'stat'), 'utf8')
        .split(') ')
        .at(-1)!
        .split(' ')[16],
    ),
  );
}

/**
 * The groups of a library, built once for each state of its catalogue and shown page by page. Read and built in small steps:
 * the engine answers meanwhile.
 */
import type { NearDuplicateGroup } from '../../shared/calls/duplicates.ts';
import { EventLoopYielder } from '../async/yield-to-event-loop.ts';
import type { NearDuplicateStore, NearFile, NearPair } from '../catalogue/stores/near-duplicates.ts';
import { nearGroups } from './groups.ts';

/** Contents whose files are read, and files that are looked up, by one statement. */
const AT_A_TIME = 200;

export class NearGroups {
  #known: { store: NearDuplicateStore; version: string; groups: Promise<NearDuplicateGroup[]> } | null = null;

  /** @returns most spare bytes first */
  of(store: NearDuplicateStore): Promise<NearDuplicateGroup[]> {
    const version = store.version();
    if (this.#known?.store === store && this.#known.version === version) return this.#known.groups;
    const groups = built(store);
    this.#known = { store, version, groups };
    groups.catch(() => (this.#known = null));
    return groups;
  }
}

async function built(store: NearDuplicateStore): Promise<NearDuplicateGroup[]> {
  const yielder = endless();
  const pairs: NearPair[] = [];
  for (let page = store.pairs(); page.length > 0; page = store.pairs(page.at(-1))) {
    for (const pair of page) pairs.push(pair);
    await yielder.yieldIfDue();
  }
  const contents = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const files: NearFile[] = [];
  for (let at = 0; at < contents.length; at += AT_A_TIME) {
    for (const file of store.files(contents.slice(at, at + AT_A_TIME))) files.push(file);
    await yielder.yieldIfDue();
  }
  return nearGroups(pairs, files, yielder);
}

/** @param folders absolute @returns the groups with a file below one of them */
export async function groupsBelow(
  store: NearDuplicateStore,
  groups: readonly NearDuplicateGroup[],
  folders: readonly string[],
): Promise<NearDuplicateGroup[]> {
  const yielder = endless();
  const below: NearDuplicateGroup[] = [];
  for (let at = 0; at < groups.length; at += AT_A_TIME) {
    const some = groups.slice(at, at + AT_A_TIME);
    const ids = new Set(store.idsBelow(folders, some.flatMap(({ files }) => files.map(({ fileId }) => fileId)))); // prettier-ignore
    below.push(...some.filter(({ files }) => files.some(({ fileId }) => ids.has(fileId))));
    await yielder.yieldIfDue();
  }
  return below;
}

/** How many contents were not compared yet and can be read now. @param folders absolute: below them; none: all */
export async function countWaiting(
  store: NearDuplicateStore,
  folders: readonly string[],
  yielder = endless(),
): Promise<number> {
  let total = 0;
  for (let after: string | null = ''; after !== null;) {
    const { count, next } = store.countWaiting(folders, after);
    total += count;
    after = next;
    await yielder.yieldIfDue();
  }
  return total;
}

function endless(): EventLoopYielder {
  return new EventLoopYielder(new AbortController().signal);
}

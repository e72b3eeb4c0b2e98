/** Tags of the files that are on the screen: asked for together, shown as they were until newer ones have come. */
import type { FileTag } from '../../shared/calls/tags.ts';
import type { Client } from '../../shared/contract.ts';
import { BoundedCache } from '../list/bounded-cache.ts';
import type { Notices } from './notices.svelte.ts';

const KEPT = 4_000;
const AT_ONCE = 100;
const GATHER_MS = 12;
/** What is less probable is not worth a line anywhere. */
const FLOOR = 0.1;

interface Entry {
  tags: readonly FileTag[];
  /** Of the state of all decisions when it was asked for. */
  age: number;
  /** Answers to questions before this one know nothing of what has been decided here since. */
  asked: number;
}

export class FileTags {
  readonly #client: Client;
  readonly #notices: Notices;
  readonly #kept = new BoundedCache<number, Entry>(KEPT);
  readonly #wanted = new Set<number>();
  #underWay = false;
  /** Questions so far. */
  #asked = 0;
  /** Rises with every change of a decision or suggestion: what is older is asked for again when it is looked at. */
  #age = 0;
  #version = $state(0);

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /** Accepted first, then most probable first; null until they have come. Reading it in a component asks for it. */
  of(fileId: number): readonly FileTag[] | null {
    const entry = this.#version >= 0 ? this.#kept.get(fileId) : undefined;
    if (entry?.age !== this.#age) this.#want(fileId);
    return entry?.tags ?? null;
  }

  /** Shows a decision before the engine has confirmed it. */
  patch(fileIds: readonly number[], tagId: number, state: FileTag['state']): void {
    for (const id of fileIds) {
      const entry = this.#kept.get(id);
      if (entry === undefined) continue;
      const tags = entry.tags.map((tag) => (tag.tagId === tagId ? { ...tag, state } : tag));
      this.#kept.set(id, { ...entry, tags, asked: this.#asked + 1 });
    }
    this.#version++;
  }

  /** All that is known may be out of date. */
  stale(): void {
    this.#age++;
    this.#version++;
  }

  #want(fileId: number): void {
    this.#wanted.delete(fileId);
    this.#wanted.add(fileId);
    if (this.#underWay) return;
    this.#underWay = true;
    setTimeout(() => void this.#bring(), GATHER_MS);
  }

  /** The newest wishes first; what has been scrolled past in the meantime is dropped. */
  async #bring(): Promise<void> {
    const fileIds = [...this.#wanted].slice(-AT_ONCE);
    this.#wanted.clear();
    const age = this.#age;
    const asked = ++this.#asked;
    const input = { fileIds, minProbability: FLOOR };
    const answer = await this.#notices.attempt(() => this.#client.call('tag.ofFiles', input));
    this.#underWay = false;
    if (answer === null) return; // drawing again would only ask again
    for (const { fileId, tags } of answer) {
      if ((this.#kept.get(fileId)?.asked ?? 0) <= asked) this.#kept.set(fileId, { tags, age, asked });
    }
    // A file that is gone has none; without an entry it would be asked for for ever.
    for (const id of fileIds) if (!this.#kept.has(id)) this.#kept.set(id, { tags: [], age, asked });
    this.#version++;
  }
}

/** Renaming and removing collections; both can be taken back. Making and filling them is with the other marks. */
import type { Collection } from '../../../shared/calls/files.ts';
import type { Client } from '../../../shared/contract.ts';
import type { Marks } from '../../stores/marks.svelte.ts';
import { sentenceOf, type Notices } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import type { Undo, Undoable } from '../../stores/undo.svelte.ts';
import { counted } from '../../words/units.ts';

interface CollectionDeps {
  client: Client;
  marks: Marks;
  notices: Notices;
  undo: Undo;
}

export const collectionChangesOf = perApp((app) => new CollectionChanges(app));

export class CollectionChanges {
  readonly #client: Client;
  readonly #marks: Marks;
  readonly #notices: Notices;
  readonly #undo: Undo;

  constructor({ client, marks, notices, undo }: CollectionDeps) {
    this.#client = client;
    this.#marks = marks;
    this.#notices = notices;
    this.#undo = undo;
  }

  /** @returns why not, a sentence; null when it is made */
  async create(name: string): Promise<string | null> {
    return this.#tell(() => this.#client.call('collection.create', { name }));
  }

  /** @returns why not, a sentence; null when it has the new name */
  async rename(collection: Collection, name: string): Promise<string | null> {
    const renamed = this.#tell(() => this.#client.call('collection.rename', { id: collection.id, name }));
    this.#undo.did(
      renamed.then((problem) =>
        problem === null ? { name: `rename to “${name}”`, undo: () => this.#nameBack(collection) } : null,
      ),
    );
    return renamed;
  }

  async #nameBack({ id, name }: Collection): Promise<void> {
    await this.#client.call('collection.rename', { id, name });
    await this.#marks.load();
  }

  /** Another way may show it gone before the answer is here: to take it back is possible from the beginning. */
  async remove(collection: Collection): Promise<void> {
    const step = this.#remove(collection);
    this.#undo.did(step);
    await step;
  }

  async #remove({ id, name }: Collection): Promise<Undoable | null> {
    const held = await this.#notices.attempt(() => this.#client.call('collection.remove', id));
    if (held === null) return null;
    await this.#marks.load();
    let back = false;
    const undo = async () => {
      if (back) return; // by the notice, and then by the key
      await this.#client.call('collection.restore', held);
      back = true;
      await this.#marks.load();
    };
    const stay = held.fileIds.length === 0 ? '' : ` Its ${counted(held.fileIds.length, 'file')} stay in the library.`;
    this.#notices.say(`“${name}” removed.${stay}`, {
      name: 'Undo',
      run: () => void this.#notices.attempt(undo),
    });
    return { name: `remove “${name}”`, undo };
  }

  async #tell(change: () => Promise<unknown>): Promise<string | null> {
    try {
      await change();
    } catch (error) {
      return sentenceOf(error);
    }
    await this.#marks.load();
    return null;
  }
}

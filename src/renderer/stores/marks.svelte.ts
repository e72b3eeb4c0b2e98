/** What the user says about files: favourites, stars, collections, saved searches. All of it can be taken back. */
import type { Client } from '../../shared/contract.ts';
import type { Collection, FileRow, SavedSearch } from '../../shared/calls/files.ts';
import type { SearchQuery } from '../../shared/types.ts';
import { counted } from '../words/units.ts';
import type { FileCache } from './file-cache.svelte.ts';
import { sentenceOf, type Notices } from './notices.svelte.ts';
import type { Undo, Undoable } from './undo.svelte.ts';

/** `file.rows` takes no more at once. */
const ROWS_AT_ONCE = 1_000;

export class Marks {
  readonly #client: Client;
  readonly #notices: Notices;
  readonly #files: FileCache;
  readonly #undo: Undo;
  #collections = $state.raw<readonly Collection[]>([]);
  #savedSearches = $state.raw<readonly SavedSearch[]>([]);
  /** Ends when the mark that was set last is there. */
  #marking: Promise<unknown> = Promise.resolve();

  constructor(client: Client, notices: Notices, files: FileCache, undo: Undo) {
    this.#client = client;
    this.#notices = notices;
    this.#files = files;
    this.#undo = undo;
  }

  get collections(): readonly Collection[] {
    return this.#collections;
  }
  get savedSearches(): readonly SavedSearch[] {
    return this.#savedSearches;
  }

  /** The list that a kept search looks in, by name; see `GivenSounds` in the search store. */
  listName({ filters }: SearchQuery): string {
    const collection = this.#collections.find(({ id }) => id === filters?.collectionId);
    if (collection !== undefined) return `“${collection.name}”`;
    return filters?.favourite === true ? 'your favourites' : 'a deleted collection';
  }

  async load(): Promise<void> {
    const lists = await this.#notices.attempt(() =>
      Promise.all([this.#client.call('collection.list', null), this.#client.call('savedSearch.list', null)]),
    );
    if (lists !== null) [this.#collections, this.#savedSearches] = lists;
  }

  /** Makes all of them favourites, or none of them if all are already. */
  toggleFavourite(fileIds: number[]): Promise<void> {
    return this.#inTurn(() => this.#toggleFavourite(fileIds));
  }

  /** The same number again takes the stars away. @param stars 1..5 */
  rate(fileIds: number[], stars: number): Promise<void> {
    return this.#inTurn(() => this.#rate(fileIds, stars));
  }

  async #toggleFavourite(fileIds: number[]): Promise<Undoable | null> {
    const before = await this.#rows(fileIds);
    if (before === null || before.length === 0) return null;
    const favourite = before.some((row) => !row.favourite);
    const set = async (ids: number[], to: boolean) => {
      await this.#client.call('favourite.set', { fileIds: ids, favourite: to });
      this.#files.patch(ids, { favourite: to });
    };
    const changed = before.filter((row) => row.favourite !== favourite).map(({ fileId }) => fileId);
    if ((await this.#notices.attempt(async () => (await set(changed, favourite), true))) === null) return null;
    return { name: favourite ? 'favourite' : 'no favourite', undo: () => set(changed, !favourite) };
  }

  async #rate(fileIds: number[], stars: number): Promise<Undoable | null> {
    const before = await this.#rows(fileIds);
    if (before === null || before.length === 0) return null;
    const to = before.every((row) => row.stars === stars) ? 0 : stars;
    const set = async (ids: number[], value: number) => {
      await this.#client.call('stars.set', { fileIds: ids, stars: value });
      this.#files.patch(ids, { stars: value });
    };
    if ((await this.#notices.attempt(async () => (await set(fileIds, to), true))) === null) return null;
    const backTo = Map.groupBy(before, (row) => row.stars);
    const undo = async () => {
      for (const [value, rows] of backTo)
        await set(
          rows.map(({ fileId }) => fileId),
          value,
        );
    };
    return { name: to === 0 ? 'no stars' : counted(to, 'star'), undo };
  }

  /** Marks follow one another: whether a key sets or removes depends on the key before it. */
  async #inTurn(mark: () => Promise<Undoable | null>): Promise<void> {
    const step = this.#marking.then(mark);
    this.#marking = step.catch(() => null); // its caller gets the error
    this.#undo.did(step);
    await step;
  }

  async createCollection(name: string): Promise<Collection | null> {
    const made = await this.#notices.attempt(() => this.#client.call('collection.create', { name }));
    if (made !== null) await this.load();
    return made;
  }

  /** @param ids of all collections, in their new order @param name of the one that was moved */
  async arrange(ids: number[], name: string): Promise<void> {
    const before = this.#collections.map(({ id }) => id);
    const arrange = async (order: number[]) => {
      this.#collections = await this.#client.call('collection.arrange', order);
      return true;
    };
    const step = this.#notices.attempt(() => arrange(ids));
    this.#undo.did(
      step.then((done) => (done === null ? null : { name: `move “${name}”`, undo: () => arrange(before) })),
    );
    await step;
  }

  addTo(collection: Collection, fileIds: number[]): Promise<void> {
    return this.#inTurn(() => this.#addTo(collection, fileIds));
  }

  takeFrom(collection: Collection, fileIds: number[]): Promise<void> {
    return this.#inTurn(async () => {
      if (!(await this.#change('collection.take', collection.id, fileIds))) return null;
      const undo = () => this.#change('collection.add', collection.id, fileIds);
      return { name: `remove from “${collection.name}”`, undo };
    });
  }

  async #addTo(collection: Collection, fileIds: number[]): Promise<Undoable | null> {
    const ids = await this.#notIn(collection, fileIds);
    if (ids === null) return null;
    if (ids.length === 0) {
      this.#notices.say(`Already in “${collection.name}”.`);
      return null;
    }
    if (!(await this.#change('collection.add', collection.id, ids))) return null;
    this.#notices.say(`${counted(ids.length, 'file')} added to “${collection.name}”.`);
    const undo = () => this.#change('collection.take', collection.id, ids);
    return { name: `add to “${collection.name}”`, undo };
  }

  /** @param shared with the studio; absent: as before @returns why not, a sentence; null when it is kept */
  async saveSearch(name: string, query: SearchQuery, shared?: boolean): Promise<string | null> {
    try {
      await this.#client.call('savedSearch.save', { name, query, ...(shared === undefined ? {} : { shared }) });
    } catch (error) {
      return sentenceOf(error);
    }
    await this.load();
    this.#notices.say(`Saved as “${name}”.`);
    return null;
  }

  async removeSearch(search: SavedSearch): Promise<void> {
    const step = this.#removeSearch(search);
    this.#undo.did(step);
    await step;
  }

  async #removeSearch(search: SavedSearch): Promise<Undoable | null> {
    const remove = async () => {
      await this.#client.call('savedSearch.remove', search.id);
      await this.load();
      return true;
    };
    if ((await this.#notices.attempt(remove)) === null) return null;
    return { name: `remove “${search.name}”`, undo: () => this.#bringBack(search) };
  }

  async #bringBack({ name, query, shared }: SavedSearch): Promise<void> {
    await this.#client.call('savedSearch.save', { name, query, ...(shared === true ? { shared } : {}) });
    await this.load();
  }

  async #change(call: 'collection.add' | 'collection.take', id: number, fileIds: number[]): Promise<boolean> {
    const done = await this.#notices.attempt(() => this.#client.call(call, { id, fileIds }));
    if (done !== null) await this.load();
    return done !== null;
  }

  /** Only these are taken out again by an undo; what was in the collection before stays there. */
  async #notIn(collection: Collection, fileIds: number[]): Promise<number[] | null> {
    const inside = await this.#notices.attempt(() =>
      this.#client.call('file.list', { of: { collectionId: collection.id }, order: 'name', descending: false }),
    );
    if (inside === null) return null;
    const known = new Set(inside);
    return fileIds.filter((id) => !known.has(id));
  }

  async #rows(fileIds: number[]): Promise<FileRow[] | null> {
    return this.#notices.attempt(async () => {
      const rows: FileRow[] = [];
      for (let from = 0; from < fileIds.length; from += ROWS_AT_ONCE) {
        rows.push(...(await this.#client.call('file.rows', fileIds.slice(from, from + ROWS_AT_ONCE))));
      }
      return rows;
    });
  }
}

/** The sidebar of the Search screen: whether it is there, how wide, what of its tree is open, and what its lines do. */
import type { Collection, LibraryFolder } from '../../../../shared/calls/files.ts';
import { typeable, withFilter, withoutFilter } from '../../../query/edit.ts';
import type { App } from '../../../stores/app.svelte.ts';
import { perApp } from '../../../stores/per-app.ts';
import { isStrings, store, stored } from '../../../stores/stored.ts';
import { tagsOf } from '../../../stores/tags.svelte.ts';
import { folderId, sectionId, sidebarNodes, type Node } from './nodes.ts';

const SHOWN_KEY = 'earmark.sidebar';
const WIDTH_KEY = 'earmark.sidebar-width';
const OPEN_KEY = 'earmark.sidebar-open';
/** px. Unless the user says otherwise it is there where the results keep their one line beside it. */
const SHOWN_FROM = 1440;
/** px */
export const WIDTH = { least: 160, usual: 216, most: 420 };
/** Changes come in bursts, and counting them again is some work for the engine, ms. */
const REFRESH_MS = 2_000;
const OPEN_AT_FIRST = [sectionId('folders'), sectionId('collections'), sectionId('saved')];

/** In a narrow window it lies over the results, and is not there until it is asked for; as in Sidebar.svelte. */
export function liesOver(): boolean {
  return window.innerWidth <= 1000;
}

export const sidebarOf = perApp((app) => new Sidebar(app));

export class Sidebar {
  readonly #app: App;
  #shown = $state(!liesOver() && stored(SHOWN_KEY, isBoolean, window.innerWidth >= SHOWN_FROM));
  #width = $state(stored(WIDTH_KEY, isWidth, WIDTH.usual));
  #open = $state.raw<ReadonlySet<string>>(new Set(stored(OPEN_KEY, isStrings, OPEN_AT_FIRST)));
  #folders = $state.raw<ReadonlyMap<string, readonly LibraryFolder[]>>(new Map());
  /** Line that has the keys. */
  #currentId = $state<string | null>(null);
  readonly #nodes: readonly Node[];
  readonly #asked = new Set<string>();
  #refreshing: ReturnType<typeof setTimeout> | null = null;

  constructor(app: App) {
    this.#app = app;
    const { marks, search, recent } = app;
    const tags = tagsOf(app);
    this.#nodes = $derived.by(() =>
      sidebarNodes({
        open: this.#open,
        folders: this.#folders,
        collections: marks.collections,
        listed: search.given !== null && 'of' in search.given ? search.given.of : {},
        saved: marks.savedSearches,
        tags: tags.rows ?? [],
        recent: recent.all,
        text: search.text.trim(),
      }),
    );
    app.client.on('catalogue.changed', () => this.#changed());
    app.client.on('root.changed', () => this.#changed());
    app.client.on('job.progress', ({ state }) => {
      if (state !== 'running' && state !== 'paused') this.#changed();
    });
  }

  get shown(): boolean {
    return this.#shown;
  }
  /** px */
  get width(): number {
    return this.#width;
  }
  get nodes(): readonly Node[] {
    return this.#nodes;
  }
  /** Index of the line that has the keys; the first one where it has gone. */
  get current(): number {
    return Math.max(
      0,
      this.#nodes.findIndex(({ id }) => id === this.#currentId),
    );
  }

  show(shown: boolean): void {
    this.#shown = shown;
    store(SHOWN_KEY, shown);
  }
  /** @param width px; kept within what is useful */
  setWidth(width: number): void {
    this.#width = Math.round(Math.max(WIDTH.least, Math.min(WIDTH.most, width)));
    store(WIDTH_KEY, this.#width);
  }

  /** The sidebar is on the screen: what is open in it is asked for. */
  appear(): void {
    void this.#bring('', null);
    for (const [id, folder] of this.#openFolders()) void this.#bring(id, folder);
  }

  goTo(index: number): void {
    this.#currentId = this.#nodes[index]?.id ?? null;
  }

  toggle(node: Node): void {
    const open = new Set(this.#open);
    if (open.delete(node.id)) {
      // Who closes the folder that holds the current line has the keys there.
      if (!this.#isSeen(this.#currentId, open)) this.#currentId = node.id;
    } else open.add(node.id);
    this.#open = open;
    store(OPEN_KEY, [...open]);
    if (open.has(node.id) && node.target.kind === 'folder') void this.#bring(node.id, node.target.folder);
  }

  /** What a click does: a filter goes into the search, or out of it again; a search is opened. */
  act(node: Node): void {
    const { target } = node;
    const { search, marks } = this.#app;
    switch (target.kind) {
      case 'section':
      case 'group':
        this.toggle(node);
        break;
      case 'folder':
        this.#filter('in', target.folder.path, node.used);
        break;
      case 'filter':
        if (target.key === 'fav') this.#leaveList();
        this.#filter(target.key, target.value, node.used, target.beside);
        break;
      case 'collection':
        this.#leaveList();
        this.#filter('col', typeable(target.collection.name), node.used);
        break;
      case 'saved':
        search.open(target.search.query, marks.listName(target.search.query), target.search.name);
        break;
      case 'recent':
        search.open(target.query, marks.listName(target.query));
        break;
      case 'note':
    }
  }

  /** Takes a search that is kept, or was asked lately, out of the sidebar. @returns whether there was one */
  remove({ target }: Node): boolean {
    if (target.kind === 'saved') void this.#app.marks.removeSearch(target.search);
    else if (target.kind === 'recent') this.#app.recent.forget(target.query);
    else return false;
    return true;
  }

  /** @param before the collection that it is put before; null: behind all of them */
  moveCollection(moved: Collection, before: Collection | null): void {
    const ids = this.#app.marks.collections.map(({ id }) => id).filter((id) => id !== moved.id);
    const at = before === null ? -1 : ids.indexOf(before.id);
    ids.splice(at < 0 ? ids.length : at, 0, moved.id);
    void this.#app.marks.arrange(ids, moved.name);
  }

  /** One place up or down. */
  stepCollection({ target }: Node, step: -1 | 1): void {
    if (target.kind !== 'collection') return;
    const all = this.#app.marks.collections;
    const at = all.findIndex(({ id }) => id === target.collection.id);
    const to = at + step;
    if (at < 0 || to < 0 || to >= all.length) return;
    this.moveCollection(target.collection, all[step < 0 ? to : to + 1] ?? null);
  }

  #filter(key: Parameters<typeof withFilter>[1], value: string, used: boolean, beside = false): void {
    const { search, notices } = this.#app;
    const text = used ? withoutFilter(search.text, key, value) : withFilter(search.text, key, value, beside);
    if (text === null) notices.say(`“${value}” contains a quotation mark and cannot be used as a filter.`);
    else search.type(text);
  }

  /** The list that stands beside the text. */
  #leaveList(): void {
    const { given } = this.#app.search;
    if (given !== null && 'of' in given) this.#app.search.give(null);
  }

  #isSeen(id: string | null, open: ReadonlySet<string>): boolean {
    const at = this.#nodes.findIndex((node) => node.id === id);
    let level = this.#nodes[at]?.level ?? 1;
    for (let above = at - 1; above >= 0 && level > 1; above--) {
      const node = this.#nodes[above]!;
      if (node.level >= level) continue;
      if (!open.has(node.id)) return false;
      level = node.level;
    }
    return true;
  }

  #openFolders(): [string, LibraryFolder][] {
    return [...this.#folders.values()].flat().flatMap((folder) => {
      const id = folderId(folder);
      return this.#open.has(id) ? [[id, folder] as [string, LibraryFolder]] : [];
    });
  }

  /** Old ones stay until the new ones have come; what is open below them is asked for then. */
  async #bring(id: string, of: LibraryFolder | null): Promise<void> {
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    const input = of === null ? null : { rootId: of.rootId, folder: of.folder };
    const folders = await this.#app.notices.attempt(() => this.#app.client.call('file.folders', input));
    this.#asked.delete(id);
    if (folders === null) return;
    const isNew = !this.#folders.has(id);
    this.#folders = new Map([...this.#folders, [id, folders]]);
    if (!isNew) return;
    for (const folder of folders) if (this.#open.has(folderId(folder))) void this.#bring(folderId(folder), folder);
  }

  /** While changes keep coming the first timer still fires: a refresh is late, never starved. */
  #changed(): void {
    if (!this.#shown) return;
    if (this.#refreshing !== null) return;
    this.#refreshing = setTimeout(() => {
      this.#refreshing = null;
      if (this.#shown && this.#app.screen === 'search') this.appear();
    }, REFRESH_MS);
  }
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
function isWidth(value: unknown): value is number {
  return typeof value === 'number' && value >= WIDTH.least && value <= WIDTH.most;
}

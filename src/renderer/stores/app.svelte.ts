/** Everything the window knows and does, wired. Components get at it by `useApp()`. */
import { createContext, tick } from 'svelte';
import type { Client } from '../../shared/contract.ts';
import type { Connection, ConnectionState, Host } from '../client/host.ts';
import { title } from '../words/paths.ts';
import { Detail } from './detail.svelte.ts';
import { FileCache } from './file-cache.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { Marks } from './marks.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Player, type Span } from './player.svelte.ts';
import { ResultRows } from './result-rows.svelte.ts';
import { isScreen, type Screen } from './screens.ts';
import { Search } from './search.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { SettingsStore } from './settings.svelte.ts';
import { Undo } from './undo.svelte.ts';

/** Something that lies over the screen and takes the keys. */
export type Overlay =
  | 'palette'
  | 'collections'
  | 'help'
  | 'save-search'
  | 'add-folder'
  | 'tag'
  | 'make-tag'
  | 'accept-all'
  | 'write-files'
  | 'model';

export const [useApp, provideApp] = createContext<App>();

const PANEL_KEY = 'earmark.panel';
/** Changes come in bursts; a list is asked for again at most this often, and at the latest after this long. */
const REFRESH_MS = 1_000;
/** Marks come one by one and in bursts; lists of collections need not follow each of them. */
const MARKS_MS = 120;
const PREFETCHED = 3;

export class App {
  readonly client: Client;
  readonly host: Host;
  readonly notices = new Notices();
  readonly undo = new Undo();
  readonly selection = new Selection();
  readonly rows = new ResultRows();
  readonly settings: SettingsStore;
  readonly jobs: Jobs;
  readonly files: FileCache;
  readonly marks: Marks;
  readonly search: Search;
  readonly detail: Detail;
  readonly player: Player;

  #connection = $state<ConnectionState>('connected');
  #screen = $state<Screen>('search');
  #overlay = $state<Overlay | null>(null);
  #panelOpen = $state(localStorage.getItem(PANEL_KEY) !== 'closed');
  #refreshing: ReturnType<typeof setTimeout> | undefined;
  #marksSoon: ReturnType<typeof setTimeout> | null = null;
  #focusSearch: (() => void) | null = null;
  #focusList: (() => void) | null = null;

  constructor({ client, host, onState }: Connection) {
    this.client = client;
    this.host = host;
    this.settings = new SettingsStore(client, this.notices);
    this.jobs = new Jobs(client, this.notices, (ended) => this.#jobProgressed(ended));
    this.files = new FileCache(client, this.notices);
    this.marks = new Marks(client, this.notices, this.files, this.undo);
    // The selection follows its files when the library changes; another question begins with its best result.
    this.search = new Search(
      client,
      () => !this.rows.flat,
      (anew) => {
        const ids = this.rows.show(this.search.answer, anew);
        if (anew) this.selection.begin(ids);
        else this.selection.show(ids);
      },
    );
    this.detail = new Detail(client, this.notices);
    this.player = new Player(host, this.notices);
    client.on('catalogue.changed', ({ fileIds }) => this.#catalogueChanged(fileIds));
    client.on('file.marked', ({ fileIds }) => this.#marked(fileIds));
    client.on('tag.changed', () => this.files.renew(null));
    client.on('root.changed', () => this.#rootsChanged());
    onState((state) => this.#connected(state));
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.#refreshing !== undefined) this.#refresh();
    });
    window.addEventListener('hashchange', () => this.#readHash());
    this.#readHash();
  }

  get connection(): ConnectionState {
    return this.#connection;
  }
  get screen(): Screen {
    return this.#screen;
  }
  get overlay(): Overlay | null {
    return this.#overlay;
  }
  /** There is nothing yet, and nothing under way. */
  get firstStart(): boolean {
    return this.jobs.isLibraryEmpty && this.jobs.active === null;
  }
  get panelOpen(): boolean {
    return this.#panelOpen;
  }

  async start(): Promise<void> {
    await Promise.all([
      this.settings.load(),
      this.jobs.load(),
      this.jobs.refresh(),
      this.marks.load(),
      this.search.ask(),
    ]);
    this.player.setVolume(this.settings.now.volume);
  }

  goTo(screen: Screen): void {
    // At once: the next key may come before the browser tells of the new address.
    this.#screen = screen;
    window.location.hash = `/${screen}`;
  }

  /** @param overlay null closes what is open */
  show(overlay: Overlay | null): void {
    this.#overlay = overlay;
  }

  togglePanel(): void {
    this.#panelOpen = !this.#panelOpen;
    localStorage.setItem(PANEL_KEY, this.#panelOpen ? 'open' : 'closed');
  }

  /** The search screen says how its two places are focused, as long as it is there. */
  registerFocus(search: (() => void) | null, list: (() => void) | null): void {
    this.#focusSearch = search;
    this.#focusList = list;
  }
  focusSearch(): void {
    this.goTo('search');
    if (this.#focusSearch !== null) this.#focusSearch();
    else void tick().then(() => this.#focusSearch?.()); // the screen has to be there first
  }
  focusList(): void {
    this.#focusList?.();
  }

  /** Shows what a row stands for, or hides it again; a hidden selection goes to the row. */
  toggleGroup(fileId: number): void {
    const hides = this.rows.isOpen(fileId);
    const { fileId: selected } = this.selection;
    const wasInside = hides && selected !== null && this.rows.leaderOf(selected) === fileId;
    this.selection.show(this.rows.toggle(fileId));
    if (!wasInside) return;
    this.selection.only(this.selection.ids.indexOf(fileId));
    this.detail.show(fileId); // what plays goes on
  }

  /** @param grouped copies and variants are one result; remembered */
  groupResults(grouped: boolean): void {
    this.rows.setFlat(!grouped);
    void this.search.ask();
  }

  /** A row was selected: it goes into the player and the panel, and sounds if the user wants that. */
  selected(): void {
    const { fileId } = this.selection;
    this.detail.show(fileId);
    if (fileId === null) return;
    this.#load(fileId);
    if (this.settings.now.playOnSelect) void this.player.play();
    this.player.prefetch(this.selection.following(PREFETCHED));
  }

  /** @param from s; where the hit is if left out */
  playFile(fileId: number, from?: number): void {
    this.#load(fileId);
    void this.player.play(from);
  }

  /** Where the current answer found a file; null in the library, and where filters alone found it. */
  hitOf(fileId: number): Span | null {
    const { answer } = this.search;
    return answer?.byFilterAlone === false ? (answer.hits.get(fileId) ?? null) : null;
  }

  /** What is known of a file's path without waiting; null when nothing is yet. */
  pathOf(fileId: number): string | null {
    return this.search.answer?.hits.get(fileId)?.path ?? this.files.row(fileId)?.path ?? null;
  }

  async undoLast(): Promise<void> {
    await this.undo.last(async (step) => {
      const done = await this.notices.attempt(async () => {
        await step.undo();
        return true;
      });
      if (done !== null) this.notices.say(`Undone: ${step.name}.`);
      this.detail.refresh();
    });
  }

  #load(fileId: number): void {
    const path = this.pathOf(fileId);
    const hit = this.search.answer?.hits.get(fileId) ?? null;
    const durationSeconds = hit?.durationSeconds ?? this.files.row(fileId)?.durationSeconds ?? 0;
    this.player.load(
      { fileId, title: path === null ? 'This sound' : title(path), durationSeconds },
      this.hitOf(fileId),
    );
  }

  #catalogueChanged(fileIds: number[]): void {
    this.files.forget(fileIds);
    // While changes keep coming the first timer still fires: a refresh is late, never starved.
    this.#refreshing ??= setTimeout(() => {
      if (!document.hidden) this.#refresh();
    }, REFRESH_MS);
  }

  /** Somebody marked files, in this window or in another. @param fileIds none: lists of marks changed, not files */
  #marked(fileIds: number[]): void {
    this.files.renew(fileIds);
    const { file } = this.detail;
    if (file !== null && fileIds.includes(file.fileId)) this.detail.refresh();
    if (this.#marksSoon !== null) return;
    this.#marksSoon = setTimeout(() => {
      this.#marksSoon = null;
      void this.marks.load();
      // A collection is shown as it is; what a search found stays, so that rows do not move under the pointer.
      if (this.search.given !== null && !this.search.isAsking) void this.search.ask();
    }, MARKS_MS);
  }

  /**
   * The library fills while it is being listened to. What a search has found stays as it is meanwhile, so that rows
   * do not move under the pointer; it is asked again when the job has ended.
   */
  #jobProgressed(ended: boolean): void {
    if (ended) this.files.renew(null); // drives may have come or gone without a change to any file
    if (ended || (!this.search.isAsking && this.#refreshing === undefined)) this.#catalogueChanged([]);
  }

  /** What lies in a folder that went away, or came back, is another row, and a search finds other sounds. */
  #rootsChanged(): void {
    this.files.renew(null);
    this.#catalogueChanged([]);
  }

  #refresh(): void {
    clearTimeout(this.#refreshing);
    this.#refreshing = undefined;
    void this.search.ask();
    void this.jobs.refresh();
    this.detail.refresh();
  }

  #connected(state: ConnectionState): void {
    const back = this.#connection !== 'connected' && state === 'connected';
    this.#connection = state;
    if (!back) return;
    this.notices.say('Earmark is back.');
    void this.settings.load();
    void this.marks.load();
    this.files.renew(null);
    this.#refresh();
  }

  #readHash(): void {
    const name = window.location.hash.replace(/^#\/?/, '');
    if (isScreen(name)) this.#screen = name;
  }
}

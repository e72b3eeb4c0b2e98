/** Everything the window knows and does, wired. Components get at it by `useApp()`. */
import { createContext, tick } from 'svelte';
import type { Collection } from '../../shared/calls/files.ts';
import type { Client } from '../../shared/contract.ts';
import { queryOf } from '../../shared/query/references.ts';
import type { MatchCurve } from '../../shared/types.ts';
import type { Connection, ConnectionState, Host } from '../client/host.ts';
import { Audition } from '../audition/audition.svelte.ts';
import { typeable } from '../query/edit.ts';
import { title } from '../words/paths.ts';
import { Detail } from './detail.svelte.ts';
import { Exporting } from './exporting.svelte.ts';
import { FileCache } from './file-cache.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { Lanes } from './lanes.svelte.ts';
import { Marks } from './marks.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { FileMatches } from './file-matches.svelte.ts';
import { FileMarkers } from './file-markers.svelte.ts';
import { FoldOut } from './fold-out.svelte.ts';
import { SearchHistory } from './history.svelte.ts';
import { Matches, type Place } from './matches.svelte.ts';
import { PartLevelsStore } from './part-levels.svelte.ts';
import { Player, type Span } from './player.svelte.ts';
import { ResultRows } from './result-rows.svelte.ts';
import { RecentSearches } from './recent-searches.svelte.ts';
import type { Screen } from './screens.ts';
import { Search } from './search.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { SettingsStore } from './settings.svelte.ts';
import { TimeSelection } from './time-selection.svelte.ts';
import { Undo } from './undo.svelte.ts';

/** Something that lies over the screen and takes the keys. */
export type Overlay =
  | 'palette'
  | 'collections'
  | 'help'
  | 'save-search'
  | 'add-folder'
  | 'export-piece'
  | 'export-all'
  | 'export-recording'
  | 'tag'
  | 'make-tag'
  | 'accept-all'
  | 'write-files'
  | 'model';

/** How the places of the search screen take the keys. */
export interface SearchFocus {
  field: () => void;
  /** And select its first file where none is selected, which may play it. */
  list: () => void;
  /** And nothing else. */
  listAsItIs: () => void;
  /** Does nothing where it is not there. */
  sidebar: () => void;
}

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
  readonly timeSelection = new TimeSelection();
  readonly rows = new ResultRows();
  readonly settings: SettingsStore;
  readonly jobs: Jobs;
  readonly files: FileCache;
  readonly marks: Marks;
  readonly search: Search;
  readonly recent = new RecentSearches();
  readonly history: SearchHistory;
  readonly detail: Detail;
  readonly partLevels: PartLevelsStore;
  readonly audition: Audition;
  readonly player: Player;
  readonly lanes: Lanes;
  readonly matches: Matches;
  readonly fileMatches: FileMatches;
  readonly fileMarkers: FileMarkers;
  readonly foldOut: FoldOut;
  readonly exporting: Exporting;

  #connection = $state<ConnectionState>('connected');
  #screen = $state<Screen>('search');
  #overlay = $state<Overlay | null>(null);
  #panelOpen = $state(localStorage.getItem(PANEL_KEY) !== 'closed');
  #refreshing: ReturnType<typeof setTimeout> | undefined;
  #marksSoon: ReturnType<typeof setTimeout> | null = null;
  #focus: SearchFocus | null = null;

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
        const { answer } = this.search;
        const ids = this.rows.show(answer, anew);
        if (anew) {
          this.matches.begin(answer?.query ?? {});
          this.fileMatches.begin(answer?.kind === 'found' && !answer.byFilterAlone ? answer.query : null);
          this.foldOut.begin();
        }
        // Of one file it is its matches that were asked for.
        if (anew && answer?.query.inSameFile === true && ids.length > 0) this.foldOut.toggle(ids[0]!);
        if (anew) this.selection.begin(ids);
        else this.selection.show(ids);
        if (anew && answer !== null) this.history.answered();
        else this.history.reordered();
        // What is in the player was found by the question before, or is not found by this one.
        if (anew && this.player.fileId !== null) this.player.setHit(this.hitOf(this.player.fileId));
      },
    );
    this.detail = new Detail(client, this.notices);
    this.partLevels = new PartLevelsStore(client);
    this.audition = new Audition(this.settings, this.files, this.partLevels);
    this.player = new Player(host, this.notices, () => this.timeSelection.span, this.audition);
    this.lanes = new Lanes(client, this.files, this.player, this.timeSelection);
    this.matches = new Matches(client, (place, match) => {
      if (this.placeOf(place.fileId)?.startSeconds === place.startSeconds) this.player.refine(place.fileId, match);
    });
    this.fileMatches = new FileMatches(client, this.notices);
    this.fileMarkers = new FileMarkers(client, this.notices, this.files);
    this.foldOut = new FoldOut({
      ...{ selection: this.selection, rows: this.rows, matches: this.fileMatches, player: this.player },
      selected: () => this.selected(),
      load: (fileId) => {
        this.detail.show(fileId);
        this.#load(fileId);
      },
      playOnSelect: () => this.settings.now.playOnSelect,
    });
    this.exporting = new Exporting(client);
    client.on('catalogue.changed', ({ fileIds }) => this.#catalogueChanged(fileIds));
    client.on('file.marked', ({ fileIds }) => this.#marked(fileIds));
    client.on('tag.changed', () => this.files.renew(null));
    client.on('search.wanted', ({ like }) => {
      this.search.open(queryOf({ like, unlike: [] }));
      this.goTo('search');
    });
    client.on('root.changed', () => this.#rootsChanged());
    onState((state) => this.#connected(state));
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.#refreshing !== undefined) this.#refresh();
    });
    this.history = new SearchHistory({
      ...{ search: this.search, recent: this.recent },
      screen: () => this.#screen,
      arrive: (screen) => (this.#screen = screen),
      listName: (query) => this.marks.listName(query),
    });
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
    // The name of a list in the address is known when the lists are.
    const lists = this.marks.load();
    if (this.history.beginsInList) await lists;
    if (!this.history.begin()) void this.search.ask();
    await Promise.all([this.settings.load(), this.jobs.load(), this.jobs.refresh(), lists]);
    this.player.setVolume(this.settings.now.volume);
  }

  goTo(screen: Screen): void {
    this.history.goTo(screen);
  }

  /** @param overlay null closes what is open */
  show(overlay: Overlay | null): void {
    this.#overlay = overlay;
  }

  togglePanel(): void {
    this.#panelOpen = !this.#panelOpen;
    localStorage.setItem(PANEL_KEY, this.#panelOpen ? 'open' : 'closed');
  }

  /** The search screen says how its places are focused, as long as it is there. */
  registerFocus(focus: SearchFocus | null): void {
    this.#focus = focus;
  }
  focusSearch(): void {
    this.goTo('search');
    if (this.#focus !== null) this.#focus.field();
    else void tick().then(() => this.#focus?.field()); // the screen has to be there first
  }
  /** The way on from the field: to the first file where none is selected. */
  focusList(): void {
    this.#focus?.list();
  }
  /** The way out of a control: the list has the keys, and what is selected and plays stays. */
  backToList(): void {
    this.#focus?.listAsItIs();
  }

  focusSidebar(): void {
    this.#focus?.sidebar();
  }

  /** Shows what a row stands for, or hides it again; a hidden selection goes to the row. */
  toggleGroup(fileId: number): void {
    const hides = this.rows.isOpen(fileId);
    const { fileId: selected } = this.selection;
    const wasInside = hides && selected !== null && this.rows.leaderOf(selected) === fileId;
    this.selection.show(this.rows.toggle(fileId));
    if (!wasInside) return;
    this.selection.only(this.selection.ids.indexOf(fileId));
    this.detail.show(fileId); // playback continues
  }

  /** @param grouped copies and variants are one result; remembered */
  groupResults(grouped: boolean): void {
    this.rows.setFlat(!grouped);
    void this.search.ask();
  }

  /** A row was selected: it goes into the player and the panel, and sounds if the user wants that. */
  selected(): void {
    const { fileId } = this.selection;
    this.foldOut.leaveMatch();
    this.detail.show(fileId);
    if (fileId === null) return;
    this.history.used();
    this.#load(fileId);
    if (this.settings.now.playOnSelect) void this.player.play();
    const next = this.selection.following(PREFETCHED);
    this.player.prefetch(next);
    for (const id of next) {
      const hit = this.hitOf(id);
      if (hit !== null) this.audition.prepare(id, hit);
    }
  }

  /** @param from s; default: the match */
  playFile(fileId: number, from?: number): void {
    this.#load(fileId);
    void this.player.play(from);
  }

  /** Where the current answer found a file, to the moment as soon as that is known; null in the library, and where filters alone found it. */
  hitOf(fileId: number): Span | null {
    const place = this.placeOf(fileId);
    return place && (this.matches.of(place) ?? place);
  }

  /** The match of a file that was gone to, or else where the current answer found it; null as for {@link hitOf}. */
  placeOf(fileId: number): Place | null {
    const { answer } = this.search;
    if (answer?.byFilterAlone !== false) return null;
    const match = this.foldOut.matchOf(fileId);
    return match ? { fileId, ...match } : (answer.hits.get(fileId) ?? null);
  }

  /** How similar the moments around it are to what is looked for; null while that is not known. */
  curveOf(fileId: number): MatchCurve | null {
    const place = this.placeOf(fileId);
    return place && (this.matches.of(place)?.curve ?? null);
  }

  /** What is known of a file's path without waiting; null when nothing is yet. */
  pathOf(fileId: number): string | null {
    return this.search.answer?.hits.get(fileId)?.path ?? this.files.row(fileId)?.path ?? null;
  }

  /** The collection that is shown, as a list or by a filter of the text. */
  get openCollection(): Collection | null {
    const { given, collectionName } = this.search;
    const wanted = given !== null && 'of' in given ? given.of.collectionId : undefined;
    const key = collectionName === null ? null : typeable(collectionName).toLowerCase();
    const isIt = ({ id, name }: Collection) => (key === null ? id === wanted : typeable(name).toLowerCase() === key);
    return this.marks.collections.find(isIt) ?? null;
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
    this.timeSelection.fileLoaded(fileId);
    this.player.load({ fileId, title: path === null ? 'This file' : title(path), durationSeconds }, this.hitOf(fileId));
    const place = this.placeOf(fileId);
    if (place !== null) this.matches.ask(place);
  }

  #catalogueChanged(fileIds: number[]): void {
    this.files.forget(fileIds);
    this.fileMatches.forget(fileIds);
    this.fileMarkers.forget(fileIds);
    if (fileIds.length > 0) {
      this.lanes.forget();
      this.partLevels.forget();
    }
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
      const isList = this.search.given !== null && !this.search.isAsking;
      if (isList || (this.openCollection !== null && this.search.answer?.byFilterAlone === true))
        void this.search.ask();
    }, MARKS_MS);
  }

  /**
   * The library fills while it is analysed. The results of a search stay as they are meanwhile, so that rows
   * do not move under the pointer; the search is repeated when the job has ended.
   */
  #jobProgressed(ended: boolean): void {
    if (ended) this.files.renew(null); // drives may have come or gone without a change to any file
    if (ended || (!this.search.isAsking && this.#refreshing === undefined)) this.#catalogueChanged([]);
  }

  /** What lies in a folder that went away, or came back, is another row, and a search finds other files. */
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
    this.notices.say('Reconnected.');
    void this.settings.load();
    void this.marks.load();
    this.files.renew(null);
    this.#refresh();
  }
}

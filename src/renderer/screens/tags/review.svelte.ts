/** The review: which tag or which files are looked at, what is selected there, and deciding by key, row after row. */
import type { BulkForecast, FileTag, TagRow, TagScope, TagState } from '../../../shared/calls/tags.ts';
import type { App } from '../../stores/app.svelte.ts';
import { sentenceOf } from '../../stores/notices.svelte.ts';
import { inOldOrder } from '../../stores/old-order.ts';
import { perApp } from '../../stores/per-app.ts';
import type { Span } from '../../stores/player.svelte.ts';
import { Selection } from '../../stores/selection.svelte.ts';
import { tagsOf, type Tags } from '../../stores/tags.svelte.ts';
import { byFile, withKey, type ReviewRow } from './review-rows.ts';
import { title } from '../../words/paths.ts';
import { counted } from '../../words/units.ts';

export type TagsTab = 'tags' | 'files' | 'vocabularies' | 'taught';
export type ReviewOrder = 'sure' | 'doubtful' | 'name';

const ASK_MS = 60;
const PREFETCHED = 3;

export const reviewOf = perApp((app) => new Review(app));

export class Review {
  readonly selection = new Selection();
  readonly tags: Tags;
  readonly #app: App;
  #tab = $state<TagsTab>('tags');
  /** null: all tags. */
  #tagId = $state<number | null>(null);
  /** Its place in the left list when it was last seen there: the tag may leave it. */
  #tagAt = 0;
  #state = $state<TagState>('suggested');
  #order = $state<ReviewOrder>('sure');
  #name = $state('');
  #vocabularyId = $state<string | null>(null);
  #rows = $state.raw<readonly ReviewRow[] | null>(null);
  #byKey = $state.raw<ReadonlyMap<number, ReviewRow>>(new Map());
  #forecast = $state.raw<BulkForecast | null>(null);
  #problem = $state<string | null>(null);
  /** By file: the tag that the keys act on; null: the first suggested one. */
  #chip = $state<number | null>(null);
  /** Selected, but not played yet: its row or its window may still be loading. */
  #toPlay = $state<number | null>(null);
  /** What the rows are the answer to. */
  #answered = '';
  /** Something has changed that the rows and the forecast do not know of yet. */
  #outdated = $state(true);
  #watched = false;
  #chosen = false;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.#app = app;
    this.tags = tagsOf(app);
    this.tags.onChange(() => this.#soon());
  }

  get tab(): TagsTab {
    return this.#tab;
  }
  get tagId(): number | null {
    return this.#tagId;
  }
  get state(): TagState {
    return this.#state;
  }
  get order(): ReviewOrder {
    return this.#order;
  }
  get name(): string {
    return this.#name;
  }
  get vocabularyId(): string | null {
    return this.#vocabularyId;
  }
  /** null before the first answer. */
  get rows(): readonly ReviewRow[] | null {
    return this.#rows;
  }
  /** What accepting everything that is listed would mean; null while it is not known. */
  get forecast(): BulkForecast | null {
    return this.#forecast;
  }
  /** Rows and forecast are what the engine says now, as far as it is known here. */
  get upToDate(): boolean {
    return !this.#outdated && !this.tags.deciding;
  }
  get problem(): string | null {
    return this.#problem;
  }
  /** Rows are being reviewed, so that the keys of the review hold. */
  get open(): boolean {
    return this.#tab === 'tags' || this.#tab === 'files';
  }
  get current(): ReviewRow | null {
    return this.#byKey.get(this.selection.fileId ?? -1) ?? null;
  }
  /** Files of the selected rows, each once. */
  get fileIds(): number[] {
    return [...new Set(this.selection.fileIds.map((key) => this.#byKey.get(key)!.fileId))];
  }
  /** The tag that is looked at; null: all, or not known yet. */
  get tag(): TagRow | null {
    return this.tags.rows?.find(({ tagId }) => tagId === this.#tagId) ?? null;
  }
  get scope(): TagScope & { minProbability: number } {
    return {
      minProbability: this.tags.threshold,
      ...(this.#tab === 'tags' && this.#tagId !== null && { tagId: this.#tagId }),
      ...(this.#vocabularyId !== null && { vocabularyId: this.#vocabularyId }),
      ...(this.#name.trim() !== '' && { name: this.#name.trim() }),
    };
  }

  /** Somebody looks at it from now on. @returns to say that nobody does any more */
  show(): () => void {
    this.#watched = true;
    void this.tags.reorder().then(() => this.#chooseFirst());
    this.#soon();
    return () => {
      this.#watched = false;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Asks anew, after it could not be answered. */
  again(): void {
    this.#soon();
  }
  openTab(tab: TagsTab): void {
    if (tab === this.#tab) return;
    const before = this.current;
    this.#tab = tab;
    this.#chip = null;
    if (before !== null) this.selection.none();
    this.#empty();
  }
  /** @param tagId null: all tags */
  pickTag(tagId: number | null): void {
    this.#chosen = true;
    if (tagId === this.#tagId && this.#tab === 'tags') return;
    this.#tab = 'tags';
    this.#tagId = tagId;
    this.#tagAt = this.listed('', false).findIndex((row) => row.tagId === tagId) + 1;
    this.#empty();
  }
  showState(state: TagState): void {
    this.#state = state;
    this.#empty();
  }
  sortBy(order: ReviewOrder): void {
    this.#order = order;
    this.#soon();
  }
  filterName(name: string): void {
    this.#name = name;
    this.#soon();
  }
  /** @param id null: all */
  pickVocabulary(id: string | null): void {
    this.#vocabularyId = id;
    this.#empty();
  }
  setThreshold(probability: number): void {
    this.tags.setThreshold(probability);
    this.#soon();
  }

  /** Tags of the left list in their order; those of one vocabulary when one is chosen. */
  listed(filter: string, byName: boolean): readonly TagRow[] {
    const wanted = filter.trim().toLowerCase();
    const rows = (this.tags.rows ?? []).filter(
      (row) =>
        (this.#vocabularyId === null || row.vocabularyId === this.#vocabularyId) &&
        (wanted === '' || `${row.name} ${row.ucs?.catId ?? ''} ${row.groupName}`.toLowerCase().includes(wanted)),
    );
    return byName ? rows.toSorted((a, b) => a.name.localeCompare(b.name)) : rows;
  }

  walk(step: number, stretch = false): void {
    this.selection.move(step, stretch);
    if (!stretch) this.selected();
  }
  /** The next or previous tag of the left list. */
  walkTags(step: number): void {
    const ids = [null, ...this.listed('', false).map(({ tagId }) => tagId)];
    const found = ids.indexOf(this.#tagId);
    // Where it is not any more stands the tag that followed it.
    const at = found >= 0 ? found : step > 0 ? this.#tagAt - 1 : this.#tagAt;
    const to = Math.max(0, Math.min(ids.length - 1, at + step));
    const next = ids[to];
    if (next === undefined) return;
    this.pickTag(next);
    this.#tagAt = to;
  }

  /** A row was selected: it plays as soon as its match is known, and the rows after it are preloaded. */
  selected(): void {
    this.#chip = null;
    this.#toPlay = this.selection.fileId;
    this.#app.player.prefetch(this.selection.following(PREFETCHED).map((key) => this.#byKey.get(key)!.fileId));
  }

  /** Plays the selected row once everything it waits for is there; called whenever something has been loaded. */
  playWhenReady(): void {
    const row = this.current;
    if (this.#toPlay === null || row?.key !== this.#toPlay) return;
    const facts = this.#app.files.row(row.fileId);
    const known = this.tags.ofFiles.of(row.fileId);
    if (facts === null || known === null) return;
    this.#toPlay = null;
    this.load();
    if (this.#app.settings.now.playOnSelect) void this.#app.player.play();
  }

  /** Puts the selected row into the player, at the best window of its tag. */
  load(): void {
    const row = this.current;
    if (row === null) return;
    const facts = this.#app.files.row(row.fileId);
    const file = {
      fileId: row.fileId,
      title: facts === null ? 'This file' : title(facts.path),
      durationSeconds: facts?.durationSeconds ?? 0,
    };
    this.#app.player.load(file, this.spanOf(row.fileId, this.tagOf(row)));
  }

  /** @param from s; default: the best window of the tag */
  play(from?: number): void {
    this.#toPlay = null;
    this.load();
    void this.#app.player.play(from);
  }

  /** The tag that keys act on in a row. */
  tagOf(row: ReviewRow): number {
    if (this.#tab !== 'files') return row.tagId;
    const chips = this.chipsOf(row.fileId);
    if (this.#chip !== null && chips.some(({ tagId }) => tagId === this.#chip)) return this.#chip;
    return (chips.find(({ state }) => state === this.#state) ?? chips[0])?.tagId ?? row.tagId;
  }

  /** The window that speaks most for a tag of a file; null while it is not known. */
  spanOf(fileId: number, tagId: number): Span | null {
    const tag = this.tags.ofFiles.of(fileId)?.find((one) => one.tagId === tagId);
    if (tag === undefined || tag.startSeconds === null || tag.endSeconds === null) return null;
    return { startSeconds: tag.startSeconds, endSeconds: tag.endSeconds };
  }

  /** Tags of a file as they stand side by side: decided ones first, then suggestions, most probable first. */
  chipsOf(fileId: number): readonly FileTag[] {
    return (this.tags.ofFiles.of(fileId) ?? []).filter(
      ({ state, probability, vocabularyId, tagId }) =>
        (this.#vocabularyId === null || vocabularyId === this.#vocabularyId) &&
        (state !== 'suggested' || (probability ?? 0) >= this.tags.threshold || tagId === this.#chip) &&
        (state !== 'rejected' || this.#state === 'rejected'),
    );
  }

  pickChip(tagId: number): void {
    this.#chip = tagId;
    this.load();
  }
  walkChips(step: number): void {
    const row = this.current;
    if (row === null) return;
    const ids = this.chipsOf(row.fileId).map(({ tagId }) => tagId);
    const next = ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(this.tagOf(row)) + step))];
    if (next === undefined) return;
    this.#chip = next;
    this.load();
    if (this.#app.settings.now.playOnSelect) void this.#app.player.play();
  }

  /** @param accepted null takes an earlier decision back */
  decide(accepted: boolean | null): void {
    if (this.#tab === 'files') this.#decideChip(accepted);
    else this.#decideRows(accepted);
  }

  async acceptAll(): Promise<void> {
    this.#overtake();
    const what = this.tag === null || this.#tab === 'files' ? 'all suggestions' : `all “${this.tag.name}”`;
    await this.tags.acceptAll(this.scope, `accept ${what}`);
  }

  /** Of rows: they leave the list at once, and the one that takes their place is next. */
  #decideRows(accepted: boolean | null): void {
    const keys = this.selection.fileIds;
    const rows = keys.map((key) => this.#byKey.get(key)!);
    const to: TagState = accepted === null ? 'suggested' : accepted ? 'accepted' : 'rejected';
    if (rows.length === 0 || to === this.#state) return;
    const gone = new Set(keys);
    const at = this.selection.ids.findIndex((key) => gone.has(key));
    this.#take((this.#rows ?? []).filter(({ key }) => !gone.has(key)));
    const left = this.#rows?.length ?? 0;
    if (left > 0) {
      this.selection.only(Math.min(at, left - 1));
      this.selected();
    }
    const decisions = rows.map(({ fileId, tagId }) => ({ fileId, tagId, accepted }));
    this.#overtake();
    void this.tags.decide(decisions, this.#undoName(accepted, rows));
  }

  #decideChip(accepted: boolean | null): void {
    const row = this.current;
    if (row === null) return;
    const tagId = this.tagOf(row);
    const chips = this.chipsOf(row.fileId);
    const rest = chips.slice(chips.findIndex((chip) => chip.tagId === tagId) + 1);
    const next = rest.find(({ state }) => state === 'suggested');
    const files = this.selection.fileIds.map((key) => this.#byKey.get(key)!.fileId);
    const decisions = files.map((fileId) => ({ fileId, tagId, accepted }));
    this.#overtake();
    void this.tags.decide(decisions, this.#undoName(accepted, [{ ...row, tagId }]));
    if (next !== undefined) {
      this.#chip = next.tagId;
      this.load();
    } else if (accepted !== null) this.walk(1);
  }

  #undoName(accepted: boolean | null, rows: readonly ReviewRow[]): string {
    const verb = accepted === null ? 'clear' : accepted ? 'accept' : 'reject';
    const ids = new Set(rows.map(({ tagId }) => tagId));
    const name = this.tags.rows?.find(({ tagId }) => ids.has(tagId))?.name;
    if (ids.size > 1 || name === undefined) return `${verb} ${counted(rows.length, 'tag')}`;
    return rows.length === 1 ? `${verb} “${name}”` : `${verb} “${name}” for ${counted(rows.length, 'file')}`;
  }

  #chooseFirst(): void {
    if (this.#chosen || this.#tab !== 'tags') return;
    const first = this.tags.rows?.find(({ suggested }) => suggested > 0);
    if (first !== undefined) this.pickTag(first.tagId);
  }

  /** Another question: what is shown is not its answer. */
  #empty(): void {
    this.#rows = null;
    this.#byKey = new Map();
    this.#answered = '';
    this.#forecast = null;
    this.selection.show([]); // keys pressed before the answer must not walk what is no longer shown
    this.#soon();
  }

  /** What has been asked knows nothing of what is decided now; it is asked again when that is confirmed. */
  #overtake(): void {
    this.#asked++;
  }

  get #askingSoon(): boolean {
    return this.#timer !== undefined;
  }

  #soon(): void {
    this.#outdated = true;
    if (!this.#watched || !this.open) return;
    this.#timer ??= setTimeout(() => void this.#ask(), ASK_MS);
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    const mine = ++this.#asked;
    const { client } = this.#app;
    const { scope } = this;
    const suggested = this.#state === 'suggested';
    try {
      const [found, forecast] = await Promise.all([
        client.call('tag.files', { scope, state: this.#state, order: this.#order }),
        suggested ? client.call('tag.forecast', scope) : null,
      ]);
      if (mine !== this.#asked) return; // a later answer is there, or on its way
      // What has been decided meanwhile would come back for a moment.
      if (this.tags.deciding) return;
      this.#forecast = forecast;
      this.#outdated = this.#askingSoon;
      // A decision makes a file less sure of the rest of its tags: it must not move in the list because of that.
      const question = JSON.stringify([scope, this.#state, this.#order]);
      const same = question === this.#answered;
      this.#answered = question;
      const rows = this.#tab === 'files' ? byFile(found) : found.map(withKey);
      this.#take(same && this.#tab === 'files' ? inOldOrder(this.#rows ?? [], rows, ({ key }) => key) : rows);
      this.#problem = null;
    } catch (error) {
      if (mine === this.#asked) this.#problem = sentenceOf(error);
    }
  }

  #take(rows: readonly ReviewRow[]): void {
    this.#byKey = new Map(rows.map((row) => [row.key, row]));
    this.#rows = rows;
    this.selection.show(rows.map(({ key }) => key));
  }
}
